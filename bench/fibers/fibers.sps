;; SPDX-License-Identifier: MIT
;;
;; What switching costs. usage: fibers [NAME ...]; prints nanoseconds of processor time per step. The Go program beside it prints the same.
(import (rnrs) (loko) (loko system fibers) (loko system time) (only (loko core primitives) %collect))

(define (cpu-time)
  (let ((t (cumulative-process-time))) (+ (* 1000000000 (time-second t)) (time-nanosecond t))))

(define (report name n thunk)
  (let ((start (cpu-time)))
    (thunk)
    (let ((ns (- (cpu-time) start)))
      (display name) (display " ") (display (/ (round (* 10.0 (/ ns n))) 10.0)) (newline))))

(define (round-trip n)
  (let ((a (make-channel)) (b (make-channel)))
    (spawn-fiber (lambda () (let loop ((i 0)) (if (< i n) (begin (get-message a) (put-message b i) (loop (+ i 1)))))))
    (let loop ((i 0)) (if (< i n) (begin (put-message a i) (get-message b) (loop (+ i 1)))))))

(define (ring size n)
  (let* ((first (make-channel))
         (last (let loop ((i 0) (in first))
                 (if (= i size) in
                     (let ((out (make-channel)))
                       (spawn-fiber (lambda () (let loop () (put-message out (+ 1 (get-message in))) (loop))))
                       (loop (+ i 1) out))))))
    (let loop ((i 0)) (if (< i n) (begin (put-message first 0) (get-message last) (loop (+ i 1)))))))

(define (spawn-finish n)
  (let ((c (make-cvar)) (left n))
    (let loop ((i 0))
      (if (< i n)
          (begin
            (spawn-fiber (lambda () (set! left (- left 1)) (if (= left 0) (signal-cvar! c))))
            (if (= 0 (mod i 100)) (yield-current-task))
            (loop (+ i 1)))))
    (wait c)))

(define (receive n op-of)
  (let* ((chs (map (lambda (i) (make-channel)) '(0 1 2 3 4 5 6 7))) (ch (car chs)))
    (spawn-fiber (lambda () (let loop ((i 0)) (if (< i n) (begin (put-message ch i) (loop (+ i 1)))))))
    (let ((get (op-of chs)))
      (let loop ((i 0)) (if (< i n) (begin (get) (loop (+ i 1))))))))

(define (timers n)
  (do ((i 0 (+ i 1))) ((= i n)) (spawn-fiber (lambda () (sleep 1000))))
  (yield-current-task))

(define (blocked n)
  (let ((ch (make-channel)))
    (do ((i 0 (+ i 1))) ((= i n)) (spawn-fiber (lambda () (get-message ch))))
    (yield-current-task)
    (do ((i 0 (+ i 1))) ((= i n)) (put-message ch i))
    (yield-current-task)))

;; Thunks that receive by a choice of eight that is written out, made anew for each message.
(define (written-out chs)
  (let-values (((a b c d e f g h) (apply values chs)))
    (lambda ()
      (perform-operation
       (choice-operation (get-operation a) (get-operation b) (get-operation c) (get-operation d)
                         (get-operation e) (get-operation f) (get-operation g) (get-operation h))))))

(define (wrapped chs)
  (define-syntax get+ (syntax-rules () ((_ ch n) (wrap-operation (get-operation ch) (lambda (x) (+ x n))))))
  (let-values (((a b c d e f g h) (apply values chs)))
    (lambda ()
      (perform-operation
       (choice-operation (get+ a 1) (get+ b 2) (get+ c 3) (get+ d 4) (get+ e 5) (get+ f 6) (get+ g 7) (get+ h 8))))))

(define (by-map chs) (lambda () (perform-operation (apply choice-operation (map get-operation chs)))))

;; Memory of the process in KB: what it holds of it, and the most that it held.
(define (memory-of field)
  (call-with-input-file "/proc/self/status"
    (lambda (p)
      (let loop ()
        (let* ((line (get-line p)) (n (string-length field)))
          (cond ((eof-object? line) 0)
                ((and (> (string-length line) n) (string=? (substring line 0 n) field))
                 (string->number (list->string (filter char-numeric? (string->list line)))))
                (else (loop))))))))

;; What n blocked fibers hold, and the peak of memory while they are made.
(define (alive n)
  (let ((ch (make-channel)))
    (begin (%collect #t) (yield-current-task))
    (let ((before (memory-of "VmRSS")))
      (do ((i 0 (+ i 1))) ((= i n)) (spawn-fiber (lambda () (get-message ch))))
      (yield-current-task)
      (begin (%collect #t) (yield-current-task))
      (display "blocked-fiber-bytes ") (display (div (* 1024 (- (memory-of "VmRSS") before)) n)) (newline)
      (display "peak-megabytes-of-a-million ") (display (div (memory-of "VmHWM") 1024)) (newline)
      (do ((i 0 (+ i 1))) ((= i n)) (put-message ch i)))))

;; How late a fiber wakes by timer while another computes: the median, in nanoseconds.
(define (wake-delay n)
  (let ((stop #f) (delays '()))
    (spawn-fiber (lambda () (let loop ((i 0)) (if (not stop) (loop (+ i 1))))))
    (do ((i 0 (+ i 1))) ((= i n))
      (let ((due (+ (internal-time) 1000000)))
        (perform-operation (timer-operation due))
        (set! delays (cons (- (internal-time) due) delays))))
    (set! stop #t)
    (display "median-delay ")
    (display (list-ref (list-sort < delays) (div n 2)))
    (newline)))

(define benches
  `((round-trip ,(lambda () (report "round-trip" 1000000 (lambda () (round-trip 1000000)))))
    (ring ,(lambda () (report "ring-hop" 1000000 (lambda () (ring 1000 1000)))))
    (spawn ,(lambda () (report "spawn-finish" 1000000 (lambda () (spawn-finish 1000000)))))
    (receive ,(lambda () (report "receive" 1000000 (lambda () (receive 1000000 (lambda (chs) (lambda () (get-message (car chs)))))))))
    (choice ,(lambda () (report "choice-of-8" 1000000
                          (lambda () (receive 1000000 (lambda (chs) (let ((op (apply choice-operation (map get-operation chs)))) (lambda () (perform-operation op)))))))))
    (choice-anew ,(lambda () (report "choice-of-8-written-out" 1000000 (lambda () (receive 1000000 written-out)))
                             (report "choice-of-8-wrapped" 1000000 (lambda () (receive 1000000 wrapped)))
                             (report "choice-of-8-by-map" 1000000 (lambda () (receive 1000000 by-map)))))
    (blocked ,(lambda () (report "blocked-and-woken" 1000000 (lambda () (blocked 1000000)))))
    (alive ,(lambda () (alive 1000000)))
    (delay ,(lambda () (wake-delay 101)))
    (timers ,(lambda () (report "pending-timer" 1000000 (lambda () (timers 1000000)))))))

(let ((names (map string->symbol (cdr (command-line)))))
  (for-each (lambda (b) (if (or (null? names) (memq (car b) names)) ((cadr b)))) benches))
