;; SPDX-License-Identifier: MIT
;;
;; (scheme load): R7RS 6.14.
(define-library (scheme load)
  (export load)
  (import (only (loko base eval) load)))
