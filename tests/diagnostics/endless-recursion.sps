(import (rnrs))

(define (count n)
  (+ 1 (count (+ n 1))))

(display (count 0))
