;; SPDX-License-Identifier: MIT
;;
;; For programs written for Guile's fibers.
(library (fibers conditions)
  (export (rename (make-cvar make-condition) (cvar? condition?) (signal-cvar! signal-condition!)) wait wait-operation)
  (import (loko system fibers)))
