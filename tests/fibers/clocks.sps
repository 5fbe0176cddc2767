;; SPDX-License-Identifier: MIT
;;
;; No jump of the clock that people set can move a timer: fibers' time is the system's monotonic clock, read between two readings of
;; our own; the timer of the time slices is one of that clock; waiting for descriptors takes lengths of time.
(import (rnrs) (loko system fibers) (tests support checks) (only (loko core primitives) %os-syscall))

(define CLOCK_REALTIME 0)
(define CLOCK_MONOTONIC 1)

;; clock_gettime(2) in nanoseconds, by the system call itself.
(define (system-time clock)
  (let ((b (make-bytevector 16)))
    (if (not (= 0 (%os-syscall 228 clock b))) (error 'system-time "no such clock" clock))
    (+ (* 1000000000 (bytevector-s64-native-ref b 0)) (bytevector-s64-native-ref b 8))))

(check-equal (internal-time-units-per-second) 1000000000)
(do ((i 0 (+ i 1))) ((= i 1000))
  (let* ((before (internal-time)) (system (system-time CLOCK_MONOTONIC)) (after (internal-time)))
    (if (not (<= before system after)) (check-equal (list before system after) 'in-order))))
(let* ((before (internal-time)) (real (system-time CLOCK_REALTIME)) (after (internal-time)))
  (check-true (not (<= before real after))))

;; A timer is due by that clock, whatever the other says.
(for-each
 (lambda (wait)
   (let ((start (system-time CLOCK_MONOTONIC)))
     (wait)
     (check-true (<= (+ start 20000000) (system-time CLOCK_MONOTONIC)))))
 (list (lambda () (sleep 0.02))
       (lambda () (perform-operation (sleep-operation 0.02)))
       (lambda () (perform-operation (timer-operation (+ (internal-time) 20000000))))
       (lambda () (check-equal (call-with-values (lambda () (perform-operation/timeout (never-operation) 0.02 (lambda () 'late))) list) '(late)))))

;; The clocks of the process's timers (proc(5)), while one fiber computes and another could run.
(define (timers-clocks)
  (guard (c ((i/o-file-does-not-exist-error? c) '()))
    (call-with-port (open-file-input-port "/proc/self/timers" (file-options) 'block (native-transcoder))
      (lambda (p)
        (let loop ((clocks '()))
          (let ((line (get-line p)))
            (cond ((eof-object? line) clocks)
                  ((and (> (string-length line) 9) (string=? (substring line 0 8) "ClockID:"))
                   (loop (cons (string->number (substring line 9 (string-length line))) clocks)))
                  (else (loop clocks)))))))))
(let* ((stop #f) (f (spawn-fiber (lambda () (let loop () (if (not stop) (begin (yield-current-task) (loop))))))))
  (yield-current-task)
  (check-equal (remv CLOCK_MONOTONIC (timers-clocks)) '())
  (set! stop #t)
  (fiber-join f))
(finish)
