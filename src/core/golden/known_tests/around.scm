;; SPDX-License-Identifier: MIT
;; The same test again is decided; not that of a variable that is assigned, nor one that reads what may have changed.
(lambda f (clause (a b)
  (if (prim pair? a)
      (lambda g (clause () (if (prim pair? a) (if (prim eq? (prim car a) b) (if (prim eq? (prim car a) b) 1 2) 3) 4)))
      (begin (set! b 1) (if (prim pair? b) (if (prim pair? b) 5 6) (if (prim pair? a) 7 8))))))
;; =>
(lambda f
  (clause
    (a.0 b.1)
    (if
      (prim pair? a.0)
      (lambda g
        (clause
          ()
          (if
            (prim eq? (prim car a.0) b.1)
            (if (prim eq? (prim car a.0) b.1) (quote 1) (quote 2))
            (quote 3))))
      (begin
        (set! b.1 (quote 1))
        (if (prim pair? b.1) (if (prim pair? b.1) (quote 5) (quote 6)) (quote 8))))))
