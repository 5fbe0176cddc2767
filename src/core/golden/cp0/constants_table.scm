;; SPDX-License-Identifier: MIT
;; What the table says folds, by the functions that the program would call.
(prim list (prim / 1 3) (prim fl+ 1.5 2.5) (prim fl/ 1.0 0.0) (prim sqrt 16) (prim expt 2 100) (prim floor 2.5) (prim char-upcase #\a) (prim eqv? 1.5 1.5)
  (prim bitwise-arithmetic-shift 5 -1) (prim fxarithmetic-shift 5 2) (prim fxdiv -7 2) (prim char-alphabetic? #\a) (prim - (prim * 4611686018427387904 4) 1))
;; =>
(prim list
  (quote 1/3)
  (quote 4.0)
  (quote +inf.0)
  (quote 4)
  (quote 1267650600228229401496703205376)
  (quote 2.0)
  (quote #\A)
  (quote #t)
  (quote 2)
  (quote 20)
  (quote -4)
  (quote #t)
  (quote 18446744073709551615))
