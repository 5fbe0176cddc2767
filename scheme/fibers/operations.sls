;; SPDX-License-Identifier: MIT
;;
;; For programs written for Guile's fibers.
(library (fibers operations)
  (export wrap-operation choice-operation perform-operation make-base-operation)
  (import (loko system fibers)))
