;; SPDX-License-Identifier: MIT
;;
;; Buffers of ports, positions, closing, flushing (R6RS libraries 8.2.6). Below are (loko base port-devices) and port-registry.
;; Bytes are in (loko base binary-ports), characters in (loko base textual-ports). Port layout and invariants: (loko base
;; port-records).
(library (loko base ports)
  (export port? binary-port? textual-port? input-port? output-port?
          input-port-open? output-port-open? port-closed?
          port-has-port-position? port-position port-has-set-port-position!? set-port-position!
          close-port close-input-port close-output-port call-with-port
          flush-output-port output-port-buffer-mode port-transcoder
          port-file-descriptor port-file-descriptor-set! port-name
          %fd-port %take-port! %stand-in-front! %init-input! %init-output! %check-input! %check-output! %memory-size
          %refill? %peek-refill? %fill! %drain! %make-room! %flush! %input-ready? %readable?
          %flush-all-ports %discard-output! %forget-ports! %close-forgotten-ports %tty?)
  (import (loko core syntax) (loko core primitives)
          (loko base violations) (loko base control)
          (loko base port-records) (loko base io-conditions) (loko base waiting) (loko base port-registry) (loko base port-devices))

  (define buffer-size 16384)

  ;; (input-port? object): made for input, open or not.
  (define (input-port? x) (and (port? x) (flag? x IN)))
  ;; (output-port? object)
  (define (output-port? x) (and (port? x) (flag? x OUT)))

  ;; (input-port-open? port): R7RS 6.13.1.
  (define (input-port-open? p)
    (if (port? p) #t (%type-violation 'input-port-open? "a port" p))
    (flag? p IN-OPEN))

  ;; (output-port-open? port)
  (define (output-port-open? p)
    (if (port? p) #t (%type-violation 'output-port-open? "a port" p))
    (flag? p OUT-OPEN))

  ;; (port-closed? port): true if neither input nor output is possible any more.
  (define (port-closed? p)
    (check-port 'port-closed? p)
    (eq? 0 (fxand (p-flags p) (fxior IN-OPEN OUT-OPEN))))

  (define (check-port who p)
    (if (port? p) #t (%type-violation who "a port" p)))

  ;; (port-transcoder port): its transcoder or #f.
  (define (port-transcoder p)
    (check-port 'port-transcoder p)
    (p-transcoder p))

  ;; (port-name port): the file name or the id given to a custom port.
  (define (port-name p)
    (check-port 'port-name p)
    (p-id p))

  ;; (port-file-descriptor port): the file descriptor or #f.
  (define (port-file-descriptor p)
    (check-port 'port-file-descriptor p)
    (cond ((p-fd p))
          ((p-inner p) => port-file-descriptor)
          (else #f)))

  ;; (port-file-descriptor-set! port fd)
  (define (port-file-descriptor-set! p fd)
    (check-port 'port-file-descriptor-set! p)
    (p-fd! p fd))

  ;;; Construction

  (define (%init-input! p buffer)
    (p-flags! p (fxior (p-flags p) (fxior IN IN-OPEN)))
    (p-ibuf! p buffer))

  (define (%init-output! p buffer)
    (p-flags! p (fxior (p-flags p) (fxior OUT OUT-OPEN)))
    (p-obuf! p buffer)
    (p-olimit! p (usable-limit p)))

  ;; How far the fast paths may fill the buffer: not at all if they must look at what is written.
  (define (usable-limit p)
    (if (or (flag? p UNBUFFERED) (and (flag? p LINE) (textual-port? p)))
        0
        (bytevector-length (p-obuf p))))

  (define (mode-flags mode)
    (case mode
      ((none) UNBUFFERED)
      ((line) LINE)
      (else 0)))

  ;; (%fd-port rtd id fd input? output? buffer-mode): a port on a file descriptor.
  (define (%fd-port rtd id fd input? output? mode)
    (let ((p (%make-port rtd (mode-flags mode) id)))
      (p-fd! p fd)
      (%descriptor-opened fd)
      (if (fx>=? (%os-seek fd 0 1) 0) (flag-on! p SEEKABLE))
      (if (%tty? fd) (flag-on! p TTY))
      (if input? (%init-input! p (make-bytevector buffer-size 0)))
      (if output? (%init-output! p (make-bytevector (if (eq? mode 'none) 1024 buffer-size) 0)))
      (%register! p)
      (%guard! p)
      p))

  ;; Textual port t converts for port p: errors of p's device are t's, and if p is flushed at the end and when forgotten, t is.
  (define (%stand-in-front! t p)
    (if (not (flag? p MEMORY))
        (begin
          (flag-on! p BEHIND)
          (p-extra! p t)))
    (if (p-fd p)
        (begin
          (%guard! t)
          (%register! t))))

  ;; Moves the state of port p to a fresh port of the given type; p is closed without closing its device.
  (define (%take-port! p rtd)
    (let ((q (%make-port rtd (p-flags p) (p-id p))))
      (let loop ((i 2))
        (if (fx<? i 18)
            (begin
              (%object-set! q i (%object-ref p i))
              (loop (fx+ i 1)))))
      (if (p-fd p)
          (begin
            (%guard! q)
            (%unregister! p)
            (%register! q)))
      (if (flag? p OUT)
          (begin
            (if (not (and (flag? p MEMORY) (eq? 0 (p-olimit p)))) (p-olimit! q (usable-limit q)))
            (if (flag? p MEMORY) (p-inner! p q))))
      (flag-off! p (fxior (fxior IN-OPEN OUT-OPEN) (fxior MEMORY EOF)))
      (p-ipos! p 0)
      (p-iend! p 0)
      (p-opos! p 0)
      (p-olimit! p 0)
      (p-fd! p #f)
      q))

  ;;; Buffers

  ;; Number of bytes in a memory output port. Its limit is 0 when it is closed, or when its position was set beyond its end
  ;; and nothing is written there yet: that alone does not extend it.
  (define (%memory-size p)
    (if (eq? 0 (p-olimit p)) (p-extra p) (fxmax (p-opos p) (p-extra p))))

  ;; Makes sure that p can be read: it is open, and pending output is written.
  (define (%check-input! who p)
    (if (not (flag? p IN-OPEN))
        (if (flag? p IN)
            (%raise-closed who p)
            (%raise-port-violation who p "expected an input port")))
    (if (flag? p OUT-OPEN)
        (begin
          (%drain! p)
          (p-olimit! p 0))))

  ;; Makes sure that p can be written: it is open, and what was read ahead is given back.
  (define (%check-output! who p)
    (if (not (flag? p OUT-OPEN))
        (if (flag? p OUT)
            (%raise-closed who p)
            (%raise-port-violation who p "expected an output port")))
    (if (p-out-turn p) (await-writer who p))
    (if (flag? p IN-OPEN)
        (let ((ahead (fx- (p-iend p) (p-ipos p))))
          (if (and (fx>? ahead 0) (or (flag? p SEEKABLE) (and (p-setpos p) (p-getpos p))))
              (begin
                (cond ((p-inner p) (if (p-getpos p) ((p-setpos p) ((p-getpos p)))))
                      ((p-fd p) (%os-seek (p-fd p) (fx- 0 ahead) 1))
                      ((p-getpos p) ((p-setpos p) (if (textual-port? p) ((p-getpos p)) (- ((p-getpos p)) ahead)))))
                (p-ipos! p 0)
                (p-iend! p 0)))
          (p-olimit! p (usable-limit p)))
        (if (eq? 0 (p-olimit p)) (p-olimit! p (usable-limit p)))))

  ;; Reads more bytes behind those in the buffer; unread ones are kept. Answers their number, 0 at the end.
  (define (%fill! p)
    (if (flag? p MEMORY)
        0
        (if (p-in-turn p)
            ;; another fiber is reading: what it gets counts, too
            (let ((before (fx- (p-iend p) (p-ipos p))))
              (%await-turn p #t)
              (let ((new (fx- (fx- (p-iend p) (p-ipos p)) before)))
                (if (fx>? new 0) new (fill-buffer! p))))
            (fill-buffer! p))))

  (define (fill-buffer! p)
    (let* ((buf (p-ibuf p)) (pos (p-ipos p)) (left (fx- (p-iend p) pos)))
      (if (and (fx>? left 0) (fx>? pos 0))
          (%bytevector-copy! buf pos buf 0 left))
      (p-ipos! p 0)
      (p-iend! p left)
      (let* ((room (fx- (bytevector-length buf) left))
             (n (%device-read! p buf left (if (and (flag? p UNBUFFERED) (not (p-reader p))) 1 room))))
        (p-iend! p (fx+ left n))
        n)))

  ;; For an empty buffer before a read: true if there are bytes now.
  (define (%refill? p)
    (if (flag? p EOF)
        (begin (flag-off! p EOF) #f)
        (fx>? (%fill! p) 0)))

  ;; The same before a lookahead: the end of file stays to be read.
  (define (%peek-refill? p)
    (if (flag? p EOF)
        #f
        (if (fx>? (%fill! p) 0)
            #t
            (begin (flag-on! p EOF) #f))))

  ;; True if a read of the port's descriptor would not block.
  (define (%readable? p) (fx>? (%os-poll (p-fd p) #f 0) 0))

  ;; True if a read would not block.
  (define (%input-ready? p)
    (or (fx<? (p-ipos p) (p-iend p))
        (flag? p MEMORY)
        (flag? p EOF)
        (cond ((p-inner p) => %input-ready?)
              ((p-reader p) #t)
              ((p-fd p) (%readable? p))
              (else #t))))

  ;; Waits for another fiber that writes; the port may be closed then.
  (define (await-writer who p)
    (%await-turn p #f)
    (if (not (flag? p OUT-OPEN)) (%raise-closed who p)))

  ;; Hands the output buffer to the device. What could not be written stays in the buffer, so that a later flush tries
  ;; again or fails again: nothing is lost in silence.
  (define (%drain! p)
    (if (p-out-turn p) (await-writer 'write p))
    (let ((n (p-opos p)))
      (if (and (fx>? n 0) (not (flag? p MEMORY)))
          (let ((buf (p-obuf p)))
            (%device-write! p buf 0 n
                           (lambda (done)
                             (%bytevector-copy! buf done buf 0 (fx- n done))
                             (p-opos! p (fx- n done))))
            (p-opos! p 0)))))

  ;; Makes room for n more bytes (n is small).
  (define (%make-room! p n)
    (if (flag? p MEMORY)
        (let* ((old (p-obuf p))
               (size (bytevector-length old))
               (need (fx+ (p-opos p) n)))
          (if (fx>? need size)
              (let ((new (make-bytevector (fxmax (fx* 2 size) need))))
                (%bytevector-copy! old 0 new 0 (%memory-size p))
                (p-obuf! p new)
                (p-olimit! p (usable-limit p)))))
        (if (fx>? (fx+ (p-opos p) n) (bytevector-length (p-obuf p)))
            (%drain! p))))

  ;; Drains p and the port behind it.
  (define (%flush! p)
    (%drain! p)
    (let ((inner (p-inner p)))
      (if inner (%flush! inner))))

  ;; (flush-output-port port)
  (define (flush-output-port p)
    (if (output-port? p) #t (%type-violation 'flush-output-port "an output port" p))
    (if (flag? p OUT-OPEN)
        (%flush! p)
        (%raise-closed 'flush-output-port p)))

  ;; (output-port-buffer-mode port): none, line or block.
  (define (output-port-buffer-mode p)
    (if (output-port? p) #t (%type-violation 'output-port-buffer-mode "an output port" p))
    (cond ((p-inner p) => output-port-buffer-mode)
          ((flag? p UNBUFFERED) 'none)
          ((flag? p LINE) 'line)
          (else 'block)))

  ;;; Closing

  (define (finish! p)
    (let ((fd (p-fd p)) (closer (p-closer p)) (inner (p-inner p)))
      (p-fd! p #f)
      (if (or fd inner (flag? p OUT)) (%unregister! p))
      (if (flag? p MEMORY) #f (begin (p-ibuf! p #f) (p-obuf! p #f)))
      (if inner (close-port inner))
      (if closer (closer))
      (if (and fd (not (flag? p BORROWED)))
          (begin
            (%descriptor-closing fd)
            (%os-close fd)))))

  (define (close-input! p)
    (flag-off! p (fxior IN-OPEN EOF))
    (p-ipos! p 0)
    (p-iend! p 0))

  ;; The port takes no more output even if writing the rest fails. A fiber that waits within a write (its peer may never read on) is not
  ;; waited for: it learns of it by a condition, and what is left in the buffer is its own.
  (define (close-output! p)
    (flag-off! p OUT-OPEN)
    (if (flag? p MEMORY)
        (p-extra! p (%memory-size p)))
    (p-olimit! p 0)
    (cond ((in-use? p) (p-opos! p 0))
          ((not (flag? p MEMORY)) (%flush! p))))

  (define (in-use? p)
    (let ((turn (p-out-turn p)))
      (if turn
          (not (eq? (car turn) (%current-fiber)))
          (let ((inner (p-inner p)))
            (and inner (in-use? inner))))))

  ;; (close-port port): flushes and closes; no effect on a closed port.
  (define (close-port p)
    (check-port 'close-port p)
    (if (flag? p (fxior IN-OPEN OUT-OPEN))
        (let ((output? (flag? p OUT-OPEN)))
          (if (flag? p IN-OPEN) (close-input! p))
          (if output?
              (dynamic-wind
               (lambda () #f)
               (lambda () (close-output! p))
               (lambda () (finish! p)))
              (finish! p)))))

  ;; (close-input-port port): closes the input side; the output side of a combined port stays open.
  (define (close-input-port p)
    (if (input-port? p) #t (%type-violation 'close-input-port "an input port" p))
    (if (flag? p OUT-OPEN)
        (begin (%check-output! 'close-input-port p) (close-input! p))
        (close-port p)))

  ;; (close-output-port port): flushes and closes the output side.
  (define (close-output-port p)
    (if (output-port? p) #t (%type-violation 'close-output-port "an output port" p))
    (if (flag? p IN-OPEN)
        (if (flag? p OUT-OPEN) (close-output! p))
        (close-port p)))

  ;; (call-with-port port proc): the values of (proc port); then the port is closed.
  (define (call-with-port p proc)
    (check-port 'call-with-port p)
    (call-with-values
     (lambda () (proc p))
     (case-lambda
       ((x) (close-port p) x)
       (xs (close-port p) (%values-list xs)))))

  ;;; All ports of the process

  ;; What was raised when a forgotten port was flushed: reported at the end of the process.
  (define forgotten-failure #f)

  ;; Called after collections: flushes and closes forgotten ports. The standard descriptors stay open.
  (define (%close-forgotten-ports)
    (let loop ()
      (let ((p (%next-forgotten)))
        (if p
            (begin
              (if (and (flag? p (fxior IN-OPEN OUT-OPEN)) (not (flag? p BEHIND)))
                  (let ((bad (failure-of (lambda ()
                                           (if (fx>? (or (port-file-descriptor p) -1) 2)
                                               (close-port p)
                                               (if (flag? p OUT-OPEN) (%flush! p)))))))
                    (if bad (set! forgotten-failure (or forgotten-failure bad)))))
              (loop))))))

  ;; The object that (thunk) raises, or #f.
  (define (failure-of thunk)
    (call/cc
     (lambda (k)
       (with-exception-handler k (lambda () (thunk) #f)))))

  ;; Flushes every open output port that has a descriptor, also if some can't be written; then the first failure is raised.
  ;; What could not be written is dropped: the process ends.
  (define (%flush-all-ports)
    (%close-forgotten-ports)
    (let loop ((l (%open-ports)) (first forgotten-failure))
      (if (%weak-pair? l)
          (let* ((p (%weak-car l))
                 (bad (if (and (port? p) (flag? p OUT-OPEN)) (failure-of (lambda () (%flush! p))) #f)))
            (if bad (%discard-output! p))
            (loop (%weak-cdr l) (or first bad)))
          (if first
              (begin
                (set! forgotten-failure #f)
                (raise first))))))

  ;; Empties the output buffer: its loss has been reported.
  (define (%discard-output! p)
    (if (and (port? p) (not (flag? p MEMORY)))
        (begin
          (p-sent! p 0)
          (p-opos! p 0))))

  ;; Drops the list: its ports belong to a process that is gone.
  (define (%forget-ports!)
    (%forget-registered!)
    (set! forgotten-failure #f))

  ;;; Positions. Both directions of a combined port share one.

  (define (open? p) (flag? p (fxior IN-OPEN OUT-OPEN)))

  ;; (port-has-port-position? port)
  (define (port-has-port-position? p)
    (check-port 'port-has-port-position? p)
    (if (or (flag? p MEMORY) (flag? p SEEKABLE) (p-getpos p)) #t #f))

  ;; (port-has-set-port-position!? port)
  (define (port-has-set-port-position!? p)
    (check-port 'port-has-set-port-position!? p)
    (if (or (flag? p MEMORY) (flag? p SEEKABLE) (p-setpos p)) #t #f))

  ;; What the get-position procedure of a custom port says: any object for textual ports.
  (define (custom-position p)
    (let ((pos ((p-getpos p))))
      (if (or (textual-port? p) (and (exact-integer? pos) (not (negative? pos))))
          pos
          (%raise-port-error 'read 'port-position p "get-position returned no position" p pos))))

  ;; (port-position port): bytes from the start for binary ports.
  (define (port-position p)
    (check-port 'port-position p)
    (if (open? p) #t (%raise-closed 'port-position p))
    (cond ((flag? p MEMORY)
           (if (flag? p IN) (p-ipos p) (p-opos p)))
          ((and (p-inner p) (p-getpos p))
           (%drain! p)
           ((p-getpos p)))
          ((p-getpos p)
           (let ((pos (custom-position p)))
             (if (textual-port? p) pos (+ pos (fx- (fx- (p-opos p) (p-sent p)) (fx- (p-iend p) (p-ipos p)))))))
          ((flag? p SEEKABLE)
           (+ (%os-seek (p-fd p) 0 1) (fx- (p-opos p) (fx- (p-iend p) (p-ipos p)))))
          (else (%raise-port-violation 'port-position p "the port has no position"))))

  ;; (set-port-position! port position): if that fails, the port is where it was.
  (define (set-port-position! p pos)
    (check-port 'set-port-position! p)
    (if (open? p) #t (%raise-closed 'set-port-position! p))
    (let ((index? (and (fixnum? pos) (fx>=? pos 0))))
      (define (invalid) (%raise-invalid-position 'set-port-position! p pos))
      (if (not (port-has-set-port-position!? p)) (%raise-port-violation 'set-port-position! p "the port has no position"))
      (if (and (binary-port? p) (not index?))
          (if (exact-integer? pos)
              (invalid)
              (%type-violation 'set-port-position! "a non-negative exact integer" pos)))
      (if (and (flag? p OUT-OPEN) (not (flag? p MEMORY))) (%flush! p))
      (cond ((flag? p MEMORY)
             (if (not index?) (invalid))
             (if (flag? p IN)
                 (if (fx<=? pos (p-iend p)) (p-ipos! p pos) (invalid))
                 (set-memory-position! p pos)))
            ((p-setpos p) => (lambda (set-position!) (set-position! pos)))
            ((not (and index? (fx>=? (%os-seek (p-fd p) pos 0) 0))) (invalid)))
      (if (not (flag? p MEMORY))
          (begin
            (p-ipos! p 0)
            (p-iend! p 0)))
      (flag-off! p EOF)
      (%void)))

  ;; The bytes between the end and a position beyond it are zero when something is written there.
  (define (set-memory-position! p pos)
    (let ((size (%memory-size p)))
      (p-extra! p size)
      (if (fx>? pos size)
          (begin
            (%make-room! p (fx- pos (p-opos p)))
            (let loop ((i size))
              (if (fx<? i pos)
                  (begin (bytevector-u8-set! (p-obuf p) i 0) (loop (fx+ i 1)))))))
      (p-opos! p pos)
      (p-olimit! p (if (fx>? pos size) 0 (usable-limit p))))))
