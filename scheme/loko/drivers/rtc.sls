;; SPDX-License-Identifier: MIT
;;
;; The PC's real-time clock (MC146818 and its successors).
(library (loko drivers rtc)
  (export rtc-read rtc-wait-second)
  (import (rnrs) (loko base io-bus) (loko system irq))

  (define (register n)
    (put-i/o-u8 #x70 n)
    (get-i/o-u8 #x71))
  (define (set-register! n value)
    (put-i/o-u8 #x70 n)
    (put-i/o-u8 #x71 value))

  ;; (rtc-read): year, month, day, hour, minute, second, as values. Read twice, until both are the same: the clock may have been
  ;; between two seconds.
  (define (rtc-read)
    (define (once)
      (let wait () (when (fxbit-set? (register #x0A) 7) (wait)))
      (map register '(9 8 7 4 2 0)))
    (let loop ((a (once)))
      (let ((b (once)))
        (if (equal? a b)
            (decode a (register #x0B))
            (loop b)))))

  ;; mode: bit 2: binary, else decimal digits; bit 1: 24 hours, else bit 7 of the hour is the afternoon.
  (define (decode raw mode)
    (define (number n) (if (fxbit-set? mode 2) n (fx+ (fx* 10 (fxarithmetic-shift-right n 4)) (fxand n 15))))
    (let* ((hour (list-ref raw 3))
           (h (number (fxand hour #x7F))))
      (values (fx+ 2000 (number (list-ref raw 0))) (number (list-ref raw 1)) (number (list-ref raw 2))
              (if (fxbit-set? mode 1)
                  h
                  (fx+ (fxmod h 12) (if (fxbit-set? hour 7) 12 0)))
              (number (list-ref raw 4)) (number (list-ref raw 5)))))

  ;; (rtc-wait-second): waits until the clock begins a new second, by its interrupt (IRQ 8); only the fiber waits. False if none
  ;; came within three seconds.
  (define (rtc-wait-second)
    (let ((irq (irq-open 8)) (mode (register #x0B)))
      (dynamic-wind
       (lambda () (set-register! #x0B (fxior mode #x10)))      ; interrupt after each update
       (lambda ()
         (register #x0C)                                       ; forget an old reason
         (let ((n (irq-wait irq 3)))
           (register #x0C)
           (irq-acknowledge irq)
           (and n #t)))
       (lambda ()
         (set-register! #x0B mode)
         (irq-close irq))))))
