;; SPDX-License-Identifier: MIT
;;
;; (rnrs arithmetic bitwise) above the primitives: R6RS libraries 11.4.
(library (loko base bitwise)
  (export bitwise-not bitwise-and bitwise-ior bitwise-xor bitwise-if
          bitwise-bit-count bitwise-length bitwise-first-bit-set
          bitwise-bit-set? bitwise-copy-bit bitwise-bit-field bitwise-copy-bit-field
          bitwise-arithmetic-shift bitwise-arithmetic-shift-left bitwise-arithmetic-shift-right
          bitwise-rotate-bit-field bitwise-reverse-bit-field)
  (import (loko core syntax) (loko core primitives))

  ;; (op n ...); `unit` is the value of no operands.
  (define-syntax define-associative
    (syntax-rules ()
      ((_ op unit)
       (define-primitive-procedure op
         (case-lambda
           ((a b) (op a b))
           ((a) (op a unit))
           (() unit)
           ((a b . rest)
            (let loop ((value (op a b)) (rest rest))
              (if (pair? rest) (loop (op value (car rest)) (cdr rest)) value))))))))

  ;; (bitwise-and n ...), (bitwise-ior n ...), (bitwise-xor n ...)
  (define-associative bitwise-and -1)
  (define-associative bitwise-ior 0)
  (define-associative bitwise-xor 0)

  ;; (bitwise-rotate-bit-field n start end count): the bits from start to before end moved cyclically by count
  ;; towards the more significant ones.
  (define (bitwise-rotate-bit-field n start end count)
    (let ((field (bitwise-bit-field n start end))
          (width (- end start)))
      (if (if (exact-integer? count) (>= count 0) #f)
          #t
          (%raise-assertion 'bitwise-rotate-bit-field "expected an exact integer that is not negative" (cons count '())))
      (if (eq? width 0)
          n
          (let* ((count (mod count width))
                 (up (bitwise-arithmetic-shift-left field count))
                 (down (bitwise-arithmetic-shift-right field (- width count))))
            (bitwise-copy-bit-field n start end (bitwise-ior up down)))))))
