;; SPDX-License-Identifier: MIT
;;
;; Prints the numbers of its process and of its loci, one of which has created another, and waits: for the interrupt key of its group.
(import (rnrs) (loko loci) (loko system fibers) (only (loko system unsafe) syscall))
(define busy (locus ch (let loop () (loop))))
(define nest (locus ch (let ((inner (locus c (sleep 1000)))) (locus-channel-put ch (locus-pid inner)) (sleep 1000))))
(for-each (lambda (pid) (display pid) (newline)) (list (syscall 39) (locus-pid busy) (locus-pid nest) (locus-channel-get nest)))
(flush-output-port (current-output-port))
(sleep 1000)
