;; SPDX-License-Identifier: MIT
;;
;; Starting processes for loci. A launcher is a record of procedures, so that others (a fork server, another machine) can take
;; the place of this one, which forks the creating process: nothing has to be loaded, and memory is shared until it is written.
;; In: a procedure of a channel, descriptors for its output. Out: a process number, a process descriptor, our end of the channel.
;; What the child has of its creator is its heap and program; it gets new: its scheduler of fibers, epoll and timers, standard
;; ports, exit procedures, dynamic state (no handlers, winders or parameterizations). It dies with its creator.
(library (loko loci launcher)
  (export make-launcher launcher-start launcher-signal launcher-take-status current-launcher fork-launcher)
  (import (rnrs)
          (only (loko core primitives) %os-syscall %os-close %exit %install-sigint)
          (only (loko base waiting) %descriptor-opened %descriptor-closing)
          (only (loko base control) %forget-exit-procedures! %add-exit-procedure! %set-exit-status! %run-exit-procedures)
          (only (loko base errors) %set-before-uncaught-exit!)
          (only (loko base ports) %flush-all-ports)
          (only (loko base parameters) make-parameter)
          (only (loko base stdio) %reset-standard-ports!)
          (only (loko system fibers scheduler) %run-as-main! %reset-scheduler!)
          (only (loko system random) %forget-own-random-state!)
          (loko loci channels))

  ;; start: (start proc out err) starts (proc channel) in another process with its output on these descriptors; three values: process number,
  ;;   a descriptor that is readable when it has ended, the descriptor of the channel to it. Raises &i/o.
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
             (loop (cdr l) (+ (car l) 1))))))

  ;; A copy of the descriptor above those that are replaced.
  (define (moved fd) (need (%os-syscall 72 fd 1030 (+ first-own 1))))   ; F_DUPFD_CLOEXEC

  (define (take-descriptors! channel out err)
    (close-others! (list channel out err))
    (let ((channel (moved channel)) (out (moved out)) (err (moved err)))
      (%os-syscall 3 0)
      (need (%os-syscall 2 (string->utf8 "/dev/null\x0;") 0 0))         ; takes 0, the lowest
      (need (%os-syscall 33 out 1))                                     ; dup2
      (need (%os-syscall 33 err 2))
      (need (%os-syscall 292 channel first-own #x80000))                ; dup3, O_CLOEXEC
      (need (%os-syscall 436 (+ first-own 1) #xffffffff 0))))

  ;; exit's argument as the completion value.
  (define (completion-value x)
    (if (and (fixnum? x) (fx<=? 0 x 255)) x 0))

  (define (run-child proc parent channel out err)
    (%os-syscall 157 1 9)                                               ; PR_SET_PDEATHSIG, SIGKILL
    (if (not (= (%os-syscall 110) parent)) (%exit 1))                   ; the creator has died before
    (%reset-scheduler!)              ; closes the creator's epoll, whose number may be wanted
    (take-descriptors! channel out err)
    (%run-as-main!
     (lambda ()
       (%forget-exit-procedures!)
       (%forget-own-random-state!)
       (%reset-standard-ports!)
       (%os-syscall 14 2 (make-bytevector 8 0) 0 8)                     ; rt_sigprocmask: the creator may read signals from a descriptor
       (%install-sigint)
       (%set-exit-status! completion-value)
       (%set-before-uncaught-exit!
        (lambda (object)
          (%run-exit-procedures)
          (%exit 1)))
       (let ((ch (make-channel-end first-own)))
         (%add-exit-procedure! (lambda () (drain-channel! ch)))
         (%add-exit-procedure! %flush-all-ports)
         (start-reader! ch)
         (proc ch)
         (exit 0)))))

  ;;; The creator

  (define (close-fd fd)
    (%descriptor-closing fd)
    (%os-close fd))

  (define (start-by-fork proc out err)
    (let-values (((ours theirs) (open-socket-pair 'locus)))
      (let* ((parent (%os-syscall 39)) (pid (%os-syscall 57)))
        (cond ((= pid 0) (run-child proc parent theirs out err))
              ((< pid 0)
               (close-fd ours)
               (close-fd theirs)
               (raise-system-error 'locus pid))
              (else
               (close-fd theirs)
               (let ((pidfd (%os-syscall 434 pid 0)))
                 (if (< pidfd 0)
                     (begin
                       (close-fd ours)
                       (%os-syscall 62 pid 9)
                       (%os-syscall 61 pid 0 0 0)
                       (raise-system-error 'locus pidfd)))
                 (%descriptor-opened pidfd)
                 (values pid pidfd ours)))))))

  (define (signal-process pidfd n)
    (let ((r (%os-syscall 424 pidfd n 0 0)))
      (cond ((= r 0) #t)
            ((= r -3) #f)
            (else (raise-system-error 'locus-kill r)))))

  (define (take-process-status pidfd)
    (let* ((info (make-bytevector 128 0)) (n (%os-syscall 247 3 pidfd info 4 0)))      ; waitid(P_PIDFD, …, WEXITED)
      (close-fd pidfd)
      (if (< n 0)
          -9                                  ; somebody else has taken it
          (let ((code (bytevector-s32-native-ref info 8)) (status (bytevector-s32-native-ref info 24)))
            (if (= code 1) status (- status))))))

  (define fork-launcher (make-launcher start-by-fork signal-process take-process-status))

  ;; (current-launcher): a parameter, what starts loci.
  (define current-launcher
    (make-parameter fork-launcher
                    (lambda (x)
                      (if (launcher? x) x (assertion-violation 'current-launcher "expected a launcher" x))))))
