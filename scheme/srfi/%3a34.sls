;; SPDX-License-Identifier: MIT
;;
;; SRFI 34: exceptions.
(library (srfi :34)
  (export with-exception-handler guard raise else =>)
  (import (srfi :34 exception-handling)))
