;; SPDX-License-Identifier: MIT
;;
;; Programs as child processes: started with pipes as ports, waited for by an operation (a process descriptor, pidfd_open(2),
;; becomes readable when the child has ended), so that only the fiber waits.
(library (loko system process)
  (export spawn-process process? process-id process-input-port process-output-port process-error-port
          process-wait process-wait-operation process-kill run-process process->string)
  (import (rnrs) (loko system fibers)
          (only (loko core primitives) %os-syscall %os-close %os-spawn)
          (only (loko base waiting) %descriptor-opened %descriptor-closing)
          (only (loko base strings) %string-split)
          (only (loko base io-conditions) raise-os-error %raise-file-error)
          (only (loko base process) get-environment-variable get-environment-variables)
          (only (loko base ports) %init-input! %init-output! port-file-descriptor)
          (only (loko base port-records) %make-port binary-port-rtd p-fd! NONBLOCK))

  ;; status: #f until the process was waited for; fd: its descriptor, or #f when that is closed.
  (define-record-type process
    (fields id (mutable fd) (mutable status)
            (immutable input process-input-port)      ; binary output port to its standard input, or #f
            (immutable output process-output-port)    ; binary input port, or #f
            (immutable error process-error-port))
    (sealed #t))

  (define (check who n)
    (if (< n 0) (raise-os-error who n))
    n)

  ;;; Arguments

  (define (c-string who s)
    (if (not (string? s)) (assertion-violation who "expected a string" s))
    (if (exists (lambda (c) (char=? c #\nul)) (string->list s))
        (assertion-violation who "a string for the system can't contain #\\nul" s))
    (string->utf8 (string-append s "\x0;")))

  (define (executable? path) (= 0 (%os-syscall 21 (c-string 'spawn-process path) 1)))

  ;; The file of a program: its name if that has a slash, else the first in PATH.
  (define (find-program name)
    (if (memv #\/ (string->list name))
        name
        (let loop ((directories (%string-split (or (get-environment-variable "PATH") "/usr/bin:/bin") #\:)))
          (if (null? directories)
              (%raise-file-error 'spawn-process name 2)
              (let ((path (string-append (if (string=? (car directories) "") "." (car directories)) "/" name)))
                (if (executable? path) path (loop (cdr directories))))))))

  (define (option options name default)
    (cond ((null? options) default)
          ((or (not (pair? (cdr options))) (not (memq (car options) '(input output error directory environment))))
           (assertion-violation 'spawn-process "expected a list of options and values" options))
          ((eq? (car options) name) (cadr options))
          (else (option (cddr options) name default))))

  ;;; Pipes

  ;; Two values: the end to read, the end to write; both closed on exec.
  (define (open-pipe)
    (let ((fds (make-bytevector 8 0)))
      (check 'spawn-process (%os-syscall 293 fds #x80000))
      (values (bytevector-u32-native-ref fds 0) (bytevector-u32-native-ref fds 4))))

  (define (pipe-port fd input? name)
    (check 'spawn-process (%os-syscall 72 fd 4 (+ #x800 (if input? 0 1))))     ; F_SETFL, O_NONBLOCK
    (%descriptor-opened fd)
    (let ((p (%make-port binary-port-rtd NONBLOCK name)))
      (p-fd! p fd)
      (if input?
          (%init-input! p (make-bytevector 4096 0))
          (%init-output! p (make-bytevector 4096 0)))
      p))

  (define (open-null)
    (check 'spawn-process (%os-syscall 2 (string->utf8 "/dev/null\x0;") #x80002 0)))

  ;; The descriptor that the child gets as standard descriptor n, and our port or #f. (theirs! fd) is called for descriptors that
  ;; are only the child's, (ours! port) for ports; out is what it gets as standard output.
  (define (standard n what input? out theirs! ours!)
    (cond ((eq? what 'inherit) (values n #f))
          ((eq? what 'null)
           (let ((fd (open-null)))
             (theirs! fd)
             (values fd #f)))
          ((eq? what 'pipe)
           (let*-values (((r w) (open-pipe)) ((theirs own) (if input? (values r w) (values w r))))
             (theirs! theirs)
             (let ((port (pipe-port own (not input?) (if input? "process input" "process output"))))
               (ours! port)
               (values theirs port))))
          ((and (eq? what 'output) out) (values out #f))
          ((and (fixnum? what) (>= what 0)) (values what #f))
          ((and (port? what) (port-file-descriptor what)) => (lambda (fd) (values fd #f)))
          (else (assertion-violation 'spawn-process "expected pipe, inherit, null, a port or a descriptor" what))))

  ;; The value of (proc theirs! ours!); descriptors that it gave to theirs! are closed then, and ports that it gave to ours!, if it
  ;; raised.
  (define (call-releasing proc)
    (let ((descriptors '()) (ports '()) (good? #f))
      (dynamic-wind
       (lambda () #f)
       (lambda ()
         (let ((x (proc (lambda (fd) (set! descriptors (cons fd descriptors)))
                        (lambda (port) (set! ports (cons port ports))))))
           (set! good? #t)
           x))
       (lambda ()
         (for-each %os-close descriptors)
         (if (not good?) (for-each close-port ports))))))

  ;; A descriptor for the child; without one it can't be waited for, and is ended.
  (define (process-descriptor pid)
    (let ((fd (%os-syscall 434 pid 0)))              ; pidfd_open
      (if (< fd 0)
          (begin
            (%os-syscall 62 pid 9)
            (%os-syscall 61 pid 0 0 0)
            (raise-os-error 'spawn-process fd)))
      (%descriptor-opened fd)
      fd))

  ;; (spawn-process program arguments option value ...): starts a program with strings as arguments. Options: input,
  ;; output, error: pipe, inherit (the default), null, a port or descriptor; error also: output; directory: a
  ;; string; environment: list of pairs of strings.
  (define (spawn-process program arguments . options)
    (let* ((path (c-string 'spawn-process (find-program program)))
           (argv (map (lambda (s) (c-string 'spawn-process s)) (cons program arguments)))
           (envp (map (lambda (p) (c-string 'spawn-process (string-append (car p) "=" (cdr p))))
                      (option options 'environment (get-environment-variables))))
           (directory (option options 'directory #f))
           (directory (and directory (c-string 'spawn-process directory))))
      (call-releasing
       (lambda (theirs! ours!)
         (let*-values (((in to) (standard 0 (option options 'input 'inherit) #t #f theirs! ours!))
                       ((out from) (standard 1 (option options 'output 'inherit) #f #f theirs! ours!))
                       ((err from-err) (standard 2 (option options 'error 'inherit) #f out theirs! ours!)))
           (let ((pid (%os-spawn path argv envp directory (list in out err))))
             (cond ((memv pid '(-11 -12)) (raise-os-error 'spawn-process pid program))   ; no more processes, no memory
                   ((< pid 0) (%raise-file-error 'spawn-process program (- pid))))
             (make-process pid (process-descriptor pid) #f to from from-err)))))))

  ;; Takes the status of the process, which has ended, or of which somebody else has taken it.
  (define (collect! p)
    (if (process-fd p)
        (let ((info (make-bytevector 128 0)) (fd (process-fd p)))
          (let ((n (%os-syscall 247 3 fd info 5 0)))     ; waitid(P_PIDFD, …, WEXITED | WNOHANG)
            (if (< n 0) (raise-os-error 'process-wait n p))
            (if (= 0 (bytevector-s32-native-ref info 16))
                (process-wait p)
                (let ((code (bytevector-s32-native-ref info 8)) (status (bytevector-s32-native-ref info 24)))
                  (process-status-set! p (if (= code 1) status (- status)))
                  (process-fd-set! p #f)
                  (%descriptor-closing fd)
                  (%os-close fd)
                  (process-status p)))))
        (process-status p)))

  (define (check-process who p)
    (if (not (process? p)) (assertion-violation who "expected a process" p)))

  ;; (process-wait-operation process): is ready when the process has ended: its exit status, or the negative number of the signal
  ;; that ended it.
  (define (process-wait-operation p)
    (check-process 'process-wait-operation p)
    (guard-operation
     (lambda ()
       (if (process-fd p)
           (wrap-operation (readable-operation (process-fd p)) (lambda () (collect! p)))
           (always-operation (process-status p))))))

  ;; (process-wait process): waits for its end.
  (define (process-wait p) (perform-operation (process-wait-operation p)))

  ;; (process-kill process [signal]): sends a signal, SIGTERM by default. #f: it has ended.
  (define process-kill
    (case-lambda
      ((p) (process-kill p 15))
      ((p signal)
       (check-process 'process-kill p)
       (and (process-fd p)
            (let ((n (%os-syscall 424 (process-fd p) signal 0 0)))
              (cond ((= n 0) #t)
                    ((= n -3) #f)
                    (else (raise-os-error 'process-kill n p signal))))))))

  ;; The values of (proc process). If it is left before the process has ended (an escape, a condition, a fiber that is cancelled), the process is
  ;; killed.
  (define (call-with-process p proc)
    (dynamic-wind
     (lambda () #f)
     (lambda () (proc p))
     (lambda ()
       (when (process-fd p)
         (process-kill p 9)
         (for-each (lambda (port) (if port (close-port port)))
                   (list (process-input-port p) (process-output-port p) (process-error-port p)))
         (process-wait p)))))

  ;; (run-process program argument ...): runs it with our standard ports; its status. If the fiber is cancelled, it is killed.
  (define (run-process program . arguments)
    (flush-output-port (current-output-port))
    (call-with-process (spawn-process program arguments) process-wait))

  ;; (process->string program argument ...): what it writes, and its status. If the fiber is cancelled, it is killed.
  (define (process->string program . arguments)
    (call-with-process
     (spawn-process program arguments 'input 'null 'output 'pipe)
     (lambda (p)
       (let ((bytes (get-bytevector-all (process-output-port p))))
         (close-port (process-output-port p))
         (let ((status (process-wait p)))
           (values (if (eof-object? bytes) "" (utf8->string bytes)) status)))))))
