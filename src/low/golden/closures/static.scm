;; SPDX-License-Identifier: MIT
;; Constants and procedures without free variables are in nobody's closure, also when they need each other.
(lambda f (clause (a)
  (letrec ((p (lambda p (clause (x) (prim cons a2 (call q x))))) (q (lambda q (clause (x) (prim list (call p x) p)))) (a2 (lambda k (clause () (quote 1)))))
    (prim list p (lambda user (clause (x) (prim cons (call p x) (call q x)))) (lambda other (clause (x) (prim list a (call q x))))))))
;; =>
(f escapes static)
(p escapes static)
(q known static)
(k escapes static)
(user escapes static)
(other escapes (closure a))
