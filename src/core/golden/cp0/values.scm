;; SPDX-License-Identifier: MIT
;; Values that a known producer gives go to the consumer's parameters.
(lambda f (clause (a b) (prim call-with-values (lambda (clause () (begin (call (global g)) (prim values a (call (global h) b))))) (lambda (clause (x y) (prim list y x))))))
;; =>
(lambda f
  (clause
    (a.0 b.1)
    (begin (call (global g)) (let ((y.2 (call (global h) b.1))) (prim list y.2 a.0)))))
