;; SPDX-License-Identifier: MIT
;;
;; SRFI 39: parameters.
(library (srfi :39 parameters)
  (export make-parameter parameterize)
  (import (only (loko base parameters) make-parameter parameterize)))
