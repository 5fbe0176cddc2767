;; SPDX-License-Identifier: MIT
;; An assigned variable is read once.
(lambda f (clause (x) (begin (set! x 1) (if (prim memv x (quote (a b))) 1 2))))
;; =>
(lambda f
  (clause
    (x.0)
    (begin
      (set! x.0 (quote 1))
      (if
        (let ((key.1 x.0))
          (if
            (prim eq? key.1 (quote a))
            (quote #t)
            (if (prim eq? key.1 (quote b)) (quote #t) (quote #f))))
        (quote 1)
        (quote 2)))))
