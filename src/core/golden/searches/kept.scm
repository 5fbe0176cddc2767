;; SPDX-License-Identifier: MIT
;; Kept: elements that need equal?, improper lists, elements without keys, long lists whose parts are wanted, lists of variables.
(lambda f (clause (x l) (prim list (if (prim member x (quote ("a" b))) 1 2) (if (prim memv x (quote (a . b))) 1 2) (if (prim assv x (quote ((a . 1) b))) 1 2) (prim memv x (quote (1 2 3 4 5 6 7))) (if (prim memv x l) 1 2))))
;; =>
(lambda f
  (clause
    (x.0 l.1)
    (prim list
      (if (prim member x.0 (quote ("a" b))) (quote 1) (quote 2))
      (if (prim memv x.0 (quote (a . b))) (quote 1) (quote 2))
      (if (prim assv x.0 (quote ((a . 1) b))) (quote 1) (quote 2))
      (prim memv x.0 (quote (1 2 3 4 5 6 7)))
      (if (prim memv x.0 l.1) (quote 1) (quote 2)))))
