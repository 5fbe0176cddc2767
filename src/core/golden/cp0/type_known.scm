;; SPDX-License-Identifier: MIT
;; Predicates of values whose making is known.
(lambda f (clause (a) (let ((p (prim cons a a))) (prim list (prim pair? p) (prim null? p) p (prim pair? a)))))
;; =>
(lambda f
  (clause
    (a.0)
    (let ((p.1 (prim cons a.0 a.0))) (prim list (quote #t) (quote #f) p.1 (prim pair? a.0)))))
