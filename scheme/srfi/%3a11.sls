;; SPDX-License-Identifier: MIT
;;
;; SRFI 11: let-values and let*-values.
(library (srfi :11)
  (export let-values let*-values)
  (import (srfi :11 let-values)))
