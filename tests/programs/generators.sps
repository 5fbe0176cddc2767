;; SPDX-License-Identifier: MIT
;; Generators by re-entrant continuations, and a same-fringe test.
(import (rnrs))

(define (make-generator body)
  (define return #f)
  (define resume #f)
  (lambda ()
    (call/cc
     (lambda (k)
       (set! return k)
       (if resume
           (resume #f)
           (begin
             (body (lambda (value)
                     (call/cc
                      (lambda (here)
                        (set! resume here)
                        (return value)))))
             (set! resume (lambda (ignored) (return (eof-object))))
             (return (eof-object))))))))
(define (leaves tree)
  (make-generator
   (lambda (yield)
     (let walk ((t tree))
       (cond ((null? t) #f)
             ((pair? t) (walk (car t)) (walk (cdr t)))
             (else (yield t)))))))
(define (same-fringe? a b)
  (let ((g (leaves a)) (h (leaves b)))
    (let loop ()
      (let ((x (g)) (y (h)))
        (cond ((and (eof-object? x) (eof-object? y)) #t)
              ((eqv? x y) (loop))
              (else #f))))))
(display (same-fringe? '(1 (2 3) ((4))) '((1 2) (3 (4))))) (newline)
(display (same-fringe? '(1 (2 3) ((4))) '((1 2) (4 (3))))) (newline)
(define (take g n) (if (= n 0) '() (let ((x (g))) (cons x (take g (- n 1))))))
(define fib
  (make-generator (lambda (yield) (let loop ((a 0) (b 1)) (yield a) (loop b (+ a b))))))
(display (take fib 30)) (newline)
;; one continuation entered many times
(define count 0)
(define again #f)
(display (+ 100 (call/cc (lambda (k) (set! again k) 1)))) (newline)
(set! count (+ count 1))
(when (< count 4) (again count))
(display "winders:")
(let ((path '()) (k #f))
  (dynamic-wind
   (lambda () (set! path (cons 'in path)))
   (lambda () (call/cc (lambda (c) (set! k c))) (set! path (cons 'body path)))
   (lambda () (set! path (cons 'out path))))
  (when (< (length path) 6) (k #f))
  (display (reverse path)) (newline))
