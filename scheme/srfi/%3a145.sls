;; SPDX-License-Identifier: MIT
;;
;; SRFI 145: assumptions.
(library (srfi :145)
  (export assume)
  (import (srfi :145 assumptions)))
