;; SPDX-License-Identifier: MIT
;;
;; Random operations: fibers that send numbered messages by put, choice and time-outs over channels, buffered channels and
;; pipes of sockets, while others are cancelled. Every message arrives exactly once, whoever takes it.
;; usage: stress.sps [ROUNDS [SEED]]
(import (rnrs) (loko) (loko system fibers) (loko system net))

(define arguments (cdr (command-line)))
(define rounds (if (pair? arguments) (string->number (car arguments)) 3))
(define seed (if (and (pair? arguments) (pair? (cdr arguments))) (string->number (cadr arguments)) (mod (internal-time) 1000003)))
(define state seed)
(define (random n)
  (set! state (mod (+ (* state 69069) 12345) 4294967296))
  (mod (div state 65536) n))
(define failures 0)
(define (expect what got wanted)
  (if (not (equal? got wanted))
      (begin
        (set! failures (+ failures 1))
        (display (list what 'seed seed 'got got 'expected wanted)) (newline))))


(define (round-of-channels)
  (let* ((senders (+ 2 (random 8))) (receivers (+ 2 (random 8))) (each (+ 10 (random 60)))
         (channels (list->vector (map (lambda (i) (if (= 0 (random 2)) (make-channel) (make-buffered-channel (random 4)))) (iota (+ 1 (random 5))))))
         (any (lambda () (vector-ref channels (random (vector-length channels)))))
         (seen (make-vector (* senders each) 0))
         (done (make-cvar)) (left (* senders each)) (never (make-channel)))
    (define (note m)
      (vector-set! seen m (+ 1 (vector-ref seen m)))
      (set! left (- left 1))
      (if (= left 0) (signal-cvar! done)))
    (call-with-scope
     (lambda (scope)
       (for-each
        (lambda (s)
          (spawn-fiber
           (lambda ()
             (let loop ((i 0))
               (if (< i each)
                   (let ((m (+ (* s each) i)))
                     (case (random 4)
                       ((0) (put-message (any) m))
                       ((1) (perform-operation (choice-operation (put-operation (any) m) (put-operation (any) m) (get-operation never))))
                       ((2) (let retry ()
                              (if (eq? 'late (perform-operation
                                              (choice-operation (wrap-operation (put-operation (any) m) (lambda () 'sent))
                                                                (wrap-operation (sleep-operation (/ (random 100) 1000000)) (lambda () 'late)))))
                                  (retry))))
                       (else
                        (perform-operation (nack-guard-operation (lambda (nack) (put-operation (any) m))))))
                     (if (= 0 (random 10)) (yield-current-task))
                     (loop (+ i 1))))))))
        (iota senders))
       (for-each
        (lambda (r)
          (spawn-fiber
           (lambda ()
             (let loop ()
               (let ((m (case (random 3)
                          ((0) (perform-operation
                                (apply choice-operation
                                       (wrap-operation (wait-operation done) (lambda () #f))
                                       (map get-operation (vector->list channels)))))
                          ((1) (perform-operation
                                (choice-operation (apply choice-operation (map get-operation (vector->list channels)))
                                                  (wrap-operation (sleep-operation (/ (random 200) 1000000)) (lambda () 'late)))))
                          (else (perform-operation
                                 (choice-operation (wrap-operation (wait-operation done) (lambda () #f))
                                                   (guard-operation (lambda () (get-operation (any))))
                                                   (wrap-operation (sleep-operation 0.001) (lambda () 'late))))))))
                 (cond ((not m))
                       ((eq? m 'late) (if (not (cvar-signalled? done)) (loop)))
                       (else (note m) (loop))))))))
        (iota receivers))
       ;; fibers that are cancelled while they wait for what never comes
       (let ((victims (map (lambda (i) (spawn-fiber (lambda () (perform-operation (choice-operation (get-operation never) (sleep-operation 1000)))))) (iota 5))))
         (sleep (/ (random 500) 1000000))
         (for-each fiber-cancel! victims))))
    (expect 'messages (filter (lambda (m) (not (= 1 (vector-ref seen m)))) (iota (* senders each))) '())))

;; Lines through a socket, from several fibers on one port: each line is there once and whole.
(define (round-of-lines)
  (let* ((listener (tcp-listen "127.0.0.1" 0)) (writers (+ 1 (random 4))) (each (+ 1 (random 200))) (got (make-vector (* writers each) 0)))
    (spawn-fiber
     (lambda ()
       (let-values (((in out) (socket-textual-ports (accept-connection listener))))
         (call-with-scope
          (lambda (s)
            (for-each
             (lambda (w)
               (spawn-fiber
                (lambda ()
                  (let loop ((i 0))
                    (if (< i each)
                        (begin
                          (put-string out (string-append (number->string (+ (* w each) i)) " " (make-string (random 300) #\x) "\n"))
                          (if (= 0 (random 20)) (flush-output-port out))
                          (loop (+ i 1))))))))
             (iota writers))))
         (close-port out)
         (close-port in))))
    (let-values (((in out) (socket-textual-ports (tcp-connect "127.0.0.1" (address-port (socket-local-address listener))))))
      (let loop ()
        (let ((line (get-line in)))
          (if (not (eof-object? line))
              (let* ((n (let find ((i 0)) (if (char=? (string-ref line i) #\space) i (find (+ i 1))))) (k (string->number (substring line 0 n))))
                (vector-set! got k (+ 1 (vector-ref got k)))
                (if (exists (lambda (c) (not (char=? c #\x))) (string->list (substring line (+ n 1) (string-length line))))
                    (expect 'line line "whole"))
                (if (= 0 (random 50)) (yield-current-task))
                (loop)))))
      (close-port in)
      (close-port out)
      (socket-close listener))
    (expect 'lines (filter (lambda (k) (not (= 1 (vector-ref got k)))) (iota (* writers each))) '())))

;; Tables and strings that several fibers change: each operation is whole.
(define (round-of-tables)
  (let ((table (make-equal-hashtable)) (n 4) (each 200))
    (call-with-scope
     (lambda (s)
       (for-each
        (lambda (k)
          (spawn-fiber
           (lambda ()
             (let loop ((i 0))
               (if (< i each)
                   (begin
                     (hashtable-set! table (list k i) i)
                     (hashtable-update! table 'count (lambda (x) (+ x 1)) 0)
                     (if (= 0 (random 3)) (hashtable-delete! table (list k (div i 2))))
                     (hashtable-set! table (list k (div i 2)) #t)
                     (loop (+ i 1))))))))
        (iota n))))
    (expect 'size (hashtable-size table) (+ 1 (* n each)))
    (expect 'keys (for-all (lambda (k) (for-all (lambda (i) (hashtable-contains? table (list k i))) (iota each))) (iota n)) #t)))

(do ((i 0 (+ i 1))) ((= i rounds))
  (round-of-channels)
  (round-of-lines)
  (round-of-tables))
(display (if (= failures 0) "1 passed, 0 failed\n" "0 passed, 1 failed\n"))
(exit (if (= failures 0) 0 1))
