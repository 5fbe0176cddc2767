(import (rnrs))

(define (total price)
  (+ price 5))

(for-each (lambda (p)
            (display (total p))
            (newline))
          (list 10 "20" 30))
