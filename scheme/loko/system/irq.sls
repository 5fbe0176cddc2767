;; SPDX-License-Identifier: MIT
;;
;; Interrupt requests as messages (manual 6.3): a driver waits for one like for a message of a channel, with a time limit or in a
;; choice; until it acknowledges the request it is masked, so that no driver code runs in an interrupt. On the PC the kernel
;; has a file for each request (/dev/irq/N): reading waits, writing acknowledges. Linux has none for programs.
(library (loko system irq)
  (export irq-open irq? irq-number irq-wait irq-operation irq-acknowledge irq-close)
  (import (rnrs)
          (only (loko core primitives) %os-open %os-read %os-write %os-close)
          (only (loko base waiting) wait-readable)
          (only (loko system fibers operations)
                wrap-operation readable-operation internal-time internal-time-units-per-second))

  (define-record-type irq
    (fields number (mutable fd) buffer)
    (sealed #t) (opaque #t))

  ;; (irq-open number): takes request 0 to 15 for this program and unmasks it; an error if somebody has it.
  (define (irq-open n)
    (unless (and (fixnum? n) (fx<=? 0 n 15))
      (assertion-violation 'irq-open "expected the number of an interrupt request, 0 to 15" n))
    (let ((fd (%os-open (string->utf8 (string-append "/dev/irq/" (number->string n) "\x0;")) 2 0)))
      (cond ((fx>=? fd 0)
             (let ((irq (make-irq n fd (make-bytevector 4 0))))
               (irq-acknowledge irq)
               irq))
            ((fx=? fd -16) (error 'irq-open "the interrupt request is taken" n))
            (else (error 'irq-open "interrupt requests reach programs only on a bare PC" n)))))

  (define (fd-of who irq)
    (unless (irq? irq) (assertion-violation who "expected an interrupt request" irq))
    (or (irq-fd irq) (assertion-violation who "the interrupt request is closed" irq)))

  ;; How often the request came since it was opened; it is pending.
  (define (take! irq)
    (%os-read (irq-fd irq) (irq-buffer irq) 0 4)
    (bytevector-u32-native-ref (irq-buffer irq) 0))

  ;; (irq-wait irq [seconds]): waits for a request; only the fiber waits. The number of requests so far, or #f after so many
  ;; seconds without one.
  (define irq-wait
    (case-lambda
      ((irq)
       (wait-readable (fd-of 'irq-wait irq))
       (take! irq))
      ((irq seconds)
       (and (wait-readable (fd-of 'irq-wait irq) (+ (internal-time) (exact (round (* seconds (internal-time-units-per-second))))))
            (take! irq)))))

  ;; (irq-operation irq): for perform-operation and choice-operation; its value is the number of requests so far.
  (define (irq-operation irq)
    (wrap-operation (readable-operation (fd-of 'irq-operation irq)) (lambda () (take! irq))))

  ;; (irq-acknowledge irq): the request was served; the next one may come.
  (define (irq-acknowledge irq)
    (%os-write (fd-of 'irq-acknowledge irq) (irq-buffer irq) 0 4)
    (if #f #f))

  ;; (irq-close irq): gives the request back, masked.
  (define (irq-close irq)
    (when (and (irq? irq) (irq-fd irq))
      (%os-close (irq-fd irq))
      (irq-fd-set! irq #f))))
