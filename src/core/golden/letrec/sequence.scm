;; SPDX-License-Identifier: MIT
;; Effects keep their order.
(letrec* ((a (call (global f))) (b (call (global g))) (c (prim cons a b))) c)
;; =>
(let ((a.0 (call (global f))))
  (let ((b.1 (call (global g)))) (let ((c.2 (prim cons a.0 b.1))) c.2)))
