;; SPDX-License-Identifier: MIT
;; The recursion is a function of its own, which cannot jump: the capture stays.
(lambda f (clause (l) (prim %call/cc-procedure (global prototype) (lambda (clause (k) (letrec ((walk (lambda walk (clause (l) (if (prim pair? l) (prim cons (prim car l) (call walk (prim cdr l))) (call k l)))))) (call walk l)))))))
;; =>
(lambda f
  (clause
    (l.0)
    (prim %call/cc-procedure
      (global prototype)
      (lambda
        (clause
          (k.1)
          (letrec ((walk.2
                     (lambda walk
                       (clause
                         (l.3)
                         (if
                           (prim pair? l.3)
                           (prim cons (prim car l.3) (call walk.2 (prim cdr l.3)))
                           (call k.1 l.3))))))
            (call walk.2 l.0)))))))
