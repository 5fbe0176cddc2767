;; SPDX-License-Identifier: MIT
;;
;; What known procedures are given: arguments and results that nobody needs, and arguments that are always the same. Whatever the
;; optimizer leaves out, effects stay in their order and errors stay errors.
(import (rnrs) (rename (only (tests support checks) check-equal check-raises finish) (check-equal check)))

(define trace '())
(define (note x) (set! trace (cons x trace)) x)
(define (traced thunk) (set! trace '()) (let ((r (thunk))) (list r (reverse trace))))

;; Operands with effects, first, in the middle and last.
(define (middle a b c) (if (null? a) c (middle (cdr a) (note 'again) c)))
(check (traced (lambda () (middle (list (note 1) (note 2)) (note 3) (note 4)))) '(4 (1 2 3 4 again again)))
(define (first a b) (if (> b 1000) (first (note 'x) (- b 1000)) b))
(check (traced (lambda () (first (note 'a) (note 2001)))) '(1 (a 2001 x x)))
(define (last a b) (if (pair? a) (last (cdr a) (note 'z)) a))
(check (traced (lambda () (last (begin (note 'p) '(1 . end)) (note 'q)))) '(end (p q z)))

;; Only passed round, also mutually; an accumulator that is not needed may be wrong only where it is not evaluated.
(define (even l acc) (if (null? l) #t (odd (cdr l) (cons 'e acc))))
(define (odd l acc) (if (null? l) #f (even (cdr l) (vector acc l))))
(check (even '(1 2 3 4) '()) #t)
(check (even '(1 2 3) 'any) #f)
(define (counting l n) (if (null? l) 'done (counting (cdr l) (+ n 1))))
(check (counting '(1 2) 0) 'done)
(check-raises assertion-violation? (counting '(1 2) 'x))
(check-raises assertion-violation? (counting '(1 2 . 3) 0))

;; Results that nobody needs.
(define (each f l) (if (null? l) '() (cons (f (car l)) (each f (cdr l)))))
(check (traced (lambda () (each note '(1 2 3)) 'ok)) '(ok (1 2 3)))
(check-raises assertion-violation? (begin (each note '(1 . 2)) (quote ok)))

;; Rest arguments that nobody needs.
(define (ignoring x . rest) (if (> x 0) (ignoring (- x 1) (note x) rest) 'zero))
(check (traced (lambda () (ignoring 2 (note 'r) 5))) '(zero (r 2 1)))

;; The same argument in all calls: procedures, constants, primitives; a variable that is another one each time.
(define (keep p l) (cond ((null? l) '()) ((p (car l)) (cons (car l) (keep p (cdr l)))) (else (keep p (cdr l)))))
(check (keep symbol? '(1 a "b" c)) '(a c))
(define (makers l)
  (map (lambda (x)
         (define (f y) (+ x y))
         (define (go g n) (if (= n 0) '() (cons (g n) (go g (- n 1)))))
         (lambda () (go f 2)))
       l))
(check (map (lambda (p) (p)) (makers '(10 20))) '((12 11) (22 21)))
(define (scaled k n) (if (= n 0) 0 (+ k (scaled k (- n 1)))))
(check (+ (scaled 2.5 4) 0) 10.0)
(define (swap a b n) (if (= n 0) (list a b) (swap b a (- n 1))))
(check (swap 'x 'y 3) '(y x))

;; Continuations entered again between operands.
(define saved #f)
(define times 0)
(define (dropped a b c) (if (null? a) (list c) (dropped (cdr a) 'none c)))
(define (again)
  (dropped '(1) (call/cc (lambda (k) (set! saved k) 0)) (begin (set! times (+ times 1)) times)))
(check (let ((r (again))) (if (< times 3) (saved 1) r)) '(3))
(finish)
