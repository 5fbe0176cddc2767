;; SPDX-License-Identifier: MIT
;;
;; The scheduler: which fiber runs, how it gives way, sleeping and waiting for descriptors, time slices, ends, deadlock.
;; A switch captures the continuation with its three words of dynamic state and reinstates another's: no winders run.
;; The main program is a fiber, too; it differs in that its end is the process's.
;; INVARIANT(atomic): code of this folder is never preempted nor interrupted by the user (kUninterruptibleCode); so what
;; happens between two calls of block!, yield! and dispatch is one step. It calls procedures of the user last in a step.
;; INVARIANT(identity): a fiber's list of winders ends with (fiber), its list of parameters' bindings with the fiber; the main program's end with ().
;; So continuations know their fiber ((loko base control) refuses to enter another's).
;; INVARIANT(flat): the scheduler runs on the stack of the fiber that gave way, after its continuation was captured (the
;; stack is empty then), so endless switches need no space.
(library (loko system fibers scheduler)
  (export current-fiber main-fiber spawn! block! block-through! others? wake! yield! end-fiber! unwind-and-end! interrupt-fiber!
          add-timer! now set-end-hook! set-aside! set-slice! slice-length
          suspend-with wait-fd close-fd! new-fd! check-deadlock-hook! %reset-scheduler! %run-as-main! dead? describe-fiber
          cancel-fiber! active? alive-count set-console-hook! spawn-service!)
  (import (loko core syntax) (loko core primitives)
          (loko base violations) (loko base control) (loko base conditions) (loko base errors)
          (loko base waiting) (only (loko base long-work) %do-long-work)
          (only (loko base stdio) console-error-port)
          (only (loko base printer) display %write-part)
          (only (loko base ports) flush-output-port)
          (only (loko base backtraces) current-backtrace %print-backtrace)
          (loko system fibers records) (loko system fibers timer-heap) (loko system fibers poller)
          (loko system fibers parameters))

  ;;; The run queue

  (define main-fiber (make-fiber #f 'main #f))
  (define current main-fiber)
  (define run-head #f)
  (define run-tail #f)
  (define turns 0)
  (define alive 0)               ; fibers that were spawned and have not ended

  ;; The fiber that runs.
  (define (current-fiber) current)
  (define (alive-count) alive)
  (define (dead? f) (not (eq? (f-state f) 'alive)))

  (define (schedule! f)
    (f-next! f #f)
    (if run-tail (f-next! run-tail f) (set! run-head f))
    (set! run-tail f)
    (if armed? #t (if current (arm!))))

  (define (schedule-first! f)
    (f-next! f run-head)
    (set! run-head f)
    (if run-tail #t (set! run-tail f))
    (if armed? #t (if current (arm!))))

  ;; Ends the suspension that the living waiter w stands for; its fiber gets the value. If that is the running fiber, it
  ;; will not block.
  (define (wake! w value)
    (let ((f (w-fiber w)))
      (f-ticket! f (fx+ 1 (f-ticket f)))
      (f-value! f value)
      (f-op! f (w-op w))
      (if (eq? f current)
          (f-waits! f woken)
          (begin
            (f-waits! f #f)
            (schedule! f)))))

  (define woken (cons 'woken '()))

  ;; As wake!, for an event of the system: a driver comes first.
  (define (wake-for-event! w value)
    (let ((f (w-fiber w)))
      (if (and (service? f) (not (eq? f current)))
          (begin
            (f-ticket! f (fx+ 1 (f-ticket f)))
            (f-value! f value)
            (f-op! f (w-op w))
            (f-waits! f #f)
            (schedule-first! f))
          (wake! w value))))

  ;;; Switching

  ;; Gives the processor to the next fiber. The continuation of the present one was saved, or is not needed any more.
  (define (dispatch)
    (let ((f run-head))
      (if f
          (let ((next (f-next f)) (k (f-k f)))
            (set! run-head next)
            (if next #t (set! run-tail #f))
            (f-next! f #f)
            (set! current f)
            (set! turns (fx+ turns 1))
            (if (eq? 0 (fxand turns 63)) (look-around!))
            (if (fx>? (timer-count) 0)
                (arm-for-timer!)
                (if armed? #t (if (or run-head (fx>? (wake-up-fds) 0)) (arm!))))
            (if (procedure? k)
                (%start-stack start)
                (begin
                  (f-k! f #f)
                  (%continue k #f))))
          (idle))))

  ;; Where a fiber begins, on an empty stack.
  (define (start)
    (let* ((f current) (thunk (f-k f)))
      (f-k! f #f)
      (%set-params! (f-value f))
      (f-value! f #f)
      (%set-winders! (cons f '()))
      (%set-handlers! base-handlers)
      (if (f-interrupt f) (run-interrupt! f))
      (call-with-values thunk
        (case-lambda
          ((x) (end-fiber! 'returned (cons x '())))
          (results (end-fiber! 'returned results))))))

  (define-syntax switch!
    (syntax-rules ()
      ((_ f) (%call/cc (lambda (k) (f-k! f k) (dispatch))))))

  (define (run-interrupt! f)
    (let ((thunk (f-interrupt f)))
      (f-interrupt! f #f)
      (thunk)))

  (define interrupted (cons 'interrupted '()))

  ;; Suspends the running fiber until one of the waiters that were made for its present ticket is woken: #t, and what was
  ;; handed over is in f-value and f-op. `waits` says what for. #f if it was interrupted instead, and may try again.
  (define (block! waits)
    (let ((f current))
      (cond ((eq? (f-waits f) woken)
             (f-waits! f #f)
             #t)
            ((f-interrupt f)
             (f-ticket! f (fx+ 1 (f-ticket f)))
             (run-interrupt! f)
             #f)
            (else
             (if installed? #t (install!))
             (f-waits! f waits)
             (switch! f)
             (if (eq? (f-op f) interrupted)
                 (begin
                   (f-op! f #f)
                   (run-interrupt! f)
                   #f)
                 #t)))))

  ;; Suspends the running fiber until its waiter is woken, whoever wants to interrupt it; it learns of that soon afterwards.
  (define (block-through!)
    (let ((f current))
      (if installed? #t (install!))
      (if (eq? (f-waits f) woken)
          (f-waits! f #f)
          (switch! f))
      (f-op! f #f)
      (if (f-interrupt f) (arm-at! 1))))

  ;; Are there other fibers than the running one?
  (define (others?)
    (fx>? alive 0))

  ;; Lets the other fibers run that can.
  (define (yield!)
    (let ((f current))
      (if (f-interrupt f) (run-interrupt! f))
      (if run-head
          (begin
            (schedule! f)
            (switch! f))
          (look-around!))))

  ;; Makes the fiber call thunk: at once if it is blocked (then its operation fails), else when it next gives way.
  (define (interrupt-fiber! f thunk)
    (f-interrupt! f thunk)
    (if (f-waits f)
        (begin
          (f-ticket! f (fx+ 1 (f-ticket f)))
          (f-waits! f #f)
          (f-op! f interrupted)
          (schedule-first! f))))

  ;;; Beginning and end

  ;; Gives a new fiber the present values of the parameters. The bindings are copied: it never returns to the extents of those that are
  ;; shadowed, and a chain of fibers that each start the next one would carry them along for ever.
  (define (inherit-parameters! f)
    (let copy ((l (%params)) (new f))
      (cond ((pair? l)
             (let ((parameter (car (car l))))
               (copy (cdr l)
                     (if (bound? parameter new) new (cons (cons parameter (cdr (car l))) new)))))
            (else
             (f-assigned! f (assigned-values l))
             (f-value! f new)))))

  (define (bound? parameter bindings)
    (and (pair? bindings)
         (or (eq? parameter (car (car bindings)))
             (bound? parameter (cdr bindings)))))

  ;; A new fiber that is ready to run thunk, with the present values of the parameters.
  (define (spawn! thunk name scope)
    (let ((f (make-fiber thunk name scope)))
      (if installed? #t (install!))
      (inherit-parameters! f)
      (set! alive (fx+ alive 1))
      (schedule! f)
      f))

  ;; A fiber of the system: it never ends, and it does not count as one that somebody could wait for.
  (define (spawn-service! thunk name)
    (let ((f (make-service-fiber thunk name)))
      (f-value! f f)
      (schedule! f)))

  (define end-hook (lambda (f) #f))
  ;; (hook fiber) is called at the end of fibers that belong to a scope.
  (define (set-end-hook! hook) (set! end-hook hook))

  ;; The end of the running fiber.
  (define (end-fiber! state result)
    (let ((f current))
      (f-state! f state)
      (f-result! f result)
      (f-ticket! f (fx+ 1 (f-ticket f)))
      (if (service? f) #t (set! alive (fx- alive 1)))
      (let ((q (f-joiners f)))
        (if q
            (let loop ()
              (let ((w (dequeue! q)))
                (if w
                    (begin
                      (wake! w f)
                      (loop)))))))
      (if (f-scope f) (end-hook f))
      (%set-params! '())
      (%set-handlers! '())
      (dispatch)))

  ;; Leaves all dynamic extents of the running fiber, which ends then. The main program ends the process.
  (define (unwind-and-end! state result)
    (if (eq? current main-fiber)
        (exit)
        (begin
          (%unwind-all!)
          (end-fiber! state result))))

  ;; Ends the fiber where it is; the after thunks of its dynamic extents run. No handler can prevent it.
  (define (cancel-fiber! f)
    (if (not (dead? f))
        (if (eq? f current)
            (unwind-and-end! 'cancelled '())
            (interrupt-fiber! f (lambda () (unwind-and-end! 'cancelled '()))))))

  ;;; Uncaught conditions

  ;; "fiber 3 (name)".
  (define (describe-fiber f)
    (let ((name (f-name f))
          (number (%string-append "fiber " (number->string (f-id f)))))
      (cond ((symbol? name) (%string-append number (%string-append " (" (%string-append (symbol->string name) ")"))))
            ((string? name) (%string-append number (%string-append " (" (%string-append name ")"))))
            (else number))))

  (define (report object)
    (let ((port (console-error-port)) (frames (current-backtrace)))
      (display "An exception ended " port)
      (display (describe-fiber current) port)
      (display ".\n" port)
      (%print-condition object
                        (lambda (x) (display x port))
                        (lambda (x) (%write-part x port)))
      (%print-backtrace frames (lambda (x) (display x port)))
      (flush-output-port port)))

  (define (serious? object)
    (or (not (condition? object)) (serious-condition? object)))

  ;; Conditions that nothing in the fiber handles. Who waits for the fiber's end gets them, else they are printed.
  (define (uncaught object)
    (cond ((not (serious? object)) (report object))
          (else
           (if (not (or (f-scope current) (and (f-joiners current) (not (q-empty? (f-joiners current))))))
               (report object))
           (unwind-and-end! 'raised object))))

  (define base-handlers (cons uncaught '()))

  ;;; Time

  ;; Nanoseconds of the monotonic clock.
  (define (now) (%monotonic-ns))

  ;; The waiter will be woken at this time.
  (define (add-timer! time w)
    (add-timer-entry! time w))

  (define (fire-timers!)
    (if (fx>? (timer-count) 0)
        (let ((time (now)))
          (let loop ()
            (let ((w (take-due! time)))
              (if w
                  (begin
                    (wake! w #t)
                    (loop))))))))

  ;;; Descriptors

  ;; Waits until the descriptor is ready: #t; #f if the deadline came first. Waiters of time and descriptor share a ticket.
  ;; drained?: it has just said that it would block.
  (define (wait-fd fd write? deadline drained?)
    (let ((w (make-waiter current fd #f)))
      (cond ((not (wait-for-fd! fd write? w drained?)) #t)
            (else
             (if deadline (add-timer! deadline (make-waiter current #f #f)))
             (if (block! (if write? 'writing 'reading))
                 (if (f-op current) #t #f)
                 (wait-fd fd write? deadline #f))))))

  ;; To be called before a descriptor is closed, and for one that is new.
  (define (close-fd! fd) (fd-closed! fd wake!))
  (define (new-fd! fd) (fd-forget! fd))

  ;; Calls (proc resume) and suspends the fiber until (resume) is called.
  (define (suspend-with proc)
    (let ((w (make-waiter current #f #f)))
      (proc (lambda () (if (w-alive? w) (wake! w #t))))
      (block! 'turn)))

  ;; Makes runnable whose time or descriptor is ready.
  (define (look-around!)
    (fire-timers!)
    (if (fx>? (wake-up-fds) 0) (poll-events! 0 wake-for-event!))
    (%collect-if-worthwhile))

  ;; Nothing can run: sleep until a timer is due or a descriptor is ready.
  (define (idle)
    (set! current #f)
    (if (%take-user-interrupt) (interrupt-main!))
    (cond (run-head (dispatch))
          (else
           (let ((time (next-time)))
             (if (or time (fx>? (fd-waiting) 0))
                 (begin
                   (poll-events! (if time (fxmax 0 (fx- time (now))) #f) wake-for-event!)
                   (fire-timers!))
                 (deadlock!))
             (idle)))))

  ;;; Time slices

  (define slice 10000000)
  (define armed? #f)             ; the timer will fire, or there is none
  (define expiry 0)              ; when, if armed
  (define timer? #t)

  (define (slice-length) slice)
  (define (set-slice! ns) (set! slice ns))

  (define (arm-at! time)
    (set! armed? #t)
    (set! expiry time)
    (if timer? (set! timer? (%slice-timer! time))))

  ;; At the end of a slice, or earlier when a timer is due.
  (define (arm!)
    (let ((end (fx+ (now) slice)) (due (next-time)))
      (arm-at! (if (and due (fx<? due end)) (fxmax due 1) end))))

  ;; A fiber is about to run while a timer is pending.
  (define (arm-for-timer!)
    (let ((due (next-time)))
      (if armed?
          (if (and due (fx<? due expiry)) (arm-at! (fxmax due 1)))
          (arm!))))

  ;; The timer has fired, or an interrupt request has come before; we are at a safepoint of code that may be preempted.
  (define (tick)
    (let ((early? (and armed? (fx<? (now) expiry))))
      (if early? #t (set! armed? #f))
      (look-around!)
      (end-slice! current (and early? run-head (service? run-head)))))

  ;; for-driver?: the first fiber of the queue is a driver that has little to do; then f goes on with its slice.
  (define (end-slice! f for-driver?)
    (let ((first run-head))
      (if first
          (begin
            (if for-driver?
                (begin
                  (f-next! f (f-next first))
                  (f-next! first f)
                  (if (eq? run-tail first) (set! run-tail f)))
                (schedule! f))
            (switch! f)))
      (if (f-interrupt f) (run-interrupt! f))
      (if run-head
          (if armed? #t (arm!))
          (if (or (fx>? (timer-count) 0) (fx>? (wake-up-fds) 0))
              (arm!)))))

  ;;; The interrupt key

  (define (raise-interrupted)
    (raise-continuable (%make-condition 'interrupted #f "interrupted" '())))

  (define (interrupt-main!)
    (interrupt-fiber! main-fiber raise-interrupted))

  ;; The interrupt belongs to the main program, whoever runs.
  (define (user-interrupt)
    (if (eq? current main-fiber)
        (raise-interrupted)
        (interrupt-main!)))

  ;;; Deadlock

  (define explain-deadlock (lambda (blocked) '()))
  ;; What lists who waits for what: a procedure of the list of blocked fibers that returns a list of strings.
  (define (check-deadlock-hook! thunk) (set! explain-deadlock thunk))

  ;; The fibers that wait, after a collection: those whom nobody could wake any more are gone.
  (define (blocked-fibers)
    (let ((before (%collections)))     ; the collection comes at a safepoint
      (%collect #t)
      (let spin ((n 0))
        (if (and (fx=? (%collections) before) (fx<? n 100000)) (spin (fx+ n 1)))))
    (let loop ((l (%record-instances fiber-rtd 10000)) (blocked '()))
      (if (pair? l)
          (loop (cdr l) (if (and (f-waits (car l)) (not (eq? (car l) main-fiber))) (cons (car l) blocked) blocked))
          (cons main-fiber blocked))))

  (define (deadlock!)
    (let ((who (explain-deadlock (blocked-fibers))))
      (interrupt-fiber! main-fiber
                        (lambda ()
                          (raise (%make-condition 'error 'fibers "deadlock: no fiber can ever run again" who))))))

  ;;; Installation

  (define aside #f)
  (define transfer #f)
  (define file-call #f)
  (define forget-calls! (lambda () #f))

  ;; How calls are made aside and ports transfer bytes (%install-aside! of (loko base waiting)), and a thunk that forgets
  ;; calls, after a fork.
  (define (set-aside! call transfer-proc file-proc forget!)
    (set! aside call)
    (set! transfer transfer-proc)
    (set! file-call file-proc)
    (set! forget-calls! forget!))

  (define installed? #f)
  (define (active?) installed?)

  (define start-console! (lambda () #f))
  ;; What starts the driver of the console when there are fibers.
  (define (set-console-hook! thunk) (set! start-console! thunk))

  ;; From the first spawn on, ports wait here, and ticks and the interrupt key come here.
  (define (install!)
    (set! installed? #t)
    (%parameters-per-fiber! own-value own-value!)
    (%set-timer-hook! tick)
    (%set-interrupt-hook! user-interrupt)
    (%set-hook! 9 %do-long-work)           ; kHookLongWork
    (%install-waiting! (lambda (fd deadline) (wait-fd fd #f deadline #f))
                       (lambda (fd deadline) (wait-fd fd #t deadline #f))
                       suspend-with
                       (lambda () current))
    (%install-aside! aside transfer file-call)
    (%install-descriptors! new-fd! close-fd!
                           (lambda (fd write? deadline) (wait-fd fd write? deadline #t)))
    (%set-fork-procedure! %reset-scheduler!)
    (start-console!))

  ;; After a fork: only the running fiber exists in the child, and it is its main program.
  (define (%reset-scheduler!)
    (forget-calls!)
    (reset-timers!)
    (reset-poller!)
    (set! run-head #f)
    (set! run-tail #f)
    (set! alive 0)
    (set! armed? #f)
    (set! timer? #t))

  ;; In a forked child: forgets the parent's fibers, frames and dynamic state (not what the fiber assigned to parameters), and
  ;; runs thunk, which must not return, as the main program of this process.
  (define (%run-as-main! thunk)
    (let ((f main-fiber))
      (%reset-scheduler!)
      (if (eq? current f) #t (main-assigned-values! (f-assigned current)))
      (set! current f)
      (f-ticket! f (fx+ 1 (f-ticket f)))
      (f-waits! f #f)
      (f-op! f #f)
      (f-value! f #f)
      (f-interrupt! f #f)
      (f-k! f #f)
      (f-locals! f '())
      (%set-params! '())
      (%set-winders! '())
      (%set-handlers! '())
      (%start-stack thunk))))
