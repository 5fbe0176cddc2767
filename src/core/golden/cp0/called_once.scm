;; SPDX-License-Identifier: MIT
;; A lambda that is called once moves to its call.
(lambda f (clause (a) (let ((g (lambda g (clause (x) (prim list x x a))))) (call a (call g 1)))))
;; =>
(lambda f (clause (a.0) (call a.0 (prim list (quote 1) (quote 1) a.0))))
