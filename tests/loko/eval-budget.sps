;; SPDX-License-Identifier: MIT
;;
;; Forms that a process evaluates late get a smaller compiler than the first ones: they must do the same.
(import (rnrs) (rnrs eval) (rnrs mutable-pairs) (rename (only (tests support checks) check-equal finish) (check-equal check)))

(define scope (environment '(rnrs) '(rnrs mutable-pairs)))

;; Expressions of the variable n, and what they are.
(define forms
  `(((let loop ((i 0) (s 0)) (if (< i n) (loop (+ i 1) (+ s i))) s) ,(lambda (n) 0))
    ((let loop ((i 0) (s 0)) (if (< i n) (loop (+ i 1) (+ s i)) s)) ,(lambda (n) (div (* n (- n 1)) 2)))
    ((let loop ((i 0) (x 0.5)) (if (= i n) x (loop (+ i 1) (+ x 1.0)))) ,(lambda (n) (+ n 0.5)))
    ((let () (define (f x . r) (if (null? r) x (apply f r))) (f 1 2 n)) ,(lambda (n) n))
    ((call/cc (lambda (k) (for-each (lambda (x) (if (> x n) (k x))) (list n (+ n 1) (+ n 2))) 'none)) ,(lambda (n) (+ n 1)))
    ((guard (e ((assertion-violation? e) (list 'bad n)) (else e)) (vector-ref (vector n) n)) ,(lambda (n) (if (= n 0) 0 (list 'bad n))))
    ((guard (e (else (condition-irritants e))) (error 'f "message" n)) ,(lambda (n) (list n)))
    ((let-values (((a b . c) (values n 1 2 3))) (list a b c)) ,(lambda (n) (list n 1 '(2 3))))
    ((map (lambda (x y) (* x y n)) '(1 2) '(3 4)) ,(lambda (n) (list (* 3 n) (* 8 n))))
    ((let ((v (make-vector 3 n))) (vector-set! v 1 'x) (vector->list v)) ,(lambda (n) (list n 'x n)))
    ((let ((l '())) (dynamic-wind (lambda () (set! l (cons 1 l))) (lambda () (set! l (cons n l))) (lambda () (set! l (cons 3 l)))) l) ,(lambda (n) (list 3 n 1)))
    ((+ (expt 2 100) (* n 1/2)) ,(lambda (n) (+ (expt 2 100) (/ n 2))))
    (((lambda (x) (let ((f (lambda (y) (set! x (+ x y)) x))) (f 1) (f 2))) n) ,(lambda (n) (+ n 3)))))

(define (evaluated form n) (eval `(let ((n ,n)) ,form) scope))
(do ((n 0 (+ n 1))) ((= n 12))
  (for-each (lambda (f) (check (evaluated (car f) n) ((cadr f) n))) forms))

;; What such forms leave behind can be called, and is called by later ones.
(define makers (map (lambda (n) (eval `(lambda (x) (let loop ((i 0) (l '())) (if (= i ,n) l (loop (+ i 1) (cons x l))))) scope)) '(0 1 2)))
(check (map (lambda (f) (f 'a)) makers) '(() (a) (a a)))
(check (eval `(map (lambda (f) (f 1)) ',makers) scope) '(() (1) (1 1)))
(finish)
