;; SPDX-License-Identifier: MIT
;;
;; Searches in literal lists, which become tests: each gives what the procedure gives that the optimizer doesn't know, the same pairs included.
(import (rnrs) (rnrs mutable-pairs) (only (tests support checks) check-equal finish) (rename (only (tests support checks) check-message) (check-message check)))

(define keys
  (list 'a 'b 'z 0 1 2 -1 1.0 2.5 -0.0 0.0 +nan.0 1/2 (expt 2 70) #\a #\b #t #f '() "a" "b" '(1) (vector 1) (eof-object) car (string->symbol "a") (expt 2 60) (- (expt 2 60) 1)))
(define hidden (vector memq memv member assq assv assoc eqv? equal?))
(define (hide i) (vector-ref hidden i))

;; The call with a literal, as a value and as a test, beside that of the hidden procedure with the same literal.
(define-syntax same
  (syntax-rules ()
    ((_ i search literal)
     (for-each
       (lambda (x)
         (let ((l 'literal) (wanted #f))
           (set! wanted ((hide i) x l))
           (check-equal (equal? (search x 'literal) wanted))
           (check-equal (if (search x 'literal) 1 2) (if wanted 1 2))
           (check-equal (not (search x 'literal)) (not wanted))
           (check-equal (let ((n 0)) (list (and (search (begin (set! n (+ n 1)) x) 'literal) #t) n)) (list (and wanted #t) 1))))
       keys))))
(define-syntax all
  (syntax-rules ()
    ((_ literal ...)
     (begin (same 0 memq literal) ... (same 1 memv literal) ... (same 2 member literal) ...))))
(define-syntax all-pairs
  (syntax-rules ()
    ((_ literal ...)
     (begin (same 3 assq literal) ... (same 4 assv literal) ... (same 5 assoc literal) ...))))
(all () (a) (a b a) (1 2 3) (1.0 2.5 +nan.0) (0.0) (-0.0) (1/2 1180591620717411303424) (#\a #t) (#f ()) ("a" b) ((1) 2) (#(1))
     (1 2 3 4 5 6 7 8 9 10) (z y x w v u t s r q p o n m l k j i h g f e d c b a a0 a1 a2 a3 a4 a5 a6 a7 a8 a9 b0 b1 b2 b3 b4 b5 b6 b7 b8 b9 c0 c1 c2 c3))
(all-pairs () ((a . 1)) ((a . 1) (b . 2) (a . 3)) ((1 one) (2 two)) ((1.0 . x) (2.5 . y)) ((#\a) (#t) (#f) (())) (("a" . 1) (b . 2)))

;; equal? and eqv? with constants
(define-syntax same-test
  (syntax-rules ()
    ((_ datum ...)
     (for-each (lambda (x)
                 (begin (check-equal (eqv? x 'datum) ((hide 6) x 'datum)) (check-equal (equal? 'datum x) ((hide 7) 'datum x))) ...)
               keys))))
(same-test a 1 1.0 0.0 -0.0 +nan.0 1/2 1180591620717411303424 #\a #t #f ())
(check-equal (map (lambda (c) (eqv? c (char-upcase #\a))) '(#\A #\a 65 "A")) '(#t #f #f #f))
(check-equal (map (lambda (x) (equal? x (length '(1 2)))) '(2 2.0 a)) '(#t #f #f))

;; Errors are those of the procedures, and come after the operands
(check (memv 1 '(a . b)) => '(raised "expected a list"))
(check (assv 1 '((a . 1) b)) => '(raised "expected a list of pairs"))
(check-equal (memv 'a '(a . b)) '(a . b))
(finish)
