;; SPDX-License-Identifier: MIT
;;
;; The dining philosophers: forks are channels, each held by a fiber that lends it. A philosopher who has one fork and waits
;; too long for the other puts it back, so nobody starves and nothing is locked for ever.
(import (rnrs) (loko system fibers))

(define n 5)
(define meals 20)

;; A fork: getting from its channel takes it, putting on the other gives it back.
(define-record-type fork (fields take give))
(define (new-fork)
  (let ((f (make-fork (make-channel) (make-channel))))
    (spawn-fiber (lambda () (let loop () (put-message (fork-take f) #t) (get-message (fork-give f)) (loop))) 'fork)
    f))

(define forks (let ((v (make-vector n))) (do ((i 0 (+ i 1))) ((= i n) v) (vector-set! v i (new-fork)))))
(define eating (make-vector n #f))

(define (give f) (put-message (fork-give f) #t))

(define (eat i)
  (let ((left (vector-ref forks i)) (right (vector-ref forks (mod (+ i 1) n))))
    (get-message (fork-take left))
    (if (perform-operation
         (choice-operation
          (wrap-operation (get-operation (fork-take right)) (lambda (x) #t))
          (wrap-operation (sleep-operation (/ (+ i 1) 10000)) (lambda () #f))))
        (begin
          (if (or (vector-ref eating (mod (+ i 1) n)) (vector-ref eating (mod (+ i n -1) n)))
              (error 'eat "a neighbour eats with the same fork" i))
          (vector-set! eating i #t)
          (yield-current-task)
          (vector-set! eating i #f)
          (give left)
          (give right))
        (begin
          (give left)
          (yield-current-task)
          (eat i)))))

(call-with-scope
 (lambda (scope)
   (do ((i 0 (+ i 1))) ((= i n))
     (spawn-fiber (lambda () (do ((k 0 (+ k 1))) ((= k meals)) (eat i))) 'philosopher))))
(display (list n 'philosophers 'had meals 'meals 'each))
(newline)
