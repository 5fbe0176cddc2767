;; SPDX-License-Identifier: MIT
;; Effects of unused values keep their place.
(lambda f (clause () (let ((a (call (global f1))) (b (call (global f2))) (c (call (global f3)))) (prim list a c))))
;; =>
(lambda f
  (clause
    ()
    (let ((a.0 (call (global f1))) (c.1 (begin (call (global f2)) (call (global f3)))))
      (prim list a.0 c.1))))
