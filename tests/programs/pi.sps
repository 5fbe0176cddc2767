;; SPDX-License-Identifier: MIT
;; Digits of pi by the spigot of Gibbons, bignums all the way.
(import (rnrs))

(define (pi-digits count)
  (let loop ((q 1) (r 0) (t 1) (k 1) (m 3) (x 3) (left count) (out '()))
    (cond ((= left 0) (reverse out))
          ((< (+ (* 4 q) (- r t)) (* m t))
           (loop (* q 10) (* 10 (- r (* m t))) t k
                 (- (div (* 10 (+ (* 3 q) r)) t) (* 10 m)) x (- left 1) (cons m out)))
          (else
           (loop (* q k) (* (+ (* 2 q) r) x) (* t x) (+ k 1)
                 (div (+ (* q (+ (* 7 k) 2)) (* r x)) (* t x)) (+ x 2) left out)))))
(define n 0)
(for-each (lambda (d)
            (display d)
            (set! n (+ n 1))
            (when (zero? (mod n 50)) (newline)))
          (pi-digits 500))
