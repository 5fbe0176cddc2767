;; SPDX-License-Identifier: MIT
;;
;; (scheme process-context): R7RS 6.14.
(define-library (scheme process-context)
  (export command-line emergency-exit exit get-environment-variable get-environment-variables)
  (import (only (loko base control) emergency-exit exit)
          (only (loko base process) command-line get-environment-variable get-environment-variables)))
