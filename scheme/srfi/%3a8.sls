;; SPDX-License-Identifier: MIT
;;
;; SRFI 8: receive.
(library (srfi :8)
  (export receive)
  (import (srfi :8 receive)))
