;; SPDX-License-Identifier: MIT
;;
;; SRFI 39: parameters.
(library (srfi :39)
  (export make-parameter parameterize)
  (import (srfi :39 parameters)))
