;; SPDX-License-Identifier: MIT
;; A procedure that is called before its definition is a variable that is checked; one that is only mentioned in a lambda is not.
(letrec* ((f (lambda f (clause () (call g)))) (x (call f)) (g (lambda g (clause () 1))) (h (lambda h (clause () x)))) (call h))
;; =>
(let ((x.0 (quote #<unbound>)) (g.1 (quote #<unbound>)))
  (letrec ((f.2 (lambda f (clause () (call (prim %check-bound g.1 (quote g)))))))
    (begin
      (set! x.0 (call f.2))
      (set! g.1 (lambda g (clause () (quote 1))))
      (let ((h.3 (lambda h (clause () x.0)))) (call h.3)))))
