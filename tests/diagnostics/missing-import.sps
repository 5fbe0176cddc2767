(import (rnrs base))

(display "Hello")
