;; SPDX-License-Identifier: MIT
;; A rest list that is only passed on is not made.
(let ((f (lambda f (clause (g . r) (prim %apply g r))))) (prim list (call f (global p) 1 (call (global q))) (call f (primref car) 5)))
;; =>
(prim list
  (let ((g.0 (global p)) (r.1 (call (global q)))) (call g.0 (quote 1) r.1))
  (prim car (quote 5)))
