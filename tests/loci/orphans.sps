;; SPDX-License-Identifier: MIT
;;
;; Prints the numbers of six loci, which never end by themselves, and waits to be killed. One is computing, one serves two others.
(import (rnrs) (loko loci) (loko system fibers))
(define server (make-locus-server (lambda (ch) (locus-channel-get ch))))
(define all (list (locus ch (locus-channel-get ch)) (locus ch (sleep 1000)) (locus ch (let loop () (loop)))
                  (locus-server-process server) (start-locus server) (start-locus server)))
(for-each (lambda (l) (display (locus-pid l)) (newline)) all)
(flush-output-port (current-output-port))
(sleep 1000)
