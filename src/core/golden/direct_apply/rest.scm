;; SPDX-License-Identifier: MIT
;; A rest parameter becomes a list.
(call (lambda (clause (a . r) (prim cons a r))) 1 2 3)
;; =>
(let ((a.0 (quote 1)) (r.1 (prim list (quote 2) (quote 3)))) (prim cons a.0 r.1))
