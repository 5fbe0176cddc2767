;; SPDX-License-Identifier: MIT
;;
;; Space: endless switching, spawning and choosing, with parameters and winders installed, holds no more memory after a long time
;; than after a short one (the leak of fibers made of call/cc, manual 6.1).
(import (rnrs) (only (loko) parameterize make-parameter) (loko system fibers) (tests support checks)
        (only (loko core primitives) %collect %collections %memory-statistics))

;; Kilobytes that the process holds, after a full collection.
(define (resident)
  (let ((before (%collections)))
    (%collect #t)
    (let spin ((i 0)) (if (and (= (%collections) before) (< i 100000)) (spin (+ i 1)))))
  (call-with-port (open-file-input-port "/proc/self/status" (file-options) 'block (native-transcoder))
    (lambda (p)
      (let loop ()
        (let ((line (get-line p)))
          (if (and (> (string-length line) 5) (string=? (substring line 0 6) "VmRSS:"))
              (string->number (list->string (filter char-numeric? (string->list line))))
              (loop)))))))

;; (step n) takes n steps; ten times as many must not take more memory than 4 MB.
(define-syntax flat
  (syntax-rules ()
    ((_ n step)
     (begin
       (step n)
       (let ((before (resident)))
         (step (* 9 n))
         (let ((after (resident)))
           (count-check (< after (+ before 4096)) 'step (list before after) 'flat)))))))

(define p (make-parameter 0))
(define q (make-parameter 0))

;; two fibers that call each other for ever inside of dynamic extents
(let ((a (make-channel)) (b (make-channel)))
  (spawn-fiber
   (lambda ()
     (parameterize ((p 1))
       (dynamic-wind (lambda () #f)
                     (lambda () (let loop () (put-message b (+ (p) (get-message a))) (loop)))
                     (lambda () #f)))))
  (parameterize ((p 2) (q 3))
    (dynamic-wind
     (lambda () #f)
     (lambda ()
       (flat 30000 (lambda (n) (do ((i 0 (+ i 1))) ((= i n)) (put-message a i) (get-message b)))))
     (lambda () #f))))

;; each fiber starts its successor inside of its own extents and ends
(define (chain n done)
  (parameterize ((p n))
    (parameterize ((q (p)))
      (dynamic-wind
       (lambda () #f)
       (lambda ()
         (guard (e (#f #f))
           (if (= n 0)
               (signal-cvar! done)
               (spawn-fiber (lambda () (chain (- n 1) done))))))
       (lambda () #f)))))
(flat 5000 (lambda (n) (let ((done (make-cvar))) (chain n done) (wait done))))

;; each captures continuations and gives way in a loop
(flat 20000 (lambda (n)
              (fiber-join
               (spawn-fiber
                (lambda ()
                  (let loop ((i 0))
                    (if (< i n)
                        (begin
                          (call/cc (lambda (k) (parameterize ((p i)) (yield-current-task) (k i))))
                          (loop (+ i 1))))))))))

;; losers of choices, of time-outs and of condition variables
(let ((never (make-channel)) (ch (make-channel)) (c (make-cvar)))
  (spawn-fiber (lambda () (let loop ((i 0)) (put-message ch i) (loop (+ i 1)))))
  (flat 10000 (lambda (n)
                (do ((i 0 (+ i 1))) ((= i n))
                  (perform-operation (choice-operation (get-operation never) (get-operation ch) (wait-operation c) (sleep-operation 1000)))))))

;; What grew old and died, as the connections of a server do, goes long before the old generation has its 64 MB: rounds until
;; the scheduler has asked for a full collection.
(let* ((full (lambda () (vector-ref (%memory-statistics) 1)))
       (used (lambda () (vector-ref (%memory-statistics) 3)))
       (before (full)) (ch (make-channel)))
  (define (grow-old n)                     ; 2 MB that live through two collections
    (let ((kept (map (lambda (i) (make-bytevector 4096 i)) (vector->list (make-vector 500 1)))) (start (%collections)))
      (let spin ()
        (make-vector 1000 0)
        (if (< (%collections) (+ start 3)) (spin)))
      (length kept)))
  (spawn-fiber (lambda () (let loop () (put-message ch 1) (yield-current-task) (loop))))
  (let loop ((rounds 0) (most 0))
    (cond ((> (full) before) (count-check (< most 60000000) 'grown most 'collected))
          ((= rounds 2000000) (count-check #f 'rounds rounds 'collected))
          (else
           (if (< (used) 50000000) (grow-old 1))
           (do ((i 0 (+ i 1))) ((= i 200)) (get-message ch))
           (loop (+ rounds 1) (max most (used)))))))

(finish)
