;; SPDX-License-Identifier: MIT
;;
;; SRFI 34: exceptions.
(library (srfi :34 exception-handling)
  (export with-exception-handler guard raise else =>)
  (import (only (loko base exceptions) with-exception-handler guard raise)
          (only (loko core syntax) else =>)))
