;; SPDX-License-Identifier: MIT
;; equal? and eqv? become the cheapest test that the types of the operands allow.
(lambda f (clause (x y) (prim list (prim equal? x (quote a)) (prim equal? (quote 1) x) (prim eqv? x (prim char-upcase y)) (prim equal? x 1.5) (prim equal? (prim length x) y) (prim equal? x (prim + y 1)) (prim equal? x (quote "a")) (prim eqv? x y))))
;; =>
(lambda f
  (clause
    (x.0 y.1)
    (prim list
      (prim eq? x.0 (quote a))
      (prim eq? (quote 1) x.0)
      (prim eq? x.0 (prim char-upcase y.1))
      (prim eqv? x.0 (quote 1.5))
      (prim eq? (prim length x.0) y.1)
      (prim eqv? x.0 (prim + y.1 (quote 1)))
      (prim equal? x.0 (quote "a"))
      (prim eqv? x.0 y.1))))
