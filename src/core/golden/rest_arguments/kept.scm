;; SPDX-License-Identifier: MIT
;; A list that is more than looked at stays one, as does that of a procedure that escapes.
(lambda f (clause (a big)
  (letrec ((g (lambda g (clause (x . r) (if (call big x) (call g r) (prim cdr r)))))
           (h (lambda h (clause (x . r) (if (call big h) (call h r) (prim car r))))))
    (prim cons (call g a a a) (call h a a)))))
;; =>
(lambda f
  (clause
    (a.0 big.1)
    (letrec ((g.2
               (lambda g (clause (x.3 . r.4) (if (call big.1 x.3) (call g.2 r.4) (prim cdr r.4)))))
             (h.5
               (lambda h (clause (x.6 . r.7) (if (call big.1 h.5) (call h.5 r.7) (prim car r.7))))))
      (prim cons (call g.2 a.0 a.0 a.0) (call h.5 a.0 a.0)))))
