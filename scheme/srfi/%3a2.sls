;; SPDX-License-Identifier: MIT
;;
;; SRFI 2: and-let*.
(library (srfi :2)
  (export and-let*)
  (import (srfi :2 and-let*)))
