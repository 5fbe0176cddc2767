(import (rnrs))

(define (greet name)
  (dispaly (string-append "Hello, " name))
  (newline))

(greet "world")
