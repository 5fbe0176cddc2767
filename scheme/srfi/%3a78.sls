;; SPDX-License-Identifier: MIT
;;
;; SRFI 78: lightweight testing.
(library (srfi :78)
  (export check check-ec check-report check-set-mode! check-reset! check-passed?)
  (import (srfi :78 lightweight-testing)))
