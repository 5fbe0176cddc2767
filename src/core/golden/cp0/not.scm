;; SPDX-License-Identifier: MIT
;; Negations swap the arms.
(lambda f (clause (a) (if (prim not (prim null? a)) 1 2)))
;; =>
(lambda f (clause (a.0) (if (prim null? a.0) (quote 2) (quote 1))))
