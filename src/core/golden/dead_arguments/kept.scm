;; SPDX-License-Identifier: MIT
;; Escaping procedures keep their parameters, as do those that are called with another count, apply or set! their parameter.
(lambda f (clause (l)
  (let ((a (lambda a (clause (x) (quote 1)))) (b (lambda b (clause (x) (quote 1)))) (c (lambda c (clause (x) (quote 1)))) (d (lambda d (clause (x) (begin (set! x l) (quote 1))))))
    (prim list a (call b) (call b l) (prim %apply c l) (call c l) (call d l)))))
;; =>
(lambda f
  (clause
    (l.0)
    (let ((a.1 (lambda a (clause (x.2) (quote 1))))
          (b.3 (lambda b (clause (x.4) (quote 1))))
          (c.5 (lambda c (clause (x.6) (quote 1))))
          (d.7 (lambda d (clause (x.8) (begin (set! x.8 l.0) (quote 1))))))
      (prim list a.1 (call b.3) (call b.3 l.0) (prim %apply c.5 l.0) (call c.5 l.0) (call d.7 l.0)))))
