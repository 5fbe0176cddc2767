;; SPDX-License-Identifier: MIT
;; allocation: trees that live for a while
(import (scheme base) (scheme write))
(define (make d) (if (= d 0) (cons '() '()) (cons (make (- d 1)) (make (- d 1)))))
(define (check t) (if (null? (car t)) 1 (+ 1 (check (car t)) (check (cdr t)))))
(let ((long (make 16)))
  (do ((d 4 (+ d 2))) ((> d 16))
    (let ((n (expt 2 (- 20 d)))) (do ((i 0 (+ i 1)) (s 0 (+ s (check (make d))))) ((= i n) (display s) (newline)))))
  (display (check long)))
