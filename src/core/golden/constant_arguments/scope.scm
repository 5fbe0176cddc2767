;; SPDX-License-Identifier: MIT
;; A procedure of a variable must be in scope where the parameter is: within g it is, within h it isn't.
(lambda f (clause (l)
  (let ((h (lambda h (clause (k x) (begin (call k x) (call k x))))))
    (let ((p (lambda p (clause (x) (call l x l)))))
      (letrec ((g (lambda g (clause (q x) (if (call q x) (call h q x) (call g q (prim cdr x)))))))
        (prim cons (call g p l) (call h p l)))))))
;; =>
(lambda f
  (clause
    (l.0)
    (let ((h.1 (lambda h (clause (k.2 x.3) (begin (call k.2 x.3) (call k.2 x.3))))))
      (let ((p.4 (lambda p (clause (x.5) (call l.0 x.5 l.0)))))
        (letrec ((g.6
                   (lambda g
                     (clause
                       (q.7 x.8)
                       (if (call p.4 x.8) (call h.1 p.4 x.8) (call g.6 p.4 (prim cdr x.8)))))))
          (prim cons (call g.6 p.4 l.0) (call h.1 p.4 l.0)))))))
