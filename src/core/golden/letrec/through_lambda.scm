;; SPDX-License-Identifier: MIT
;; A constant is not there before the call that might use it.
(letrec* ((f (lambda f (clause () y))) (x (call f)) (y 1)) x)
;; =>
(let ((x.0 (quote #<unbound>)) (y.1 (quote #<unbound>)))
  (letrec ((f.2 (lambda f (clause () (prim %check-bound y.1 (quote y))))))
    (begin (set! x.0 (call f.2)) (set! y.1 (quote 1)) x.0)))
