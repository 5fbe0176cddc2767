;; SPDX-License-Identifier: MIT
;; What is passed to a procedure before the definition of a variable that it refers to may be called there: the variable is checked.
(letrec* ((f (lambda f (clause (x) (call g x)))) (x (call (global map "(loko base lists)") f (quote (1 2)))) (g (lambda g (clause (y) y)))) x)
;; =>
(let ((x.0 (quote #<unbound>)) (g.1 (quote #<unbound>)))
  (letrec ((f.2 (lambda f (clause (x.3) (call (prim %check-bound g.1 (quote g)) x.3)))))
    (begin
      (set! x.0 (call (global map) f.2 (quote (1 2))))
      (set! g.1 (lambda g (clause (y.4) y.4)))
      x.0)))
