;; SPDX-License-Identifier: MIT
;;
;; SRFI 48: intermediate format strings.
(library (srfi :48)
  (export format)
  (import (srfi :48 intermediate-format-strings)))
