;; SPDX-License-Identifier: MIT
;;
;; (scheme read): R7RS 6.13.2.
(define-library (scheme read)
  (export read)
  (import (only (loko base reader) read)))
