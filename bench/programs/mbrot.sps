;; SPDX-License-Identifier: MIT
(import (rnrs))
(define (count r i step x y)
  (let ((max-count 64) (radius^2 16.0))
    (let ((cr (fl+ r (fl* (fixnum->flonum x) step))) (ci (fl+ i (fl* (fixnum->flonum y) step))))
      (let loop ((zr cr) (zi ci) (c 0))
        (if (= c max-count)
            c
            (let ((zr^2 (fl* zr zr)) (zi^2 (fl* zi zi)))
              (if (fl>? (fl+ zr^2 zi^2) radius^2)
                  c
                  (loop (fl+ (fl- zr^2 zi^2) cr) (fl+ (fl* 2.0 (fl* zr zi)) ci) (+ c 1)))))))))
(define (mbrot n)
  (let ((step 0.005) (sum 0))
    (do ((y 0 (+ y 1))) ((= y n) sum)
      (do ((x 0 (+ x 1))) ((= x n))
        (set! sum (+ sum (count -1.0 -0.5 step x y)))))))
(do ((i 0 (+ i 1)) (r #f (mbrot 200))) ((= i 40) (display r) (newline)))
