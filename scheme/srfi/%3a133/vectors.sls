;; SPDX-License-Identifier: MIT
;;
;; SRFI 133: vector library (R7RS-compatible). Procedures of several vectors stop at the end of the shortest one; start and
;; end default to the whole vector and are checked.
(library (srfi :133 vectors)
  (export make-vector vector vector-unfold vector-unfold-right vector-copy vector-reverse-copy
          vector-append vector-concatenate vector-append-subvectors
          vector? vector-empty? vector= vector-ref vector-length
          vector-fold vector-fold-right vector-map vector-map! vector-for-each vector-count vector-cumulate
          vector-index vector-index-right vector-skip vector-skip-right vector-binary-search
          vector-any vector-every vector-partition
          vector-set! vector-swap! vector-fill! vector-reverse! vector-copy! vector-reverse-copy!
          vector-unfold! vector-unfold-right!
          vector->list reverse-vector->list list->vector reverse-list->vector vector->string string->vector)
  (import (except (rnrs) vector-map vector-for-each vector-fill! vector->list)
          (only (scheme base) vector-copy vector-copy! vector-append vector-fill! vector->list
                vector->string string->vector vector-map vector-for-each))

  ;;; Arguments

  (define (check-range who v start end)
    (unless (and (integer? start) (exact? start) (integer? end) (exact? end)
                 (<= 0 start end (vector-length v)))
      (assertion-violation who "expected 0 <= start <= end <= length of the vector" v start end)))

  ;; Defines name with optional start and end as its last arguments, then a body with both known and checked.
  (define-syntax define-ranged
    (syntax-rules ()
      ((_ (name (argument ...) v start end) body ...)
       (define name
         (case-lambda
           ((argument ... v) (name argument ... v 0 (vector-length v)))
           ((argument ... v start) (name argument ... v start (vector-length v)))
           ((argument ... v start end)
            (check-range 'name v start end)
            body ...))))))

  (define (shortest v vs)
    (fold-left (lambda (n v) (min n (vector-length v))) (vector-length v) vs))
  (define (refs vs i) (map (lambda (v) (vector-ref v i)) vs))

  ;;; Constructors

  ;; (vector-unfold f length seed ...): f takes an index and the seeds, gives an element and new seeds.
  (define (vector-unfold f n . seeds)
    (let ((v (make-vector n)))
      (apply vector-unfold! f v 0 n seeds)
      v))
  (define (vector-unfold-right f n . seeds)
    (let ((v (make-vector n)))
      (apply vector-unfold-right! f v 0 n seeds)
      v))

  ;; (vector-unfold! f vector start end seed ...)
  (define (vector-unfold! f v start end . seeds)
    (check-range 'vector-unfold! v start end)
    (let loop ((i start) (seeds seeds))
      (when (< i end)
        (let-values (((x . seeds) (apply f i seeds)))
          (vector-set! v i x)
          (loop (+ i 1) seeds)))))
  (define (vector-unfold-right! f v start end . seeds)
    (check-range 'vector-unfold-right! v start end)
    (let loop ((i (- end 1)) (seeds seeds))
      (when (>= i start)
        (let-values (((x . seeds) (apply f i seeds)))
          (vector-set! v i x)
          (loop (- i 1) seeds)))))

  ;; (vector-reverse-copy vector [start [end]])
  (define-ranged (vector-reverse-copy () v start end)
    (let ((new (make-vector (- end start))))
      (do ((i start (+ i 1)) (j (- end start 1) (- j 1))) ((= i end) new)
        (vector-set! new j (vector-ref v i)))))

  ;; (vector-concatenate list-of-vectors)
  (define (vector-concatenate vs) (apply vector-append vs))

  ;; (vector-append-subvectors vector start end ...)
  (define (vector-append-subvectors . arguments)
    (let loop ((l arguments) (parts '()))
      (cond ((null? l) (apply vector-append (reverse parts)))
            ((and (pair? (cdr l)) (pair? (cddr l)))
             (loop (cdddr l) (cons (vector-copy (car l) (cadr l) (caddr l)) parts)))
            (else (assertion-violation 'vector-append-subvectors "expected vector, start and end" l)))))

  ;;; Predicates

  (define (vector-empty? v) (= 0 (vector-length v)))

  ;; (vector= element=? vector ...)
  (define (vector= same? . vs)
    (define (two a b)
      (let ((n (vector-length a)))
        (or (eq? a b)
            (and (= n (vector-length b))
                 (let loop ((i 0))
                   (or (= i n)
                       (and (same? (vector-ref a i) (vector-ref b i)) (loop (+ i 1)))))))))
    (or (null? vs)
        (let loop ((a (car vs)) (l (cdr vs)))
          (or (null? l) (and (two a (car l)) (loop (car l) (cdr l)))))))

  ;;; Iteration

  ;; (vector-fold f seed vector ...): f takes the state first, then the elements.
  (define vector-fold
    (case-lambda
      ((f seed v)
       (let ((n (vector-length v)))
         (let loop ((i 0) (state seed))
           (if (= i n) state (loop (+ i 1) (f state (vector-ref v i)))))))
      ((f seed v . more)
       (let ((n (shortest v more)) (vs (cons v more)))
         (let loop ((i 0) (state seed))
           (if (= i n) state (loop (+ i 1) (apply f state (refs vs i)))))))))
  (define vector-fold-right
    (case-lambda
      ((f seed v)
       (let loop ((i (- (vector-length v) 1)) (state seed))
         (if (< i 0) state (loop (- i 1) (f state (vector-ref v i))))))
      ((f seed v . more)
       (let ((vs (cons v more)))
         (let loop ((i (- (shortest v more) 1)) (state seed))
           (if (< i 0) state (loop (- i 1) (apply f state (refs vs i)))))))))

  ;; (vector-map! f vector ...): the results replace the elements of the first vector.
  (define (vector-map! f v . more)
    (let ((n (shortest v more)) (vs (cons v more)))
      (do ((i 0 (+ i 1))) ((= i n))
        (vector-set! v i (if (null? more) (f (vector-ref v i)) (apply f (refs vs i)))))))

  ;; (vector-count predicate vector ...)
  (define (vector-count f v . more)
    (let ((n (shortest v more)) (vs (cons v more)))
      (let loop ((i 0) (count 0))
        (cond ((= i n) count)
              ((apply f (refs vs i)) (loop (+ i 1) (+ count 1)))
              (else (loop (+ i 1) count))))))

  ;; (vector-cumulate f seed vector): the vector of the states of a fold.
  (define (vector-cumulate f seed v)
    (let* ((n (vector-length v)) (new (make-vector n)))
      (let loop ((i 0) (state seed))
        (if (= i n)
            new
            (let ((state (f state (vector-ref v i))))
              (vector-set! new i state)
              (loop (+ i 1) state))))))

  ;;; Searching

  ;; (vector-index predicate vector ...): the first index whose elements satisfy it, or #f.
  (define (vector-index f v . more)
    (let ((n (shortest v more)) (vs (cons v more)))
      (let loop ((i 0))
        (cond ((= i n) #f)
              ((apply f (refs vs i)) i)
              (else (loop (+ i 1)))))))
  (define (vector-index-right f v . more)
    (let ((vs (cons v more)))
      (let loop ((i (- (shortest v more) 1)))
        (cond ((< i 0) #f)
              ((apply f (refs vs i)) i)
              (else (loop (- i 1)))))))
  (define (vector-skip f . vs) (apply vector-index (lambda xs (not (apply f xs))) vs))
  (define (vector-skip-right f . vs) (apply vector-index-right (lambda xs (not (apply f xs))) vs))

  ;; (vector-binary-search vector value compare): compare gives a negative, zero or positive number for (element, value).
  (define (vector-binary-search v value compare)
    (let loop ((low 0) (high (vector-length v)))
      (and (< low high)
           (let* ((middle (div (+ low high) 2))
                  (c (compare (vector-ref v middle) value)))
             (cond ((zero? c) middle)
                   ((positive? c) (loop low middle))
                   (else (loop (+ middle 1) high)))))))

  ;; (vector-any f vector ...): the first true result.
  (define (vector-any f v . more)
    (let ((n (shortest v more)) (vs (cons v more)))
      (let loop ((i 0))
        (and (< i n) (or (apply f (refs vs i)) (loop (+ i 1)))))))
  ;; (vector-every f vector ...): the last result, or #f at the first false one.
  (define (vector-every f v . more)
    (let ((n (shortest v more)) (vs (cons v more)))
      (let loop ((i 0) (last #t))
        (if (= i n)
            last
            (let ((x (apply f (refs vs i)))) (and x (loop (+ i 1) x)))))))

  ;; (vector-partition predicate vector): a vector with the elements that satisfy it first, and their number.
  (define (vector-partition f v)
    (let* ((n (vector-length v)) (flags (make-vector n)) (new (make-vector n)))
      (let ((yes (let loop ((i 0) (count 0))
                   (if (= i n)
                       count
                       (let ((x (and (f (vector-ref v i)) #t)))
                         (vector-set! flags i x)
                         (loop (+ i 1) (if x (+ count 1) count)))))))
        (let loop ((i 0) (y 0) (no yes))
          (cond ((= i n) (values new yes))
                ((vector-ref flags i)
                 (vector-set! new y (vector-ref v i))
                 (loop (+ i 1) (+ y 1) no))
                (else
                 (vector-set! new no (vector-ref v i))
                 (loop (+ i 1) y (+ no 1))))))))

  ;;; Mutators

  (define (vector-swap! v i j)
    (let ((x (vector-ref v i)))
      (vector-set! v i (vector-ref v j))
      (vector-set! v j x)))

  ;; (vector-reverse! vector [start [end]])
  (define-ranged (vector-reverse! () v start end)
    (let loop ((i start) (j (- end 1)))
      (when (< i j)
        (vector-swap! v i j)
        (loop (+ i 1) (- j 1)))))

  ;; (vector-reverse-copy! to at from [start [end]])
  (define-ranged (vector-reverse-copy! (to at) from start end)
    (check-range 'vector-reverse-copy! to at (+ at (- end start)))
    (vector-copy! to at (vector-reverse-copy from start end)))

  ;;; Conversion

  (define-ranged (reverse-vector->list () v start end)
    (let loop ((i start) (l '()))
      (if (= i end) l (loop (+ i 1) (cons (vector-ref v i) l)))))
  (define (reverse-list->vector l) (list->vector (reverse l))))
