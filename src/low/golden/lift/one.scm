;; SPDX-License-Identifier: MIT
;; A variable becomes an argument, also of those that only call the procedure.
(lambda f (clause (a l)
  (letrec ((inner (lambda inner (clause (x) (prim cons a (call inner (prim cdr x))))))
           (outer (lambda outer (clause (x) (prim cons (call inner x) (call outer (prim cdr x)))))))
    (prim cons (call outer l) (call outer l)))))
;; =>
(lambda f
  (clause
    (a.0 l.1)
    (letrec ((inner.2
               (lambda inner (clause (x.3 a.4) (prim cons a.4 (call inner.2 (prim cdr x.3) a.4)))))
             (outer.5
               (lambda outer
                 (clause
                   (x.6 a.7)
                   (prim cons (call inner.2 x.6 a.7) (call outer.5 (prim cdr x.6) a.7))))))
      (prim cons (call outer.5 l.1 a.0) (call outer.5 l.1 a.0)))))
