;; SPDX-License-Identifier: MIT
;;
;; (rnrs exceptions (6)): R6RS libraries 7.1.
(library (rnrs exceptions (6))
  (export with-exception-handler guard raise raise-continuable else =>)
  (import (loko core syntax) (loko base exceptions)))
