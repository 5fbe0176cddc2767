;; SPDX-License-Identifier: MIT
;; continuations: early exits out of library procedures that call a closure
(import (scheme base) (scheme write))
(define (find-first p l) (call/cc (lambda (return) (for-each (lambda (x) (if (p x) (return x))) l) #f)))
(define (walk f t) (if (pair? t) (begin (walk f (car t)) (walk f (cdr t))) (if (not (null? t)) (f t))))
(define (first-leaf p t) (call/cc (lambda (return) (walk (lambda (x) (if (p x) (return x))) t) #f)))
(define (position p v) (call/cc (lambda (return) (let ((i 0)) (vector-for-each (lambda (x) (if (p x) (return i)) (set! i (+ i 1))) v) #f))))
(define l (list 5 3 8 1 9 2 7))
(define t '((5 (3)) ((8 1) (9 (2 7)))))
(define v (vector 5 3 8 1 9 2 7))
(do ((i 0 (+ i 1)) (s 0 (let ((p (lambda (x) (= x (+ 1 (modulo i 3)))))) (+ s (find-first p l) (first-leaf p t) (position p v)))))
    ((= i 3000000) (display s)))
