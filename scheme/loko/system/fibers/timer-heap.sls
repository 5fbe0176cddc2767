;; SPDX-License-Identifier: MIT
;;
;; Pending timers: a binary heap of (time, waiter) in one vector. Adding and taking are O(log n). Timers of operations
;; that lost a choice stay until they are due or the vector is full; then the dead are dropped, and the vector grows only
;; if more than half of it is alive: O(1) amortized, and memory is proportional to the timers that count.
(library (loko system fibers timer-heap)
  (export add-timer-entry! next-time take-due! timer-count reset-timers!)
  (import (loko core syntax) (loko core primitives)
          (loko system fibers records))

  (define heap (make-vector 64 #f))   ; entry i: time at 2i, waiter at 2i + 1
  (define count 0)

  (define-syntax time-at (syntax-rules () ((_ i) (vector-ref heap (fx* 2 i)))))
  (define-syntax waiter-at (syntax-rules () ((_ i) (vector-ref heap (fx+ 1 (fx* 2 i))))))

  (define (put! i time w)
    (vector-set! heap (fx* 2 i) time)
    (vector-set! heap (fx+ 1 (fx* 2 i)) w))

  (define (timer-count) count)

  (define (reset-timers!)
    (set! heap (make-vector 64 #f))
    (set! count 0))

  (define (sift-up! i time w)
    (if (fx>? i 0)
        (let ((parent (fxarithmetic-shift-right (fx- i 1) 1)))
          (if (fx<? time (time-at parent))
              (begin
                (put! i (time-at parent) (waiter-at parent))
                (sift-up! parent time w))
              (put! i time w)))
        (put! i time w)))

  (define (sift-down! i time w)
    (let ((left (fx+ 1 (fx* 2 i))))
      (if (fx<? left count)
          (let* ((right (fx+ left 1))
                 (child (if (and (fx<? right count) (fx<? (time-at right) (time-at left))) right left)))
            (if (fx<? (time-at child) time)
                (begin
                  (put! i (time-at child) (waiter-at child))
                  (sift-down! child time w))
                (put! i time w)))
          (put! i time w))))

  ;; Drops the dead entries and makes a heap of the rest.
  (define (compact!)
    (let loop ((i 0) (n 0))
      (if (fx<? i count)
          (let ((w (waiter-at i)))
            (if (w-alive? w)
                (begin
                  (put! n (time-at i) w)
                  (loop (fx+ i 1) (fx+ n 1)))
                (loop (fx+ i 1) n)))
          (let clear ((j n))
            (if (fx<? j count)
                (begin (put! j #f #f) (clear (fx+ j 1)))
                (begin
                  (set! count n)
                  (let heapify ((i (fx- (fxarithmetic-shift-right n 1) 1)))
                    (if (fx>=? i 0)
                        (begin
                          (sift-down! i (time-at i) (waiter-at i))
                          (heapify (fx- i 1)))))))))))

  (define (make-room!)
    (compact!)
    (let ((size (vector-length heap)))
      (if (fx>? (fx* 4 count) size)
          (let ((new (make-vector (fx* 2 size) #f)) (old heap) (n (fx* 2 count)))
            (let copy ((i 0))
              (if (fx<? i n)
                  (begin
                    (vector-set! new i (vector-ref old i))
                    (copy (fx+ i 1)))))
            (set! heap new)))))

  ;; The waiter w is due at this time (nanoseconds of the monotonic clock).
  (define (add-timer-entry! time w)
    (if (fx=? (fx* 2 count) (vector-length heap)) (make-room!))
    (set! count (fx+ count 1))
    (sift-up! (fx- count 1) time w))

  (define (remove-first!)
    (let ((n (fx- count 1)))
      (set! count n)
      (let ((time (time-at n)) (w (waiter-at n)))
        (put! n #f #f)
        (if (fx>? n 0) (sift-down! 0 time w)))))

  ;; When the next living timer is due, or #f.
  (define (next-time)
    (cond ((fx=? count 0) #f)
          ((w-alive? (waiter-at 0)) (time-at 0))
          (else (remove-first!) (next-time))))

  ;; Takes out a living waiter that is due at `now`, or #f.
  (define (take-due! now)
    (let ((time (next-time)))
      (if (and time (fx<=? time now))
          (let ((w (waiter-at 0)))
            (remove-first!)
            w)
          #f))))
