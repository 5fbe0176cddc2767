;; SPDX-License-Identifier: MIT
(library (checks worker)
  (export main speak no-procedure)
  (import (rnrs) (loko loci))
  (define no-procedure 'data)
  (define (speak ch) (display "spoken") (display "an error" (current-error-port)))
  (define (main ch) (locus-channel-put ch 'worked)))
