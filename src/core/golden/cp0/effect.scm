;; SPDX-License-Identifier: MIT
;; Values in effect position are not made.
(begin (prim cons 1 (call (global f))) (if (call (global g)) 1 2) 3)
;; =>
(begin (call (global f)) (call (global g)) (quote 3))
