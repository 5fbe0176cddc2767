;; SPDX-License-Identifier: MIT
;;
;; What integration of procedures must not change: order of evaluation, effects, errors, re-entry by continuations,
;; fresh closures and lists, numbers of values.
(import (rnrs) (rnrs mutable-pairs) (only (loko) cp0-size-limit cp0-effort-limit)
        (rename (only (tests support checks) check-who finish) (check-who check)))
;; The optimizer doesn't know what comes out of here.
(define hidden (list 0))
(define (hide x) (set-car! hidden x) (car hidden))
(define trace '())
(define (note x) (set! trace (cons x trace)) x)
(define-syntax traced
  (syntax-rules () ((_ e) (begin (set! trace '()) (let ((r e)) (list r (reverse trace)))))))

;;; Arguments are evaluated from left to right, each once, whether they are used or not.
(define (second a b) b)
(define (twice x) (+ x x))
(check (traced (second (note 1) (note 2))) => '(2 (1 2)))
(check (traced (twice (note 1))) => '(2 (1)))
(check (traced ((lambda (a . r) (cons a r)) (note 1) (note 2) (note 3))) => '((1 2 3) (1 2 3)))
(check (traced ((begin (note 0) (lambda (a b) (list b a))) (note 1) (note 2))) => '((2 1) (0 1 2)))
(check (traced ((if (note #t) second twice) (note 1) (note 2))) => '(2 (#t 1 2)))
(check (traced (let ((a (note 1)) (b 2) (c (note 3)) (d (note 4))) (list b d))) => '((2 4) (1 3 4)))
(check (traced (let ((f (begin (note 'f) (lambda (x) (note x))))) (note 'before) (f 1))) => '(1 (f before 1)))
(check (traced (let ((f (let ((y (note 5))) (lambda (x) (+ x y))))) (note 'x) (+ (f 1) (f 2)))) => '(13 (5 x)))

;;; Assigned variables are what they are at the time.
(check (let ((x 1)) (let ((f (lambda () x))) (set! x 2) (f))) => 2)
(check (let* ((x 1) (y x)) (set! x 2) (list x y)) => '(2 1))
(check (let ((n 0)) (let ((step (lambda (k) (set! n (+ n k)) n))) (list (step 1) (step 2) n))) => '(1 3 3))
(check (let ((x 1)) (let ((f (lambda (y) (set! x (* 10 y)) y))) (list (f x) x (f x) x))) => '(1 10 10 100))

;;; Wrong calls are errors, as without integration.
(define (one x) x)
(check (car (guard (c ((assertion-violation? c) '(assertion))) ((hide one) 1 2))) => 'assertion)
(check (guard (c ((assertion-violation? c) 'assertion)) ((hide 5) 1)) => 'assertion)
(check (guard (c ((assertion-violation? c) 'assertion)) (let ((f 5)) (f 1))) => 'assertion)
(check (map (lambda (x) (* x x)) (hide '(1 2 . 3))) => '(raised map ((1 2 . 3))))
(check (map (lambda (x y) x) (hide '(1 2)) (hide '(1))) => '(raised map ((2) ())))
(check (for-each (lambda (x) x) (hide 7)) => '(raised for-each (7)))
(check (fold-left (lambda (a x) (+ a x)) 0 (hide '(1 2 x))) => '(raised + (x)))
(check (guard (c ((assertion-violation? c) (condition-irritants c))) (vector-map (lambda (x) x) (hide "no"))) => '("no"))
(check (filter (lambda (x) (even? x)) (hide '(2 3 4 . 5))) => '(raised filter ((2 3 4 . 5))))

;;; Mapping procedures of known procedures.
(check (traced (map (lambda (x) (note (* 10 x))) '(1 2 3))) => '((10 20 30) (10 20 30)))
(check (map (lambda (a b c) (list a b c)) '(1 2) '(3 4) '(5 6)) => '((1 3 5) (2 4 6)))
(check (traced (for-each (lambda (x) (note x)) '(1 2 3))) => (list (if #f #f) '(1 2 3)))
(check (fold-right (lambda (x r) (cons (* x x) r)) '() '(1 2 3)) => '(1 4 9))
(check (find (lambda (x) (> x 1)) '(1 2 3)) => 2)
(check (exists (lambda (x) (and (> x 1) (* 10 x))) '(1 2 3)) => 20)
(check (for-all (lambda (x) (and (> x 0) (* 10 x))) '(1 2 3)) => 30)
(check (assp (lambda (k) (eqv? k 2)) '((1 . a) (2 . b))) => '(2 . b))
(check (call-with-values (lambda () (partition (lambda (x) (odd? x)) '(1 2 3 4))) list) => '((1 3) (2 4)))
(check (let ((fs (map (lambda (x) (lambda () x)) '(1 2 3)))) (map (lambda (f) (f)) fs)) => '(1 2 3))
(check (let ((fs (map (lambda (x) (lambda () (set! x (+ x 1)) x)) '(1 2)))) (list ((car fs)) ((car fs)) ((cadr fs)))) => '(2 3 3))

;;; Re-entry: results that were returned before don't change.
(check (let ((k #f) (rounds 0) (results '()))
         (let ((r (map (lambda (x) (call/cc (lambda (c) (if (= x 2) (set! k c)) x))) '(1 2 3))))
           (set! results (cons r results))
           (set! rounds (+ rounds 1))
           (if (< rounds 3) (k (* 10 rounds)) (reverse results))))
       => '((1 2 3) (1 10 3) (1 20 3)))
(check (let ((k #f) (rounds 0))
         (let ((r (vector-map (lambda (x) (call/cc (lambda (c) (if (= x 1) (set! k c)) x))) '#(0 1 2))))
           (set! rounds (+ rounds 1))
           (if (= rounds 1) (k 7) r)))
       => '#(0 7 2))
(check (let ((n 0) (k #f))
         (let ((x (call/cc (lambda (c) (set! k c) 1))))
           (let ((f (lambda () (set! n (+ n x)) n)))
             (f)
             (if (< x 3) (k (+ x 1)) (list n (f))))))
       => '(6 9))
(check (call/cc (lambda (return) (for-each (lambda (x) (if (< x 0) (return x))) '(1 -2 3)) 'none)) => -2)
(check (call/cc (lambda (return) (map (lambda (x) (if (< x 0) (return x) x)) '(1 2)))) => '(1 2))

;;; Values.
(check (call-with-values (lambda () (values 1 2)) (lambda (a b) (list b a))) => '(2 1))
(check (call-with-values (lambda () 5) (lambda (a) (list a))) => '(5))
(check (call-with-values (lambda () (values)) (lambda () 'none)) => 'none)
(check (call-with-values (lambda () (values 1 2 3)) (lambda (a . r) (list a r))) => '(1 (2 3)))
(check (call-with-values (lambda () (if (hide #t) (values 1 2) 3)) (case-lambda ((a) 'one) ((a b) 'two))) => 'two)
(check (call-with-values (lambda () (if (hide #f) (values 1 2) 3)) (case-lambda ((a) 'one) ((a b) 'two))) => 'one)
(check (guard (c ((assertion-violation? c) 'assertion)) (call-with-values (lambda () (values 1 2)) (lambda (a) a))) => 'assertion)
(check (guard (c ((assertion-violation? c) 'assertion)) (call-with-values (lambda () (if (hide #t) (values 1 2) 1)) (hide (lambda (a) a)))) => 'assertion)
(check (traced (call-with-values (begin (note 'p) (lambda () (note 'run) (values 1 2))) (begin (note 'c) (lambda (a b) (+ a b))))) => '(3 (p c run)))
(check (let loop ((i 0)) (let-values (((a b) (if (< i 5) (values i #f) (values i #t)))) (if b a (loop (+ a 1))))) => 5)
(define (divide a b) (let loop ((q 0) (r a)) (if (< r b) (values q r) (loop (+ q 1) (- r b)))))
(check (let-values (((q r) (divide 17 5))) (list q r)) => '(3 2))
(check (let*-values (((a b) (values 1 2)) ((c) (values (+ a b)))) (list a b c)) => '(1 2 3))
(check (let-values (((q r) (if (hide #t) (divide 17 5) (values 0 0))) (all (values 1 2))) (list q r all)) => '(3 2 (1 2)))

;;; Rest arguments and apply.
(define (pass f . args) (apply f args))
(check (pass + 1 2 3) => 6)
(check (traced (pass list (note 1) (note 2))) => '((1 2) (1 2)))
(define (changes . args) (set-car! args 'x) (apply list args))
(check (changes 1 2) => '(x 2))
(define (keeps . args) args)
(check (let ((a (keeps 1 2)) (b (keeps 1 2))) (eq? a b)) => #f)
(check (apply (lambda (a b . r) (list a b r)) 1 2 '(3 4)) => '(1 2 (3 4)))
(check (guard (c ((assertion-violation? c) (condition-who c))) (apply + (hide '(1 2 . 3)))) => 'apply)
(define (opt a . r) (if (null? r) (list a) (apply list a r)))
(check (list (opt 1) (opt 1 2) (opt 1 2 3)) => '((1) (1 2) (1 2 3)))

;;; Recursion through integrated procedures.
(define (ev? n) (if (= n 0) #t (od? (- n 1))))
(define (od? n) (if (= n 0) #f (ev? (- n 1))))
(check (list (ev? 100) (od? 100) (ev? 7)) => '(#t #f #f))
(check (letrec ((f (lambda (n) (if (= n 0) '() (cons (g n) (f (- n 1)))))) (g (lambda (n) (* n n)))) (f 4)) => '(16 9 4 1))
(check (let f ((g (lambda (x) x)) (n 3)) (if (= n 0) (g 1) (f (lambda (x) (+ 1 (g x))) (- n 1)))) => 4)
(define (compose f g) (lambda (x) (f (g x))))
(check ((compose (lambda (x) (* x 2)) (lambda (x) (+ x 1))) 5) => 12)
(check (((lambda (x) (x x)) (lambda (x) (lambda (n) (if (= n 0) 1 (* n ((x x) (- n 1))))))) 5) => 120)

;;; The limits are parameters.
(check (list (cp0-size-limit) (cp0-effort-limit)) => '(16 50))
(check (guard (c ((assertion-violation? c) 'assertion)) (cp0-size-limit 'many)) => 'assertion)
(check (begin (cp0-size-limit 0) (let ((n (cp0-size-limit))) (cp0-size-limit 16) n)) => 0)

(finish)
