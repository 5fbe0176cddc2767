;; SPDX-License-Identifier: MIT
;;
;; SRFI 16: case-lambda.
(library (srfi :16 case-lambda)
  (export case-lambda)
  (import (only (loko core syntax) case-lambda)))
