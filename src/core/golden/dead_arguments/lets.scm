;; SPDX-License-Identifier: MIT
;; A variable that only dead arguments need goes too; an error stays.
(lambda f (clause (l)
  (letrec ((a (lambda a (clause (x n m) (if (prim null? x) x (let ((k (prim cons n n))) (call a (prim cdr x) k (prim + m (quote 1)))))))))
    (call a l (quote 0) (quote 0)))))
;; =>
(lambda f
  (clause
    (l.0)
    (letrec ((a.1
               (lambda a
                 (clause
                   (x.2 m.3)
                   (if (prim null? x.2) x.2 (call a.1 (prim cdr x.2) (prim + m.3 (quote 1))))))))
      (call a.1 l.0 (quote 0)))))
