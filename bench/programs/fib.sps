;; SPDX-License-Identifier: MIT
(import (rnrs))
(define (fib n) (if (< n 2) n (+ (fib (- n 1)) (fib (- n 2)))))
(display (fib 38)) (newline)
