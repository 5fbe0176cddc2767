;; SPDX-License-Identifier: MIT
;;
;; Ping-pong and diamond in the manner of programs for Guile's fibers, with their libraries' names.
(import (except (rnrs) condition?) (fibers) (fibers channels))

;; Two fibers hit a ball n times.
(define (ping-pong n)
  (let ((table (make-channel)) (end (make-channel)))
    (define (player)
      (let ((ball (get-message table)))
        (cond ((= ball n)
               (put-message end ball))
              (else
               (put-message table (+ ball 1))
               (player)))))
    (spawn-fiber player)
    (spawn-fiber player)
    (put-message table 0)
    (get-message end)))

;; A source sends to n fibers in the middle, which send to a sink.
(define (diamond n)
  (let ((out (make-channel)) (in (make-channel)))
    (do ((i 0 (+ i 1))) ((= i n))
      (spawn-fiber (lambda () (put-message in (* 2 (get-message out))))))
    (spawn-fiber (lambda () (do ((i 0 (+ i 1))) ((= i n)) (put-message out i))))
    (let loop ((i 0) (sum 0))
      (if (= i n) sum (loop (+ i 1) (+ sum (get-message in)))))))

(run-fibers
 (lambda ()
   (display (list 'ping-pong (ping-pong 1000))) (newline)
   (display (list 'diamond (diamond 1000))) (newline)))
