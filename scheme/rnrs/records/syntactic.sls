;; SPDX-License-Identifier: MIT
;;
;; (rnrs records syntactic (6)): R6RS libraries 6.2.
(library (rnrs records syntactic (6))
  (export define-record-type fields mutable immutable parent protocol sealed opaque nongenerative
          parent-rtd record-type-descriptor record-constructor-descriptor)
  (import (loko base record-syntax)))
