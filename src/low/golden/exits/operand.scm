;; SPDX-License-Identifier: MIT
;; Exits from the middle of an expression, with different numbers of values.
(lambda f (clause (a) (prim %call/cc-procedure (global prototype) (lambda (clause (k) (prim cons (if a (call k 1 2) (call k)) (call k a)))))))
;; =>
(lambda f
  (clause
    (a.0)
    (let-exit ((k.1
                 (lambda k
                   (clause (x.2 x.3) (prim values x.2 x.3))
                   (clause () (prim values))
                   (clause (x.4) x.4))))
      (prim cons (if a.0 (call k.1 (quote 1) (quote 2)) (call k.1)) (call k.1 a.0)))))
