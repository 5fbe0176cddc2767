;; SPDX-License-Identifier: MIT
;; vectors: primes below two million
(import (scheme base) (scheme write))
(define (primes n)
  (let ((v (make-vector n #t)))
    (let loop ((i 2) (count 0))
      (cond ((= i n) count)
            ((vector-ref v i) (do ((j (* 2 i) (+ j i))) ((>= j n)) (vector-set! v j #f)) (loop (+ i 1) (+ count 1)))
            (else (loop (+ i 1) count))))))
(do ((i 0 (+ i 1)) (r 0 (primes 2000000))) ((= i 12) (display r)))
