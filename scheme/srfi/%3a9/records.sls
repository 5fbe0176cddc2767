;; SPDX-License-Identifier: MIT
;;
;; SRFI 9: record types.
(library (srfi :9 records)
  (export define-record-type)
  (import (only (loko base records7) define-record-type)))
