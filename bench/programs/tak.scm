;; SPDX-License-Identifier: MIT
;; calls: three-way recursion
(import (scheme base) (scheme write))
(define (tak x y z)
  (if (not (< y x)) z (tak (tak (- x 1) y z) (tak (- y 1) z x) (tak (- z 1) x y))))
(do ((i 0 (+ i 1)) (r #f (tak 24 16 8))) ((= i 80) (display r)))
