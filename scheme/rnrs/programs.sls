;; SPDX-License-Identifier: MIT
;;
;; (rnrs programs (6)): R6RS libraries chapter 10.
(library (rnrs programs (6))
  (export command-line exit)
  (import (loko base control) (loko base process)))
