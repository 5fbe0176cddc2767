;; SPDX-License-Identifier: MIT
;;
;; SRFI 87: => in case clauses.
(library (srfi :87)
  (export case else =>)
  (import (srfi :87 case)))
