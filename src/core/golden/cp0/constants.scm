;; SPDX-License-Identifier: MIT
;; Folding of integers, also beyond fixnums, but not of what raises.
(prim list (prim + 1 2) (prim fx* 3 4) (prim + 1152921504606846975 1) (prim quotient 7 0) (prim not #f))
;; =>
(prim list
  (quote 3)
  (quote 12)
  (quote 1152921504606846976)
  (prim quotient (quote 7) (quote 0))
  (quote #t))
