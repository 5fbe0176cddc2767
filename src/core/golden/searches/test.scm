;; SPDX-License-Identifier: MIT
;; Only truth is wanted: tests one after the other; the operand is evaluated once.
(lambda f (clause (x g) (prim list (if (prim memv x (quote (a 1 #\a))) 1 2) (prim not (prim member (call g) (quote (1 #t ())))) (if (if (prim memv x (quote (1.5 2))) (prim assv x (quote ((a . 1)))) #f) 1 2))))
;; =>
(lambda f
  (clause
    (x.0 g.1)
    (prim list
      (if
        (if
          (prim eq? x.0 (quote a))
          (quote #t)
          (if
            (prim eq? x.0 (quote 1))
            (quote #t)
            (if (prim eq? x.0 (quote #\a)) (quote #t) (quote #f))))
        (quote 1)
        (quote 2))
      (prim not
        (let ((key.2 (call g.1)))
          (if
            (prim eq? key.2 (quote 1))
            (quote #t)
            (if
              (prim eq? key.2 (quote #t))
              (quote #t)
              (if (prim eq? key.2 (quote ())) (quote #t) (quote #f))))))
      (if
        (if
          (if
            (prim eqv? x.0 (quote 1.5))
            (quote #t)
            (if (prim eq? x.0 (quote 2)) (quote #t) (quote #f)))
          (if (prim eq? x.0 (quote a)) (quote #t) (quote #f))
          (quote #f))
        (quote 1)
        (quote 2)))))
