;; SPDX-License-Identifier: MIT
;;
;; SRFI 16: case-lambda.
(library (srfi :16)
  (export case-lambda)
  (import (srfi :16 case-lambda)))
