;; SPDX-License-Identifier: MIT
;; What is inside of winders must unwind: the capture stays.
(lambda f (clause (w) (prim %call/cc-procedure (global prototype) (lambda (clause (k) (begin (prim %set-winders! w) (call k 1)))))))
;; =>
unchanged
