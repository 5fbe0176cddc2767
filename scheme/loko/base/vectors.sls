;; SPDX-License-Identifier: MIT
;;
;; Vectors: R6RS base 11.13, R7RS 6.8 and 6.10. Mapping procedures are safe for re-entry: results are
;; collected in a list first. Those of R7RS stop at the end of the shortest vector (prefix `r7:`).
(library (loko base vectors)
  (export vector? make-vector vector vector-length vector-ref vector-set!
          vector->list list->vector vector-fill! vector-copy vector-copy! vector-append
          vector-map vector-for-each r7:vector-map r7:vector-for-each vector-index
          vector->string string->vector)
  (import (loko core syntax) (loko core primitives)
          (loko base violations) (loko base lists))

  ;; (vector object ...).
  (define-primitive-procedure vector (lambda objects (list->vector objects)))

  ;; (vector-append vector ...): R7RS.
  (define vector-append
    (case-lambda
      ((a b) (%vector-append a b))
      (() (vector))
      (vectors (%vector-append-list vectors))))

  ;; The list of results from the last on -> a vector of n elements.
  (define (reversed->vector n l)
    (let ((v (make-vector n)))
      (let loop ((i (fx- n 1)) (l l))
        (if (pair? l)
            (begin
              (vector-set! v i (car l))
              (loop (fx- i 1) (cdr l)))
            v))))

  (define (check-vectors who vectors)
    (if (pair? vectors)
        (begin
          (if (vector? (car vectors)) #t (%type-violation who "a vector" (car vectors)))
          (check-vectors who (cdr vectors)))))

  ;; The common length; R6RS wants them equal.
  (define (equal-length who first rest)
    (check-vectors who (cons first rest))
    (let ((n (vector-length first)))
      (let loop ((l rest))
        (if (pair? l)
            (if (fx=? (vector-length (car l)) n)
                (loop (cdr l))
                (%apply %violation
                        (cons* 'assertion who "the vectors differ in length" first rest)))
            n))))

  ;; The shortest length.
  (define (shortest-length who first rest)
    (check-vectors who (cons first rest))
    (let loop ((n (vector-length first)) (l rest))
      (if (pair? l)
          (loop (fxmin n (vector-length (car l))) (cdr l))
          n)))

  (define (refs vectors i)
    (if (pair? vectors)
        (cons (vector-ref (car vectors) i) (refs (cdr vectors) i))
        '()))

  (define-syntax define-vector-map
    (syntax-rules ()
      ((_ name who common-length)
       (define name
         (case-lambda
           ((proc v)
            (let ((n (vector-length v)))
              (let loop ((i 0) (results '()))
                (if (fx<? i n)
                    (loop (fx+ i 1) (cons (proc (vector-ref v i)) results))
                    (reversed->vector n results)))))
           ((proc v w)
            (let ((n (common-length who v (list w))))
              (let loop ((i 0) (results '()))
                (if (fx<? i n)
                    (loop (fx+ i 1) (cons (proc (vector-ref v i) (vector-ref w i)) results))
                    (reversed->vector n results)))))
           ((proc v . more)
            (let ((n (common-length who v more)) (vectors (cons v more)))
              (let loop ((i 0) (results '()))
                (if (fx<? i n)
                    (loop (fx+ i 1) (cons (%apply proc (refs vectors i)) results))
                    (reversed->vector n results))))))))))

  ;; (vector-map proc vector1 vector2 ...): &assertion if the vectors differ in length.
  (define-vector-map vector-map 'vector-map equal-length)
  ;; (r7:vector-map proc vector1 vector2 ...): up to the end of the shortest.
  (define-vector-map r7:vector-map 'vector-map shortest-length)

  (define-syntax define-vector-for-each
    (syntax-rules ()
      ((_ name who common-length)
       (define name
         (case-lambda
           ((proc v)
            (let ((n (vector-length v)))
              (let loop ((i 0))
                (if (fx<? i n)
                    (begin
                      (proc (vector-ref v i))
                      (loop (fx+ i 1)))))))
           ((proc v w)
            (let ((n (common-length who v (list w))))
              (let loop ((i 0))
                (if (fx<? i n)
                    (begin
                      (proc (vector-ref v i) (vector-ref w i))
                      (loop (fx+ i 1)))))))
           ((proc v . more)
            (let ((n (common-length who v more)) (vectors (cons v more)))
              (let loop ((i 0))
                (if (fx<? i n)
                    (begin
                      (%apply proc (refs vectors i))
                      (loop (fx+ i 1))))))))))))

  ;; (vector-for-each proc vector1 vector2 ...): calls proc in order; &assertion if lengths differ.
  (define-vector-for-each vector-for-each 'vector-for-each equal-length)
  ;; (r7:vector-for-each proc vector1 vector2 ...): up to the end of the shortest.
  (define-vector-for-each r7:vector-for-each 'vector-for-each shortest-length)

  ;; (vector-index proc vector): index of the first element that satisfies proc, else #f.
  (define (vector-index proc v)
    (let ((n (vector-length v)))
      (let loop ((i 0))
        (if (fx<? i n)
            (if (proc (vector-ref v i)) i (loop (fx+ i 1)))
            #f)))))
