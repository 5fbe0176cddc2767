;; SPDX-License-Identifier: MIT
;;
;; Every name that stands for two bindings because R6RS and R7RS differ on it, each once:
;; (differs NAME (r6rs LIBRARY TEXT) (r7rs LIBRARY TEXT) (example EXPR => VALUE-IN-R6RS VALUE-IN-R7RS) ...).
;; A value (raises) means a condition. Where one binding serves both reports (more arguments, wider domains)
;; there is no row; nor for write and display, which name characters and bytevectors as the standard of the process
;; does (-std=r7rs). Checked by tests/exports: the examples, and that every other name is one binding.

;;; Lists of unequal length

(differs map
  (r6rs (rnrs base) "the lists must have the same length, else `&assertion`")
  (r7rs (scheme base) "stops at the end of the shortest list")
  (example (map + (list 1 2) (list 10)) => (raises) (11))
  (example (map list '(1 2 3) '(a b) '(x y z)) => (raises) ((1 a x) (2 b y)))
  (example (map + (list 1 2) (list 10 20)) => (11 22) (11 22)))

(differs for-each
  (r6rs (rnrs base) "the lists must have the same length, else `&assertion`")
  (r7rs (scheme base) "stops at the end of the shortest list")
  (example (let ((n 0)) (for-each (lambda (a b) (set! n (+ n a b))) '(1 2) '(10)) n) => (raises) 11))

(differs vector-map
  (r6rs (rnrs base) "the vectors must have the same length, else `&assertion`")
  (r7rs (scheme base) "stops at the end of the shortest vector")
  (example (vector-map + '#(1 2) '#(10)) => (raises) #(11)))

(differs vector-for-each
  (r6rs (rnrs base) "the vectors must have the same length, else `&assertion`")
  (r7rs (scheme base) "stops at the end of the shortest vector")
  (example (let ((n 0)) (vector-for-each (lambda (a b) (set! n (+ n a b))) '#(1) '#(10 20)) n) => (raises) 11))

(differs string-for-each
  (r6rs (rnrs base) "the strings must have the same length, else `&assertion`")
  (r7rs (scheme base) "stops at the end of the shortest string")
  (example (let ((n 0)) (string-for-each (lambda (a b) (set! n (+ n 1))) "ab" "xyz") n) => (raises) 2))

;;; Arguments that mean something else

(differs member
  (r6rs (rnrs lists) "two arguments")
  (r7rs (scheme base) "an equivalence as third argument")
  (example (member 2.0 (list 1 2 3) =) => (raises) (2 3)))

(differs assoc
  (r6rs (rnrs lists) "two arguments")
  (r7rs (scheme base) "an equivalence as third argument")
  (example (assoc 2.0 '((1 one) (2 two)) =) => (raises) (2 two)))

(differs error
  (r6rs (rnrs base) "`(error who message irritant ...)`")
  (r7rs (scheme base) "`(error message irritant ...)`; a `who` before the message is accepted too")
  (example (error "message") => (raises) (raises)))

(differs bytevector-copy!
  (r6rs (rnrs bytevectors) "`(bytevector-copy! source source-start target target-start count)`")
  (r7rs (scheme base) "`(bytevector-copy! to at from [start [end]])`")
  (example (let ((a (make-bytevector 3 1)) (b (make-bytevector 3 2))) (bytevector-copy! a 0 b 1 2) (bytevector-u8-ref b 1))
           => 1 2)
  (example (let ((a (make-bytevector 3 1)) (b (make-bytevector 3 2))) (bytevector-copy! a 1 b) (bytevector-u8-ref a 1))
           => (raises) (raises))
  (example (let ((a (make-bytevector 3 1)) (b (make-bytevector 3 2))) (bytevector-copy! a 1 b 1) (bytevector-u8-ref a 2))
           => (raises) 2))

(differs flush-output-port
  (r6rs (rnrs io ports) "needs a port")
  (r7rs (scheme base) "the port defaults to the current output port")
  (example (begin (flush-output-port) #t) => (raises) #t))

;;; Files that exist

(differs open-output-file
  (r6rs (rnrs io simple) "raises `&i/o-file-already-exists` for a file that exists")
  (r7rs (scheme file) "truncates a file that exists"))

(differs call-with-output-file
  (r6rs (rnrs io simple) "raises `&i/o-file-already-exists` for a file that exists")
  (r7rs (scheme file) "truncates a file that exists"))

(differs with-output-to-file
  (r6rs (rnrs io simple) "raises `&i/o-file-already-exists` for a file that exists")
  (r7rs (scheme file) "truncates a file that exists"))

;;; Text

(differs char-numeric?
  (r6rs (rnrs unicode) "the Unicode property Numeric_Type")
  (r7rs (scheme char) "Numeric_Type is Decimal: a digit, see `digit-value`")
  (example (char-numeric? #\x0664) => #t #t)
  (example (char-numeric? #\xBD) => #t #f))

;;; Syntax

(differs define-record-type
  (r6rs (rnrs records syntactic) "`(define-record-type name clause ...)`")
  (r7rs (scheme base) "`(define-record-type name constructor predicate field ...)`")
  (example (let () (define-record-type point (fields x y)) (point-x (make-point 1 2))) => 1 (raises))
  (example (let () (define-record-type point (make-point y) point? (x point-x) (y point-y)) (point-y (make-point 2)))
           => (raises) 2))

(differs let-syntax
  (r6rs (rnrs base) "its forms are spliced into the body around")
  (r7rs (scheme base) "its forms are a body of their own")
  (example (let ((x 1)) (let-syntax () (define x 2) x) x) => 2 1))

(differs letrec-syntax
  (r6rs (rnrs base) "its forms are spliced into the body around")
  (r7rs (scheme base) "its forms are a body of their own")
  (example (let ((x 1)) (letrec-syntax () (define x 2) x) x) => 2 1))
