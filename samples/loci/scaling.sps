;; SPDX-License-Identifier: MIT
;;
;; As many loci as the first argument says (2) each increment the elements of a vector of flonums, as often as the second says, in
;; millions (30). With a core for each the time does not depend on how many they are.
(import (rnrs) (loko loci) (only (loko system fibers) internal-time))

(define (argument n default)
  (let ((l (command-line)))
    (if (> (length l) n) (string->number (list-ref l n)) default)))

(define loci (argument 1 2))
(define increments (* 1000000 (argument 2 30)))
(define size 1000)

(define (work)
  (let ((v (make-vector size 0.0)))
    (do ((i 0 (+ i 1))) ((= i (div increments size)) (vector-ref v 0))
      (do ((j 0 (+ j 1))) ((= j size))
        (vector-set! v j (fl+ 1.0 (vector-ref v j)))))))

(define start (internal-time))
(define all
  (let loop ((i 0) (l '()))
    (if (= i loci) l (loop (+ i 1) (cons (locus ch (locus-channel-put ch (work))) l)))))
(define results (map locus-channel-get all))
(for-each locus-wait all)
(display (list loci 'loci results 'milliseconds (div (- (internal-time) start) 1000000)))
(newline)
