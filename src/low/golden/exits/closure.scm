;; SPDX-License-Identifier: MIT
;; A closure or another procedure gets the continuation: the capture stays.
(lambda f (clause (g) (begin (prim %call/cc-procedure (global prototype) (lambda (clause (k) (call g (lambda (clause (x) (call k x))))))) (prim %call/cc-procedure (global prototype) (lambda (clause (k) (call g k)))))))
;; =>
unchanged
