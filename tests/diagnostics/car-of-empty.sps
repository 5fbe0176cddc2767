(import (rnrs))

(define (sum l)
  (+ (car l) (sum (cdr l))))

(display (sum (list 1 2 3)))
(newline)
