;; SPDX-License-Identifier: MIT
;;
;; SRFI 0: feature-based conditional expansion.
(library (srfi :0)
  (export cond-expand)
  (import (srfi :0 cond-expand)))
