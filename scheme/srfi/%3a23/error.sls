;; SPDX-License-Identifier: MIT
;;
;; SRFI 23: error.
(library (srfi :23 error)
  (export error)
  (import (rename (only (loko base exceptions) r7:error) (r7:error error))))
