;; SPDX-License-Identifier: MIT
;; The value is the part of the literal that the search gives.
(lambda f (clause (x) (prim list (prim memv x (quote (a b))) (prim assoc x (quote ((1 . one) (2 . two)))) (prim memv x (quote ())))))
;; =>
(lambda f
  (clause
    (x.0)
    (prim list
      (if
        (prim eq? x.0 (quote a))
        (quote (a b))
        (if (prim eq? x.0 (quote b)) (quote (b)) (quote #f)))
      (if
        (prim eq? x.0 (quote 1))
        (quote (1 . one))
        (if (prim eq? x.0 (quote 2)) (quote (2 . two)) (quote #f)))
      (quote #f))))
