(import (rnrs))

(define (square x)
  (* x x)

(display (square 5))
(newline)
