;; SPDX-License-Identifier: MIT
;; continuations: fib whose additions are through call/cc
(import (scheme base) (scheme write))
(define (succ n) (+ n 1))
(define (pred n) (- n 1))
(define (addc x y k) (if (zero? y) (k x) (addc (succ x) (pred y) k)))
(define (fibc x c) (if (zero? x) (c 0) (if (zero? (pred x)) (c 1) (addc (call/cc (lambda (c) (fibc (pred x) c))) (call/cc (lambda (c) (fibc (pred (pred x)) c))) c))))
(do ((i 0 (+ i 1)) (r #f (fibc 18 (lambda (n) n)))) ((= i 1000) (display r)))
