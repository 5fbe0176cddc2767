;; A macro whose transformer raises a syntax violation within the expansion of another one.
(import (rnrs))
(define-syntax pair-up
  (lambda (stx)
    (syntax-case stx ()
      ((_ a b) #'(cons a b))
      ((_ a b c) (syntax-violation 'pair-up "one part too many" stx #'c)))))
(define-syntax pairs
  (syntax-rules () ((_ (part ...) ...) (list (pair-up part ...) ...))))
(write (pairs (1 2)
              (3 4 5)))
