;; SPDX-License-Identifier: MIT
;; closures: composed procedures
(import (scheme base) (scheme write))
(define (compose . fs) (if (null? fs) (lambda (x) x) (let ((f (car fs)) (g (apply compose (cdr fs)))) (lambda (x) (f (g x))))))
(define (adder n) (lambda (x) (+ x n)))
(define f (compose (adder 1) (lambda (x) (* x 3)) (adder -2) (lambda (x) (quotient x 3)) (adder 1)))
(let loop ((i 0) (s 0)) (if (= i 10000000) (display s) (loop (+ i 1) (+ s (- (f i) i)))))
