;; SPDX-License-Identifier: MIT
;; Handlers that the body sets are reset when it is left.
(lambda f (clause (h) (prim %call/cc-procedure (global prototype) (lambda (clause (k) (begin (prim %set-handlers! h) (call k 1) (prim %set-handlers! (quote ()))))))))
;; =>
(lambda f
  (clause
    (h.0)
    (let ((handlers.1 (prim %handlers)))
      (let-exit ((k.2 (lambda k (clause (x.3) (begin (prim %set-handlers! handlers.1) x.3)))))
        (begin (prim %set-handlers! h.0) (call k.2 (quote 1)) (prim %set-handlers! (quote ())))))))
