;; SPDX-License-Identifier: MIT
;;
;; let-syntax and letrec-syntax as R7RS 4.3.1 has them: what follows the bindings is a body, so definitions in it
;; stay there. Those of R6RS 11.18 splice them into what is around.
(library (loko base syntax7)
  (export r7:let-syntax r7:letrec-syntax)
  (import (loko core syntax) (loko core primitives))

  (define-syntax r7:let-syntax
    (syntax-rules ()
      ((_ bindings form1 form2 ...)
       (let-syntax bindings (let () form1 form2 ...)))))

  (define-syntax r7:letrec-syntax
    (syntax-rules ()
      ((_ bindings form1 form2 ...)
       (letrec-syntax bindings (let () form1 form2 ...))))))
