;; SPDX-License-Identifier: MIT
;; Procedures that reach each other share one closure; what only calls them holds that. Without code pointer where all calls are known.
(lambda f (clause (a b c g)
  (letrec ((even (lambda even (clause (x) (if (prim null? x) a (prim cons b (call odd (prim cdr x)))))))
           (odd (lambda odd (clause (x) (if (prim null? x) c (prim cons a (call even (prim cdr x))))))))
    (prim cons (call even g) (lambda both (clause (x) (prim cons (call even x) (call odd x))))))))
;; =>
(f escapes static)
(even known (closure a b c))
(odd known (closure a b c) (of even))
(both escapes (closure even))
