;; SPDX-License-Identifier: MIT
;; continuations: an escape set and used at each level of a recursion
(import (scheme base) (scheme write))
(define (size t) (call/cc (lambda (return) (if (not (pair? t)) (return 1)) (+ 1 (size (car t)) (size (cdr t))))))
(define (tree n) (if (= n 0) '() (cons (tree (- n 1)) (tree (- n 1)))))
(define t (tree 16))
(do ((i 0 (+ i 1)) (s 0 (+ s (size t)))) ((= i 200) (display s)))
