;; SPDX-License-Identifier: MIT
;; Nobody calls the continuation.
(lambda f (clause (w) (prim %call/cc-procedure (global prototype) (lambda (clause (k) (call w))))))
;; =>
(lambda f (clause (w.0) (call w.0)))
