;; SPDX-License-Identifier: MIT
;;
;; Characters: R6RS base 11.11, R6RS libraries 1.1, R7RS 6.6. Two-argument comparisons are primitives; here
;; are the procedures of any number of arguments. All arguments are checked.
(library (loko base chars)
  (export char? char->integer integer->char
          char=? char<? char>? char<=? char>=?
          char-ci=? char-ci<? char-ci>? char-ci<=? char-ci>=?
          char-upcase char-downcase char-titlecase char-foldcase
          char-alphabetic? char-numeric? char-whitespace? char-upper-case? char-lower-case? char-title-case?
          char-general-category digit-value r7:char-numeric?)
  (import (loko core syntax) (loko core primitives)
          (loko base violations))

  ;; (char-numeric? char) of R7RS 6.6: the decimal digits only; R6RS takes all that Unicode gives a number.
  (define (r7:char-numeric? c)
    (if (digit-value c) #t #f))

  (define-syntax define-chain
    (syntax-rules ()
      ((_ name ...)
       (begin
         (define-primitive-procedure name
           (case-lambda
             ((a b) (name a b))
             ((a) (name a a) #t)
             ((a b . rest)
              (let loop ((b b) (rest rest) (result (name a b)))
                (if (pair? rest)
                    (let ((next (name b (car rest))))
                      (loop (car rest) (cdr rest) (and result next)))
                    result)))))
         ...))))

  ;; (char=? char char ...) and so on: by scalar value.
  (define-chain char=? char<? char>? char<=? char>=?)

  ;; (char-ci=? char char ...) and so on: by the scalar value of the folded characters.
  (define-chain char-ci=? char-ci<? char-ci>? char-ci<=? char-ci>=?))
