;; SPDX-License-Identifier: MIT
;;
;; With a standard output that is closed: a locus can't write, and goes on.
(import (rnrs) (loko loci))
(define l (locus ch (locus-channel-put ch (guard (c ((i/o-error? c) 'closed)) (display "x") (flush-output-port (current-output-port)) 'written)) (exit 3)))
(exit (if (and (memq (locus-channel-get l) '(closed written)) (= 3 (locus-wait l))) 0 1))
