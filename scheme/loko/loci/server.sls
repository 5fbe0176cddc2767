;; SPDX-License-Identifier: MIT
;;
;; Fork servers: a locus that creates loci for its creator (docs/adr/0013). A fork costs time in proportion to the heap of the process that
;; forks; a server that was made while that was small stays small. In: requests over the server's channel, with the descriptors that
;; the new process gets. Out: an answer for each, a number.
;;   (create id limits library name in? environment), descriptors: channel, directory, output, errors, input if in?
;;                       → (id . process number, or a negative error number)
;;   (wait id process)   → (id . exit status, or negative signal), when the process has ended
;; The new process takes the values for the procedure from its own channel, so the server never sees them.
;; INVARIANT(server): the server takes the status of a process only when it is asked to, so the creator can open a process descriptor for the
;; number that it got, and this is no other process.
(library (loko loci server)
  (export serve make-locus-server-record locus-server? locus-server-process)
  (import (rnrs)
          (only (loko core primitives) %os-syscall %os-close)
          (only (loko base process) get-environment-variables)
          (only (loko base waiting) %descriptor-opened)
          (only (loko base eval) environment eval)
          (only (loko base errors) %make-condition)
          (only (loko system fibers) make-cvar signal-cvar! wait)
          (loko loci streams) (loko loci channels) (loko loci launcher))

  ;;; The server

  (define SIGINT 2)

  ;; Serves until the channel ends. The procedure gets the channel and the values.
  (define (serve ch proc)
    (ignore-interrupts!)             ; the creator may go on; its death is the server's
    (let loop ()
      (let-values (((request fds) (get-with-descriptors ch)))
        (if (not (eof-object? request))
            (let ((id (cadr request)))
              (put-with-descriptors ch
                                    (cons id (if (eq? (car request) 'create)
                                                 (create (cddr request) fds proc)
                                                 (take-status-of 1 (caddr request))))
                                    '())
              (loop))))))

  (define (ignore-interrupts!)
    (let ((signals (make-bytevector 8 0)))
      (bytevector-u64-native-set! signals 0 (bitwise-arithmetic-shift-left 1 (- SIGINT 1)))
      (%os-syscall 14 0 signals 0 8)))                                  ; rt_sigprocmask: blocked, so that a new process gets those for it

  (define (create request fds proc)
    (let-values (((limits library name in? variables) (apply values request)))
      (if (memv #f fds)
          (begin
            (for-each %os-close (filter values fds))
            -24)                                                        ; EMFILE: they were lost
          (let-values (((channel directory out err) (apply values (list-head fds 4))))
            (let ((pid (fork-task (make-task (body proc library name) library name '() (apply make-locus-limits limits))
                                  '() channel (and in? (list-ref fds 4)) out err
                                  (lambda ()
                                    (%os-syscall 81 directory)                   ; fchdir
                                    (set-environment! variables))
                                  #f)))
              (for-each %os-close fds)
              pid)))))

  (define (list-head l n) (if (= n 0) '() (cons (car l) (list-head (cdr l) (- n 1)))))

  (define (body proc library name)
    (if library
        (lambda (ch) ((eval name (environment library)) ch))
        (lambda (ch)
          (let ((arguments (locus-channel-get ch)))
            (if (not (eof-object? arguments)) (apply proc ch arguments))))))

  ;;; The creator

  ;; A launcher. process: the locus that serves; answers: number of a request -> what to do with the answer, #f after the server's end;
  ;; pids: process descriptor -> number.
  (define-record-type (locus-server-record %make-server locus-server?)
    (parent launcher)
    (opaque #t) (sealed #t)
    (fields (immutable process locus-server-process) (mutable answers) (mutable next) (immutable pids))
    (protocol
     (lambda (new)
       (lambda (start take-status process)
         ((new start signal-process take-status) process (make-eqv-hashtable) 0 (make-eqv-hashtable))))))

  (define (make-locus-server-record process)
    (letrec ((s (%make-server (lambda (task in out err) (start s task in out err))
                              (lambda (pidfd) (take-status s pidfd))
                              process)))
      (spawn-service (lambda () (take-answers s)) 'locus-server)
      s))

  (define (take-answers s)
    (let-values (((answer fds) (guard (c (#t (values (eof-object) '()))) (get-with-descriptors (locus-server-process s)))))
      (let ((answers (locus-server-record-answers s)))
        (if (eof-object? answer)
            (begin
              (locus-server-record-answers-set! s #f)
              (vector-for-each (lambda (id) ((hashtable-ref answers id #f) #f)) (hashtable-keys answers)))
            (let ((k (hashtable-ref answers (car answer) #f)))
              (hashtable-delete! answers (car answer))
              (k (cdr answer))
              (take-answers s))))))

  ;; Sends a request, whose answer, #f if the server has ended, k will get.
  (define (send-request s kind rest fds k)
    (let ((id (locus-server-record-next s)))
      (locus-server-record-next-set! s (+ id 1))
      (hashtable-set! (locus-server-record-answers s) id k)
      (put-with-descriptors (locus-server-process s) (cons* kind id rest) fds)))

  ;; The answer to a request. If this fiber is cancelled, (abandoned answer) is called when it comes.
  (define (ask s kind rest fds abandoned)
    (if (not (locus-server-record-answers s))
        (begin
          (for-each %os-close fds)
          #f)
        (let ((answer #f) (come (make-cvar)) (state 'waiting))
          (send-request s kind rest fds
                        (lambda (n)
                          (if (eq? state 'left)
                              (abandoned n)
                              (begin
                                (set! answer n)
                                (set! state 'come)
                                (signal-cvar! come)))))
          (dynamic-wind
           (lambda () #f)
           (lambda () (wait come) (set! state 'taken))
           (lambda ()
             (if (eq? state 'come) (abandoned answer))
             (if (eq? state 'waiting) (set! state 'left))))
          answer)))

  ;; Nobody wants the process of this number, if it is one.
  (define (forget-process s pid)
    (if (and pid (> pid 0) (locus-server-record-answers s))
        (begin
          (%os-syscall 62 pid 9)
          (send-request s 'wait (list pid) '() (lambda (n) #f)))))

  (define (start s task in out err)
    (if (and (task-procedure task) (not (task-library task)))
        (assertion-violation 'locus "a fork server has a procedure of its own" s))
    (let-values (((ours theirs) (open-socket-pair 'locus)))
      (let* ((fds (guard (c (#t (close-fd ours) (close-fd theirs) (raise c)))
                    (cons theirs (copies (append (list out err) (if in (list in) '()))))))
             (l (task-limits task))
             (pid (ask s 'create
                       (list (list (limits-memory l) (limits-cpu-time l) (limits-wall-time l))
                             (task-library task) (task-name task) (and in #t) (get-environment-variables))
                       fds
                       (lambda (pid) (close-fd ours) (forget-process s pid))))
             (pidfd (cond ((not pid) #f)
                          ((< pid 0) pid)
                          (else (adopt-process pid)))))
        (if (not (and pidfd (>= pidfd 0)))
            (begin
              (close-fd ours)
              (forget-process s pid)
              (cond
                ((not pidfd) (raise (%make-condition 'io 'locus "the fork server has ended" (list s))))
                ((< pid 0) (raise-fork-error pid))
                (else (raise-system-error 'locus pidfd)))))
        (hashtable-set! (locus-server-record-pids s) pidfd pid)
        (values pid pidfd ours))))

  ;; Descriptors of the present directory, and copies of these.
  (define (copies fds)
    (let ((made '()))
      (define (keep n)
        (if (< n 0)
            (begin
              (for-each %os-close made)
              (raise-system-error 'locus n)))
        (set! made (cons n made)))
      (keep (%os-syscall 2 (string->utf8 ".\x0;") #x290000 0))                  ; open, O_PATH | O_DIRECTORY | O_CLOEXEC
      (for-each (lambda (fd) (keep (%os-syscall 72 fd 1030 3))) fds)            ; F_DUPFD_CLOEXEC
      (reverse made)))

  (define (take-status s pidfd)
    (let* ((pids (locus-server-record-pids s)) (pid (hashtable-ref pids pidfd #f)))
      (hashtable-delete! pids pidfd)
      (close-fd pidfd)
      (or (ask s 'wait (list pid) '() (lambda (n) #f)) -9))))
