;; SPDX-License-Identifier: MIT
;; Notes that point to another place: the first definition, the macro, the library that exports a name.
(import (rnrs base) (rnrs syntax-case))

(define-syntax swap!
  (syntax-rules ()
    ((_ a b) (let ((t a)) (set! a b) (set! b t)))))

(define x 1)
(define x 2)
(define (f a b a) a)
(swap! x 1)
(swap! x)
(let ((y 1) (z 2) (y 3)) (disply y))
(display x)
(let () (define z 1) (define (z) 2) z)
