;; SPDX-License-Identifier: MIT
;;
;; What is behind the buffers of ports: file descriptors and custom procedures, read and written by one fiber at a time.
;; INVARIANT(waiting), in (loko base waiting): while an operation waits, the buffers are consistent and the turn says whose it is.
(library (loko base port-devices)
  (export %device-read! %device-write! %raise-write-count %await-turn %call-with-turn %set-console-flush! %tty?)
  (import (loko core syntax) (loko core primitives)
          (loko base violations) (loko base control)
          (loko base port-records) (loko base io-conditions) (loko base waiting))

  ;; Called before the process waits for the terminal, so that prompts are seen.
  (define console-flush! (lambda () #f))
  (define (%set-console-flush! thunk) (set! console-flush! thunk))

  ;;; Turns. A fiber that waits inside a device operation owns that direction of the port; another one that comes to
  ;;; the device meanwhile is suspended until the first has finished. The fast paths are closed for it: the input
  ;;; buffer is empty (or holds a part of a character), and olimit is 0. A turn is the pair of its owner and the
  ;;; procedures that resume the waiting fibers.

  ;; Returns when nobody uses that direction of the port.
  (define (%await-turn p in?)
    (let ((turn (if in? (p-in-turn p) (p-out-turn p))))
      (if turn
          (begin
            (if (eq? (car turn) (%current-fiber))
                (%raise-port-error (if in? 'read 'write) #f p "the port is already in use by this computation" p))
            (%suspend
             (lambda (resume)
               (if (eq? turn (if in? (p-in-turn p) (p-out-turn p)))
                   (set-cdr! turn (cons resume (cdr turn)))
                   (resume))))
            (%await-turn p in?)))))

  ;; The value of (thunk), which may wait; the port belongs to this fiber meanwhile.
  (define (%call-with-turn p in? thunk)
    (%await-turn p in?)
    (let ((turn (cons (%current-fiber) '())))
      (dynamic-wind
       (lambda ()
         (if in?
             (p-in-turn! p turn)
             (begin
               (p-out-turn! p turn)
               (p-olimit! p 0))))
       thunk
       (lambda ()
         (if in? (p-in-turn! p #f) (p-out-turn! p #f))
         (let loop ((l (cdr turn)))
           (if (pair? l)
               (begin
                 ((car l))
                 (loop (cdr l)))))
         (set-cdr! turn '())))))

  ;; Waits until the descriptor of the port is ready. It may have been closed meanwhile.
  (define (wait-for-device p fd in? drained?)
    (%call-with-turn p in?
      (lambda ()
        (cond (drained? (%wait-drained fd (not in?) #f))
              (in? (wait-readable fd))
              (else (wait-writable fd)))))
    (if (not (eq? fd (p-fd p)))
        (%raise-closed (if in? 'read 'write) p)))

  ;; A call gave n, that it would wait or was interrupted. After an interruption the handler, or the end of the process, comes in the wait; but
  ;; with a scheduler at the next transfer.
  (define (wait-if-needed p fd in? n)
    (if (or (eq? n -11) (not (%scheduled?))) (wait-for-device p fd in? #t)))

  ;; The port that the program knows: p, or the one that converts for it.
  (define (front p) (if (flag? p BEHIND) (p-extra p) p))

  ;; Bytes read, 0 at the end of the file; the interrupt key ends a wait for the terminal, its handler runs at a safepoint.
  (define (fd-read! p fd bv start count)
    (if (flag? p TTY) (console-flush!))
    (if (and (flag? p TTY) (not (%scheduled?))) (wait-for-device p fd #t #f))
    (let loop ()
      (let ((n (if (%scheduled?) (%transfer p fd #t bv start count) (%os-read fd bv start count))))
        (cond ((fx>=? n 0) n)
              ((or (eq? n -11) (eq? n -4))
               (wait-if-needed p fd #t n)
               (loop))
              (else
               (%raise-port-error 'read 'read (front p) (fx- 0 n)))))))

  ;; Bytes written, at least one, or the negative number of the error.
  (define (fd-write! p fd bv start count)
    (let loop ()
      (let ((n (if (%scheduled?) (%transfer p fd #f bv start count) (%os-write fd bv start count))))
        (cond ((or (eq? n -11) (eq? n -4))
               (wait-if-needed p fd #f n)
               (loop))
              (else n)))))

  (define (%device-read! p bv start count)
    (%await-turn p #t)
    (let ((fd (p-fd p)) (reader (p-reader p)))
      (cond (reader
             (let ((n (%call-with-turn p #t (lambda () (reader bv start count)))))
               (if (and (fixnum? n) (fx>=? n 0) (fx<=? n count))
                   n
                   (%raise-port-error 'read 'read (front p) "read! returned a wrong count" p n))))
            (fd (fd-read! p fd bv start count))
            (else 0))))

  ;; The write! of port p gave m.
  (define (%raise-write-count p m)
    (%raise-port-error 'write 'write (front p) "write! returned a wrong count" p m))

  ;; Writes bytes [start, end). If a descriptor gives an error, `failed` is called with the place where it stopped and says what
  ;; to keep; then that is raised. Short writes are continued. A writer takes everything or raises, and keeps the place itself.
  (define (%device-write! p bv start end failed)
    (%await-turn p #f)
    (let ((fd (p-fd p)) (writer (p-writer p)))
      (cond (writer (%call-with-turn p #f (lambda () (writer bv start (fx- end start)))))
            (fd
             (let loop ((start start))
               (if (fx<? start end)
                   (let ((n (fd-write! p fd bv start (fx- end start))))
                     (if (fx>? n 0)
                         (loop (fx+ start n))
                         (begin
                           (failed start)
                           (%raise-port-error 'write 'write (front p) (fx- 0 n)))))))))))

  ;; True if the descriptor is a terminal.
  (define (%tty? fd) (eq? #t (%os-isatty fd))))
