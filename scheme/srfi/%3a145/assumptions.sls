;; SPDX-License-Identifier: MIT
;;
;; SRFI 145: assumptions.
(library (srfi :145 assumptions)
  (export assume)
  (import (loko core syntax) (only (loko base violations) assertion-violation))

  ;; (assume expression message ...): the value of the expression, which must be true.
  (define-syntax assume
    (syntax-rules ()
      ((_ expression message ...)
       (or expression
           (assertion-violation 'assume "the assumption does not hold" 'expression message ...))))))
