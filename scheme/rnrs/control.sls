;; SPDX-License-Identifier: MIT
;;
;; (rnrs control (6)): R6RS libraries chapter 5.
(library (rnrs control (6))
  (export when unless do case-lambda)
  (import (loko core syntax)))
