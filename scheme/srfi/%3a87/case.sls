;; SPDX-License-Identifier: MIT
;;
;; SRFI 87: => in case clauses.
(library (srfi :87 case)
  (export case else =>)
  (import (only (loko core syntax) case else =>)))
