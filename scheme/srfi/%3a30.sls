;; SPDX-License-Identifier: MIT
;;
;; SRFI 30, which is syntax that the reader always knows.
(library (srfi :30)
  (export)
  (import))
