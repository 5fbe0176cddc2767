;; SPDX-License-Identifier: MIT
;; Nested loops are blocks of their function; the inner one of the outer one's body.
(lambda f (clause (l)
  (letrec ((outer (lambda outer (clause (x) (if (prim null? x) (quote 0)
      (letrec ((inner (lambda inner (clause (y) (if (prim null? y) (call outer (prim cdr x)) (call inner (prim cdr y))))))) (call inner (prim car x))))))))
    (call outer l))))
;; =>
(f escapes static)
(outer known (contified f))
(inner known (contified f))
