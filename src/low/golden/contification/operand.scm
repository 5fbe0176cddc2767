;; SPDX-License-Identifier: MIT
;; A loop whose value is an operand is in that operand; one that several operands call is a function.
(lambda f (clause (l)
  (letrec ((loop (lambda loop (clause (x) (if (prim null? x) (quote 0) (call loop (prim cdr x))))))
           (twice (lambda twice (clause (x) (if (prim null? x) (quote 0) (call twice (prim cdr x)))))))
    (prim list (call loop l) (call twice l) (call twice l)))))
;; =>
(f escapes static)
(loop known (contified an operand))
(twice known static)
