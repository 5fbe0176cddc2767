;; SPDX-License-Identifier: MIT
;;
;; SRFI 111: boxes.
(library (srfi :111)
  (export box box? unbox set-box!)
  (import (srfi :111 boxes)))
