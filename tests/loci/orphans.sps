;; SPDX-License-Identifier: MIT
;;
;; Prints the numbers of three loci, which never end by themselves, and waits to be killed. One is computing.
(import (rnrs) (loko loci) (loko system fibers))
(define all (list (locus ch (locus-channel-get ch)) (locus ch (sleep 1000)) (locus ch (let loop () (loop)))))
(for-each (lambda (l) (display (locus-pid l)) (newline)) all)
(flush-output-port (current-output-port))
(sleep 1000)
