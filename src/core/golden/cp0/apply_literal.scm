;; SPDX-License-Identifier: MIT
;; apply of a literal list, of cons and list: a call. An improper list is left to the run time.
(lambda f (clause (g x) (prim list (prim %apply g (quote (1 2))) (prim %apply g (prim cons x (prim list x (quote 3)))) (prim %apply g (quote (1 . 2))) (prim %apply g x))))
;; =>
(lambda f
  (clause
    (g.0 x.1)
    (prim list
      (call g.0 (quote 1) (quote 2))
      (call g.0 x.1 x.1 (quote 3))
      (prim %apply g.0 (quote (1 . 2)))
      (prim %apply g.0 x.1))))
