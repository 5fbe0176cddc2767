;; SPDX-License-Identifier: MIT
;; A consumer with one variable takes part in a let; one with none, a rest list or several clauses is left alone, as is a known procedure.
(lambda f (clause (p q)
  (begin
    (prim call-with-values (lambda (clause () (call p))) (lambda (clause (a b) (prim cons b a))))
    (prim call-with-values q (lambda (clause (a b c) (prim list a b c))))
    (prim call-with-values (lambda (clause () (call p))) (lambda (clause (a) a)))
    (prim call-with-values (lambda (clause () (call p))) (lambda (clause () (quote 1))))
    (prim call-with-values (lambda (clause () (call p))) (lambda (clause (a . b) b)))
    (prim call-with-values (lambda (clause () (call p))) (lambda (clause (a) a) (clause (a b) b)))
    (prim call-with-values (lambda (clause () (call p))) q))))
;; =>
(lambda f
  (clause
    (p.0 q.1)
    (begin
      (receive (a.2 b.3) (call p.0) (prim cons b.3 a.2))
      (receive (a.4 b.5 c.6) (call q.1) (prim list a.4 b.5 c.6))
      (let ((a.7 (call p.0))) a.7)
      (prim call-with-values (lambda (clause () (call p.0))) (lambda (clause () (quote 1))))
      (prim call-with-values (lambda (clause () (call p.0))) (lambda (clause (a.8 . b.9) b.9)))
      (prim call-with-values
        (lambda (clause () (call p.0)))
        (lambda (clause (a.10) a.10) (clause (a.11 b.12) b.12)))
      (prim call-with-values (lambda (clause () (call p.0))) q.1))))
