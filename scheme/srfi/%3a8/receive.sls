;; SPDX-License-Identifier: MIT
;;
;; SRFI 8: receive.
(library (srfi :8 receive)
  (export receive)
  (import (only (loko core syntax) receive)))
