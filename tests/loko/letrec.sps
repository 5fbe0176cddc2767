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

;;; The top level.
(define (early n) (if n (late) 'unused))
(define unused (early #f))
(define called (guard (c ((assertion-violation? c) 'assertion)) (early #t)))
(define (late) 5)
(define after (early #t))
(check (list unused called after (late)) => '(unused assertion 5 5))

(display passed) (display " passed, ") (display failed) (display " failed") (newline)
(exit (if (= failed 0) 0 1))
