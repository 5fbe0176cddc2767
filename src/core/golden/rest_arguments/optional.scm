;; SPDX-License-Identifier: MIT
;; An optional argument, called with and without: no list. (big keeps cp0 from integrating the procedure.)
(lambda f (clause (big l)
  (letrec ((step (lambda step (clause (x . r)
      (if (prim null? x) (if (prim null? r) (quote none) (prim car r)) (if (prim null? r) (call step (prim cdr x)) (call step (prim cdr x) (call big (prim car r)))))))))
    (prim cons (call step l) (call step l l)))))
;; =>
(lambda f
  (clause
    (big.0 l.1)
    (letrec ((step.2
               (lambda step
                 (clause (x.3) (if (prim null? x.3) (quote none) (call step.2 (prim cdr x.3))))
                 (clause
                   (x.4 r.5)
                   (if (prim null? x.4) r.5 (call step.2 (prim cdr x.4) (call big.0 r.5)))))))
      (prim cons (call step.2 l.1) (call step.2 l.1 l.1)))))
