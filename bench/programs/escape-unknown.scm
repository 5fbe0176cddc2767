;; SPDX-License-Identifier: MIT
;; continuations: early exits through a higher-order procedure that is not known
(import (scheme base) (scheme write))
(define (each-up f n) (let loop ((i 0)) (if (< i n) (begin (f i) (loop (+ i 1))))))
(define (each-down f n) (let loop ((i (- n 1))) (if (>= i 0) (begin (f i) (loop (- i 1))))))
(define walks (vector each-up each-down))
(define (search each x) (call/cc (lambda (return) (each (lambda (y) (if (eqv? x y) (return y))) 10) #f)))
(do ((i 0 (+ i 1)) (s 0 (+ s (search (vector-ref walks (modulo i 2)) 5)))) ((= i 5000000) (display s)))
