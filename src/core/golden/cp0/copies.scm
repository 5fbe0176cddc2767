;; SPDX-License-Identifier: MIT
;; Constants and variables are propagated.
(lambda f (clause (x) (let ((y x) (z 1)) (prim list y z y))))
;; =>
(lambda f (clause (x.0) (prim list x.0 (quote 1) x.0)))
