;; SPDX-License-Identifier: MIT
;; What is only passed round goes, also through mutual calls and in what has no effects.
(lambda f (clause (l)
  (letrec ((even (lambda even (clause (x acc) (if (prim null? x) (quote #t) (call odd (prim cdr x) (prim cons x acc))))))
           (odd (lambda odd (clause (x n) (if (prim null? x) (quote #f) (call even (prim cdr x) n))))))
    (call even l l))))
;; =>
(lambda f
  (clause
    (l.0)
    (letrec ((even.1
               (lambda even
                 (clause (x.2) (if (prim null? x.2) (quote #t) (call odd.3 (prim cdr x.2))))))
             (odd.3
               (lambda odd
                 (clause (x.4) (if (prim null? x.4) (quote #f) (call even.1 (prim cdr x.4)))))))
      (call even.1 l.0))))
