;; SPDX-License-Identifier: MIT
;;
;; SRFI 132: sort libraries. All sorts are the library's stable merge sort, so the names without "stable" promise more than
;; they must. The order of arguments is (less? sequence).
(library (srfi :132 sorting)
  (export list-sorted? vector-sorted?
          list-sort list-stable-sort list-sort! list-stable-sort!
          vector-sort vector-stable-sort vector-sort! vector-stable-sort!
          list-merge list-merge! vector-merge vector-merge!
          list-delete-neighbor-dups list-delete-neighbor-dups!
          vector-delete-neighbor-dups vector-delete-neighbor-dups!
          vector-find-median vector-find-median! vector-select! vector-separate!)
  (import (except (rnrs) list-sort vector-sort vector-sort!)
          (prefix (only (rnrs) list-sort vector-sort) r6:)
          (only (scheme base) vector-copy vector-copy!))

  (define (check-range who v start end)
    (unless (and (integer? start) (integer? end) (<= 0 start end (vector-length v)))
      (assertion-violation who "expected 0 <= start <= end <= length of the vector" v start end)))

  ;; Defines name with optional start and end after a vector.
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

  ;;; Predicates

  (define (list-sorted? less? l)
    (or (null? l)
        (let loop ((x (car l)) (l (cdr l)))
          (or (null? l)
              (and (not (less? (car l) x)) (loop (car l) (cdr l)))))))
  (define-ranged (vector-sorted? (less?) v start end)
    (let loop ((i (+ start 1)))
      (or (>= i end)
          (and (not (less? (vector-ref v i) (vector-ref v (- i 1)))) (loop (+ i 1))))))

  ;;; Sorting

  (define (list-sort less? l) (r6:list-sort less? l))
  (define (list-stable-sort less? l) (r6:list-sort less? l))
  (define (list-sort! less? l) (r6:list-sort less? l))
  (define (list-stable-sort! less? l) (r6:list-sort less? l))

  (define-ranged (vector-stable-sort (less?) v start end)
    (r6:vector-sort less? (vector-copy v start end)))
  (define vector-sort vector-stable-sort)
  (define-ranged (vector-stable-sort! (less?) v start end)
    (vector-copy! v start (r6:vector-sort less? (vector-copy v start end))))
  (define vector-sort! vector-stable-sort!)

  ;;; Merging: elements of the first sequence come first among equals

  (define (list-merge less? a b)
    (let loop ((a a) (b b) (out '()))
      (cond ((null? a) (append-reverse out b))
            ((null? b) (append-reverse out a))
            ((less? (car b) (car a)) (loop a (cdr b) (cons (car b) out)))
            (else (loop (cdr a) b (cons (car a) out))))))
  (define (append-reverse l tail)
    (if (null? l) tail (append-reverse (cdr l) (cons (car l) tail))))
  (define (list-merge! less? a b) (list-merge less? a b))

  ;; (vector-merge less? a b [a-start [a-end [b-start [b-end]]]])
  (define vector-merge
    (case-lambda
      ((less? a b) (vector-merge less? a b 0))
      ((less? a b as) (vector-merge less? a b as (vector-length a)))
      ((less? a b as ae) (vector-merge less? a b as ae 0))
      ((less? a b as ae bs) (vector-merge less? a b as ae bs (vector-length b)))
      ((less? a b as ae bs be)
       (let ((to (make-vector (+ (- ae as) (- be bs)))))
         (vector-merge! less? to a b 0 as ae bs be)
         to))))
  ;; (vector-merge! less? to a b [start [a-start [a-end [b-start [b-end]]]]])
  (define vector-merge!
    (case-lambda
      ((less? to a b) (vector-merge! less? to a b 0))
      ((less? to a b start) (vector-merge! less? to a b start 0))
      ((less? to a b start as) (vector-merge! less? to a b start as (vector-length a)))
      ((less? to a b start as ae) (vector-merge! less? to a b start as ae 0))
      ((less? to a b start as ae bs) (vector-merge! less? to a b start as ae bs (vector-length b)))
      ((less? to a b start as ae bs be)
       (check-range 'vector-merge! a as ae)
       (check-range 'vector-merge! b bs be)
       (check-range 'vector-merge! to start (+ start (- ae as) (- be bs)))
       (let loop ((i as) (j bs) (k start))
         (cond ((= i ae) (vector-copy! to k b j be))
               ((= j be) (vector-copy! to k a i ae))
               ((less? (vector-ref b j) (vector-ref a i))
                (vector-set! to k (vector-ref b j))
                (loop i (+ j 1) (+ k 1)))
               (else
                (vector-set! to k (vector-ref a i))
                (loop (+ i 1) j (+ k 1))))))))

  ;;; Neighbours that are equal: the first stays

  (define (list-delete-neighbor-dups same? l)
    (if (null? l)
        '()
        (let loop ((x (car l)) (l (cdr l)) (out (list (car l))))
          (cond ((null? l) (reverse out))
                ((same? x (car l)) (loop x (cdr l) out))
                (else (loop (car l) (cdr l) (cons (car l) out)))))))
  (define (list-delete-neighbor-dups! same? l) (list-delete-neighbor-dups same? l))
  (define-ranged (vector-delete-neighbor-dups (same?) v start end)
    (let* ((copy (vector-copy v start end)) (n (vector-delete-neighbor-dups! same? copy)))
      (vector-copy copy 0 n)))
  ;; (vector-delete-neighbor-dups! same? vector [start [end]]): the end of what is left, which begins at start.
  (define-ranged (vector-delete-neighbor-dups! (same?) v start end)
    (if (= start end)
        end
        (let loop ((i (+ start 1)) (last start))
          (cond ((>= i end) (+ last 1))
                ((same? (vector-ref v last) (vector-ref v i)) (loop (+ i 1) last))
                (else
                 (vector-set! v (+ last 1) (vector-ref v i))
                 (loop (+ i 1) (+ last 1)))))))

  ;;; Selection

  ;; (vector-find-median less? vector knil [mean])
  (define vector-find-median
    (case-lambda
      ((less? v knil) (vector-find-median less? v knil (lambda (a b) (/ (+ a b) 2))))
      ((less? v knil mean) (median (vector-sort less? v) knil mean))))
  (define vector-find-median!
    (case-lambda
      ((less? v knil) (vector-find-median! less? v knil (lambda (a b) (/ (+ a b) 2))))
      ((less? v knil mean) (vector-sort! less? v) (median v knil mean))))
  (define (median sorted knil mean)
    (let* ((n (vector-length sorted)) (middle (div n 2)))
      (cond ((= n 0) knil)
            ((odd? n) (vector-ref sorted middle))
            (else (mean (vector-ref sorted (- middle 1)) (vector-ref sorted middle))))))

  ;; (vector-select! less? vector k [start [end]]): the k-th smallest element of the range, counted from 0; linear on average
  ;; (Hoare's selection with the median of three as pivot).
  (define vector-select!
    (case-lambda
      ((less? v k) (vector-select! less? v k 0))
      ((less? v k start) (vector-select! less? v k start (vector-length v)))
      ((less? v k start end)
       (check-range 'vector-select! v start end)
       (unless (and (integer? k) (<= 0 k) (< k (- end start)))
         (assertion-violation 'vector-select! "there is no such element" v k start end))
       (partition-at! less? v (+ start k) start end)
       (vector-ref v (+ start k)))))

  ;; (vector-separate! less? vector k [start [end]]): the k smallest elements of the range come first.
  (define vector-separate!
    (case-lambda
      ((less? v k) (vector-separate! less? v k 0))
      ((less? v k start) (vector-separate! less? v k start (vector-length v)))
      ((less? v k start end)
       (check-range 'vector-separate! v start end)
       (unless (and (integer? k) (<= 0 k (- end start)))
         (assertion-violation 'vector-separate! "there are not so many elements" v k start end))
       (when (< 0 k (- end start))
         (partition-at! less? v (+ start k) start end)))))

  ;; Permutes [low, high) so that position holds what it would after sorting, smaller or equal ones before, others behind.
  (define (partition-at! less? v position low high)
    (define (swap! i j)
      (let ((x (vector-ref v i)))
        (vector-set! v i (vector-ref v j))
        (vector-set! v j x)))
    (define (median-of-three a b c)
      (if (less? a b)
          (cond ((less? b c) b) ((less? a c) c) (else a))
          (cond ((less? a c) a) ((less? b c) c) (else b))))
    (let loop ((low low) (high high))
      (when (> (- high low) 1)
        (let ((pivot (median-of-three (vector-ref v low) (vector-ref v (div (+ low high) 2)) (vector-ref v (- high 1)))))
          ;; [low, lt) smaller, [lt, i) equal, [gt, high) larger
          (let three-way ((lt low) (i low) (gt high))
            (cond ((= i gt)
                   (cond ((< position lt) (loop low lt))
                         ((>= position gt) (loop gt high))))
                  ((less? (vector-ref v i) pivot)
                   (swap! lt i)
                   (three-way (+ lt 1) (+ i 1) gt))
                  ((less? pivot (vector-ref v i))
                   (swap! i (- gt 1))
                   (three-way lt i (- gt 1)))
                  (else (three-way lt (+ i 1) gt)))))))))
