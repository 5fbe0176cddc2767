;; SPDX-License-Identifier: MIT
;;
;; Continuations that only leave their call/cc: what they do must not depend on whether they become jumps. Each check runs with call/cc,
;; which the optimizer knows, and with a procedure of which it knows nothing.
(import (rnrs) (only (rnrs r5rs) modulo) (only (scheme base) make-parameter parameterize)
        (rename (only (tests support checks) check-message finish) (check-message check-one)))

(define hidden (vector call/cc))
(define (unknown-call/cc f) ((vector-ref hidden 0) f))

(define-syntax check
  (lambda (x)
    (syntax-case x (=>)
      ((k e => v)
       (with-syntax ((exit (datum->syntax #'k 'exit)))
         #'(begin
             (check-one (let-syntax ((exit (syntax-rules () ((_ f) (call/cc f))))) e) => v)
             (check-one (let-syntax ((exit (syntax-rules () ((_ f) (unknown-call/cc f))))) e) => v)))))))

(define notes '())
(define (note x) (set! notes (cons x notes)))
(define (logged thunk)
  (set! notes '())
  (let ((x (thunk))) (list x (reverse notes))))

;;; Where the call stands
(check (exit (lambda (k) (k 1))) => 1)
(check (exit (lambda (k) 2)) => 2)
(check (+ 1 (exit (lambda (k) (+ 10 (k 2))))) => 3)
(check (+ 1 (exit (lambda (k) (+ 10 (if (null? notes) (k 2) 5) (begin (note 'not-here) 1))))) => 3)
(check (list 1 (exit (lambda (k) (list 2 (k 3) 4))) 5) => '(1 3 5))
(check (exit (lambda (k) (k (k (k 1))))) => 1)
(check (exit (lambda (k) (let ((x (k 1))) (note x) 2))) => 1)
(check (if (exit (lambda (k) (if (pair? notes) (k #f) (k 5)))) 'yes 'no) => 'yes)
(check (if (exit (lambda (k) (begin (k #f) #t))) 'yes 'no) => 'no)
(check (logged (lambda () (exit (lambda (k) (note 'a) (k (begin (note 'b) 1)) (note 'c))))) => '(1 (a b)))
(check (logged (lambda () (begin (exit (lambda (k) (note 1) (if (null? notes) 0 (k 7)) (note 2))) (note 3) 'end))) => '(end (1 3)))
(check (vector-ref (vector 1 2 3) (exit (lambda (k) (vector-length (k 2))))) => 3)
(check (let ((x 1.5)) (fl+ (exit (lambda (k) (fl* 2.0 (if (fl>? x 1.0) (k x) x)))) 1.0)) => 2.5)
(check (let ((x 1.5)) (+ (exit (lambda (k) (fl* 2.0 (if (fl>? x 1.0) (k 'none) x)))) 1.0)) => '(raised "expected a number"))

;;; Loops
(define-syntax define-both
  (syntax-rules ()
    ((_ (f g arguments ...) exit e)
     (begin
       (define f (let-syntax ((exit (syntax-rules () ((_ h) (call/cc h))))) (lambda (arguments ...) e)))
       (define g (let-syntax ((exit (syntax-rules () ((_ h) (unknown-call/cc h))))) (lambda (arguments ...) e)))))))
(define-syntax check-both
  (syntax-rules (=>)
    ((_ (f g) argument ... => v) (begin (check-one (f argument ...) => v) (check-one (g argument ...) => v)))))

(define-both (index index* x l) exit
  (exit (lambda (return)
    (let loop ((l l) (i 0))
      (cond ((null? l) (return #f)) ((eqv? (car l) x) (return i)) (else (loop (cdr l) (+ i 1))))))))
(check-both (index index*) 3 '(1 2 3) => 2)
(check-both (index index*) 4 '(1 2 3) => #f)

(define-both (find-negative find-negative* l) exit
  (exit (lambda (return) (for-each (lambda (x) (if (< x 0) (return x))) l) 'none)))
(check-both (find-negative find-negative*) '(1 -2 -3) => -2)
(check-both (find-negative find-negative*) '(1 2) => 'none)
(check-both (find-negative find-negative*) '(1 . 2) => '(raised "expected a list"))

(define-both (product product* v) exit  ; out of two loops, with what follows each
  (exit (lambda (zero)
    (+ 1000
       (let rows ((i 0) (sum 0))
         (if (= i (vector-length v))
             sum
             (rows (+ i 1)
                   (+ sum (let columns ((l (vector-ref v i)) (product 1))
                            (cond ((null? l) product)
                                  ((eqv? (car l) 0) (zero (list 'zero i product)))
                                  (else (* 2 (columns (cdr l) (* product (car l))))))))))))))) 
(check-both (product product*) '#((1 2) (3 4)) => (+ 1000 8 48))
(check-both (product product*) '#((1 2) (3 0 4)) => '(zero 1 3))

(define-both (skip skip* l) exit  ; break and continue
  (exit (lambda (break)
    (let loop ((l l) (sum 0))
      (if (null? l)
          sum
          (loop (cdr l)
                (+ sum (exit (lambda (continue)
                         (if (not (number? (car l))) (continue 0))
                         (if (negative? (car l)) (break (list 'stopped sum)))
                         (* 2 (car l)))))))))))
(check-both (skip skip*) '(1 a 2) => 6)
(check-both (skip skip*) '(1 a 2 -1 5) => '(stopped 6))

(define-both (sum-until sum-until* l limit) exit  ; unboxed
  (exit (lambda (k)
    (let loop ((l l) (sum 0.0))
      (if (null? l)
          sum
          (let ((s (fl+ sum (car l))))
            (if (fl>? s limit) (k (fl- s)))
            (loop (cdr l) s)))))))
(check-both (sum-until sum-until*) '(1.0 2.0) 10.0 => 3.0)
(check-both (sum-until sum-until*) '(1.0 2.0 3.0) 2.5 => -3.0)

;;; Procedures that are functions of their own: the continuation must be captured
(define-both (leaves leaves* tree) exit
  (exit (lambda (k)
    (let count ((t tree))
      (cond ((pair? t) (+ (count (car t)) (count (cdr t)))) ((null? t) 0) ((symbol? t) (k t)) (else 1))))))
(check-both (leaves leaves*) '((1 2) (3 (4))) => 4)
(check-both (leaves leaves*) '((1 2) (3 (a b) 4)) => 'a)
(check-both (leaves leaves*) (let loop ((i 0) (t 'end)) (if (= i 20000) t (loop (+ i 1) (list 1 t)))) => 'end)
(check (let ((v (exit (lambda (k) (vector k 1))))) (if (procedure? (vector-ref v 0)) ((vector-ref v 0) (vector 5 (vector-ref v 1))) v)) => '#(5 1))
(check (let* ((n 0) (again #f) (x (exit (lambda (k) (set! again k) 0)))) (set! n (+ n 1)) (if (< n 3) (again n) (list n x))) => '(3 2))
(check (exit (lambda (k) (set! k (lambda (x) (list 'not x))) (k 1))) => '(not 1))
(check (map (lambda (x) (exit (lambda (k) (vector-map (lambda (y) (if (= y 2) (k (* x 10)) y)) (vector 1 x 3))))) '(1 2 3)) => '(#(1 1 3) 20 #(1 3 3)))
;; a continuation of the body, entered again after the exit was taken
(check (let* ((again #f) (n 0)
              (x (exit (lambda (k) (let ((y (call/cc (lambda (c) (set! again c) 1)))) (if (odd? y) (k (list 'odd y))) (list 'even y))))))
         (set! n (+ n 1))
         (note x)
         (if (< n 4) (again (+ n 1)) x))
       => '(even 4))

;;; Numbers of values
(check (call-with-values (lambda () (exit (lambda (k) (k 1 2)))) list) => '(1 2))
(check (call-with-values (lambda () (exit (lambda (k) (k)))) list) => '())
(check (call-with-values (lambda () (exit (lambda (k) (if (pair? hidden) (k 1) (k 1 2 3))))) list) => '(1 2 3))
(check (call-with-values (lambda () (exit (lambda (k) (+ 1 (k 4 5 6))))) list) => '(4 5 6))
(check (let-values (((a . b) (exit (lambda (k) (let loop ((i 0)) (if (= i 5) (k i 'a 'b)) (loop (+ i 1))))))) (list a b)) => '(5 (a b)))
(check (let () (exit (lambda (k) (k 1 2))) 'ignored) => 'ignored)
(check (let () (exit (lambda (k) (k))) 'ignored) => 'ignored)
(check (apply (lambda (k . r) r) (exit (lambda (k) (k (list 1 2 3))))) => '(2 3))

;;; Dynamic state
(check (logged (lambda () (exit (lambda (k) (dynamic-wind (lambda () (note 'in)) (lambda () (k 1)) (lambda () (note 'out)))))))
       => '(1 (in out)))
(check (logged (lambda ()
         (exit (lambda (k)
           (dynamic-wind (lambda () (note 'in))
                         (lambda () (let loop ((i 0)) (if (= i 3) (k i) (loop (+ i 1)))) (note 'no))
                         (lambda () (note 'out)))
           (note 'never)))))
       => '(3 (in out)))
(check (logged (lambda ()
         (exit (lambda (k)
           (dynamic-wind (lambda () (note 'in)) (lambda () (note 'body)) (lambda () (note 'out) (k 'from-after)))
           (note 'never)))))
       => '(from-after (in body out)))
(check (logged (lambda () (dynamic-wind (lambda () (note 'in)) (lambda () (exit (lambda (k) (note 'body) (k 1) (note 'no)))) (lambda () (note 'out)))))
       => '(1 (in body out)))
(define parameter (make-parameter 'outer))
(check (let ((x (exit (lambda (k) (parameterize ((parameter 'inner)) (k (parameter)) 'no))))) (list x (parameter))) => '(inner outer))
(check (let loop ((i 0))
         (exit (lambda (k) (parameterize ((parameter i)) (if (odd? i) (k 0)) (note i))))
         (if (< i 4) (loop (+ i 1)) (parameter)))
       => 'outer)
(check (let ((x (exit (lambda (k) (guard (e (#t (k (list 'guarded e)))) (raise 'oops))))))
         (guard (e (#t (list x e))) (raise 'outer)))
       => '((guarded oops) outer))
(check (guard (e (#t (list 'outer e)))
         (exit (lambda (k) (guard (e (#f 'no)) (k 'left))))
         (raise 'here))
       => '(outer here))
(check (guard (e (#t (list 'outer e)))
         (exit (lambda (k) (with-exception-handler (lambda (e) (k 'handled)) (lambda () (k 'left)))))
         (raise 'here))
       => '(outer here))
(check (exit (lambda (k) (with-exception-handler (lambda (e) (k (list 'handled e))) (lambda () (+ 1 (raise 'oops)))))) => '(handled oops))

;;; Errors are those of before
(check (exit (lambda (k) (car (k 1)))) => 1)
(check (exit (lambda (k) (car (if (pair? notes) (vector-ref '#(1) 5) (k 1))))) => '(raised "index out of range"))
;;; A call of the continuation that ends the receiver, when it is captured as well
(define kept #f)
(check (let* ((n 0) (r (exit (lambda (k) (set! kept k) (if (= n 0) (k 'first) (k 'never)))))) (set! n (+ n 1)) (if (< n 3) (kept (list n r)) r)) => '(2 (1 first)))
(check (call-with-values (lambda () (exit (lambda (k) (set! kept k) (k 1 2 3)))) list) => '(1 2 3))
(check (logged (lambda () (exit (lambda (k) (for-each (lambda (x) (if (negative? x) (k x)) (note x)) '(1 2 -3 4)) (k 'none))))) => '(-3 (1 2)))
(check (logged (lambda () (exit (lambda (k) (for-each (lambda (x) (if (negative? x) (k x)) (note x)) '(1 2)) (k 'none))))) => '(none (1 2)))
(check (exit (lambda (k) (set! kept k) (dynamic-wind (lambda () (note 'in)) (lambda () (k 'out)) (lambda () (note 'out))))) => 'out)
(check (guard (e (#t (list 'caught e))) (exit (lambda (k) (set! kept k) (with-exception-handler (lambda (c) (k (list 'handled c))) (lambda () (raise 'r)))))) => '(handled r))
(define (search tree) (exit-known (lambda (k) (let walk ((t tree)) (cond ((pair? t) (walk (car t)) (walk (cdr t))) ((and (number? t) (negative? t)) (k t)))) (k 'none))))
(define (exit-known f) (call/cc f))
(check-one (map search '((1 (2 -3) -4) (1 2))) => '(-3 none))
(finish)
