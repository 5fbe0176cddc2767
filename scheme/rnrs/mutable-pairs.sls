;; SPDX-License-Identifier: MIT
;;
;; (rnrs mutable-pairs (6)): R6RS libraries chapter 17.
(library (rnrs mutable-pairs (6))
  (export set-car! set-cdr!)
  (import (loko core primitives)))
