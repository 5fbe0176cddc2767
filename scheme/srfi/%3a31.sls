;; SPDX-License-Identifier: MIT
;;
;; SRFI 31: rec.
(library (srfi :31)
  (export rec)
  (import (srfi :31 rec)))
