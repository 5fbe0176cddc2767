;; SPDX-License-Identifier: MIT
;; What each warning says.
(import (rnrs) (rnrs mutable-pairs) (only (rnrs mutable-strings) string-set! string-fill!))

(define name "Ann")

(define (f x)
  (let ((n 5) (unused 6))
    (vector-ref n x)
    (string-length (+ x 1))
    (+ "20" x)
    (string-set! x 0 'a)
    (if (pair? name) (car name) 0)   ; guarded: nothing is said
    (error 'f "no")
    (display x)))

(define (g)
  (cons 1)
  (list-tail '(1))
  (f)
  ("foo" 2)
  (car (cdr 5)))

(display "done")
(newline)
