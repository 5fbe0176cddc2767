;; SPDX-License-Identifier: MIT
;;
;; The sieve of Eratosthenes by channels: a fiber for each prime filters its multiples out. usage: prime-sieve.sps [N]
(import (rnrs) (loko system fibers))

(define (generate out)
  (let loop ((i 2))
    (put-message out i)
    (loop (+ i 1))))

(define (sieve in out prime)
  (let loop ()
    (let ((i (get-message in)))
      (if (not (= 0 (mod i prime))) (put-message out i))
      (loop))))

(let ((n (let ((a (cdr (command-line)))) (if (pair? a) (string->number (car a)) 30))) (first (make-channel)))
  (spawn-fiber (lambda () (generate first)))
  (let loop ((k 0) (in first))
    (if (< k n)
        (let ((prime (get-message in)) (out (make-channel)))
          (display prime)
          (newline)
          (spawn-fiber (lambda () (sieve in out prime)))
          (loop (+ k 1) out)))))
