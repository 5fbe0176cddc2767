;; SPDX-License-Identifier: MIT
;; Where the body sets handlers, a last call of an escaping continuation stays, as it restores them.
(lambda f (clause (a g) (prim %call/cc-procedure (global prototype) (lambda (clause (k)
  (begin (prim %set-handlers! (prim cons g (prim %handlers))) (call g k) (call k a)))))))
;; =>
unchanged
