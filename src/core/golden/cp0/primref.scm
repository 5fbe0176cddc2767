;; SPDX-License-Identifier: MIT
;; A known primitive in operator position is applied.
(lambda f (clause (a) (let ((g (primref car))) (prim list (call g a) (call g a a)))))
;; =>
(lambda f (clause (a.0) (prim list (prim car a.0) (call (primref car) a.0 a.0))))
