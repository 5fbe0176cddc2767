;; SPDX-License-Identifier: MIT
;; continuations: escapes out of dynamic-wind and parameterize
(import (scheme base) (scheme write))
(define depth 0)
(define p (make-parameter 0))
(define (enter) (set! depth (+ depth 1)))
(define (leave) (set! depth (- depth 1)))
(define (inside n return) (dynamic-wind enter (lambda () (if (= n 0) (return depth) (+ 1 (inside (- n 1) return)))) leave))
(define (wound n) (call/cc (lambda (return) (inside n return))))
(define (bound x) (call/cc (lambda (return) (parameterize ((p x)) (if (odd? x) (return (p))) (+ 1 (p))))))
(do ((i 0 (+ i 1)) (s 0 (+ s (wound 3) (bound i)))) ((= i 3000000) (display s)))
