;; SPDX-License-Identifier: MIT
;;
;; What SRFI 48 of the packaged SRFI collection (Debian's scheme-chez-srfi) wants beyond R6RS.
(library (srfi :48 intermediate-format-strings compat)
  (export pretty-print)
  (import (only (loko) pretty-print)))
