;; SPDX-License-Identifier: MIT
;;
;; SRFI 62: expression comments #;datum, which the reader always knows.
(library (srfi :62 s-expression-comments)
  (export)
  (import))
