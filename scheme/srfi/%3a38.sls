;; SPDX-License-Identifier: MIT
;;
;; SRFI 38: external representation of shared structure: #0= and #0#, as R7RS's write-shared and read have them.
(library (srfi :38)
  (export write-with-shared-structure write/ss read-with-shared-structure read/ss)
  (import (srfi :38 with-shared-structure)))
