;; SPDX-License-Identifier: MIT
;; Bindings of the operator surround the call.
(call (let ((x 1)) (lambda (clause (y) (prim + x y)))) 2)
;; =>
(let ((x.0 (quote 1))) (let ((y.1 (quote 2))) (prim + x.0 y.1)))
