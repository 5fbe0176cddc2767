;; SPDX-License-Identifier: MIT
;; Not lifted: assigned variables, procedures that escape or take rest arguments, and more variables than pay.
(lambda f (clause (a b c l)
  (begin (set! c l)
  (letrec ((assigned (lambda assigned (clause (x) (prim cons c (call assigned x)))))
           (escaping (lambda escaping (clause (x) (prim list a escaping (call escaping x)))))
           (rest (lambda rest (clause (x . r) (prim list a (call rest x)))))
           (many (lambda many (clause (x) (prim list a b l (call many x))))))
    (prim list (call assigned l) (call escaping l) (call rest l) (call many l))))))
;; =>
unchanged
