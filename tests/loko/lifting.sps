;; SPDX-License-Identifier: MIT
;;
;; Procedures whose free variables become arguments: they must see what they saw before.
(import (rnrs) (rename (only (tests support checks) check-equal finish) (check-equal check)))

;; Mutual recursion that needs variables of the procedure around, and one of the other's.
(define (count p n m)
  (define (loop i) (if (= i n) 0 (+ (if (p i) m 0) (inner i 3))))
  (define (inner i k) (if (= k 0) (loop (+ i 1)) (+ 1 (inner i (- k 1)))))
  (loop 0))
(check (count even? 10 5) 55)

;; In loops around: the variable is another one each time, also in closures that escape.
(define (makers l)
  (map (lambda (x)
         (define (down n) (if (= n 0) '() (cons (+ x n) (down (- n 1)))))
         (lambda (n) (append (down n) (down 1))))
       l))
(check (map (lambda (f) (f 2)) (makers '(10 20))) '((12 11 11) (22 21 21)))

;; Assigned variables stay shared.
(define (counting l)
  (let ((n 0))
    (define (walk t) (cond ((pair? t) (walk (car t)) (walk (cdr t)) n) ((null? t) n) (else (set! n (+ n 1)) n)))
    (walk l)
    (list n (walk l))))
(check (counting '(a (b c) d)) '(4 8))

;; Nested lifted procedures that need variables of two levels.
(define (nested a b)
  (define (outer i)
    (define (inner j) (if (= j 0) (list a i) (cons (* b j) (inner (- j 1)))))
    (if (= i 0) '() (cons (append (inner i) (inner 1)) (outer (- i 1)))))
  (outer 2))
(check (nested 'x 10) '((20 10 x 2 10 x 2) (10 x 1 10 x 1)))

;; A flonum among the variables; continuations that are entered again.
(define (scaled l s)
  (define (walk l) (if (null? l) '() (cons (* s (car l)) (walk (cdr l)))))
  (let ((s (* s 2.0))) (list s (walk l) (walk '()))))
(check (scaled '(1.0 2.5) 4.0) '(8.0 (4.0 10.0) ()))
(define saved #f)
(define (again x)
  (define (walk i) (if (= i 0) (call/cc (lambda (k) (set! saved k) '())) (cons (+ x i) (walk (- i 1)))))
  (append (walk 2) (walk 1)))
(check (let* ((times 0) (r (again 100)))
         (set! times (+ times 1))
         (if (= times 1) (let ((k saved)) (set! saved #f) (k '(end))) r))
       '(102 101 101 end))
(finish)
