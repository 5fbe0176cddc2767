;; SPDX-License-Identifier: MIT
;; or in a test needs no variable.
(lambda f (clause (a b) (if (let ((t (prim pair? a))) (if t t (prim pair? b))) 1 2)))
;; =>
(lambda f
  (clause (a.0 b.1) (if (if (prim pair? a.0) (quote #t) (prim pair? b.1)) (quote 1) (quote 2))))
