;; SPDX-License-Identifier: MIT
;;
;; SRFI 31: rec.
(library (srfi :31 rec)
  (export rec)
  (import (loko core syntax))

  ;; (rec (name . arguments) body ...), (rec name expression): a recursive value.
  (define-syntax rec
    (syntax-rules ()
      ((_ (name . arguments) body ...)
       (letrec ((name (lambda arguments body ...))) name))
      ((_ name expression)
       (letrec ((name expression)) name)))))
