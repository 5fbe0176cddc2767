;; SPDX-License-Identifier: MIT
;;
;; The examples of R7RS chapters 4 and 5.
(import (scheme base) (scheme read) (scheme eval) (scheme write) (scheme char) (scheme inexact) (scheme complex)
        (scheme lazy) (scheme case-lambda) (scheme cxr) (scheme process-context) (tests support report-examples))
(define standard
  (environment '(scheme base) '(scheme read) '(scheme eval) '(scheme write) '(scheme char) '(scheme inexact)
               '(scheme complex) '(scheme lazy) '(scheme case-lambda) '(scheme cxr)))

;; Evaluation examples
(check (* 5 8) => 40)

;; Variable references
(check (let ()
         (define x 28)
         x) => 28)

;; Literal expressions
(check (quote a) => a)
(check (quote #(a b c)) => #(a b c))
(check (quote (+ 1 2)) => (+ 1 2))
(check 'a => a)
(check '#(a b c) => #(a b c))
(check '() => ())
(check '(+ 1 2) => (+ 1 2))
(check '(quote a) => (quote a))
(check ''a => (quote a))
(check '145932 => 145932)
(check 145932 => 145932)
(check '"abc" => "abc")
(check "abc" => "abc")
(check '#\a => #\a)
(check #\a => #\a)
(check '#(a 10) => #(a 10))
(check #(a 10) => #(a 10))
(check '#u8(64 65) => #u8(64 65))
(check #u8(64 65) => #u8(64 65))
(check '#t => #t)
(check #t => #t)

;; Procedure calls
(check (+ 3 4) => 7)
(check ((if #f + *) 3 4) => 12)

;; Procedures
(check ((lambda (x) (+ x x)) 4) => 8)
(check (let ()
         (define reverse-subtract
           (lambda (x y) (- y x)))
         (reverse-subtract 7 10)) => 3)
(check (let ()
         (define add4
           (let ((x 4))
             (lambda (y) (+ x y))))
         (add4 6)) => 10)
(check ((lambda x x) 3 4 5 6) => (3 4 5 6))
(check ((lambda (x y . z) z)
        3 4 5 6) => (5 6))

;; Conditionals
(check (if (> 3 2) 'yes 'no) => yes)
(check (if (> 2 3) 'yes 'no) => no)
(check (if (> 3 2)
           (- 3 2)
           (+ 3 2)) => 1)

;; Assignments
(check (let ()
         (define x 2)
         (+ x 1)) => 3)
(check (let ()
         (define x 2)
         (set! x 4)
         (+ x 1)) => 5)

;; Conditionals
(check (cond ((> 3 2) 'greater)
             ((< 3 2) 'less)) => greater)
(check (cond ((> 3 3) 'greater)
             ((< 3 3) 'less)
             (else 'equal)) => equal)
(check (cond ((assv 'b '((a 1) (b 2))) => cadr)
             (else #f)) => 2)
(check (case (* 2 3)
         ((2 3 5 7) 'prime)
         ((1 4 6 8 9) 'composite)) => composite)
(check (case (car '(c d))
         ((a e i o u) 'vowel)
         ((w y) 'semivowel)
         (else => (lambda (x) x))) => c)
(check (and (= 2 2) (> 2 1)) => #t)
(check (and (= 2 2) (< 2 1)) => #f)
(check (and 1 2 'c '(f g)) => (f g))
(check (and) => #t)
(check (or (= 2 2) (> 2 1)) => #t)
(check (or (= 2 2) (< 2 1)) => #t)
(check (or #f #f #f) => #f)
(check (or (memq 'b '(a b c))
           (/ 3 0)) => (b c))

;; Binding constructs
(check (let ((x 2) (y 3))
         (* x y)) => 6)
(check (let ((x 2) (y 3))
         (let ((x 7)
               (z (+ x y)))
           (* z x))) => 35)
(check (let ((x 2) (y 3))
         (let* ((x 7)
                (z (+ x y)))
           (* z x))) => 70)
(check (letrec ((even?
                 (lambda (n)
                   (if (zero? n)
                       #t
                       (odd? (- n 1)))))
                (odd?
                 (lambda (n)
                   (if (zero? n)
                       #f
                       (even? (- n 1))))))
         (even? 88)) => #t)
(check (let-values (((root rem) (exact-integer-sqrt 32)))
         (* root rem)) => 35)
(check (let ((a 'a) (b 'b) (x 'x) (y 'y))
         (let*-values (((a b) (values x y))
                       ((x y) (values a b)))
           (list a b x y))) => (x y x y))

;; Sequencing
(check (let ()
         (define x 0)
         (and (= x 0)
              (begin (set! x 5)
                     (+ x 1)))) => 6)

;; Iteration
(check (do ((vec (make-vector 5))
            (i 0 (+ i 1)))
           ((= i 5) vec)
         (vector-set! vec i i)) => #(0 1 2 3 4))
(check (let ((x '(1 3 5 7 9)))
         (do ((x x (cdr x))
              (sum 0 (+ sum (car x))))
             ((null? x) sum))) => 25)
(check (let loop ((numbers '(3 -2 1 6 -5))
                  (nonneg '())
                  (neg '()))
         (cond ((null? numbers) (list nonneg neg))
               ((>= (car numbers) 0)
                (loop (cdr numbers)
                      (cons (car numbers) nonneg)
                      neg))
               ((< (car numbers) 0)
                (loop (cdr numbers)
                      nonneg
                      (cons (car numbers) neg))))) => ((6 1 3) (-5 -2)))

;; Delayed evaluation
(check (force (delay (+ 1 2))) => 3)
(check (let ((p (delay (+ 1 2))))
         (list (force p) (force p))) => (3 3))
(check (let ()
         (define integers
           (letrec ((next
                     (lambda (n)
                       (delay (cons n (next (+ n 1)))))))
             (next 0)))
         (define head
           (lambda (stream) (car (force stream))))
         (define tail
           (lambda (stream) (cdr (force stream))))
         (head (tail (tail integers)))) => 2)
(check (let ()
         (define integers
           (letrec ((next
                     (lambda (n)
                       (delay (cons n (next (+ n 1)))))))
             (next 0)))
         (define head
           (lambda (stream) (car (force stream))))
         (define tail
           (lambda (stream) (cdr (force stream))))
         (define (stream-filter p? s)
           (delay-force
            (if (null? (force s))
                (delay '())
                (let ((h (car (force s)))
                      (t (cdr (force s))))
                  (if (p? h)
                      (delay (cons h (stream-filter p? t)))
                      (stream-filter p? t))))))
         (head (tail (tail (stream-filter odd? integers))))) => 5)

;; Dynamic bindings
(check (let ()
         (define radix
           (make-parameter
            10
            (lambda (x)
              (if (and (exact-integer? x) (<= 2 x 16))
                  x
                  (error "invalid radix")))))
         (define (f n) (number->string n (radix)))
         (f 12)) => "12")
(check (let ()
         (define radix
           (make-parameter
            10
            (lambda (x)
              (if (and (exact-integer? x) (<= 2 x 16))
                  x
                  (error "invalid radix")))))
         (define (f n) (number->string n (radix)))
         (parameterize ((radix 2))
           (f 12))) => "1100")
(check (let ()
         (define radix
           (make-parameter
            10
            (lambda (x)
              (if (and (exact-integer? x) (<= 2 x 16))
                  x
                  (error "invalid radix")))))
         (define (f n) (number->string n (radix)))
         (f 12)) => "12")
(check-raises (eval '(let ()
                       (define radix
                         (make-parameter
                          10
                          (lambda (x)
                            (if (and (exact-integer? x) (<= 2 x 16))
                                x
                                (error "invalid radix")))))
                       (define (f n) (number->string n (radix)))
                       (parameterize ((radix 0))
                         (f 12))) standard) any?)

;; Exception handling
(check (guard (condition
                ((assq 'a condition) => cdr)
                ((assq 'b condition)))
         (raise (list (cons 'a 42)))) => 42)
(check (guard (condition
                ((assq 'a condition) => cdr)
                ((assq 'b condition)))
         (raise (list (cons 'b 23)))) => (b . 23))

;; Quasiquotation
(check `(list ,(+ 1 2) 4) => (list 3 4))
(check (let ((name 'a)) `(list ,name ',name)) => (list a (quote a)))
(check `(a ,(+ 1 2) ,@(map abs '(4 -5 6)) b) => (a 3 4 5 6 b))
(check `((foo ,(- 10 3)) ,@(cdr '(c)) . ,(car '(cons))) => ((foo 7) . cons))
(check `#(10 5 ,(sqrt 4) ,@(map sqrt '(16 9)) 8) => #(10 5 2 4 3 8))
(check (let ((foo '(foo bar)) (@baz 'baz))
         `(list ,@foo , @baz)) => (list foo bar baz))
(check `(a `(b ,(+ 1 2) ,(foo ,(+ 1 3) d) e) f) => (a `(b ,(+ 1 2) ,(foo 4 d) e) f))
(check (let ((name1 'x)
             (name2 'y))
         `(a `(b ,,name1 ,',name2 d) e)) => (a `(b ,x ,'y d) e))
(check (quasiquote (list (unquote (+ 1 2)) 4)) => (list 3 4))
(check '(quasiquote (list (unquote (+ 1 2)) 4)) => `(list ,(+ 1 2) 4))

;; Case-lambda
(check (let ()
         (define range
           (case-lambda
            ((e) (range 0 e))
            ((b e) (do ((r '() (cons e r))
                        (e (- e 1) (- e 1)))
                       ((< e b) r)))))
         (range 3)) => (0 1 2))
(check (let ()
         (define range
           (case-lambda
            ((e) (range 0 e))
            ((b e) (do ((r '() (cons e r))
                        (e (- e 1) (- e 1)))
                       ((< e b) r)))))
         (range 3 5)) => (3 4))

;; Binding constructs for syntactic keywords
(check (let-syntax ((given-that (syntax-rules ()
                            ((given-that test stmt1 stmt2 ...)
                             (if test
                                 (begin stmt1
                                        stmt2 ...))))))
         (let ((if #t))
           (given-that if (set! if 'now))
           if)) => now)
(check (let ((x 'outer))
         (let-syntax ((m (syntax-rules () ((m) x))))
           (let ((x 'inner))
             (m)))) => outer)
(check (letrec-syntax
           ((my-or (syntax-rules ()
                     ((my-or) #f)
                     ((my-or e) e)
                     ((my-or e1 e2 ...)
                      (let ((temp e1))
                        (if temp
                            temp
                            (my-or e2 ...)))))))
         (let ((x #f)
               (y 7)
               (temp 8)
               (let odd?)
               (if even?))
           (my-or x
                  (let temp)
                  (if y)
                  y))) => 7)

;; Pattern language
(check (let ((=> #f))
         (cond (#t => 'ok))) => ok)

;; Top level definitions
(check (let ()
         (define add3
           (lambda (x) (+ x 3)))
         (add3 3)) => 6)
(check (let ()
         (define first car)
         (first '(1 2))) => 1)

;; Internal definitions
(check (let ((x 5))
         (define foo (lambda (y) (bar x y)))
         (define bar (lambda (a b) (+ (* a b) a)))
         (foo (+ x 3))) => 45)

;; Multiple-value definitions
(check (let ()
         (define-values (x y) (exact-integer-sqrt 17))
         (list x y)) => (4 1))
(check (let ()
         (define-values (x y) (exact-integer-sqrt 17))
         (let ()
           (define-values (x y) (values 1 2))
           (+ x y))) => 3)

;; Syntax definitions
(check (let ((x 1) (y 2))
         (define-syntax swap!
           (syntax-rules ()
             ((swap! a b)
              (let ((tmp a))
                (set! a b)
                (set! b tmp)))))
         (swap! x y)
         (list x y)) => (2 1))

;; Record-type definitions
(check (let ()
         (define-record-type <pare>
           (kons x y)
           pare?
           (x kar set-kar!)
           (y kdr))
         (pare? (kons 1 2))) => #t)
(check (let ()
         (define-record-type <pare>
           (kons x y)
           pare?
           (x kar set-kar!)
           (y kdr))
         (pare? (cons 1 2))) => #f)
(check (let ()
         (define-record-type <pare>
           (kons x y)
           pare?
           (x kar set-kar!)
           (y kdr))
         (kar (kons 1 2))) => 1)
(check (let ()
         (define-record-type <pare>
           (kons x y)
           pare?
           (x kar set-kar!)
           (y kdr))
         (kdr (kons 1 2))) => 2)
(check (let ()
         (define-record-type <pare>
           (kons x y)
           pare?
           (x kar set-kar!)
           (y kdr))
         (let ((k (kons 1 2)))
             (set-kar! k 3)
             (kar k))) => 3)

;; Examples that share state, written by hand.
(check (let ()
         (define x 5)
         (define count 0)
         (define p (delay (begin (set! count (+ count 1)) (if (> count x) count (force p)))))
         (let ((first (force p)))
           (set! x 10)
           (list first (force p))))
       => (6 6))
(check (let ()
         (define-syntax be-like-begin
           (syntax-rules ()
             ((be-like-begin name)
              (define-syntax name
                (syntax-rules ()
                  ((name expr (... ...)) (begin expr (... ...))))))))
         (be-like-begin sequence)
         (sequence 1 2 3 4))
       => 4)
(check (let ((x (list 'a 'b 'c))) (set-cdr! (cddr x) x) (let ((out (open-output-string))) (write x out) (get-output-string out)))
       => "#0=(a b c . #0#)")

(finish)
