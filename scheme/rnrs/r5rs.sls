;; SPDX-License-Identifier: MIT
;;
;; (rnrs r5rs (6)): R6RS libraries chapter 19.
(library (rnrs r5rs (6))
  (export exact->inexact inexact->exact quotient remainder modulo
          delay force null-environment scheme-report-environment)
  (import (loko base numbers) (loko base promises) (loko base eval)))
