;; SPDX-License-Identifier: MIT
;;
;; (rnrs mutable-strings (6)): R6RS libraries chapter 18.
(library (rnrs mutable-strings (6))
  (export string-set! string-fill!)
  (import (loko core primitives) (loko base strings)))
