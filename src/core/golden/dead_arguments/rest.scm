;; SPDX-License-Identifier: MIT
;; A rest parameter that nobody needs takes no list.
(lambda f (clause (l)
  (letrec ((a (lambda a (clause (x . r) (if x (call a (prim cdr x) (quote 1) (call l)) x))))) (call a l l l))))
;; =>
(lambda f
  (clause
    (l.0)
    (letrec ((a.1
               (lambda a
                 (clause
                   (x.2)
                   (if x.2 (let ((x.3 (prim cdr x.2))) (begin (call l.0) (call a.1 x.3))) x.2)))))
      (call a.1 l.0))))
