;; SPDX-License-Identifier: MIT
;;
;; Sorting (R6RS libraries 4): merge sort on vectors, insertion sort for short runs. Stable, and at most
;; n log n comparisons. The procedure may be re-entered by continuations: a sort works on its own copy.
(library (loko base sorting)
  (export list-sort vector-sort vector-sort! sort sort!)
  (import (loko core syntax) (loko core primitives)
          (loko base violations)
          (only (loko base lists) list?))

  (define run-length 8)

  ;; Sorts v in [lo, hi) in place.
  (define (insertion-sort! less? v lo hi)
    (let outer ((i (fx+ lo 1)))
      (if (fx<? i hi)
          (let ((x (vector-ref v i)))
            (let loop ((j i))
              (if (and (fx>? j lo) (less? x (vector-ref v (fx- j 1))))
                  (begin
                    (vector-set! v j (vector-ref v (fx- j 1)))
                    (loop (fx- j 1)))
                  (vector-set! v j x)))
            (outer (fx+ i 1))))))

  ;; Sorts v in [lo, hi); t is as long as v.
  (define (merge-sort! less? v t lo hi)
    (if (fx<=? (fx- hi lo) run-length)
        (insertion-sort! less? v lo hi)
        (let ((mid (fx+ lo (%fxsra (fx- hi lo) 1))))
          (merge-sort! less? v t lo mid)
          (merge-sort! less? v t mid hi)
          (if (less? (vector-ref v mid) (vector-ref v (fx- mid 1)))
              (begin
                ;; the left half moves to t; the right half is consumed in place
                (copy! v lo mid t lo)
                (merge! less? v t lo mid hi))))))

  (define (copy! from start end to at)
    (let loop ((i start) (o at))
      (if (fx<? i end)
          (begin
            (vector-set! to o (vector-ref from i))
            (loop (fx+ i 1) (fx+ o 1))))))

  ;; Merges t [lo, mid) and v [mid, hi) into v [lo, hi).
  (define (merge! less? v t lo mid hi)
    (let loop ((i lo) (j mid) (o lo))
      (if (fx<? i mid)
          (if (fx<? j hi)
              (let ((a (vector-ref t i)) (b (vector-ref v j)))
                (if (less? b a)
                    (begin
                      (vector-set! v o b)
                      (loop i (fx+ j 1) (fx+ o 1)))
                    (begin
                      (vector-set! v o a)
                      (loop (fx+ i 1) j (fx+ o 1)))))
              (copy! t i mid v o)))))

  (define (sort-vector! less? v)
    (let ((n (vector-length v)))
      (merge-sort! less? v (make-vector n #f) 0 n)))

  (define (copy-of v)
    (let* ((n (vector-length v)) (w (make-vector n #f)))
      (copy! v 0 n w 0)
      w))

  (define (check-procedure who less?)
    (if (procedure? less?) #t (%type-violation who "a procedure" less?)))

  ;; (list-sort less? list): a sorted list; equal elements keep their order.
  (define (list-sort less? l)
    (check-procedure 'list-sort less?)
    (if (list? l) #t (%type-violation 'list-sort "a list" l))
    (let* ((n (let loop ((l l) (n 0)) (if (pair? l) (loop (cdr l) (fx+ n 1)) n)))
           (v (make-vector n #f)))
      (let loop ((l l) (i 0))
        (if (pair? l)
            (begin
              (vector-set! v i (car l))
              (loop (cdr l) (fx+ i 1)))))
      (sort-vector! less? v)
      (let loop ((i (fx- n 1)) (r '()))
        (if (fx<? i 0)
            r
            (loop (fx- i 1) (cons (vector-ref v i) r))))))

  ;; (vector-sort less? vector): a sorted copy.
  (define (vector-sort less? v)
    (check-procedure 'vector-sort less?)
    (if (vector? v) #t (%type-violation 'vector-sort "a vector" v))
    (let ((w (copy-of v)))
      (sort-vector! less? w)
      w))

  ;; (vector-sort! less? vector): sorts in place.
  (define (vector-sort! less? v)
    (check-procedure 'vector-sort! less?)
    (if (vector? v) #t (%type-violation 'vector-sort! "a vector" v))
    (if (%mutable-vector? v) #t (%immutable-violation 'vector-sort! v))
    (sort-vector! less? v)
    (%void))

  ;; (sort less? sequence): list-sort or vector-sort.
  (define (sort less? x)
    (if (vector? x) (vector-sort less? x) (list-sort less? x)))

  ;; (sort! less? vector)
  (define (sort! less? v) (vector-sort! less? v)))
