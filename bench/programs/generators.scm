;; SPDX-License-Identifier: MIT
;; continuations: trees walked by re-entrant generators
(import (scheme base) (scheme write))
(define (make-generator walk)
  (define return #f)
  (define (resume) (walk (lambda (x) (call/cc (lambda (k) (set! resume (lambda () (k #f))) (return x))))) (return 'done))
  (lambda () (call/cc (lambda (k) (set! return k) (resume)))))
(define (tree n) (if (= n 0) '() (list (tree (- n 1)) n (tree (- n 1)))))
(define (walk-tree t) (lambda (yield) (let walk ((t t)) (when (pair? t) (walk (car t)) (yield (cadr t)) (walk (car (cddr t)))))))
(define (sum t) (let ((g (make-generator (walk-tree t)))) (let loop ((s 0)) (let ((x (g))) (if (eq? x 'done) s (loop (+ s x)))))))
(let ((t (tree 14))) (do ((i 0 (+ i 1)) (s 0 (+ s (sum t)))) ((= i 120) (display s))))
