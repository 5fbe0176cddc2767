;; SPDX-License-Identifier: MIT
;;
;; The serial console of the PC, served by a fiber from the moment on when there are fibers: interrupt requests come to it as
;; messages, are acknowledged explicitly and masked until then (manual 6.3). What it receives goes to the input of descriptor 0; what was
;; written to descriptors 1 and 2 is in a queue (the file /dev/line has both) and goes to the port, so writing keeps nobody from running.
;; INVARIANT(no loss): the port is read only as far as its bytes find room. If the driver leaves a request alone for a
;; millisecond, because a fiber is in a long computation, the kernel does its work meanwhile (src/os/pc/devices.cpp, ADR 11).
(library (loko drivers console)
  (export console-release!)
  (import (loko core syntax) (loko core primitives)
          (loko base io-bus)
          (loko system irq)
          (loko system fibers operations)
          (only (loko system fibers scheduler) set-console-hook! spawn-service!))

  (define base #x3F8)
  (define request 4)

  ;; Registers of the 16550
  (define-syntax DATA (identifier-syntax 0))
  (define-syntax ENABLE (identifier-syntax 1))
  (define-syntax REASON (identifier-syntax 2))
  (define-syntax LINE (identifier-syntax 3))
  (define-syntax MODEM (identifier-syntax 4))
  (define-syntax LINE-STATUS (identifier-syntax 5))
  (define-syntax MODEM-STATUS (identifier-syntax 6))
  (define (get r) (get-i/o-u8 (fx+ base r)))
  (define (put r n) (put-i/o-u8 (fx+ base r) n))

  (define queue-bytes 16)

  (define irq #f)
  (define line #f)             ; descriptor of /dev/line
  (define released #f)         ; signalled when the driver shall end
  (define ended #f)            ; signalled when it has
  (define received (make-bytevector queue-bytes 0))
  (define taken (make-bytevector queue-bytes 0))
  (define held 0)              ; bytes of `received` that found no room yet: the first of them
  (define held-end 0)
  (define sending? #f)

  ;; Tells the port which interrupts we want.
  (define (enable!)
    (put ENABLE (fxior (if (fx<? held held-end) 0 1) (if sending? 2 0))))

  (define (start!)
    (let ((fd (%os-open (string->utf8 "/dev/line\x0;") 2 0)))
      (if (fx>=? fd 0)
          (begin
            (set! irq (irq-open request))
            (set! line fd)
            (set! released (make-cvar))
            (set! ended (make-cvar))
            (set! sending? #t)
            (enable!)
            (spawn-service! serve 'console)))))

  ;; (console-release!): the port is the kernel's again; whoever wants another driver for it calls this first.
  (define (console-release!)
    (if line
        (begin
          (signal-cvar! released)
          (wait ended))))

  (define (event)
    (perform-operation
     (choice-operation
      (wrap-operation (wait-operation released) (lambda () 'release))
      (wrap-operation (irq-operation irq) (lambda (n) 'irq))
      (if sending? (never-operation) (wrap-operation (readable-operation line) (lambda () 'send)))
      (if (fx<? held held-end) (wrap-operation (writable-operation line) (lambda () 'room)) (never-operation)))))

  (define (serve)
    (case (event)
      ((irq)
       (serve-reasons)
       (irq-acknowledge irq)
       (serve))
      ((send)
       (set! sending? #t)
       (enable!)
       (serve))
      ((room)
       (deliver!)
       (enable!)
       (serve))
      (else
       (deliver!)
       (put ENABLE 0)
       (%os-close line)
       (irq-close irq)
       (set! line #f)
       (signal-cvar! ended))))

  ;; Serves until the device has no reason any more: a request is an edge, and only then the next one is.
  (define (serve-reasons)
    (let ((reason (fxand (get REASON) #x0F)))
      (if (fxeven? reason)
          (begin
            (cond ((or (fx=? reason 4) (fx=? reason 12)) (receive!))
                  ((fx=? reason 2) (send!))
                  ((fx=? reason 6) (get LINE-STATUS))
                  (else (get MODEM-STATUS)))
            (serve-reasons)))))

  ;; What the port has received goes to the console's input; what finds no room there stops the receiving.
  (define (receive!)
    (let fill ((n 0))
      (if (and (fx<? n queue-bytes) (fxodd? (get LINE-STATUS)))
          (begin
            (bytevector-u8-set! received n (get DATA))
            (fill (fx+ n 1)))
          (begin
            (set! held 0)
            (set! held-end n)
            (deliver!)
            (enable!)))))

  (define (deliver!)
    (if (fx<? held held-end)
        (set! held (fx+ held (%os-write line received held (fx- held-end held))))))

  ;; The port's queue is empty: gives it what waits to be sent.
  (define (send!)
    (let ((n (%os-read line taken 0 queue-bytes)))
      (if (fx>? n 0)
          (let loop ((i 0))
            (if (fx<? i n)
                (begin
                  (put DATA (bytevector-u8-ref taken i))
                  (loop (fx+ i 1)))))
          (begin
            (set! sending? #f)
            (enable!)))))

  (set-console-hook! start!))
