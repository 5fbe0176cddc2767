;; SPDX-License-Identifier: MIT
;;
;; What the passes on types, loops and floats must not change: results, exactness, signed zeros, errors and the order of effects.
(import (rnrs) (rnrs mutable-pairs))
(define passed 0)
(define failed 0)
(define (run-check form thunk expected)
  (let ((got (guard (c (#t (list 'raised (and (who-condition? c) (condition-who c))
                                 (if (irritants-condition? c) (condition-irritants c) '()))))
               (thunk))))
    (if (equal? got expected)
        (set! passed (+ passed 1))
        (begin
          (set! failed (+ failed 1))
          (display "FAILED ") (write form) (newline)
          (display "  got      ") (write got) (newline)
          (display "  expected ") (write expected) (newline)))))
(define-syntax check
  (syntax-rules (=>)
    ((_ e => v) (run-check 'e (lambda () e) v))))
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

(display passed) (display " passed, ") (display failed) (display " failed") (newline)
(exit (= failed 0))
