;; SPDX-License-Identifier: MIT
;;
;; folding.sps FILE SEED ROUNDS: FILE lists the primitives that fold (tablegen --foldable). Each is called with random constants, as the
;; compiler sees them and through apply: both must give the same value, or raise.
(import (rnrs) (rnrs eval) (only (rnrs r5rs) modulo))

(define arguments (cdr (command-line)))
(define state (+ 1 (string->number (cadr arguments))))
(define (random n)
  (set! state (modulo (* state 48271) 2147483647))
  (modulo (div state 7) n))
(define (pick v) (vector-ref v (random (vector-length v))))

(define integers
  (list->vector
    (append '(0 1 -1 2 -2 3 5 7 10 -10 60 61 62 63 64 100 255 1023 1024 -1024)
            (apply append (map (lambda (k) (let ((x (expt 2 k))) (list x (- x) (- x 1) (- -1 x)))) '(29 30 31 32 59 60 61 62 63 64 120))))))
(define fixnums (list->vector (filter fixnum? (vector->list integers))))
(define flonums '#(0.0 -0.0 1.0 -1.0 0.5 1.5 2.5 -2.5 3.25 1e10 -1e18 1e300 1e-300 5e-324 1e22 +inf.0 -inf.0 +nan.0 4503599627370497.5))
(define rationals '#(1/2 -1/3 7/2 1/1152921504606846976 12345678901234567890/7))
(define complexes '#(1+2i -1/2+3i 1.5-2.0i +i))
(define characters '#(#\a #\Z #\0 #\space #\x3bb #\x3a3 #\xdf #\x1c5 #\x10ffff #\x130 #\nul))
(define others '#(#t #f () a b "" "abc" "a\x3bb;c" #(1 2 3) #() (1 2) #vu8(1 2 3) 5))

(define (constant type)
  (case (if (and (= (random 20) 0) (not (eq? type 'small-number))) 'any type)
    ((small-number) (pick '#(0 1 -1 2 3 -5 7 60 61 64 100 1023 -1023 1.5 -0.5 +inf.0 1/2 #f a)))
    ((fixnum) (pick fixnums))
    ((index) (pick '#(0 1 2 3 -1)))
    ((integer exact-integer) (pick (if (= (random 6) 0) flonums integers)))
    ((flonum) (pick flonums))
    ((real rational) (pick (pick (vector integers flonums rationals))))
    ((number) (pick (pick (vector integers flonums integers flonums rationals complexes))))
    ((char) (pick characters))
    ((string) (pick '#("" "abc" "a\x3bb;c")))
    ((vector) (pick '#(#(1 2 3) #() #(a #\b "c"))))
    ((bytevector) (pick '#(#vu8() #vu8(1 2 3))))
    ((symbol) (pick '#(a b)))
    (else (pick (pick (vector integers flonums rationals complexes characters others others))))))

;; Equal, with the signs of zeros and NaNs.
(define (same? a b)
  (cond ((and (number? a) (number? b)) (or (eqv? a b) (and (flonum? a) (flonum? b) (flnan? a) (flnan? b)) (string=? (number->string a) (number->string b))))
        (else (equal? a b))))

(define scope (environment '(prefix (loko core primitives) p:) '(rnrs) '(rnrs eval)))
(define (prefixed name) (string->symbol (string-append "p:" (symbol->string name))))

(define (result-of thunk)
  (guard (e ((violation? e) 'violation) ((condition? e) 'condition)) (list (thunk))))

(define passed 0)
(define failed 0)
(define procedures (make-eq-hashtable))
(define (try row)
  (let* ((name (prefixed (car row))) (types (list->vector (cddr row)))
         (n (+ (cadr row) (random (+ 1 (- (vector-length types) (cadr row))))))
         (constants (let loop ((i 0) (l '())) (if (= i n) (reverse l) (loop (+ i 1) (cons (constant (vector-ref types i)) l)))))
         (computed (result-of (lambda () (apply (hashtable-ref procedures (car row) #f) constants))))
         (folded (result-of (eval `(lambda () (,name ,@(map (lambda (c) (list 'quote c)) constants))) scope))))
    (if (if (and (pair? computed) (pair? folded)) (same? (car computed) (car folded)) (eq? computed folded))
        (set! passed (+ passed 1))
        (begin
          (set! failed (+ failed 1))
          (display "FAILED ") (write (cons (car row) constants)) (display " folded ") (write folded) (display " computed ") (write computed) (newline)))))

(define rows
  (call-with-input-file (car arguments)
    (lambda (port) (let loop ((l '())) (let ((row (read port))) (if (eof-object? row) (reverse l) (loop (cons row l))))))))
(for-each (lambda (row) (hashtable-set! procedures (car row) (eval (prefixed (car row)) scope))) rows)
(do ((i 0 (+ i 1))) ((= i (string->number (caddr arguments)))) (for-each try rows))
(for-each display (list passed " passed, " failed " failed\n"))
(exit (= failed 0))
