;; SPDX-License-Identifier: MIT
;; floats: a loop of flonums
(import (scheme base) (scheme write))
(define (count cr ci)
  (let loop ((zr cr) (zi ci) (c 0))
    (if (= c 64)
        c
        (let ((zr2 (* zr zr)) (zi2 (* zi zi)))
          (if (> (+ zr2 zi2) 16.0) c (loop (+ (- zr2 zi2) cr) (+ (* 2.0 zr zi) ci) (+ c 1)))))))
(define (picture n)
  (let ((step 0.005))
    (do ((y 0 (+ y 1)) (sum 0 (do ((x 0 (+ x 1)) (sum sum (+ sum (count (+ -1.0 (* x step)) (+ -0.5 (* y step)))))) ((= x n) sum)))) ((= y n) sum))))
(do ((i 0 (+ i 1)) (r #f (picture 200))) ((= i 30) (display r)))
