;; SPDX-License-Identifier: MIT
;;
;; SRFI 30: nested multi-line comments #| … |#, which the reader always knows.
(library (srfi :30 nested-multi-line-comments)
  (export)
  (import))
