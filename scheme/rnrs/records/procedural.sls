;; SPDX-License-Identifier: MIT
;;
;; (rnrs records procedural (6)): R6RS libraries 6.3.
(library (rnrs records procedural (6))
  (export make-record-type-descriptor record-type-descriptor? make-record-constructor-descriptor
          record-constructor record-predicate record-accessor record-mutator)
  (import (loko base records)))
