;; SPDX-License-Identifier: MIT
;;
;; SRFI 45: primitives for expressing iterative lazy algorithms.
(library (srfi :45)
  (export delay lazy force eager promise?)
  (import (srfi :45 lazy)))
