;; SPDX-License-Identifier: MIT
;; Tails and their names are looked through; the length is known.
(lambda f (clause (a big)
  (letrec ((g (lambda g (clause (x . r)
      (if (call big x) (call g (prim length r)) (if (prim pair? r) (let ((t (prim cdr r))) (if (prim pair? t) (prim %apply big (prim cons x t)) (quote one))) (quote zero)))))))
    (prim cons (call g a a a) (call g a a)))))
;; =>
(lambda f
  (clause
    (a.0 big.1)
    (letrec ((g.2
               (lambda g
                 (clause (x.3) (if (call big.1 x.3) (call g.2 (quote 0)) (quote zero)))
                 (clause (x.4 r.5) (if (call big.1 x.4) (call g.2 (quote 1)) (quote one)))
                 (clause
                   (x.6 r.7 r.8)
                   (if (call big.1 x.6) (call g.2 (quote 2)) (call big.1 x.6 r.8))))))
      (prim cons (call g.2 a.0 a.0 a.0) (call g.2 a.0 a.0)))))
