;; SPDX-License-Identifier: MIT
;; vectors: product of integer matrices
(import (scheme base) (scheme write))
(define (make n f) (let ((m (make-vector n #f))) (do ((i 0 (+ i 1))) ((= i n) m) (vector-set! m i (let ((r (make-vector n 0))) (do ((j 0 (+ j 1))) ((= j n) r) (vector-set! r j (f i j))))))))
(define (product a b n) (make n (lambda (i j) (let ((r (vector-ref a i))) (do ((k 0 (+ k 1)) (s 0 (+ s (* (vector-ref r k) (vector-ref (vector-ref b k) j))))) ((= k n) s))))))
(let ((a (make 200 (lambda (i j) (- i j)))) (b (make 200 (lambda (i j) (+ i j)))))
  (do ((i 0 (+ i 1)) (c #f (product a b 200))) ((= i 12) (display (vector-ref (vector-ref c 17) 93)))))
