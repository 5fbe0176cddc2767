;; SPDX-License-Identifier: MIT
;;
;; SRFI 62, which is syntax that the reader always knows.
(library (srfi :62)
  (export)
  (import))
