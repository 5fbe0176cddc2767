;; SPDX-License-Identifier: MIT
;;
;; For programs written for Guile's fibers.
(library (fibers timers)
  (export sleep-operation timer-operation sleep)
  (import (loko system fibers)))
