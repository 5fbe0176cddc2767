#lang racket/base
;; SPDX-License-Identifier: MIT
;; The round trips of loci.sps in Racket's places. Wall time, minimum of several runs.
(require racket/place)
(provide start)
(define (start ch) (let loop () (place-channel-put ch (place-channel-get ch)) (loop)))
(define (minimum runs thunk) (for/fold ([b 1e30]) ([i runs]) (define s (current-inexact-milliseconds)) (thunk) (min b (* 1000 (- (current-inexact-milliseconds) s)))))
(define (show what t) (printf "~a: ~a us\n" what t))
(module+ main
  (define p (dynamic-place (variable-reference->module-source (#%variable-reference)) 'start))
  (define (trip x) (place-channel-put p x) (place-channel-get p))
  (show "small" (/ (minimum 10 (lambda () (for ([i 1000]) (trip 'x)))) 1000))
  (define bytes (make-bytes 1000000 1))
  (show "1MB" (minimum 50 (lambda () (trip bytes))))
  (show "1MB changed" (minimum 50 (lambda () (bytes-set! bytes 500000 (modulo (+ 1 (bytes-ref bytes 500000)) 256)) (bytes-ref (trip bytes) 500000))))
  (show "1MB filled" (minimum 50 (lambda () (bytes-fill! bytes 3) (bytes-ref (trip bytes) 500000))))
  (show "1MB fresh" (minimum 50 (lambda () (bytes-ref (trip (make-bytes 1000000 7)) 500000))))
  (define l (for/list ([i 100000]) i))
  (show "list" (minimum 10 (lambda () (trip l)))))
