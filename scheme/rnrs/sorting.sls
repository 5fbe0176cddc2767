;; SPDX-License-Identifier: MIT
;;
;; (rnrs sorting (6)): R6RS libraries 4.
(library (rnrs sorting (6))
  (export list-sort vector-sort vector-sort!)
  (import (loko base sorting)))
