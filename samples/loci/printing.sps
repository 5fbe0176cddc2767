;; SPDX-License-Identifier: MIT
;;
;; A locus prints where its creator prints.
(import (rnrs) (loko loci))

(display "hello from the creator\n")
(locus-wait (locus ch (display "hello from a locus\n")))
