;; SPDX-License-Identifier: MIT
;;
;; SRFI 9: record types.
(library (srfi :9)
  (export define-record-type)
  (import (srfi :9 records)))
