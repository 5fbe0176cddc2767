;; SPDX-License-Identifier: MIT
;;
;; For programs written for Guile's fibers.
(library (fibers channels)
  (export make-channel channel? put-operation get-operation put-message get-message)
  (import (loko system fibers)))
