;; SPDX-License-Identifier: MIT
;;
;; Serial ports (16550) as a pair of binary ports. One fiber serves the device: it waits for an interrupt request or a command.
;; INVARIANT(no loss): received bytes go to a mailbox; when many are unread the driver stops taking them, and the device's
;; own flow control (RTS) holds the sender; the reader's command lets it go on. A writer waits until its bytes were sent.
(library (loko drivers uart)
  (export uart-open uart? uart-input-port uart-output-port uart-close)
  (import (rnrs) (loko base io-bus) (loko system irq) (loko system fibers) (only (loko drivers console) console-release!))

  (define-record-type uart
    (fields base irq commands received
            (mutable queued)                      ; bytes in the mailbox
            (mutable paused?)
            (mutable input uart-input-port uart-input-port-set!)
            (mutable output uart-output-port uart-output-port-set!))
    (sealed #t) (opaque #t))

  ;; Registers
  (define DATA 0) (define ENABLE 1) (define REASON 2) (define FIFO 2) (define LINE 3) (define MODEM 4) (define STATUS 5)
  (define (get u r) (get-i/o-u8 (fx+ (uart-base u) r)))
  (define (put u r n) (put-i/o-u8 (fx+ (uart-base u) r) n))

  (define high-water 65536)

  ;; (uart-open base irq [baud]): COM1 is #x3F8 and 4, COM2 #x2F8 and 3. 8 bits, no parity, one stop bit; 115200 baud unless
  ;; told otherwise. COM1 is the console's until then: descriptors 0 to 2 have no line afterwards.
  (define uart-open
    (case-lambda
      ((base irq) (uart-open base irq 115200))
      ((base irq-number baud)
       (if (fx=? base #x3F8) (console-release!))
       (put-i/o-u8 (fx+ base 7) #x5A)
       (unless (fx=? #x5A (get-i/o-u8 (fx+ base 7)))
         (error 'uart-open "there is no serial port at this address" base))
       (let* ((u (make-uart base (irq-open irq-number) (make-mailbox) (make-mailbox) 0 #f #f #f))
              (divisor (fxdiv 115200 baud)))
         (receive u)                               ; what came early: switching to the queue would drop it
         (put u LINE #x80)
         (put u DATA (fxand divisor 255))
         (put u ENABLE (fxarithmetic-shift-right divisor 8))
         (put u LINE 3)
         (put u FIFO #xC7)                         ; on, cleared, interrupt at 14 bytes
         (put u MODEM #x2B)                        ; DTR, RTS, interrupts out, automatic flow control
         (put u ENABLE 1)
         (uart-input-port-set! u (make-custom-binary-input-port "uart" (reader u) #f #f #f))
         (uart-output-port-set! u (make-custom-binary-output-port "uart" (writer u) #f #f #f))
         (spawn-fiber (lambda () (serve u)))
         u))))

  ;; (uart-close uart): ends the driver and gives the interrupt request back.
  (define (uart-close u)
    (let ((done (make-cvar)))
      (mailbox-send! (uart-commands u) (cons 'close done))
      (wait done)))

  ;;; The ports

  (define (reader u)
    (let ((chunk #f) (at 0))
      (lambda (to start count)
        (unless chunk
          (set! chunk (mailbox-receive (uart-received u)))
          (set! at 0))
        (if (eof-object? chunk)
            0
            (let ((n (fxmin count (fx- (bytevector-length chunk) at))))
              (bytevector-copy! chunk at to start n)
              (set! at (fx+ at n))
              (when (fx=? at (bytevector-length chunk))
                (uart-queued-set! u (fx- (uart-queued u) at))
                (set! chunk #f)
                (when (and (uart-paused? u) (fx<? (uart-queued u) (fxdiv high-water 2)))
                  (mailbox-send! (uart-commands u) 'resume)))
              n)))))

  (define (writer u)
    (lambda (from start count)
      (when (fx>? count 0)
        (let ((bytes (make-bytevector count)) (done (make-cvar)))
          (bytevector-copy! from start bytes 0 count)
          (mailbox-send! (uart-commands u) (cons bytes done))
          (wait done)))
      count))

  ;;; The driver

  (define (serve u)
    ;; to-send: commands (bytes . cvar), oldest first; at: bytes of the first that were sent
    (let loop ((to-send '()) (at 0))
      (let ((event (perform-operation
                    (choice-operation (wrap-operation (irq-operation (uart-irq u)) (lambda (n) 'irq))
                                      (mailbox-receive-operation (uart-commands u))))))
        (cond
          ((eq? event 'irq)
           (let-values (((to-send at) (serve-reasons u to-send at)))
             (irq-acknowledge (uart-irq u))
             (loop to-send at)))
          ((eq? event 'resume)
           (uart-paused?-set! u #f)
           (enable! u (pair? to-send))
           (loop to-send at))
          ((eq? (car event) 'close)
           (put u ENABLE 0)
           (irq-close (uart-irq u))
           (mailbox-send! (uart-received u) (eof-object))
           (signal-cvar! (cdr event)))
          (else
           (let ((to-send (append to-send (list event))))
             (enable! u #t)
             (loop to-send at)))))))

  (define (enable! u sending?)
    (put u ENABLE (fxior (if (uart-paused? u) 0 1) (if sending? 2 0))))

  ;; Serves until the device has no reason any more: a request is an edge, and only then the next one is.
  (define (serve-reasons u to-send at)
    (let loop ((to-send to-send) (at at))
      (let ((reason (fxand (get u REASON) #x0F)))
        (case reason
          ((#x04 #x0C) (receive u) (loop to-send at))
          ((#x02)
           (let-values (((to-send at) (send u to-send at)))
             (loop to-send at)))
          ((#x06) (get u STATUS) (loop to-send at))
          ((#x00) (get u 6) (loop to-send at))
          (else (values to-send at))))))

  ;; What the device has received, as one message.
  (define (receive u)
    (let-values (((port bytes) (open-bytevector-output-port)))
      (let loop ((n 0))
        (if (and (fx<? n 256) (fxbit-set? (get u STATUS) 0))
            (begin
              (put-u8 port (get u DATA))
              (loop (fx+ n 1)))
            (when (fx>? n 0)
              (uart-queued-set! u (fx+ (uart-queued u) n))
              (mailbox-send! (uart-received u) (bytes))
              (when (fx>? (uart-queued u) high-water)
                (uart-paused?-set! u #t)
                (put u ENABLE (fxand (get u ENABLE) 2))))))))

  ;; The device's queue is empty: gives it up to 16 bytes.
  (define (send u to-send at)
    (let loop ((to-send to-send) (at at) (room 16))
      (cond ((null? to-send)
             (enable! u #f)
             (values to-send 0))
            ((fx=? at (bytevector-length (caar to-send)))
             (signal-cvar! (cdar to-send))
             (loop (cdr to-send) 0 room))
            ((fx=? room 0) (values to-send at))
            (else
             (put u DATA (bytevector-u8-ref (caar to-send) at))
             (loop to-send (fx+ at 1) (fx- room 1)))))))
