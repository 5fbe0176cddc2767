;; SPDX-License-Identifier: MIT
;;
;; Equivalence: R6RS base 11.5.
(library (loko base equality)
  (export eq? eqv? equal?)
  (import (loko core primitives)))
