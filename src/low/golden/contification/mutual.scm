;; SPDX-License-Identifier: MIT
;; Mutual tail calls make one loop of two procedures; a call that is not last makes both functions of their own, as does an escape.
(lambda f (clause (l g)
  (letrec ((even (lambda even (clause (x) (if (prim null? x) (quote #t) (call odd (prim cdr x))))))
           (odd (lambda odd (clause (x) (if (prim null? x) (quote #f) (call even (prim cdr x)))))))
    (letrec ((a (lambda a (clause (x) (if (prim null? x) (quote #t) (prim not (call b (prim cdr x)))))))
             (b (lambda b (clause (x) (if (prim null? x) (quote #f) (call a (prim cdr x)))))))
      (letrec ((e (lambda e (clause (x) (if (call g e) x (call e (prim cdr x)))))))
        (begin (call a l) (call e l) (call even l)))))))
;; =>
(f escapes static)
(even known (contified f))
(odd known (contified f))
(a known static)
(b known (contified an operand))
(e escapes (closure g))
