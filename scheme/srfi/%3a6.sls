;; SPDX-License-Identifier: MIT
;;
;; SRFI 6: basic string ports.
(library (srfi :6)
  (export open-input-string open-output-string get-output-string)
  (import (srfi :6 basic-string-ports)))
