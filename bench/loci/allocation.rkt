#lang racket/base
;; SPDX-License-Identifier: MIT
;; The work of allocation.sps in places: racket allocation.rkt N. Prints the wall time; see the README for processor times.
(require racket/place)
(provide start)

(define rounds 25)
(define elements 100000)

(define (make n) (let loop ([i 0] [l '()]) (if (= i n) l (loop (+ i 1) (cons (vector i l) l)))))

(define (work)
  (let loop ([i 0] [kept '()] [sum 0])
    (if (= i rounds)
        (+ sum (vector-ref (car kept) 0))
        (loop (+ i 1) (make elements) (+ sum (if (pair? kept) (vector-ref (car kept) 0) 0))))))

(define (start ch)
  (place-channel-get ch)
  (place-channel-put ch (work)))

(module+ main
  (define n (string->number (vector-ref (current-command-line-arguments) 0)))
  (define t (current-inexact-milliseconds))
  (define all (for/list ([i n]) (dynamic-place (variable-reference->module-source (#%variable-reference)) 'start)))
  (for ([p all]) (place-channel-put p 'go))
  (for ([p all]) (place-channel-get p))
  (printf "~a\t~a\n" n (- (current-inexact-milliseconds) t)))
