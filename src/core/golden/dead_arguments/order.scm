;; SPDX-License-Identifier: MIT
;; Operands with effects keep their place among the others.
(lambda f (clause (a b)
  (let ((g (lambda g (clause (x y z) (prim list x z)))) (h (lambda h (clause (x y) x))))
    (prim cons (call g (call a) (call b) (call a)) (call h (call a) (call b))))))
;; =>
(lambda f
  (clause
    (a.0 b.1)
    (let ((g.2 (lambda g (clause (x.3 z.4) (prim list x.3 z.4))))
          (h.5 (lambda h (clause (x.6) x.6))))
      (prim cons
        (call g.2 (call a.0) (begin (call b.1) (call a.0)))
        (let ((x.7 (call a.0))) (begin (call b.1) (call h.5 x.7)))))))
