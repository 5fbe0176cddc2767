;; SPDX-License-Identifier: MIT
;;
;; The log of what loci do: creations, messages, deaths. In: calls from the places where these happen. Out: events, each a list
;; (time event process detail ...), time in nanoseconds of the monotonic clock (docs/reference/loci.md has all events).
;; A log in a file is inherited by loci: each event is one line, written by one system call at the file's end, so that all
;; processes may write.
(library (loko loci events)
  (export locus-log! log-event log-message log-descriptor forget-log-procedure!)
  (import (rnrs)
          (only (loko core primitives) %os-syscall %os-close %os-write %os-getpid %monotonic-ns)
          (only (loko base process-state) %state-changed!)
          (only (loko loci streams) ch-peer raise-system-error))

  (define sink #f)                 ; #f, a procedure, or a descriptor

  ;; (locus-log! target): from now on events go to the procedure target, or are written to the end of the file with the name target
  ;; (also by the loci that are created from now on), or nowhere (#f).
  (define (locus-log! target)
    (if (not (or (not target) (procedure? target) (string? target)))
        (assertion-violation 'locus-log! "expected a procedure, the name of a file or #f" target))
    (%state-changed!)
    (let ((new (if (string? target) (open-log target) target)))
      (if (fixnum? sink) (%os-close sink))
      (set! sink new)))

  (define (open-log name)
    (let ((fd (%os-syscall 2 (string->utf8 (string-append name "\x0;")) #x80441 #o666)))    ; O_WRONLY O_CREAT O_APPEND O_CLOEXEC
      (if (< fd 0) (raise-system-error 'locus-log! fd name))
      fd))

  ;; The descriptor of the log, or #f.
  (define (log-descriptor) (and (fixnum? sink) sink))

  ;; In a child: a procedure that gets the events belongs to the parent.
  (define (forget-log-procedure!)
    (if (procedure? sink) (set! sink #f)))

  ;; An event of this process.
  (define (log-event event . details)
    (if sink
        (let ((e (cons* (%monotonic-ns) event (%os-getpid) details)))
          (if (procedure? sink)
              (sink e)
              (let ((line (string->utf8 (call-with-string-output-port (lambda (p) (write e p) (newline p))))))
                (%os-write sink line 0 (bytevector-length line)))))))

  ;; A message was put into the channel, or got from it.
  (define (log-message event ch bytes)
    (if sink (log-event event (ch-peer ch) (bytevector-length bytes)))))
