;; SPDX-License-Identifier: MIT
;;
;; SRFI 28: basic format strings.
(library (srfi :28)
  (export format)
  (import (srfi :28 basic-format-strings)))
