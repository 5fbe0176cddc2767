;; SPDX-License-Identifier: MIT
;; A consumer with one variable takes part in a let; one with none, a rest list or several clauses chooses by the number; a known procedure is left alone.
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
      (receive
        (count.8)
        (call p.0)
        (if
          (prim eq? count.8 (quote 0))
          (quote 1)
          (prim %apply (lambda (clause () (quote #<void>))) (prim %received-list (quote 0) count.8))))
      (receive
        (count.9)
        (call p.0)
        (if
          (prim fx>=? count.9 (quote 1))
          (let ((a.10 (prim %received (quote 0)))
                (b.11
                  (if
                    (prim eq? count.9 (quote 1))
                    (quote ())
                    (if
                      (prim eq? count.9 (quote 2))
                      (prim cons (prim %received (quote 1)) (quote ()))
                      (prim %received-list (quote 1) count.9)))))
            b.11)
          (prim %apply
            (lambda (clause (x.12 . rest.13) (quote #<void>)))
            (prim %received-list (quote 0) count.9))))
      (receive
        (count.14)
        (call p.0)
        (if
          (prim eq? count.14 (quote 1))
          (let ((a.15 (prim %received (quote 0)))) a.15)
          (if
            (prim eq? count.14 (quote 2))
            (let ((a.16 (prim %received (quote 0))) (b.17 (prim %received (quote 1)))) b.17)
            (prim %apply
              (lambda (clause (x.18) (quote #<void>)) (clause (x.19 x.20) (quote #<void>)))
              (prim %received-list (quote 0) count.14)))))
      (prim call-with-values (lambda (clause () (call p.0))) q.1))))
