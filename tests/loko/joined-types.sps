;; SPDX-License-Identifier: MIT
;;
;; The compiler knows of a local procedure's parameter what all its calls pass. Here each is passed a value that a primitive
;; takes and one of another type, so that the check must stay although half of what comes is right. What each procedure of
;; (rnrs) does then is compared with what it does when it is called by apply, where nothing is known; also what it does
;; with operands that are written in the call, where all is known and much is folded.
;; LOKO_TEST_LONG=1 tries all values instead of a sample.
(import (rnrs) (rnrs eval) (rnrs mutable-pairs) (rnrs mutable-strings) (only (loko) environment-symbols)
        (only (srfi :98) get-environment-variable))

(define long? (equal? (get-environment-variable "LOKO_TEST_LONG") "1"))
(define r6rs (environment '(rnrs) '(rnrs mutable-pairs) '(rnrs mutable-strings) '(rnrs r5rs)))
(define r7rs (environment '(scheme base) '(scheme char) '(scheme cxr) '(scheme inexact) '(only (rnrs) fx=? fx-)))
(define here r6rs)

;; Expressions of values of different types; each evaluation makes them afresh.
(define pool
  '(0 2 -3 'a (string #\a #\b #\c) #\a 1.5 #f (vector 1 2 3) (list 1 2 3) '() (string->utf8 "bytes") (expt 2 70) 1/2
    car (eof-object)))
(define thunks (map (lambda (e) (eval `(lambda () ,e) r6rs)) pool))

;; What touches the world, waits, never returns or has its own continuation.
(define (excluded? name)
  (memq name
        '(exit read read-char peek-char read-line get-line get-char write display newline write-char delete-file
          call-with-current-continuation call/cc dynamic-wind raise raise-continuable with-exception-handler
          call-with-input-file call-with-output-file with-input-from-file with-output-to-file open-input-file
          open-output-file open-file-input-port open-file-output-port open-file-input/output-port
          current-input-port current-output-port current-error-port standard-input-port standard-output-port
          standard-error-port close-port flush-output-port command-line environment eval gensym generate-temporaries
          read-u8 peek-u8 u8-ready? char-ready? read-string read-bytevector read-bytevector! write-string write-u8
          write-bytevector open-input-string open-output-string features make-parameter
          make-vector make-string make-bytevector expt exact-integer-sqrt
          eq?)))                     ; of bignums it may be either, and the compiler makes constants of (expt 2 70)

(define (procedures)
  (list-sort (lambda (a b) (string<? (symbol->string a) (symbol->string b)))
             (filter (lambda (name)
                       (and (not (excluded? name))
                            (guard (c (#t #f)) (procedure? (eval name here)))))
                     (environment-symbols here))))

(define state 42)
(define (random n)
  (set! state (mod (* state 48271) 2147483647))
  (mod (div state 7) n))

;; An outcome that can be compared.
(define (shown x)
  (cond ((or (number? x) (symbol? x) (boolean? x) (char? x) (string? x) (null? x) (bytevector? x)) x)
        ((pair? x) (cons (shown (car x)) (shown (cdr x))))
        ((vector? x) (vector-map shown x))
        ((procedure? x) 'procedure)
        (else 'other)))
(define (outcome thunk)
  (guard (c ((violation? c) 'violation) (#t 'raised))
    (call-with-values thunk (lambda l (shown l)))))

(define passed 0)
(define failed 0)

(define (expressions indexes) (map (lambda (i) (list-ref pool i)) indexes))
(define (applied name indexes)
  (let ((f (eval name here)) (arguments (map (lambda (i) ((list-ref thunks i))) indexes)))
    (outcome (lambda () (apply f arguments)))))
(define (replace l k x) (if (= k 0) (cons x (cdr l)) (cons (car l) (replace (cdr l) (- k 1) x))))

(define (check name right wrong)
  (let* ((parameters (map (lambda (i) (string->symbol (string-append "p" (number->string i)))) (iota (length right))))
         (thunks
          (eval `(let ()
                   (define (g n ,@parameters)
                     (if (fx=? n 0) (,name ,@parameters) (g (fx- n 1) ,@parameters)))
                   (list (lambda () (g 1 ,@(expressions right))) (lambda () (g 2 ,@(expressions wrong)))
                         (lambda () (,name ,@(expressions right))) (lambda () (,name ,@(expressions wrong)))))
                here))
         (got (map outcome thunks))
         (wanted (let ((a (applied name right)) (b (applied name wrong))) (list a b a b))))
    (if (equal? got wanted)
        (set! passed (+ passed 1))
        (begin
          (set! failed (+ failed 1))
          (write (list 'FAILED name (expressions right) (expressions wrong) 'got got 'wanted wanted))
          (newline)))))

(define (iota n) (let loop ((i (- n 1)) (l '())) (if (< i 0) l (loop (- i 1) (cons i l)))))
(define count (length pool))
(define (try name right)
  (when (list? (applied name right))
    (for-each
     (lambda (k)
       (for-each (lambda (i) (check name right (replace right k i)))
                 (if long? (iota count) (list (random count) (random count)))))
     (iota (length right)))
    #t))

;; Up to `most` argument lists of each length that the procedure takes.
(define (test name)
  (define most (if long? 8 3))
  (let loop ((i 0) (found 0))
    (when (and (< i count) (< found most))
      (loop (+ i 1) (if (try name (list i)) (+ found 1) found))))
  (for-each
   (lambda (arity)
     (let loop ((tries (if long? 600 120)) (found 0))
       (when (and (> tries 0) (< found most))
         (loop (- tries 1)
               (if (try name (map (lambda (x) (random count)) (iota arity))) (+ found 1) found)))))
   '(2 3)))

(for-each test (procedures))
(set! here r7rs)
(for-each test (procedures))
(display passed) (display " passed, ") (display failed) (display " failed") (newline)
(exit (= failed 0))
