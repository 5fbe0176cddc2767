;; SPDX-License-Identifier: MIT
;; N queens by backtracking on lists; all solutions counted.
(import (rnrs))

(define (iota1 n)
  (let loop ((i n) (l '())) (if (= i 0) l (loop (- i 1) (cons i l)))))
(define (ok? row dist placed)
  (or (null? placed)
      (and (not (= (car placed) (+ row dist)))
           (not (= (car placed) (- row dist)))
           (ok? row (+ dist 1) (cdr placed)))))
(define (solve x y z)
  (if (null? x)
      (if (null? y) 1 0)
      (+ (if (ok? (car x) 1 z) (solve (append (cdr x) y) '() (cons (car x) z)) 0)
         (solve (cdr x) (cons (car x) y) z))))
(do ((n 1 (+ n 1))) ((> n 9))
  (display n) (display " queens: ") (display (solve (iota1 n) '() '())) (newline))
