;; SPDX-License-Identifier: MIT
;;
;; Uses of variables of letrec, letrec*, bodies and the top level before they have a value (R6RS 11.2, 11.4.6), and
;; continuations of initializations that are called twice.
(import (rnrs))
(define passed 0)
(define failed 0)
(define (run-check form thunk expected)
  (let ((got (guard (c ((assertion-violation? c) 'assertion)) (thunk))))
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
(define hidden-list '())

;;; Procedures that an earlier initialization refers to or calls.
(check (letrec* ((x (f)) (f (lambda () 5))) x) => 'assertion)
(check (letrec* ((x (list f)) (f (lambda () 5))) x) => 'assertion)
(check (letrec* ((f (lambda () (g))) (x (f)) (g (lambda () 5))) x) => 'assertion)
(check (letrec* ((f (lambda () (g))) (g (lambda () 5)) (x (f))) x) => 5)
(check (letrec ((x (f)) (f (lambda () 5))) x) => 'assertion)
(check (letrec* ((x (let loop ((i 0)) (if (< i 3) (loop (+ i 1)) (f)))) (f (lambda () 5))) x) => 'assertion)
(check (letrec* ((x (lambda () (f))) (f (lambda () 5))) (x)) => 5)
(check (letrec* ((x (if (null? hidden-list) 'no (f))) (f (lambda () 5))) (list x (f))) => '(no 5))
(check (let () (define (a) (b)) (define v (vector a)) (define (b) 7) ((vector-ref v 0))) => 7)
(check (let () (define x (begin (set! f car) 1)) (define f (lambda () 7)) (list x (f))) => '(1 7))

;;; What is passed to a procedure may be called by it.
(check (letrec* ((f (lambda (x) (g x))) (x (map f '(1 2))) (g (lambda (x) x))) x) => 'assertion)
(check (letrec* ((x (map (lambda (x) (g x)) '(1 2))) (g (lambda (x) x))) x) => 'assertion)
(check (letrec* ((f (lambda (x) (g x))) (x (vector-map (if (null? hidden-list) f car) '#(1 2))) (g (lambda (x) x))) x) => 'assertion)
(check (letrec* ((f (lambda (x) (g x))) (twice (lambda (p x) (p (p x)))) (x (twice f 1)) (g (lambda (x) x))) x) => 'assertion)
(check (letrec* ((f (lambda () (g))) (x (call/cc (lambda (k) (dynamic-wind (lambda () #f) f (lambda () #f))))) (g (lambda () 1))) x) => 'assertion)
(check (letrec* ((f (lambda (x) (g x))) (x (list f)) (g (lambda (x) x))) ((car x) 3)) => 3)
(check (letrec* ((f (lambda (x) (g x))) (g (lambda (x) (+ x 1))) (x (map f '(1 2)))) x) => '(2 3))

;;; Variables.
(check (letrec* ((x (+ y 1)) (y 1)) x) => 'assertion)
(check (letrec* ((x x)) x) => 'assertion)
(check (letrec* ((f (lambda () y)) (x (f)) (y 2)) x) => 'assertion)
(check (letrec* ((f (lambda () y)) (y 2) (x (f))) x) => 2)

;;; The continuation of an initialization called again: the variable gets its value anew.
(check (let ((k #f) (n 0))
         (letrec* ((x (call/cc (lambda (c) (set! k c) 1))) (f (lambda () x)))
           (set! n (+ n 1))
           (if (< n 3) (k (* 10 n)) (list n (f)))))
       => '(3 20))

;;; letrec: no initialization refers to any variable, not even to one before it, and all have been evaluated when the first
;;; variable gets its value (R6RS 11.4.6).
(check (letrec ((f (lambda () 5)) (x (f))) x) => 'assertion)
(check (letrec ((x 1) (y (+ x 1))) y) => 'assertion)
(check (letrec ((x (+ y 1)) (y 1)) x) => 'assertion)
(check (letrec ((x x)) x) => 'assertion)
(check (letrec ((x (list 1)) (y x)) y) => 'assertion)
(check (letrec ((x (list 1)) (y (vector (lambda () x)))) ((vector-ref y 0))) => '(1))
(check (letrec ((f (lambda () x)) (g (lambda () (f))) (x (g))) x) => 'assertion)
(check (letrec ((x (list 1)) (f (lambda (n) (if (= n 0) x (f (- n 1)))))) (f 3)) => '(1))
(check (letrec ((x (begin (set! y 2) 1)) (y 3)) (list x y)) => '(1 3))
(check (letrec ((a 1) (b 'c) (d car)) (list a b (d '(2)))) => '(1 c 2))
(check (let ((k #f))
         (letrec ((x (call/cc (lambda (c) (set! k c) 0)))
                  (y (call/cc (lambda (c) (set! k c) 0))))
           (if k
               (let ((c k)) (set! k #f) (set! x 1) (set! y 1) (c 0))
               (+ x y))))
       => 0)
(check (letrec ((x (call/cc list)) (y (call/cc list)))
         (cond ((procedure? x) (x (pair? y)))
               ((procedure? y) (y (pair? x))))
         (let ((x (car x)) (y (car y)))
           (and (call/cc x) (call/cc y) (call/cc x))))
       => #t)

;;; The top level.
(define (early n) (if n (late) 'unused))
(define unused (early #f))
(define called (guard (c ((assertion-violation? c) 'assertion)) (early #t)))
(define (late) 5)
(define after (early #t))
(check (list unused called after (late)) => '(unused assertion 5 5))

;; What is no lambda expression may become a procedure or a constant later.
(define (early-procedure) (made))
(define (early-constant) number)
(define early-1 (guard (c ((assertion-violation? c) 'assertion)) (early-procedure)))
(define early-2 (guard (c ((assertion-violation? c) 'assertion)) (early-constant)))
(define made (let ((x (list 1))) (lambda () (car x))))
(define number (+ 1 2))
(check (list early-1 early-2) => '(assertion assertion))
(check (list (early-procedure) (early-constant)) => '(1 3))

(display passed) (display " passed, ") (display failed) (display " failed") (newline)
(exit (if (= failed 0) 0 1))
