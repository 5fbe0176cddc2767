;; SPDX-License-Identifier: MIT
;;
;; (scheme inexact): R7RS 6.2.
(define-library (scheme inexact)
  (export acos asin atan cos exp finite? infinite? log nan? sin sqrt tan)
  (import (only (loko base numbers) acos asin atan cos exp finite? infinite? log nan? sin sqrt tan)))
