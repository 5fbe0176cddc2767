;; SPDX-License-Identifier: MIT
;;
;; SRFI 43: vector library. Unlike in SRFI 133, folds and maps pass the index first, and vector-copy may extend.
(library (srfi :43 vectors)
  (export make-vector vector vector-unfold vector-unfold-right vector-copy vector-reverse-copy
          vector-append vector-concatenate
          vector? vector-empty? vector= vector-ref vector-length
          vector-fold vector-fold-right vector-map vector-map! vector-for-each vector-count
          vector-index vector-index-right vector-skip vector-skip-right vector-binary-search vector-any vector-every
          vector-set! vector-swap! vector-fill! vector-reverse! vector-copy! vector-reverse-copy!
          vector->list reverse-vector->list list->vector reverse-list->vector)
  (import (except (rnrs) vector-map vector-for-each vector-fill! vector->list list->vector)
          (prefix (only (rnrs) list->vector) r6:)
          (rename (srfi :133 vectors)
            (vector-copy v:vector-copy) (vector-fold v:vector-fold) (vector-fold-right v:vector-fold-right)
            (vector-map v:vector-map) (vector-map! v:vector-map!) (vector-for-each v:vector-for-each)
            (vector-count v:vector-count)
            (list->vector v:list->vector) (reverse-list->vector v:reverse-list->vector)))

  ;; (vector-copy vector [start [end [fill]]]): end may lie beyond the vector's.
  (define vector-copy
    (case-lambda
      ((v) (v:vector-copy v))
      ((v start) (v:vector-copy v start))
      ((v start end) (vector-copy v start end #f))
      ((v start end fill)
       (unless (and (integer? start) (integer? end) (<= 0 start (vector-length v)) (<= start end))
         (assertion-violation 'vector-copy "expected 0 <= start <= end" v start end))
       (let ((new (make-vector (- end start) fill)))
         (vector-copy! new 0 v start (min end (vector-length v)))
         new))))

  (define (shortest v vs)
    (fold-left (lambda (n v) (min n (vector-length v))) (vector-length v) vs))
  (define (refs vs i) (map (lambda (v) (vector-ref v i)) vs))

  ;; (vector-fold f seed vector ...): f takes index, state, elements.
  (define (vector-fold f seed v . more)
    (let ((n (shortest v more)) (vs (cons v more)))
      (let loop ((i 0) (state seed))
        (cond ((= i n) state)
              ((null? more) (loop (+ i 1) (f i state (vector-ref v i))))
              (else (loop (+ i 1) (apply f i state (refs vs i))))))))
  (define (vector-fold-right f seed v . more)
    (let ((vs (cons v more)))
      (let loop ((i (- (shortest v more) 1)) (state seed))
        (cond ((< i 0) state)
              ((null? more) (loop (- i 1) (f i state (vector-ref v i))))
              (else (loop (- i 1) (apply f i state (refs vs i))))))))

  ;; (vector-map f vector ...): f takes index and elements.
  (define (vector-map f v . more)
    (let ((new (make-vector (shortest v more))))
      (fill-with! new f v more)
      new))
  (define (vector-map! f v . more) (fill-with! v f v more))
  (define (fill-with! to f v more)
    (let ((n (shortest v more)) (vs (cons v more)))
      (do ((i 0 (+ i 1))) ((= i n))
        (vector-set! to i (if (null? more) (f i (vector-ref v i)) (apply f i (refs vs i)))))))
  (define (vector-for-each f v . more)
    (let ((n (shortest v more)) (vs (cons v more)))
      (do ((i 0 (+ i 1))) ((= i n))
        (if (null? more) (f i (vector-ref v i)) (apply f i (refs vs i))))))
  (define (vector-count f v . more)
    (let ((n (shortest v more)) (vs (cons v more)))
      (let loop ((i 0) (count 0))
        (cond ((= i n) count)
              ((apply f i (refs vs i)) (loop (+ i 1) (+ count 1)))
              (else (loop (+ i 1) count))))))

  ;; (list->vector list [start [end]])
  (define list->vector
    (case-lambda
      ((l) (r6:list->vector l))
      ((l start) (r6:list->vector (list-tail l start)))
      ((l start end)
       (let ((new (make-vector (- end start))))
         (do ((i 0 (+ i 1)) (l (list-tail l start) (cdr l))) ((= i (- end start)) new)
           (vector-set! new i (car l)))))))
  (define reverse-list->vector
    (case-lambda
      ((l) (v:reverse-list->vector l))
      ((l . range)
       (let ((v (apply list->vector l range))) (vector-reverse! v) v)))))
