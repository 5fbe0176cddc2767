;; A transformer that raises: the use of the macro is shown, then what happened.
(import (rnrs))
(define-syntax ten (lambda (stx) (vector-ref #(1 2 3) 10)))
(define (f x)
  (ten x))
(write (f 1))
