;; SPDX-License-Identifier: MIT
;; continuations: the product of a list that stops at 0, out of recursions 10 and 1,000 deep
(import (scheme base) (scheme write))
(define (product l)
  (call/cc (lambda (break)
    (let loop ((l l)) (cond ((null? l) 1) ((eqv? (car l) 0) (break 0)) (else (* (car l) (loop (cdr l)))))))))
(define (ones n) (if (= n 0) '(0) (cons 1 (ones (- n 1)))))
(define shallow (ones 10))
(define deep (ones 1000))
(do ((i 0 (+ i 1)) (s 0 (+ s (product shallow)))) ((= i 3000000) (display s)))
(do ((i 0 (+ i 1)) (s 0 (+ s (product deep)))) ((= i 30000) (display s)))
