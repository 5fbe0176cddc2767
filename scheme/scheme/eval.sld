;; SPDX-License-Identifier: MIT
;;
;; (scheme eval): R7RS 6.12.
(define-library (scheme eval)
  (export environment eval)
  (import (only (loko base eval) environment eval)))
