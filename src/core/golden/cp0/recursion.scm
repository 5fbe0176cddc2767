;; SPDX-License-Identifier: MIT
;; A recursive procedure is not unrolled.
(letrec ((f (lambda f (clause (n) (if (prim pair? n) (prim cons 1 (call f (prim cdr n))) n))))) (prim list (call f (global a)) (call f (global b))))
;; =>
(letrec ((f.0
           (lambda f
             (clause
               (n.1)
               (if (prim pair? n.1) (prim cons (quote 1) (call f.0 (prim cdr n.1))) n.1)))))
  (prim list (call f.0 (global a)) (call f.0 (global b))))
