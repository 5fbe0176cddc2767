;; SPDX-License-Identifier: MIT
;; Only the inner one is a jump.
(lambda f (clause (g) (prim %call/cc-procedure (global prototype) (lambda (clause (break) (prim %call/cc-procedure (global prototype) (lambda (clause (continue) (if (call g break) (call continue 1) (call break 2))))))))))
;; =>
(lambda f
  (clause
    (g.0)
    (prim %call/cc-procedure
      (global prototype)
      (lambda
        (clause
          (break.1)
          (let-exit ((continue.2 (lambda continue (clause (x.3) x.3))))
            (if (call g.0 break.1) (call continue.2 (quote 1)) (quote 2))))))))
