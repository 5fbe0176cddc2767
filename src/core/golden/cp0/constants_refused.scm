;; SPDX-License-Identifier: MIT
;; Wrong types, results of a wrong type, large results, and identity of literals are left to the program.
(prim list (prim fx+ 1.5 2) (prim fx+ 1152921504606846975 1) (prim flsqrt -1.0) (prim fxarithmetic-shift-left 0 61) (prim expt 2 5000)
  (prim bitwise-arithmetic-shift 1 100000) (prim eq? (quote "a") (quote "a")) (prim eqv? (quote (1)) (quote (1))) (prim / 1 0) (prim char-upcase 5) (prim car (quote (1))))
;; =>
(prim list
  (prim fx+ (quote 1.5) (quote 2))
  (prim fx+ (quote 1152921504606846975) (quote 1))
  (prim flsqrt (quote -1.0))
  (prim fxarithmetic-shift-left (quote 0) (quote 61))
  (prim expt (quote 2) (quote 5000))
  (prim bitwise-arithmetic-shift (quote 1) (quote 100000))
  (prim eq? (quote "a") (quote "a"))
  (prim eqv? (quote (1)) (quote (1)))
  (prim / (quote 1) (quote 0))
  (prim char-upcase (quote 5))
  (prim car (quote (1))))
