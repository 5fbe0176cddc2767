;; SPDX-License-Identifier: MIT
;; continuations: one that is kept in a variable and called once
(import (scheme base) (scheme write))
(define k #f)
(define (stop x) (k x))
(define (deep n) (if (= n 0) (stop 1) (+ 1 (deep (- n 1)))))
(define (run n) (call/cc (lambda (c) (set! k c) (deep n))))
(do ((i 0 (+ i 1)) (s 0 (+ s (run 10)))) ((= i 8000000) (display s)))
