;; SPDX-License-Identifier: MIT
;; Nothing says that i is real: (- i 1.0) may be complex.
(lambda run (clause (n)
  (letrec ((loop (lambda loop (clause (i s)
             (if (prim = i 0.0) s (call loop (prim - i 1.0) (prim + i s)))))))
    (call loop n 0.0))))
;; =>
unchanged
