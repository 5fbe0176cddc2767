;; SPDX-License-Identifier: MIT
;; Small procedures are copied, with fresh variables.
(let ((twice (lambda twice (clause (x) (let ((y (prim car x))) (prim + y y)))))) (prim cons (call twice (global a)) (call twice (global b))))
;; =>
(prim cons
  (let ((x.0 (global a))) (let ((y.1 (prim car x.0))) (prim + y.1 y.1)))
  (let ((x.2 (global b))) (let ((y.3 (prim car x.2))) (prim + y.3 y.3))))
