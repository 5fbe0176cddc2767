;; SPDX-License-Identifier: MIT
;; Assigned variables are not propagated; assignments that nobody can see go.
(lambda f (clause (a) (let ((x 1) (y 2)) (begin (set! x (prim car a)) (set! y (call (global g))) (lambda (clause () (begin (set! x 3) x)))))))
;; =>
(lambda f
  (clause
    (a.0)
    (let ((x.1 (quote 1)))
      (begin
        (set! x.1 (prim car a.0))
        (call (global g))
        (lambda (clause () (begin (set! x.1 (quote 3)) x.1)))))))
