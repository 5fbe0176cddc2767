;; SPDX-License-Identifier: MIT
;;
;; What SRFI 78 of the packaged SRFI collection (Debian's scheme-chez-srfi) wants beyond R6RS.
(library (srfi :78 lightweight-testing compat)
  (export (rename (write check:write)))
  (import (only (rnrs) write)))
