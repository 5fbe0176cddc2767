;; SPDX-License-Identifier: MIT
;;
;; SRFI 0: feature-based conditional expansion.
(library (srfi :0 cond-expand)
  (export cond-expand)
  (import (only (loko core syntax) cond-expand)))
