;; SPDX-License-Identifier: MIT
;; The closure that a group shares is that of a procedure that escapes. A second one that escapes has its own.
(lambda f (clause (a b g)
  (letrec ((p (lambda p (clause (x) (prim cons a (call q x) ))))
           (q (lambda q (clause (x) (prim cons b (call r x) ))))
           (r (lambda r (clause (x) (prim list (call p x) p r)))))
    (prim cons (call q g) r))))
;; =>
(f escapes static)
(p escapes (closure a r))
(q known (closure p b) (of r))
(r escapes (closure p b))
