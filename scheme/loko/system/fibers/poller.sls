;; SPDX-License-Identifier: MIT
;;
;; Waiting for file descriptors: waiters by descriptor, and the system's epoll(7), asked for edges: a descriptor is
;; registered when somebody waits for it first, for the directions in which somebody has waited, and an event wakes everybody who waits
;; in its direction. A direction in which nobody waits any more is dropped when an event comes for it: the other side of a socket
;; makes one with each read.
;; INVARIANT(edge): who waits has seen after its registration that the descriptor was not ready (EAGAIN, a short read, or a poll that
;; said no), and no event is taken between that and the waiter's entry, because this code is atomic. A short read does not
;; show that the stream has ended behind what was read, of which there may have been an event already: `ended?` keeps it.
;; A descriptor that can't be polled (a regular file) is always ready. Without epoll (the PC) ppoll(2) is asked.
(library (loko system fibers poller)
  (export wait-for-fd! poll-events! fd-waiting fd-forget! fd-closed! fd-ready? reset-poller! wake-up-fds)
  (import (loko core syntax) (loko core primitives)
          (loko system fibers records))

  (define-syntax EPOLLIN (identifier-syntax 1))
  (define-syntax EPOLLOUT (identifier-syntax 4))
  (define-syntax EPOLLERR (identifier-syntax 8))
  (define-syntax EPOLLHUP (identifier-syntax 16))
  (define-syntax reading (identifier-syntax #x80002001))   ; in, rdhup; edge-triggered
  (define-syntax writing (identifier-syntax #x80000004))   ; out; edge-triggered

  (define epoll #f)            ; descriptor; #f: not yet; -1: the system has none
  (define entries (vector))    ; by descriptor: #f or #(readers writers interest ended?); interest 0: it is not registered
  (define waiting 0)           ; how many waiters entered and were not woken by an event (an upper bound)
  (define most-events 128)
  (define events (make-bytevector (fx* 12 most-events) 0))
  (define timeout (make-bytevector 16 0))

  ;; Forgets everything (after a fork: the parent's epoll must not be shared).
  (define (reset-poller!)
    (if (and epoll (fx>=? epoll 0)) (%os-close epoll))
    (set! epoll #f)
    (set! entries (vector))
    (set! waiting 0))

  (define (entry fd)
    (if (fx>=? fd (vector-length entries))
        (let ((new (make-vector (fxmax 64 (fx* 2 (fx+ fd 1))) #f)) (old entries))
          (let copy ((i 0))
            (if (fx<? i (vector-length old))
                (begin (vector-set! new i (vector-ref old i)) (copy (fx+ i 1)))))
          (set! entries new)))
    (or (vector-ref entries fd)
        (let ((e (vector (make-queue) (make-queue) 0 #f)))
          (vector-set! entries fd e)
          e)))

  (define (open-epoll!)
    (if epoll
        #t
        (let ((fd (%os-syscall 291 #x80000)))     ; epoll_create1(EPOLL_CLOEXEC)
          (set! epoll (if (fx>=? fd 0) fd -1)))))

  (define (control op fd interest)
    (let ((event (make-bytevector 12 0)))
      (bytevector-u32-native-set! event 0 interest)
      (bytevector-u32-native-set! event 4 fd)
      (%os-syscall 233 epoll op fd event)))

  ;; Registers the descriptor for a direction, too. #t: done; #f: it can't be polled.
  (define (register! e fd write?)
    (open-epoll!)
    (let* ((known (vector-ref e 2)) (wanted (fxior known (if write? writing reading))))
      (cond ((fx=? known wanted) #t)
            ((fx<? epoll 0) #t)
            (else
             (let ((n (control (if (fx=? known 0) 1 3) fd wanted)))
               (cond ((or (fx=? n 0) (fx=? n -17))
                      (if (fx=? n -17) (control 3 fd wanted))
                      (vector-set! e 2 wanted)
                      #t)
                     (else #f)))))))

  ;; An event came for writing, and nobody waits for it.
  (define (drop-writing! e fd)
    (if (fx=? (vector-ref e 2) (fxior reading writing))
        (begin
          (control 3 fd reading)
          (vector-set! e 2 reading))))

  ;; True if the descriptor is ready now. poll(2) gives -EINTR also without waiting, if a signal (the timer's) is pending.
  (define (fd-ready? fd write?)
    (let ((n (%os-poll fd write? 0)))
      (if (eq? n -4)
          (fd-ready? fd write?)
          (not (eq? 0 n)))))

  ;; Enters the waiter, if the descriptor is not ready; #f if it is. With drained? it is known not to be.
  (define (wait-for-fd! fd write? w drained?)
    (let ((e (entry fd)))
      (cond ((not (register! e fd write?)) #f)
            ((and (not drained?) (fd-ready? fd write?)) #f)
            ((and (vector-ref e 3) (not write?))
             (vector-set! e 3 #f)
             #f)
            (else
             (set! waiting (fx+ waiting 1))
             (enqueue! (vector-ref e (if write? 1 0)) w)
             #t))))

  (define (wake-all! q wake)
    (let ((w (q-head q)))
      (if w
          (begin
            (set! waiting (fx- waiting (q-count q)))
            (q-head! q #f)
            (q-tail! q #f)
            (q-count! q 0)
            (let loop ((w w))
              (if w
                  (let ((next (w-next w)))
                    (if (w-alive? w) (wake w #t))
                    (loop next))))))))

  ;; The descriptor is new or will be closed: whoever waits for it is woken and sees what became of it.
  (define (fd-closed! fd wake)
    (if (fx<? fd (vector-length entries))
        (let ((e (vector-ref entries fd)))
          (if e
              (begin
                (if (and (fx>? (vector-ref e 2) 0) (fx>=? epoll 0)) (control 2 fd 0))
                (vector-set! entries fd #f)
                (wake-all! (vector-ref e 0) wake)
                (wake-all! (vector-ref e 1) wake))))))

  ;; A number that the system has just given out: what is known of it is history.
  (define (fd-forget! fd)
    (if (fx<? fd (vector-length entries)) (vector-set! entries fd #f)))

  ;; How many living fibers, but those of the system, wait for descriptors. The bound is made exact when nothing else is left to do.
  (define (fd-waiting)
    (let ((services 0))
      (if (fx>? waiting 0)
          (begin
            (set! waiting 0)
            (let loop ((i 0))
              (if (fx<? i (vector-length entries))
                  (let ((e (vector-ref entries i)))
                    (if e
                        (let ((count (lambda (w)
                                       (if (w-alive? w)
                                           (begin
                                             (set! waiting (fx+ waiting 1))
                                             (if (service? (w-fiber w)) (set! services (fx+ services 1))))))))
                          (q-for-each count (vector-ref e 0))
                          (q-for-each count (vector-ref e 1))))
                    (loop (fx+ i 1)))))))
      (fx- waiting services)))

  ;; Might anybody wait? Cheap.
  (define (wake-up-fds) waiting)

  (define (set-timeout! ns)
    (bytevector-s64-native-set! timeout 0 (fxquotient ns 1000000000))
    (bytevector-s64-native-set! timeout 8 (fxremainder ns 1000000000)))

  ;; Takes events and calls (wake waiter #t) for those whose descriptor is ready. Sleeps until there is one, for at most
  ;; ns nanoseconds (#f: for ever) or until a signal. Answers the number of events.
  (define (poll-events! ns wake)
    (open-epoll!)
    (if (fx<? epoll 0)
        (poll-all! ns wake)
        (let ((n (wait-for-events ns)))
          (let loop ((i 0))
            (if (fx<? i n)
                (let ((flags (bytevector-u32-native-ref events (fx* 12 i)))
                      (fd (bytevector-u32-native-ref events (fx+ 4 (fx* 12 i)))))
                  (if (fx<? fd (vector-length entries))
                      (let ((e (vector-ref entries fd)))
                        (if e
                            (begin
                              (if (not (eq? 0 (fxand flags #x2010))) (vector-set! e 3 #t))
                              (if (not (eq? 0 (fxand flags #x2019))) (wake-all! (vector-ref e 0) wake))
                              (if (eq? flags 4)
                                  (if (q-empty? (vector-ref e 1)) (drop-writing! e fd)))
                              (if (not (eq? 0 (fxand flags #x001c))) (wake-all! (vector-ref e 1) wake))))))
                  (loop (fx+ i 1)))))
          n)))

  (define no-pwait2? #f)

  (define (wait-for-events ns)
    (cond ((eq? ns 0) (%os-syscall 232 epoll events most-events 0))
          (no-pwait2?
           (%os-syscall 232 epoll events most-events
                        (if ns (fxmin 1000000000 (fxquotient (fx+ ns 999999) 1000000)) -1)))
          (else
           (if ns (set-timeout! ns))
           (let ((n (%os-syscall 441 epoll events most-events (if ns timeout 0) 0)))
             (if (fx=? n -38)
                 (begin
                   (set! no-pwait2? #t)
                   (wait-for-events ns))
                 n)))))

  ;; Without epoll: one ppoll(2) for all descriptors that somebody waits for.
  (define (poll-all! ns wake)
    (let* ((polls (make-bytevector (fx* 8 (vector-length entries)) 0)) (n (list-polls! polls)))
      (if (and ns (not (eq? ns 0))) (set-timeout! ns))
      (if (eq? ns 0) (bytevector-fill! timeout 0))
      (let ((ready (%os-syscall 271 polls n (if ns timeout 0) 0)))
        (if (fx>? ready 0)
            (let loop ((i 0))
              (if (fx<? i n)
                  (let ((e (vector-ref entries (bytevector-u32-native-ref polls (fx* 8 i))))
                        (got (bytevector-u16-native-ref polls (fx+ 6 (fx* 8 i)))))
                    (if e
                        (begin
                          (if (not (eq? 0 (fxand got #x39))) (wake-all! (vector-ref e 0) wake))
                          (if (not (eq? 0 (fxand got #x3c))) (wake-all! (vector-ref e 1) wake))))
                    (loop (fx+ i 1))))))
        ready)))

  ;; Fills the array of struct pollfd; how many.
  (define (list-polls! polls)
    (let loop ((i 0) (n 0))
      (if (fx<? i (vector-length entries))
          (let* ((e (vector-ref entries i))
                 (wanted (if e (fxior (if (q-empty? (vector-ref e 0)) 0 1) (if (q-empty? (vector-ref e 1)) 0 4)) 0)))
            (if (eq? 0 wanted)
                (loop (fx+ i 1) n)
                (begin
                  (bytevector-u32-native-set! polls (fx* 8 n) i)
                  (bytevector-u16-native-set! polls (fx+ 4 (fx* 8 n)) wanted)
                  (loop (fx+ i 1) (fx+ n 1)))))
          n))))
