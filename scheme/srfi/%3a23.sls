;; SPDX-License-Identifier: MIT
;;
;; SRFI 23: error.
(library (srfi :23)
  (export error)
  (import (srfi :23 error)))
