;; SPDX-License-Identifier: MIT
;;
;; SRFI 98: environment variables.
(library (srfi :98)
  (export get-environment-variable get-environment-variables)
  (import (srfi :98 os-environment-variables)))
