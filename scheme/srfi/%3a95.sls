;; SPDX-License-Identifier: MIT
;;
;; SRFI 95: sorting and merging of lists and vectors, stable, with an optional key procedure.
(library (srfi :95)
  (export sorted? merge merge! sort sort!)
  (import (srfi :95 sorting-and-merging)))
