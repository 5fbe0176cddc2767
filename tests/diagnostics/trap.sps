;; SPDX-License-Identifier: MIT
;; A processor trap: the procedure that trapped and the frames below are shown.
(import (rnrs) (only (loko core primitives) %object-ref))

(define wild (string->number "12345"))

(define (peek x)
  (if (> x 0)
      (+ 1 (%object-ref x 0))
      (peek (- x 1))))

(define (middle n)
  (if (= n 0)
      (list (peek wild))
      (cons n (middle (- n 1)))))

(display (middle 2))
