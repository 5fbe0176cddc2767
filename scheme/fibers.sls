;; SPDX-License-Identifier: MIT
;;
;; For programs written for Guile's fibers.
(library (fibers)
  (export run-fibers spawn-fiber sleep)
  (import (loko system fibers)))
