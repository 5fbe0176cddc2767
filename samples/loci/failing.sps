;; SPDX-License-Identifier: MIT
;;
;; A locus that fails: what it wrote is there, the message is on standard error, the completion value is 1.
(import (rnrs) (loko loci))

(define worker
  (locus ch
    (display "working\n")
    (display "this does not look good\n" (current-error-port))
    (error 'worker "it went wrong" 'really)))

(display (list 'completion-value (locus-wait worker)))
(newline)
