;; SPDX-License-Identifier: MIT
;; continuations: early exits from a search
(import (scheme base) (scheme write))
(define (index-of x l) (call/cc (lambda (return) (let loop ((l l) (i 0)) (cond ((null? l) (return #f)) ((eqv? (car l) x) (return i)) (else (loop (cdr l) (+ i 1))))))))
(define l (list 5 3 8 1 9 2 7))
(do ((i 0 (+ i 1)) (s 0 (+ s (index-of (+ 1 (modulo i 3)) l)))) ((= i 10000000) (display s)))
