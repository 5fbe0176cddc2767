;; SPDX-License-Identifier: MIT
(library (checks worker)
  (export main no-procedure)
  (import (rnrs) (loko loci))
  (define no-procedure 'data)
  (define (main ch) (locus-channel-put ch 'worked)))
