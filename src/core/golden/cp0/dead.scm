;; SPDX-License-Identifier: MIT
;; Unused values go, their effects stay.
(lambda f (clause (x) (let ((a (prim cons x x)) (b (call (global g))) (c 5)) x)))
;; =>
(lambda f (clause (x.0) (begin (call (global g)) x.0)))
