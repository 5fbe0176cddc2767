;; SPDX-License-Identifier: MIT
;;
;; Signals as operations: a signal that is caught is blocked and read from a descriptor of its own (signalfd(2)), so no
;; handler runs in the middle of anything. Programs that are started get the default again.
(library (loko system signals)
  (export signal-operation wait-for-signal release-signal! ignore-signal! raise-signal
          SIGHUP SIGINT SIGQUIT SIGUSR1 SIGUSR2 SIGPIPE SIGALRM SIGTERM SIGCHLD SIGCONT SIGTSTP SIGWINCH)
  (import (rnrs) (loko system fibers)
          (only (loko core primitives) %os-syscall %os-close %os-read %os-getpid)
          (only (loko base waiting) %descriptor-opened %descriptor-closing)
          (only (loko base process-state) %state-changed!)
          (only (loko base io-conditions) raise-os-error))

  (define SIGHUP 1) (define SIGINT 2) (define SIGQUIT 3) (define SIGUSR1 10) (define SIGUSR2 12) (define SIGPIPE 13)
  (define SIGALRM 14) (define SIGTERM 15) (define SIGCHLD 17) (define SIGCONT 18) (define SIGTSTP 20) (define SIGWINCH 28)

  ;; by signal: descriptor or #f
  (define sources (make-vector 65 #f))

  (define (check-signal who n)
    (if (not (and (fixnum? n) (<= 1 n 64) (not (memv n '(9 19 26 4 7 8 11)))))
        (assertion-violation who "expected the number of a signal that can be caught" n)))

  (define (set-of n)
    (let ((set (make-bytevector 8 0)))
      (bytevector-u64-native-set! set 0 (bitwise-arithmetic-shift-left 1 (- n 1)))
      set))

  (define (check who n)
    (if (< n 0) (raise-os-error who n))
    n)

  (define (source n)
    (or (vector-ref sources n)
        (let ((set (set-of n)))
          (%state-changed!)
          (heed! n)
          (check 'signal-operation (%os-syscall 14 0 set 0 8))                       ; block
          (let ((fd (check 'signal-operation (%os-syscall 289 -1 set 8 #x80800))))   ; signalfd4, CLOEXEC, NONBLOCK
            (%descriptor-opened fd)
            (vector-set! sources n fd)
            fd))))

  ;; (signal-operation n): is ready when the process has got signal n since it was first asked for; the number.
  (define (signal-operation n)
    (check-signal 'signal-operation n)
    (let ((fd (source n)))
      (wrap-operation (readable-operation fd)
        (lambda ()
          (let ((got (%os-read fd (make-bytevector 128) 0 128)))
            (if (= got 128)
                n
                (perform-operation (signal-operation n))))))))     ; another fiber was faster

  ;; (wait-for-signal n ...): waits for one of the signals: its number.
  (define (wait-for-signal . signals)
    (perform-operation (apply choice-operation (map signal-operation signals))))

  ;; by signal: the action that it had before it was ignored (struct sigaction of the kernel), or #f
  (define ignored (make-vector 65 #f))

  ;; (ignore-signal! n): the signal has no effect until it is released or waited for. Programs that are started get the default.
  (define (ignore-signal! n)
    (check-signal 'ignore-signal! n)
    (release-signal! n)
    (let ((ignore (make-bytevector 32 0)) (old (make-bytevector 32 0)))
      (bytevector-u64-native-set! ignore 0 1)          ; SIG_IGN
      (%state-changed!)
      (check 'ignore-signal! (%os-syscall 13 n ignore old 8))
      (vector-set! ignored n old)))

  (define (heed! n)
    (let ((old (vector-ref ignored n)))
      (if old
          (begin
            (vector-set! ignored n #f)
            (check 'release-signal! (%os-syscall 13 n old 0 8))))))

  ;; (release-signal! n): the signal has its default effect again.
  (define (release-signal! n)
    (check-signal 'release-signal! n)
    (heed! n)
    (let ((fd (vector-ref sources n)))
      (if fd
          (begin
            (vector-set! sources n #f)
            (%descriptor-closing fd)
            (%os-close fd)
            (check 'release-signal! (%os-syscall 14 1 (set-of n) 0 8))))))

  ;; (raise-signal n [pid]): sends a signal to a process, by default this one.
  (define raise-signal
    (case-lambda
      ((n) (raise-signal n (%os-getpid)))
      ((n pid) (check 'raise-signal (%os-syscall 62 pid n))))))
