;; SPDX-License-Identifier: MIT
;;
;; What the passes on types, loops and floats must not change: results, exactness, signed zeros, errors and the order of effects.
(import (rnrs) (rnrs mutable-pairs) (only (rnrs r5rs) quotient remainder)
        (rename (only (tests support checks) check-who finish) (check-who check)))
;; The optimizer doesn't know what comes out of here.
(define hidden (list 0))
(define (hide x) (set-car! hidden x) (car hidden))

;;; Loops whose variables are flonums from the second round on.
(define (sum-down n)
  (let loop ((i n) (sum 0.))
    (if (< i 0.) sum (loop (- i 1.) (+ i sum)))))
(check (sum-down (hide 3.)) => 6.)
(check (sum-down (hide 3)) => 6.)
(check (sum-down (hide 7/2)) => 8.)
(check (sum-down (hide -1)) => 0.)
(check (sum-down (hide 'a)) => '(raised < (a)))

(define (until-zero n)  ; nothing says that i is real
  (let loop ((i n) (s 0.) (rounds 0))
    (if (or (= i 0.) (= rounds 3)) s (loop (- i 1.) (+ i s) (+ rounds 1)))))
(check (until-zero (hide 2)) => 3.)
(check (until-zero (hide 2.)) => 3.)
(check (until-zero (make-rectangular (hide 1.) 1.)) => (make-rectangular 0. 3.))
(check (until-zero (hide "a")) => '(raised = ("a")))

(define (fibfp n) (if (< n 2.) n (+ (fibfp (- n 1.)) (fibfp (- n 2.)))))
(check (fibfp (hide 10.)) => 55.)
(check (fibfp (hide 10)) => 55.)
(check (fibfp (hide 1)) => 1)
(check (fibfp (hide 1/2)) => 1/2)
(check (fibfp (hide 21/2)) => 99.5)
(check (fibfp (hide (list 1))) => '(raised < ((1))))
(check (map fibfp (list 3 4. 1)) => '(2. 3. 1))

(define (scale x n)  ; exact at first, inexact when the loop ran
  (let loop ((x x) (i 0)) (if (= i n) x (loop (* x 1.5) (+ i 1)))))
(check (scale (hide 4) 0) => 4)
(check (scale (hide 4) 2) => 9.)
(check (scale (hide -0.) 1) => -0.)
(check (scale (hide 0) 1) => 0.)
(check (scale (make-rectangular 0. (hide 2.)) 1) => (make-rectangular 0. 3.))
(check (scale (hide #f) 1) => '(raised * (#f)))

(define (nested n)  ; the inner loop starts with an integer in each round of the outer one
  (let outer ((i 0) (total 0.))
    (if (= i n) total
        (outer (+ i 1)
               (+ total (let inner ((j i) (s 0)) (if (< j 0) s (inner (- j .5) (+ s j)))))))))
(check (nested (hide 4)) => 17.)

;; The loop's variable escapes while its type changes.
(define (collect n)
  (let loop ((i n) (fs '()))
    (if (< i 0.) (map (lambda (f) (f)) fs) (loop (- i 1.) (cons (lambda () i) fs)))))
(check (collect (hide 2)) => '(0. 1. 2))

;;; Types that tests imply are forgotten where the test is left.
(define (kind x)
  (cond ((and (flonum? x) (fl<? x 0.)) (fl* x 2.))
        ((fixnum? x) (fx+ x 1))
        ((not (pair? x)) 'other)
        ((null? (cdr x)) (car x))
        (else (cadr x))))
(check (map kind (list -1. 1. 1 '(a) '(a b) "s")) => '(-2. other 2 a b other))
(define (or-types x)
  (if (or (fixnum? x) (flonum? x)) (+ x 1) (if (string? x) (string-length x) (vector-length x))))
(check (map or-types (list 1 1.5 "abc" '#(a b))) => '(2 2.5 3 2))
(check (or-types (hide 'a)) => '(raised vector-length (a)))

;;; What a loop's header computes is another value in each round.
(define (first-atom l) (let loop ((l l)) (let ((x (car l))) (if (pair? x) (loop (cdr l)) x))))
(check (first-atom (list '(1) '(2) 'a '(3))) => 'a)
(define (prefix? a b)
  (let loop ((i 0))
    (or (fx=? i (string-length a))
        (and (fx<? i (string-length b)) (char=? (string-ref a i) (string-ref b i)) (loop (fx+ i 1))))))
(check (list (prefix? "fx" "fx") (prefix? "fx" "fxs") (prefix? "fx" "f") (prefix? "" "f") (prefix? "fa" "fb")) => '(#t #t #f #t #f))

;;; Loops on fixnums that leave them, and come back.
(define (sum-to n) (let loop ((i n) (s 0)) (if (< i 0) s (loop (- i 1) (+ i s)))))
(check (map sum-to (list 4 2.5 7/2 (- (expt 2 62)))) => '(10 4.5 8 0))
(define (grow n start) (let loop ((i 0) (s start)) (if (= i n) s (loop (+ i 1) (- (* s 2) s -1)))))
(check (grow 5 (greatest-fixnum)) => (+ (greatest-fixnum) 5))
(check (grow 3 (hide (- (least-fixnum) 2))) => (+ (least-fixnum) 1))
(check (grow 3 (hide 1/2)) => 7/2)
(check (grow 2 (hide 'x)) => '(raised * (x)))
(define (tak x y z) (if (not (< y x)) z (tak (tak (- x 1) y z) (tak (- y 1) z x) (tak (- z 1) x y))))
(check (map tak (list (hide 12) 12. 25/2) (list 8 8. 8) (list 4 4 4)) => '(5 5. 8))
(define (shrink n) (let loop ((n n) (l '())) (if (zero? n) l (loop (quotient n 1000) (cons (remainder n 1000) l)))))
(check (shrink (expt 10 25)) => '(10 0 0 0 0 0 0 0 0))
(check (shrink 1234567) => '(1 234 567))

;;; Complex numbers: two inexact ones are calculated with in line.
(define (parts z) (list (real-part z) (imag-part z)))
(define (rect x y) (make-rectangular (hide x) y))
(check (map parts (list (rect 1.5 2.) (rect 1 2) 7 2.5 1/2 (rect 1. -0.))) => '((1.5 2.) (1 2) (7 0) (2.5 0) (1/2 0) (1. -0.)))
(check (parts (hide 'a)) => '(raised real-part (a)))
(check (imag-part (hide "z")) => '(raised imag-part ("z")))
(define (square-and-add z c n) (let loop ((z z) (n n)) (if (= n 0) z (loop (+ (* z z) c) (- n 1)))))
(check (square-and-add (rect .5 1.) (rect 0. .25) 2) => (make-rectangular -1. -1.625))
(check (square-and-add (rect 1 1) (rect 0 1) 2) => -9+1i)
(check (square-and-add (hide 2) 1 3) => 677)
(check (square-and-add (rect .5 1.) 1 1) => (make-rectangular .25 1.))
(check (square-and-add (rect 1e200 0.) (rect 0. 0.) 1) => (make-rectangular +inf.0 0.))
(check (parts (- (rect 1. 2.) (rect 1. 2.5))) => '(0. -.5))
(check (parts (* (rect 0. 1.) (rect 0. 1.))) => '(-1. 0.))
(check (+ (rect 1 2) (rect 1 -2)) => 2)
(check (parts (+ (rect 1e-300 2.) (rect 1. 1e300))) => '(1. 1e300))
(check (* (rect 1. 1.) (hide 'x)) => '(raised * (x)))

;;; Doubles beyond the immediate ones are boxed on every path, also where their encoding would look like a fixnum.
(define (product a b) (* a b))
(define (quotient-of a b) (/ a b))
(define (sum a b) (+ a b))
(define (powers-that-differ)
  (let loop ((e -323) (differ '()))
    (if (> e 308)
        differ
        (let ((x (inexact (expt 10 e))))
          (loop (+ e 1)
                (if (and (eqv? (product (hide x) (hide 1.25)) (fl* x 1.25)) (eqv? (quotient-of (hide x) (hide 4.)) (fl/ x 4.))
                         (eqv? (sum (hide x) (hide 0.)) (fl+ x 0.)) (eqv? (- (hide x)) (fl- x)))
                    differ
                    (cons e differ)))))))
(check (powers-that-differ) => '())
(check (flonum? (/ (hide 2.) (fl* (hide 3.25) 1e-300))) => #t)

;;; The quotient of a bignum and a fixnum is no fixnum.
(define (thirds x) (let ((q (div (bitwise-and x (- (expt 2 120) 1)) 3))) (list (fixnum? q) (+ q 1) (* q 2))))
(check (thirds (hide (* 3 (expt 10 30)))) => (list #f (+ (expt 10 30) 1) (* 2 (expt 10 30))))
(define (negated x) (let ((q (div (fx+ x 0) -1))) (list (fixnum? q) (- q 1))))
(check (negated (hide (least-fixnum))) => (list #f (greatest-fixnum)))

;;; Flonums are looked at as objects only after a test of the tag.
(define (tests-of-flonums)
  (define (string-or x) (cond ((string? x) (string-length (hide x))) (else (hide x))))
  (define (vector-or x) (cond ((vector? x) (vector-length (hide x))) (else (hide x))))
  (define (bytes-or x) (cond ((bytevector? x) (bytevector-length (hide x))) (else (hide x))))
  (define (symbol-or x) (cond ((symbol? x) 'symbol) (else (hide x))))
  (define (length-of x) (guard (c (#t 'raised)) (string-length x)))
  (define (first-of x) (guard (c (#t 'raised)) (vector-ref x 0)))
  (define numbers (map inexact (list (hide 1) (hide (least-fixnum)) (hide 3))))
  (list (string-or "abc") (string-or (inexact (hide 1))) (string-or (fl+ 0.0 (inexact (hide (least-fixnum)))))
        (vector-or '#(1)) (vector-or (inexact (hide 1))) (vector-or (fl+ 1.0 (hide 5e299)))
        (bytes-or #vu8(1 2)) (bytes-or (inexact (hide -5))) (symbol-or 'a) (symbol-or (inexact (hide 7)))
        (length-of "ab") (length-of (inexact (hide 9))) (first-of '#(a)) (first-of (inexact (hide 1)))
        (length numbers)))
(check (tests-of-flonums)
  => '(3 1. -1152921504606846976. 1 1. 5e299 2 -5. symbol 7. 2 raised a raised 3))

(finish)
