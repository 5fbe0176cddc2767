(import (rnrs))

(define (third v)
  (vector-ref 2 v))

(define (show-third v)
  (let ((x (third v)))
    (display x)
    (newline)))

(show-third (vector 1 2 3))
