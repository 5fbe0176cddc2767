;; SPDX-License-Identifier: MIT
;; A use before the initialization is checked.
(letrec* ((x y) (y 1)) x)
;; =>
(let ((x.0 (quote #<unbound>)) (y.1 (quote #<unbound>)))
  (begin (set! x.0 (prim %check-bound y.1 (quote y))) (set! y.1 (quote 1)) x.0))
