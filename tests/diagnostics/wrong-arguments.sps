(import (rnrs))

(define (area width height)
  (let ((unit "m"))
    (* width height)))

(display (area 3))
