;; SPDX-License-Identifier: MIT
;;
;; SRFI 11: let-values and let*-values.
(library (srfi :11 let-values)
  (export let-values let*-values)
  (import (only (loko core syntax) let-values let*-values)))
