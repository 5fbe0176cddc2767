;; SPDX-License-Identifier: MIT
;;
;; Waiting for file descriptors: the one place where the ports stop until the system has something for them.
;; Without a scheduler the process blocks in poll(2). A scheduler of fibers installs its own procedures; then
;; only the fiber that asked is suspended, and descriptors may be non-blocking.
;; INVARIANT(waiting): the buffers of every port are consistent while these procedures run, and their fields say
;; who uses the port ((loko base ports), "Turns").
(library (loko base waiting)
  (export wait-readable wait-writable
          %call-when-readable %call-when-writable
          %call-aside %file-call %transfer
          %install-waiting! %install-descriptors! %install-aside! %descriptor-opened %descriptor-closing %wait-drained %process-forked %set-fork-procedure! %scheduled? %suspend %current-fiber)
  (import (loko core syntax) (loko core primitives)
          (loko base violations))

  (define (now)
    (let ((t (%os-clock 1)))
      (fx+ (fx* (car t) 1000000000) (cdr t))))

  ;; poll(2) until the descriptor is ready (#t) or the deadline has passed (#f). An interrupt ends a poll early: its
  ;; handler runs at the loop's safepoint.
  (define (poll fd write? deadline)
    (let loop ()
      (let* ((left (if deadline (fxmax 0 (fx- deadline (now))) #f))
             (n (%os-poll fd write?
                          (if left (fxmin 1000000000 (fxquotient (fx+ left 999999) 1000000)) -1))))
        (cond ((eq? n -4) (loop))
              ((not (eq? n 0)) #t)                ; ready, or an error that the next call will report
              ((and left (fx<=? left 0)) #f)
              (else (loop))))))

  (define (no-suspend proc)
    (assertion-violation #f "nothing could end this wait: there is no other fiber"))

  (define readable (lambda (fd deadline) (poll fd #f deadline)))
  (define writable (lambda (fd deadline) (poll fd #t deadline)))
  (define suspend no-suspend)
  (define current (lambda () #f))
  (define scheduled? #f)

  ;; (%install-waiting! readable writable suspend current): how to wait from now on.
  ;;   (readable fd deadline), (writable fd deadline): return #t when the descriptor is ready, #f when the deadline
  ;;     (nanoseconds of the monotonic clock, or #f) passed before. They may raise (a fiber that is cancelled).
  ;;   (suspend proc): calls (proc resume), suspends the fiber, returns after somebody has called (resume).
  ;;   (current): an object that identifies the running fiber by eq?.
  ;; With #f as first argument the process waits in poll(2) again.
  (define (%install-waiting! r w s c)
    (if r
        (begin (set! readable r) (set! writable w) (set! suspend s) (set! current c) (set! scheduled? #t))
        (begin
          (set! readable (lambda (fd deadline) (poll fd #f deadline)))
          (set! writable (lambda (fd deadline) (poll fd #t deadline)))
          (set! suspend no-suspend)
          (set! current (lambda () #f))
          (set! scheduled? #f))))

  (define opened (lambda (fd) #f))
  (define closing (lambda (fd) #f))

  ;; Installs what a scheduler must know of descriptors: (opened fd) is called when a descriptor is new, (closing fd) before
  ;; it is closed: whoever waits for it must wake up and see; (drained fd write? deadline) waits like the procedures above,
  ;; for a descriptor that has just said that it would block, so it need not be asked again.
  (define (%install-descriptors! o c d)
    (set! opened o)
    (set! closing c)
    (set! drained d))

  (define drained (lambda (fd write? deadline) (if write? (writable fd deadline) (readable fd deadline))))

  ;; Waits for a descriptor after -EAGAIN; as wait-readable and wait-writable.
  (define (%wait-drained fd write? deadline) (drained fd write? deadline))

  (define (%descriptor-opened fd) (opened fd))
  (define (%descriptor-closing fd) (closing fd))

  ;;; Calls that may block for long

  (define no-aside (lambda (number fd arguments bv start count direction) #f))
  (define aside no-aside)
  (define transfer #f)
  (define file-call (lambda (number fd arguments) #f))

  ;; Installs how system calls are made aside (#f: they are not), how ports transfer bytes while there is a scheduler, and how
  ;; %file-call makes a call aside: a procedure of its number, descriptor or #f, and list of other arguments; #f: it can't.
  (define (%install-aside! proc transfer-proc file-proc)
    (set! aside (or proc no-aside))
    (set! transfer transfer-proc)
    (set! file-call file-proc))

  ;; (%call-aside number fd arguments bv start count direction): makes a system call so that only this fiber waits. Its arguments:
  ;; the descriptor fd, unless it is #f, and those of the vector, where #t stands for the address of the bytes [start,
  ;; start + count) of bv; direction says whether the call gets them (in, open) or fills them (out). Its result; or #f: the caller
  ;; must make the call, since there are no other fibers or no threads. With open the wait can be ended by a condition.
  (define (%call-aside number fd arguments bv start count direction)
    (aside number fd arguments bv start count direction))

  ;; (%file-call number fd argument ...): a system call that may wait for a disk; then only this fiber waits. fd is its first argument
  ;; if that is a descriptor, else #f; the others are fixnums and bytevectors, which the call reads or fills. Its result.
  (define (%file-call number fd . arguments)
    (or (file-call number fd arguments)
        (let ((v (make-vector 6 0)))
          (let fill ((i 0) (l (if fd (cons fd arguments) arguments)))
            (if (pair? l)
                (begin
                  (vector-set! v i (car l))
                  (fill (fx+ i 1) (cdr l)))))
          (let repeat ()
            (let ((n (%os-system-call number v)))
              (if (eq? n -4) (repeat) n))))))

  ;; (%transfer port fd in? bv start count): reads or writes while there is a scheduler; the number of bytes, or a negative error
  ;; number. The port is this fiber's meanwhile.
  (define (%transfer p fd in? bv start count) (transfer p fd in? bv start count))

  (define forked (lambda () #f))

  ;; What a child process must do that a raw system call has forked: forget what belongs to its parent.
  (define (%set-fork-procedure! thunk) (set! forked thunk))
  (define (%process-forked) (forked))

  ;; True while a scheduler is installed. Then ports ask before they call the system with a descriptor that may block.
  (define (%scheduled?) scheduled?)

  ;; Suspends the fiber; proc gets the procedure of no arguments that ends the suspension.
  (define (%suspend proc) (suspend proc))

  ;; The running fiber, or #f without a scheduler.
  (define (%current-fiber) (current))

  (define (check-fd who fd)
    (if (and (fixnum? fd) (fx>=? fd 0)) #t (%type-violation who "a file descriptor" fd)))

  ;; (wait-readable fd [deadline]): returns #t when fd can be read without blocking (data, end of file, a connection to
  ;; accept, or an error), #f when the deadline, in nanoseconds of the monotonic clock, came first.
  (define wait-readable
    (case-lambda
      ((fd) (wait-readable fd #f))
      ((fd deadline)
       (check-fd 'wait-readable fd)
       (readable fd deadline))))

  ;; (wait-writable fd [deadline]): the same for writing, and for the end of a connect.
  (define wait-writable
    (case-lambda
      ((fd) (wait-writable fd #f))
      ((fd deadline)
       (check-fd 'wait-writable fd)
       (writable fd deadline))))

  ;; Calls the thunk, which makes a system call on fd and answers a number, negative for errors, until it would neither block
  ;; nor was interrupted; its answer, or -110 (timed out) if the deadline passed.
  (define (call-when-ready write? fd deadline thunk)
    (let loop ()
      (let ((n (thunk)))
        (cond ((eq? n -4) (loop))
              ((eq? n -11) (if (%wait-drained fd write? deadline) (loop) -110))
              (else n)))))

  ;; (%call-when-readable fd deadline thunk): for read, recvfrom, accept.
  (define (%call-when-readable fd deadline thunk) (call-when-ready #f fd deadline thunk))

  ;; (%call-when-writable fd deadline thunk): for write and sendto. A connect that is in progress (-115) is the caller's
  ;; business: wait-writable, then SO_ERROR.
  (define (%call-when-writable fd deadline thunk) (call-when-ready #t fd deadline thunk)))
