;; SPDX-License-Identifier: MIT
;;
;; SRFI 98: environment variables.
(library (srfi :98 os-environment-variables)
  (export get-environment-variable get-environment-variables)
  (import (only (loko base process) get-environment-variable get-environment-variables)))
