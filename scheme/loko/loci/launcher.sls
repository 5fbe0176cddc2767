;; SPDX-License-Identifier: MIT
;;
;; Starting processes for loci. A launcher is a record of procedures, so that others (a fork server, another machine) can take
;; the place of this one, which forks the creating process: nothing has to be loaded, and memory is shared until it is written.
;; In: a procedure of a channel, descriptors for its output. Out: a process number, a process descriptor, our end of the channel.
;; What the child has of its creator is its heap and program; it gets new: its scheduler of fibers, epoll and timers, standard
;; ports, exit procedures, dynamic state (no handlers, winders or parameterizations). It dies with its creator.
(library (loko loci launcher)
  (export launcher make-launcher launcher? launcher-start launcher-signal launcher-take-status current-launcher fork-launcher
          make-task task? task-procedure task-library task-name task-context task-limits
          make-locus-limits locus-limits? limits-memory limits-cpu-time limits-wall-time no-limits within-own-limits
          fork-task fork-without-signals %set-early-start! use-limits! set-environment! raise-fork-error signal-process take-status-of adopt-process close-fd)
  (import (rnrs)
          (only (loko core primitives) %os-syscall %os-close %os-poll %exit %install-sigint %files-after-fork %heap-limit! %exhausted-status!)
          (only (loko base waiting) %descriptor-opened %descriptor-closing)
          (only (loko base control) %forget-exit-procedures! %add-exit-procedure! %set-exit-status! %run-exit-procedures)
          (only (loko base errors) %set-uncaught-status! %set-before-report!)
          (only (loko base io-conditions) %errno-message os-condition)
          (only (loko base ports) %flush-all-ports)
          (only (loko base inherited-ports) %disown-ports! %adopt-port!)
          (only (loko base parameters) make-parameter)
          (only (loko base process-state) %set-at-change! %ignore-change)
          (only (loko base process) get-environment-variable get-environment-variables putenv)
          (only (loko base stdio) %reset-standard-ports!)
          (only (loko system fibers scheduler) %run-as-main! %reset-scheduler!)
          (only (loko system random) %forget-own-random-state!)
          (loko loci streams) (loko loci attachments) (loko loci events))

  ;; What a locus may use: bytes of heap (what it has of its creator included), seconds of processor time, seconds; #f: no limit.
  (define-record-type (limits make-locus-limits locus-limits?)
    (fields memory cpu-time wall-time)
    (protocol
     (lambda (new)
       (lambda (memory cpu wall)
         (define (check x what) (if (not (or (not x) (and (real? x) (< 0 x 1e9)))) (assertion-violation 'make-locus-limits what x)))
         (if (not (or (not memory) (and (fixnum? memory) (fx>? memory 0))))
             (assertion-violation 'make-locus-limits "expected a number of bytes or #f" memory))
         (check cpu "expected seconds of processor time or #f")
         (check wall "expected seconds or #f")
         (new memory cpu wall)))))

  (define no-limits (make-locus-limits #f #f #f))

  ;; What this process may use, if it is a locus. The loci that it creates may not use more.
  (define own-limits no-limits)
  (define (within-own-limits l)
    (define (least a b) (if (and a b) (min a b) (or a b)))
    (make-locus-limits (least (limits-memory l) (limits-memory own-limits))
                       (least (limits-cpu-time l) (limits-cpu-time own-limits))
                       (least (limits-wall-time l) (limits-wall-time own-limits))))

  ;; What a locus is to do: a procedure of its channel; the library that exports it and its name there, where these are known, for launchers
  ;; that can't send procedures; the objects with descriptors that its variables refer to; limits.
  (define-record-type task
    (fields procedure library name context limits))

  ;; start: (start task in out err) starts the task in another process with its standard ports on these descriptors (in: #f for an empty
  ;;   one); three values: process number, a descriptor that is readable when it has ended, the descriptor of the channel to it, a stream
  ;;   socket that never blocks. Raises &i/o.
  ;; signal: (signal process-descriptor n), #f if it has ended.
  ;; take-status: (take-status process-descriptor), once, when it is readable: the exit status, or the negative signal.
  (define-record-type launcher
    (fields start signal take-status))

  ;;; The child

  (define first-own 3)             ; its end of the channel

  ;; The result of a system call of the child, which ends if it failed: it must not raise in the dynamic extent of its creator.
  (define (need n)
    (if (< n 0) (%exit 1))
    n)

  ;; Closes all descriptors but these.
  (define (close-others! fds)
    (let loop ((l (list-sort < fds)) (from 0))
      (cond ((null? l) (need (%os-syscall 436 from #xffffffff 0)))      ; close_range
            (else
             (if (< from (car l)) (need (%os-syscall 436 from (- (car l) 1) 0)))
             (loop (cdr l) (max from (+ (car l) 1)))))))

  ;; A copy of the descriptor above those that are replaced.
  (define (moved fd) (need (%os-syscall 72 fd 1030 (+ first-own 1))))   ; F_DUPFD_CLOEXEC

  ;; The descriptors 0, 1 and 2 become in (#f: empty), out and err; all others are closed but the channel, whose number is the result,
  ;; and those of the list, which keep theirs.
  (define (take-descriptors! channel in out err kept)
    (close-others! (append (list channel out err) (if in (list in) '()) kept))
    (let ((channel (moved channel)) (in (and in (moved in))) (out (moved out)) (err (moved err)))
      (%os-syscall 3 0)
      (if in
          (need (%os-syscall 33 in 0))                                  ; dup2
          (need (%os-syscall 2 (string->utf8 "/dev/null\x0;") 0 0)))     ; takes 0, the lowest
      (need (%os-syscall 33 out 1))
      (need (%os-syscall 33 err 2))
      (let ((channel (if (memv first-own kept)
                         channel
                         (need (%os-syscall 292 channel first-own #x80000)))))      ; dup3, O_CLOEXEC
        (close-others! (cons* 0 1 2 channel kept))
        channel)))

  ;;; Limits. Signals end the process at the limits of time; the system's own limit, and a fiber of the creator, come a little later.

  (define SIGALRM 14)
  (define SIGXCPU 24)

  ;; The clock sends the signal after so many seconds.
  (define (set-timer! clock seconds signal)
    (let ((event (make-bytevector 64 0)) (id (make-bytevector 8 0)) (time (make-bytevector 32 0)) (ns (max 1 (exact (round (* seconds 1e9))))))
      (bytevector-s32-native-set! event 8 signal)
      (need (%os-syscall 222 clock event id))                           ; timer_create
      (bytevector-u64-native-set! time 16 (div ns 1000000000))
      (bytevector-u64-native-set! time 24 (mod ns 1000000000))
      (need (%os-syscall 223 (bytevector-s32-native-ref id 0) 0 time 0))))

  (define (end-by-default! signal)
    (%os-syscall 13 signal (make-bytevector 32 0) 0 8))                 ; rt_sigaction, SIG_DFL

  (define (apply-limits! l)
    (let ((cpu (limits-cpu-time l)))
      (if (limits-memory l) (%heap-limit! (limits-memory l)))
      (if cpu
          (let ((limit (make-bytevector 16 0)))
            (bytevector-u64-native-set! limit 0 (+ 1 (exact (ceiling cpu))))
            (bytevector-u64-native-set! limit 8 (+ 1 (exact (ceiling cpu))))
            (end-by-default! SIGXCPU)
            (set-timer! 2 cpu SIGXCPU)                                  ; CLOCK_PROCESS_CPUTIME_ID
            (%os-syscall 160 0 limit)))                                 ; setrlimit(RLIMIT_CPU)
      (if (limits-wall-time l)
          (begin
            (end-by-default! SIGALRM)
            (set-timer! 1 (limits-wall-time l) SIGALRM)))))

  ;; In a locus: these are its limits.
  (define (use-limits! l)
    (apply-limits! l)
    (set! own-limits l))

  ;; The environment variables become these.
  (define (set-environment! variables)
    (for-each (lambda (old) (if (not (assoc (car old) variables)) (putenv (car old) #f))) (get-environment-variables))
    (for-each (lambda (new) (if (not (equal? (get-environment-variable (car new)) (cdr new))) (putenv (car new) (cdr new)))) variables))

  ;; exit's argument as the completion value.
  (define (completion-value x)
    (if (and (fixnum? x) (fx<=? 0 x 255)) x 0))

  (define (run-child task kept parent channel in out err)
    (%os-syscall 157 1 9)                                               ; PR_SET_PDEATHSIG, SIGKILL
    (if (not (= (%os-syscall 110) parent)) (%exit 1))                   ; the creator has died before
    (%reset-scheduler!)              ; closes the creator's epoll, whose number may be wanted
    (run-task task parent
              (take-descriptors! channel in out err
                                 (append kept (%files-after-fork) (if (log-descriptor) (list (log-descriptor)) '())))))

  ;; The creator may just be ending, with its ends of channels first: what follows from that is not worth a report, and the signal that ends
  ;; this process is a moment away.
  (define (await-end ch)
    (if (or (ch-broken? ch) (not (ch-fd ch)))
        (let ((time (make-bytevector 16 0)))
          (bytevector-u64-native-set! time 8 50000000)
          (%os-syscall 35 time 0))))                                    ; nanosleep

  ;; At the end of the process: waits until the other ends have taken everything, or are gone. They may be at their end, too, so what
  ;; comes is read and dropped.
  (define (drain-channels! ch)
    (let ((scratch (make-bytevector 65536)))
      (let drain ()
        (let ((left (unwritten-channels ch)))
          (if (pair? left)
              (begin
                (%os-poll (ch-fd (car left)) #t 10)
                (for-each (lambda (ch) (drop-input! ch scratch)) left)
                (drain)))))))

  (define (run-task task parent channel)
    (%run-as-main!
     (lambda ()
       (%set-uncaught-status! 1)
       (%exhausted-status! 1)           ; as after any condition that nothing handles
       (set! early-start #f)            ; the server serves the creator
       (%set-at-change! %ignore-change)
       (use-limits! (task-limits task))
       (forget-log-procedure!)
       (%forget-exit-procedures!)
       (%forget-own-random-state!)
       (disown-channels! (task-context task))
       (let ((standard (%disown-ports! (task-context task))))
         (%reset-standard-ports!)
         (for-each %adopt-port! standard))
       (%set-exit-status! completion-value)
       (let ((ch (make-channel-end channel)))
         (%add-exit-procedure! (lambda () (drain-channels! ch)))
         (%add-exit-procedure! %flush-all-ports)
         (ch-peer! ch parent)
         (%set-before-report! (lambda () (await-end ch)))
         (start-channel! ch)
         (for-each adopt! (task-context task))
         (%install-sigint)
         (%os-syscall 14 2 (make-bytevector 8 0) 0 8)                   ; rt_sigprocmask: none is blocked, though the creator may read some from a descriptor
         ((task-procedure task) ch)
         (exit 0)))))

  ;;; The creator

  (define (close-fd fd)
    (%descriptor-closing fd)
    (%os-close fd))

  ;; Forks a process for the task, whose end of the channel is `channel`, with the other descriptors as standard ports; it keeps those of the
  ;; list and calls the thunk first. Its number, or a negative error number. Its parent is this process, or, if its number is given, this one's.
  (define (fork-task task kept channel in out err before creator)
    (let ((parent (or creator (%os-syscall 39))))
      (fork-without-signals (lambda ()
                              (before)
                              (run-child task kept parent channel in out err))
                            (and creator #t))))

  ;; Forks a process that calls the thunk, which does not return.
  ;; What would end the child meanwhile waits until it is no copy of this process any more, with exit procedures and buffers that are not
  ;; its own (run-task).
  (define (fork-without-signals thunk sibling?)
    (let ((signals (make-bytevector 8 0)) (mask (make-bytevector 8 0)))
      (bytevector-u64-native-set! signals 0 #x4003)                     ; SIGHUP, SIGINT, SIGTERM
      (%os-syscall 14 0 signals mask 8)                                 ; rt_sigprocmask, SIG_BLOCK
      (let ((pid (if sibling? (%os-syscall 56 #x8011 0 0 0 0) (%os-syscall 57))))        ; clone(CLONE_PARENT | SIGCHLD), fork
        (if (= pid 0) (thunk))
        (%os-syscall 14 2 mask 0 8)                                     ; SIG_SETMASK
        pid)))

  ;; Raises &i/o with &os-error: the system made no process, for the reason of the negative error number.
  (define (raise-fork-error n)
    (raise (os-condition (make-i/o-error) 'locus (string-append "can't make a process: " (%errno-message (- n))) '() (- n))))

  ;; A descriptor of the process, which is readable when it has ended; a negative error number, and then it is killed.
  (define (adopt-process pid)
    (let ((pidfd (%os-syscall 434 pid 0)))
      (if (< pidfd 0)
          (%os-syscall 62 pid 9)
          (%descriptor-opened pidfd))
      pidfd))

  ;; #f, or a procedure that does what fork-task does without a fork of this process, or gives #f ((loko loci early)).
  (define early-start #f)
  (define (%set-early-start! start) (set! early-start start))

  (define (start-by-fork task in out err)
    (let-values (((ours theirs) (open-socket-pair 'locus)))
      (let* ((kept (apply append (map attached-descriptors (task-context task))))
             (pid (or (and early-start (early-start task theirs in out err))
                      (fork-task task kept theirs in out err (lambda () #f) #f))))
        (close-fd theirs)
        (let ((pidfd (if (< pid 0) pid (adopt-process pid))))
          (if (< pidfd 0)
              (begin
                (close-fd ours)
                (if (< pid 0) (raise-fork-error pid))
                (%os-syscall 61 pid 0 0 0)
                (raise-system-error 'locus pidfd)))
          (values pid pidfd ours)))))

  (define (signal-process pidfd n)
    (let ((r (%os-syscall 424 pidfd n 0 0)))
      (cond ((= r 0) #t)
            ((= r -3) #f)
            (else (raise-system-error 'locus-kill r)))))

  ;; How the child process, given by its number (type 1) or descriptor (3), has ended: its exit status, or the negative signal. It is
  ;; waited for.
  (define (take-status-of type id)
    (let* ((info (make-bytevector 128 0)) (n (%os-syscall 247 type id info 4 0)))       ; waitid(…, WEXITED)
      (if (< n 0)
          -9                                  ; somebody else has taken it
          (let ((code (bytevector-s32-native-ref info 8)) (status (bytevector-s32-native-ref info 24)))
            (if (= code 1) status (- status))))))

  (define (take-process-status pidfd)
    (let ((status (take-status-of 3 pidfd)))
      (close-fd pidfd)
      status))

  (define fork-launcher (make-launcher start-by-fork signal-process take-process-status))

  ;; (current-launcher): a parameter, what starts loci.
  (define current-launcher
    (make-parameter fork-launcher
                    (lambda (x)
                      (if (launcher? x) x (assertion-violation 'current-launcher "expected a launcher" x))))))
