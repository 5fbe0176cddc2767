;; SPDX-License-Identifier: MIT
;;
;; SRFI 151: bitwise operations on exact integers of any size.
(library (srfi :151 bitwise-operations)
  (export bitwise-not bitwise-and bitwise-ior bitwise-xor bitwise-eqv
          bitwise-nand bitwise-nor bitwise-andc1 bitwise-andc2 bitwise-orc1 bitwise-orc2
          arithmetic-shift (rename (bit-count* bit-count)) integer-length bitwise-if
          bit-set? copy-bit bit-swap any-bit-set? every-bit-set? first-set-bit
          bit-field bit-field-any? bit-field-every? bit-field-clear bit-field-set
          bit-field-replace bit-field-replace-same bit-field-rotate bit-field-reverse
          bits->list list->bits bits->vector vector->bits bits
          bitwise-fold bitwise-for-each bitwise-unfold make-bitwise-generator)
  (import (rnrs))

  ;;; Operations

  ;; (bitwise-eqv integer ...)
  (define (bitwise-eqv . is)
    (fold-left (lambda (a b) (bitwise-not (bitwise-xor a b))) -1 is))
  (define (bitwise-nand i j) (bitwise-not (bitwise-and i j)))
  (define (bitwise-nor i j) (bitwise-not (bitwise-ior i j)))
  (define (bitwise-andc1 i j) (bitwise-and (bitwise-not i) j))
  (define (bitwise-andc2 i j) (bitwise-and i (bitwise-not j)))
  (define (bitwise-orc1 i j) (bitwise-ior (bitwise-not i) j))
  (define (bitwise-orc2 i j) (bitwise-ior i (bitwise-not j)))

  (define (arithmetic-shift i count) (bitwise-arithmetic-shift i count))
  ;; (bit-count i): the ones of i, or the zeros if it is negative.
  (define (bit-count* i) (if (negative? i) (bitwise-bit-count (bitwise-not i)) (bitwise-bit-count i)))
  (define (integer-length i) (bitwise-length i))

  ;;; Single bits

  (define (bit-set? index i) (bitwise-bit-set? i index))
  (define (copy-bit index i on?) (bitwise-copy-bit i index (if on? 1 0)))
  (define (bit-swap index1 index2 i)
    (let ((on1? (bit-set? index1 i)) (on2? (bit-set? index2 i)))
      (copy-bit index2 (copy-bit index1 i on2?) on1?)))
  (define (any-bit-set? test i) (not (zero? (bitwise-and test i))))
  (define (every-bit-set? test i) (= test (bitwise-and test i)))
  ;; (first-set-bit i): -1 for 0.
  (define (first-set-bit i) (bitwise-first-bit-set i))

  ;;; Fields: bits start to end - 1

  (define (mask start end)
    (- (bitwise-arithmetic-shift-left 1 end) (bitwise-arithmetic-shift-left 1 start)))
  (define (bit-field i start end) (bitwise-bit-field i start end))
  (define (bit-field-any? i start end) (not (zero? (bit-field i start end))))
  (define (bit-field-every? i start end) (every-bit-set? (mask start end) i))
  (define (bit-field-clear i start end) (bitwise-andc2 i (mask start end)))
  (define (bit-field-set i start end) (bitwise-ior i (mask start end)))
  ;; (bit-field-replace to from start end): the lowest bits of from
  (define (bit-field-replace to from start end)
    (bitwise-copy-bit-field to start end from))
  ;; (bit-field-replace-same to from start end): the same bits of from
  (define (bit-field-replace-same to from start end)
    (bitwise-if (mask start end) from to))
  (define (bit-field-rotate i count start end)
    (if (= start end) i (bitwise-rotate-bit-field i start end (mod count (- end start)))))
  (define (bit-field-reverse i start end) (bitwise-reverse-bit-field i start end))

  ;;; Conversion: the lowest bit comes first

  ;; (bits->list i [length])
  (define bits->list
    (case-lambda
      ((i) (bits->list i (bitwise-length i)))
      ((i n)
       (let loop ((k (- n 1)) (l '()))
         (if (< k 0) l (loop (- k 1) (cons (bit-set? k i) l)))))))
  (define (list->bits l)
    (let loop ((l (reverse l)) (i 0))
      (if (null? l)
          i
          (loop (cdr l) (+ (* 2 i) (if (car l) 1 0))))))
  (define bits->vector
    (case-lambda
      ((i) (list->vector (bits->list i)))
      ((i n) (list->vector (bits->list i n)))))
  (define (vector->bits v) (list->bits (vector->list v)))
  (define (bits . l) (list->bits l))

  ;;; Iteration

  ;; (bitwise-fold f seed i): f takes a bit, as a boolean, and the state.
  (define (bitwise-fold f seed i)
    (let ((n (bitwise-length i)))
      (let loop ((k 0) (state seed))
        (if (= k n) state (loop (+ k 1) (f (bit-set? k i) state))))))
  (define (bitwise-for-each f i)
    (let ((n (bitwise-length i)))
      (do ((k 0 (+ k 1))) ((= k n))
        (f (bit-set? k i)))))
  ;; (bitwise-unfold stop? mapper successor seed)
  (define (bitwise-unfold stop? mapper successor seed)
    (let loop ((k 0) (i 0) (seed seed))
      (if (stop? seed)
          i
          (loop (+ k 1) (copy-bit k i (mapper seed)) (successor seed)))))
  ;; (make-bitwise-generator i): a generator (SRFI 158) of all bits; it never ends.
  (define (make-bitwise-generator i)
    (let ((k 0))
      (lambda ()
        (let ((on? (bit-set? k i)))
          (set! k (+ k 1))
          on?)))))
