;; SPDX-License-Identifier: MIT
;; continuations: a producer and a consumer that call each other's continuations, under a recursion
(import (scheme base) (scheme cxr) (scheme write))
(define (make-generator walk)
  (define return #f)
  (define (resume) (walk (lambda (x) (call/cc (lambda (next) (set! resume (lambda () (next #f))) (return x))))) (return 'done))
  (lambda () (call/cc (lambda (k) (set! return k) (resume)))))
(define (tree n) (if (= n 0) '() (list (tree (- n 1)) n (tree (- n 1)))))
(define t (tree 12))
(define (walker t) (lambda (yield) (let walk ((t t)) (if (pair? t) (begin (walk (car t)) (yield (cadr t)) (walk (caddr t)))))))
(define (total g) (let loop ((s 0)) (let ((x (g))) (if (eq? x 'done) s (loop (+ s x))))))
(do ((i 0 (+ i 1)) (s 0 (+ s (total (make-generator (walker t)))))) ((= i 200) (display s)))
