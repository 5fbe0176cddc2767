;; SPDX-License-Identifier: MIT
;; continuations: exceptions that a guard or a handler with an escape receives
(import (scheme base) (scheme write))
(define (check x) (if (< x 0) (raise 'negative) x))
(define (sum l) (if (null? l) 0 (+ (check (car l)) (sum (cdr l)))))
(define (guarded l) (guard (e ((symbol? e) 1) ((string? e) 2)) (sum l)))
(define (handled l) (call/cc (lambda (k) (with-exception-handler (lambda (e) (k 1)) (lambda () (sum l))))))
(define good '(1 2 3 4 5))
(define bad '(1 2 3 4 -5))
(do ((i 0 (+ i 1)) (s 0 (+ s (guarded bad) (guarded good) (handled bad) (handled good)))) ((= i 500000) (display s)))
