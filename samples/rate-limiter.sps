;; SPDX-License-Identifier: MIT
;;
;; A rate limiter: a token bucket as a fiber. Takers get a token from its channel; it refills by a timer and holds a
;; burst at most. Each request shows whether it got its token in time.
(import (rnrs) (loko system fibers))

;; A channel that gives tokens, one each `interval` seconds, at most `burst` ahead.
(define (make-limiter interval burst)
  (let ((tokens (make-channel)))
    (spawn-fiber
     (lambda ()
       (let loop ((have burst) (tick (sleep-operation interval)))
         (let ((refilled
                (wrap-operation tick (lambda () (cons (min burst (+ have 1)) (sleep-operation interval))))))
           (let ((next (perform-operation
                        (if (> have 0)
                            (choice-operation refilled
                                              (wrap-operation (put-operation tokens 'token) (lambda () (cons (- have 1) tick))))
                            refilled))))
             (loop (car next) (cdr next))))))
     'limiter)
    tokens))

(define limiter (make-limiter 0.02 3))

(define (request i patience)
  (perform-operation
   (choice-operation
    (wrap-operation (get-operation limiter) (lambda (t) 'served))
    (wrap-operation (sleep-operation patience) (lambda () 'refused)))))

;; A burst is served at once, then those who are patient get their turn, and those who are not are refused.
(let ((impatient (let loop ((i 0)) (if (= i 6) '() (cons (request i 0.0001) (loop (+ i 1)))))))
  (display (list 'burst impatient)) (newline))
(let ((patient (let loop ((i 0)) (if (= i 3) '() (cons (request i 10) (loop (+ i 1)))))))
  (display (list 'patient patient)) (newline))
