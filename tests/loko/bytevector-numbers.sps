;; SPDX-License-Identifier: MIT
;;
;; Numbers in bytevectors (R6RS libraries 2.5–2.8): every accessor, at every offset, in both byte orders, of values at the borders of
;; fixnums and of their ranges; where the order is a constant (one load in line), where the compiler can't see it, and in eval. What
;; they should give is computed from single bytes.
(import (rnrs) (rnrs eval) (loko)
        (rename (only (tests support checks) check-equal finish) (check-equal check)))

;; Hides what the compiler could know.
(define (hide x) (if (vector? (vector x)) x (car x)))

;; The bytes of a number that fits, least significant first.
(define (bytes-of n width)
  (let loop ((i 0) (n n) (bytes '()))
    (if (= i width) (reverse bytes) (loop (+ i 1) (bitwise-arithmetic-shift n -8) (cons (bitwise-and n 255) bytes)))))
(define (in-order order bytes) (if (eq? order 'big) (reverse bytes) bytes))
(define (number-of bytes signed?)
  (let ((n (fold-right (lambda (b n) (+ b (* 256 n))) 0 bytes)) (half (expt 2 (- (* 8 (length bytes)) 1))))
    (if (and signed? (>= n half)) (- n (* 2 half)) n)))

(define size 27)
(define (fresh) (let ((b (make-bytevector size))) (do ((i 0 (+ i 1))) ((= i size) b) (bytevector-u8-set! b i (+ 100 i)))))
;; What the bytevector is after these bytes were stored at k.
(define (stored k bytes)
  (let ((b (fresh)))
    (for-each (lambda (i x) (bytevector-u8-set! b (+ k i) x)) (iota* (length bytes)) bytes)
    b))
(define (iota* n) (let loop ((i (- n 1)) (l '())) (if (< i 0) l (loop (- i 1) (cons i l)))))
(define (part b k width) (map (lambda (i) (bytevector-u8-ref b (+ k i))) (iota* width)))

(define (refused? thunk) (guard (c ((assertion-violation? c) (condition-who c))) (thunk) #f))

;; Of all integers of a width, those where something may go wrong.
(define (borders width signed?)
  (let* ((bits (* 8 width)) (half (expt 2 (- bits 1))) (all (expt 2 bits)) (f (expt 2 60)))
    (filter (lambda (n) (if signed? (and (<= (- half) n) (< n half)) (and (<= 0 n) (< n all))))
            (append (list 0 1 -1 2 127 128 255 256 -128 -129 #x0102 #x01020304 #x0102030405060708 #x-0102030405060708
                          f (- f 1) (- f) (- (- f) 1) (+ f 1))
                    (list half (- half 1) (- half) (- all 1))))))
(define (outside width signed?)
  (let* ((bits (* 8 width)) (half (expt 2 (- bits 1))) (all (expt 2 bits)))
    (append (if signed? (list half (- (- half) 1)) (list all -1 (- all))) (list 1.0 1/2 'a (expt 2 200)))))

(define (check-reads ref width signed? who)
  (for-each
   (lambda (order)
     (let ((b (fresh)))
       (do ((k 0 (+ k 1))) ((> (+ k width) size))
         (check (ref b k order) (number-of (in-order order (part b k width)) signed?))
         (for-each
          (lambda (n) (check (ref (stored k (in-order order (bytes-of n width))) k order) n))
          (borders width signed?)))
       (for-each
        (lambda (k) (check (refused? (lambda () (ref b k order))) who))
        (list (- size width -1) size -1 (if (= width 1) -1 (- 1 width)) (- width) -8 (greatest-fixnum) (least-fixnum) (- (greatest-fixnum) 1) 1.0 'x (expt 2 70)))
       (for-each
        (lambda (b) (check (refused? (lambda () (ref b 0 order))) who))
        (list 7 'x '() "abcdefgh" '#(1 2 3 4 5 6 7 8) (make-bytevector (- width 1)) 1.5 car))))
   '(big little)))

(define (check-writes set width signed? who)
  (for-each
   (lambda (order)
     (do ((k 0 (+ k 1))) ((> (+ k width) size))
       (for-each
        (lambda (n)
          (check (let ((b (fresh))) (set b k n order) b) (stored k (in-order order (bytes-of n width)))))
        (borders width signed?))
       (for-each
        (lambda (n)
          (let ((b (fresh)))
            (check (refused? (lambda () (set b k n order))) who)
            (check b (fresh))))
        (outside width signed?)))
     (let ((b (fresh)))
       (for-each
        (lambda (k) (check (refused? (lambda () (set b k 1 order))) who))
        (list (- size width -1) size -1 (if (= width 1) -1 (- 1 width)) (- width) -8 (greatest-fixnum) (least-fixnum) 1.0 'x))
       (check b (fresh)))
     (for-each
      (lambda (b) (check (refused? (lambda () (set b 0 1 order))) who))
      (list 7 'x "abcdefgh" (vector 1 2 3 4 5 6 7 8) (make-bytevector (- width 1)) #vu8(1 2 3 4 5 6 7 8) 1.5)))
   '(big little)))

;; Each accessor with its order as a constant, hidden, and in code that eval compiles.
(define env (environment '(rnrs)))
(define-syntax check-integers
  (syntax-rules ()
    ((_ width signed? (ref set) ...)
     (begin
       (begin
         (check-reads (lambda (b k order) (if (eq? order 'big) (ref b k 'big) (ref b k 'little))) width signed? (quote ref))
         (check-reads (lambda (b k order) (ref b k (hide order))) width signed? (quote ref))
         (check-reads (eval '(lambda (b k order) (if (eq? order 'big) (ref b k (endianness big)) (ref b k (endianness little)))) env)
                      width signed? (quote ref))
         (check-writes (lambda (b k n order) (if (eq? order 'big) (set b k n 'big) (set b k n 'little))) width signed? 'set)
         (check-writes (lambda (b k n order) (set b k n (hide order))) width signed? 'set)
         (check-writes (eval '(lambda (b k n order) (if (eq? order 'big) (set b k n 'big) (set b k n 'little))) env) width signed? 'set)
         (check (refused? (lambda () (ref (fresh) 0 'middle))) 'ref)
         (check (refused? (lambda () (ref (fresh) 0 (hide 7)))) 'ref)
         (check (refused? (lambda () (set (fresh) 0 1 'middle))) 'set))
       ...))))
(check-integers 2 #f (bytevector-u16-ref bytevector-u16-set!))
(check-integers 2 #t (bytevector-s16-ref bytevector-s16-set!))
(check-integers 4 #f (bytevector-u32-ref bytevector-u32-set!))
(check-integers 4 #t (bytevector-s32-ref bytevector-s32-set!))
(check-integers 8 #f (bytevector-u64-ref bytevector-u64-set!))
(check-integers 8 #t (bytevector-s64-ref bytevector-s64-set!))

;; Of any size: those of 1, 2, 4 and 8 bytes are in line.
(define-syntax check-sized
  (syntax-rules ()
    ((_ width ...)
     (begin
       (begin
         (check-reads (lambda (b k order) (if (eq? order 'big) (bytevector-uint-ref b k 'big width) (bytevector-uint-ref b k 'little width)))
                      width #f 'bytevector-uint-ref)
         (check-reads (lambda (b k order) (if (eq? order 'big) (bytevector-sint-ref b k 'big width) (bytevector-sint-ref b k 'little width)))
                      width #t 'bytevector-sint-ref)
         (check-reads (lambda (b k order) (bytevector-sint-ref b k order (hide width))) width #t 'bytevector-sint-ref)
         (check-writes (lambda (b k n order)
                         (if (eq? order 'big) (bytevector-uint-set! b k n 'big width) (bytevector-uint-set! b k n 'little width)))
                       width #f 'bytevector-uint-set!)
         (check-writes (lambda (b k n order)
                         (if (eq? order 'big) (bytevector-sint-set! b k n 'big width) (bytevector-sint-set! b k n 'little width)))
                       width #t 'bytevector-sint-set!))
       ...))))
(check-sized 1 2 3 4 5 6 7 8 9 16)
(check (refused? (lambda () (bytevector-uint-ref (fresh) 0 'big 0))) 'bytevector-uint-ref)
(check (refused? (lambda () (bytevector-uint-ref (fresh) 0 'big -1))) 'bytevector-uint-ref)
(check (refused? (lambda () (bytevector-uint-set! (fresh) 0 0 'big 0))) 'bytevector-uint-set!)

;; The native ones of 64 bits want an aligned index.
(define (aligned ref who width)
  (lambda (b k order)
    (if (eq? order 'big)
        (assertion-violation who "not this machine's")
        (ref b k))))
(for-each
 (lambda (ref set signed? ref-who set-who)
   (do ((k 0 (+ k 1))) ((= k 20))
     (for-each
      (lambda (n)
        (if (= (mod k 8) 0)
            (begin
              (check (let ((b (fresh))) (set b k n) b) (stored k (bytes-of n 8)))
              (check (ref (stored k (bytes-of n 8)) k) n))
            (begin
              (check (refused? (lambda () (ref (fresh) k))) ref-who)
              (check (refused? (lambda () (set (fresh) k n))) set-who))))
      (borders 8 signed?)))
   (for-each (lambda (k) (check (refused? (lambda () (ref (fresh) k))) ref-who)) (list 24 -8 -1 'x)))
 (list (lambda (b k) (bytevector-u64-native-ref b k)) (lambda (b k) (bytevector-s64-native-ref b k)))
 (list (lambda (b k n) (bytevector-u64-native-set! b k n)) (lambda (b k n) (bytevector-s64-native-set! b k n)))
 '(#f #t)
 '(bytevector-u64-native-ref bytevector-s64-native-ref)
 '(bytevector-u64-native-set! bytevector-s64-native-set!))

;;; IEEE 754

;; Bits and value of doubles and singles.
(define doubles
  '((0 0.0) (#x8000000000000000 -0.0) (#x3ff0000000000000 1.0) (#xc004000000000000 -2.5) (#x7ff0000000000000 +inf.0)
    (#xfff0000000000000 -inf.0) (1 5e-324) (#x7fefffffffffffff 1.7976931348623157e308) (#x3fb999999999999a 0.1)
    (#x0102030405060708 8.20788039913184e-304)))
(define singles
  '((0 0.0) (#x80000000 -0.0) (#x3f800000 1.0) (#xc0200000 -2.5) (#x7f800000 +inf.0) (#xff800000 -inf.0)
    (1 1.401298464324817e-45) (#x7f7fffff 3.4028234663852886e38) (#x3dcccccd 0.10000000149011612)))

(define-syntax check-floats
  (syntax-rules ()
    ((_ width table ref set)
     (for-each
      (lambda (ref* set*)
        (for-each
         (lambda (order)
           (do ((k 0 (+ k 1))) ((> (+ k width) size))
             (for-each
              (lambda (row)
                (let ((b (stored k (in-order order (bytes-of (car row) width)))))
                  (check (ref* b k order) (cadr row))
                  (check (let ((b (fresh))) (set* b k (cadr row) order) b) b)))
              table)
             (check (let ((b (fresh))) (set* b k +nan.0 order) (nan? (ref* b k order))) #t)
             (check (let ((b (fresh))) (set* b k 3 order) (ref* b k order)) 3.0)
             (check (let ((b (fresh))) (set* b k -1/2 order) (ref* b k order)) -0.5))
           (for-each
            (lambda (k)
              (check (refused? (lambda () (ref* (fresh) k order))) 'ref)
              (check (refused? (lambda () (set* (fresh) k 1.5 order))) 'set))
            (list (- size width -1) size -1 (- 1 width) (- width) 'x 1.0))
           (check (refused? (lambda () (set* (fresh) 0 'x order))) 'set)
           (check (refused? (lambda () (set* (fresh) 0 1+2i order))) 'set)
           (check (refused? (lambda () (set* "abcdefgh" 0 1.0 order))) 'set)
           (check (refused? (lambda () (set* #vu8(1 2 3 4 5 6 7 8) 0 1.0 order))) 'set)
           (check (refused? (lambda () (ref* "abcdefgh" 0 order))) 'ref))
         '(big little)))
      (list (lambda (b k order) (if (eq? order 'big) (ref b k 'big) (ref b k 'little)))
            (lambda (b k order) (ref b k (hide order)))
            (eval '(lambda (b k order) (if (eq? order 'big) (ref b k 'big) (ref b k 'little))) env))
      (list (lambda (b k x order) (if (eq? order 'big) (set b k x 'big) (set b k x 'little)))
            (lambda (b k x order) (set b k x (hide order)))
            (eval '(lambda (b k x order) (if (eq? order 'big) (set b k x 'big) (set b k x 'little))) env))))))
(check-floats 8 doubles bytevector-ieee-double-ref bytevector-ieee-double-set!)
(check-floats 4 singles bytevector-ieee-single-ref bytevector-ieee-single-set!)

;; Unboxed through a loop: what is loaded is added, what is computed is stored.
(define (scale! b n x)
  (do ((k 0 (+ k 8))) ((= k n) b)
    (bytevector-ieee-double-set! b k (fl* x (bytevector-ieee-double-ref b k 'big)) 'big)))
(check (let ((b (make-bytevector 16)))
         (bytevector-ieee-double-set! b 0 1.5 'big)
         (bytevector-ieee-double-set! b 8 -0.25 'big)
         (scale! b 16 2.0)
         (list (bytevector-ieee-double-ref b 0 'big) (bytevector-ieee-double-ref b 8 'big)))
       '(3.0 -0.5))

;; Constant bytevector, index and order.
(check (bytevector-u16-ref #vu8(1 2 3) 1 'big) #x0203)
(check (bytevector-u32-ref #vu8(1 2 3 4 5) 1 'big) #x02030405)
(check (bytevector-s32-ref #vu8(255 255 255 254) 0 'big) -2)
(check (bytevector-u64-ref #vu8(1 2 3 4 5 6 7 8) 0 'big) #x0102030405060708)
(check (bytevector-u64-ref #vu8(255 2 3 4 5 6 7 8) 0 'big) #xff02030405060708)
(check (bytevector-ieee-double-ref #vu8(0 63 240 0 0 0 0 0 0) 1 'big) 1.0)
(check (refused? (lambda () (bytevector-u16-ref #vu8(1 2 3) 2 'big))) 'bytevector-u16-ref)
(check (refused? (lambda () (bytevector-u16-ref #vu8(1 2 3) -1 'big))) 'bytevector-u16-ref)

(finish)
