;; SPDX-License-Identifier: MIT
;; What apply passes on is a call with fewer arguments; the clause for any count goes when nothing selects it.
(lambda f (clause (a b)
  (letrec ((sum (lambda sum (clause (x . r) (if (prim null? r) x (prim + x (prim %apply sum r)))))))
    (call sum a b a))))
;; =>
(lambda f
  (clause
    (a.0 b.1)
    (letrec ((sum.2
               (lambda sum
                 (clause (x.3 r.4 r.5) (prim + x.3 (call sum.2 r.4 r.5)))
                 (clause (x.6 r.7) (prim + x.6 (call sum.2 r.7)))
                 (clause (x.8) x.8)
                 (clause
                   (x.9 . r.10)
                   (if (prim null? r.10) x.9 (prim + x.9 (prim %apply sum.2 r.10)))))))
      (call sum.2 a.0 b.1 a.0))))
