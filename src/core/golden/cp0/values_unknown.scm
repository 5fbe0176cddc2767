;; SPDX-License-Identifier: MIT
;; A producer that ends in an unknown call stays.
(lambda f (clause (g) (prim call-with-values (lambda (clause () (call g))) (lambda (clause (x y) (prim list y x))))))
;; =>
(lambda f
  (clause
    (g.0)
    (prim call-with-values
      (lambda (clause () (call g.0)))
      (lambda (clause (x.1 y.2) (prim list y.2 x.1))))))
