;; SPDX-License-Identifier: MIT
;;
;; (rnrs eval (6)): R6RS libraries chapter 16.
(library (rnrs eval (6))
  (export eval environment)
  (import (loko base eval)))
