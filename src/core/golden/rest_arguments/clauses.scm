;; SPDX-License-Identifier: MIT
;; Clauses that no call selects go.
(lambda f (clause (a big)
  (letrec ((g (lambda g (clause (x) (if (call big x) (call g x) x)) (clause (x y) (call g x)) (clause (x y . z) z))))
    (call g a))))
;; =>
(lambda f
  (clause
    (a.0 big.1)
    (letrec ((g.2 (lambda g (clause (x.3) (if (call big.1 x.3) (call g.2 x.3) x.3)))))
      (call g.2 a.0))))
