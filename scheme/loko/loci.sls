;; SPDX-License-Identifier: MIT
;;
;; Loci: parallelism by processes (docs/reference/loci.md). A locus runs a procedure in another process with a heap of its own; its
;; descriptor is a channel to it. All waiting is by operations of (loko system fibers).
;; INVARIANT(locus): a fiber waits for the end of each process from its creation on, so there are no zombies; `dead` is
;; signalled after `status` was set.
(library (loko loci)
  (export locus-enabled? locus? dynamic-locus locus locus/context
          locus-wait locus-dead-evt locus-kill
          locus-channel? locus-channel-put locus-channel-get locus-channel-put/get locus-message-allowed?
          ;; beyond the document
          locus-channel locus-channel-get-operation locus-pid locus-running? locus-exit-code locus-status locus-break
          processor-count)
  (import (rnrs)
          (loko loci channels) (loko loci launcher) (loko loci processors)
          (only (loko core syntax) %lifted-lambda)
          (only (loko core primitives) %os-syscall %os-close)
          (only (loko base stdio) console-error-port console-output-port)
          (only (loko base ports) port-file-descriptor output-port-open? %init-input!)
          (only (loko base port-records) %make-port binary-port-rtd p-fd! NONBLOCK)
          (only (loko base waiting) %descriptor-opened)
          (only (loko base eval) environment eval interaction-environment)
          (loko system fibers))

  ;; status: #f while it runs; the completion value, or the negative number of the signal that ended it.
  (define-record-type (locus-record make-locus locus?)
    (parent-rtd %locus-channel-rtd %channel-start)
    (opaque #t) (sealed #t)
    (fields (immutable launcher) (immutable pid) (mutable pidfd) (mutable status) (immutable dead) (mutable evt) (immutable pumps))
    (protocol
     (lambda (new)
       (lambda (launcher fd pid pidfd pumps)
         ((new fd) launcher pid pidfd #f (make-cvar) #f pumps)))))

  (define (check-locus who x)
    (if (not (locus? x)) (assertion-violation who "expected a locus" x)))

  ;; (locus-enabled?): can loci be created? Not where the system has no processes.
  (define (locus-enabled?)
    (not (= -38 (%os-syscall 434 -1 0))))

  ;;; Creation

  (define (open-pipe)
    (let* ((fds (make-bytevector 8 0)) (n (%os-syscall 293 fds #x80000)))
      (if (< n 0) (raise-system-error 'locus n))
      (let ((in (bytevector-u32-native-ref fds 0)))
        (%descriptor-opened in)
        (%os-syscall 72 in 4 #x800)                        ; F_SETFL, O_NONBLOCK: our end only
        (values in (bytevector-u32-native-ref fds 4)))))

  ;; Copies text from the descriptor to the port until its end. If the port was closed the rest is read and dropped: the locus goes on.
  (define (pump fd port)
    (let ((binary (%make-port binary-port-rtd NONBLOCK "output of a locus")))
      (p-fd! binary fd)
      (%init-input! binary (make-bytevector 4096 0))
      (let ((in (transcoded-port binary (native-transcoder))))
        (define (copy put)
          (let ((c (get-char in)))
            (if (not (eof-object? c))
                (begin
                  (put c)
                  (copy put)))))
        (guard (c (#t (copy (lambda (c) #f))))
          (copy (lambda (c) (put-char port c))))
        (close-port in))))

  ;; Calls (k descriptor pump): where output for the port goes; pump is a thunk, or #f when the descriptor is the port's own.
  (define (call-with-output-descriptor port k)
    (flush-output-port port)
    (let ((fd (port-file-descriptor port)))
      (if fd
          (k fd #f)
          (let-values (((in out) (open-pipe)))
            (guard (c (#t (%os-close in) (%os-close out) (raise c)))
              (let ((l (k out (lambda () (pump in port)))))
                (%os-close out)
                l))))))

  ;; The locus that runs (proc channel).
  (define (create who proc)
    (if (not (locus-enabled?))
        (raise (condition (make-implementation-restriction-violation) (make-who-condition who)
                          (make-message-condition "there are no loci on this system"))))
    (flush-output-port (console-output-port))
    (call-with-output-descriptor (current-output-port)
      (lambda (out pump-out)
        (call-with-output-descriptor (current-error-port)
          (lambda (err pump-err)
            (let ((launcher (current-launcher)))
              (let-values (((pid pidfd fd) ((launcher-start launcher) proc out err)))
                (watched (make-locus launcher fd pid pidfd (start-pumps pump-out pump-err))))))))))

  (define (start-pumps . thunks)
    (map (lambda (thunk) (spawn-service thunk 'locus-output)) (filter values thunks)))

  (define (watched l)
    (locus-record-evt-set! l
      (letrec ((evt (wrap-operation (wait-operation (locus-record-dead l)) (lambda () evt)))) evt))
    (ch-peer-death! l (lambda () (wait (locus-record-dead l)) (describe-death l)))
    (start-reader! l)
    (spawn-service
     (lambda ()
       (let ((pidfd (locus-record-pidfd l)))
         (perform-operation (readable-operation pidfd))
         (locus-record-pidfd-set! l #f)
         (locus-record-status-set! l ((launcher-take-status (locus-record-launcher l)) pidfd))
         (signal-cvar! (locus-record-dead l))))
     'locus-end)
    l)

  (define (describe-death l)
    (let ((status (locus-record-status l)))
      (if (< status 0)
          (string-append "it was ended by signal " (number->string (- status)))
          (string-append "it ended with value " (number->string status)))))

  ;; (locus id body ...): creates a locus that evaluates the body with id bound to its channel. Variables of libraries, of the main
  ;; program and of the REPL have the values that they have now; a free lexical variable is a syntax error.
  (define-syntax locus
    (lambda (x)
      (syntax-case x ()
        ((_ id body0 body ...)
         (identifier? #'id)
         #'(create 'locus (car (%lifted-lambda locus (id) body0 body ...)))))))

  ;; (locus/context id body ...): the same, but the body may use lexical variables, whose values are copied. &assertion that names
  ;; the variable if one can't be sent; nothing is started then.
  (define-syntax locus/context
    (lambda (x)
      (syntax-case x ()
        ((_ id body0 body ...)
         (identifier? #'id)
         #'(create/context (%lifted-lambda locus/context (id) body0 body ...))))))

  (define (create/context body)
    (for-each
     (lambda (entry)
       (if (not (locus-message-allowed? (cdr entry)))
           (assertion-violation 'locus/context "the value of this variable can't be sent to a locus" (car entry) (cdr entry))))
     (cdr body))
    (create 'locus/context (car body)))

  ;;; dynamic-locus

  ;; The name of the library in a file, which is loaded.
  (define (load-library-file file)
    (let* ((form (call-with-input-file file read)))
      (if (not (and (pair? form) (eq? (car form) 'library) (pair? (cdr form))))
          (assertion-violation 'dynamic-locus "this file contains no library" file))
      (eval form (interaction-environment))
      (cadr form)))

  ;; (dynamic-locus library-or-file name): creates a locus that calls the procedure `name` that is exported by the library, a list, or
  ;; the library in the file, with its channel. A missing library or export or a non-procedure: a condition, at once.
  (define (dynamic-locus where name)
    (if (not (symbol? name)) (assertion-violation 'dynamic-locus "expected a symbol" name))
    (let* ((library (cond ((string? where) (load-library-file where))
                          ((pair? where) where)
                          (else (assertion-violation 'dynamic-locus "expected a library name or a file" where))))
           (proc (eval name (environment library))))
      (if (not (procedure? proc))
          (assertion-violation 'dynamic-locus "the export is not a procedure" name where proc))
      (create 'dynamic-locus proc)))

  ;;; Ends

  (define (completion status) (and status (if (< status 0) 1 status)))

  ;; (locus-wait locus): waits until it is dead and its output has been copied; the completion value, 1 if a signal ended it.
  (define (locus-wait l)
    (check-locus 'locus-wait l)
    (wait (locus-record-dead l))
    (for-each (lambda (f) (perform-operation (wrap-operation (fiber-dead-operation f) (lambda results #t))))
              (locus-record-pumps l))
    (completion (locus-record-status l)))

  ;; (locus-dead-evt locus): the operation that is ready when the locus is dead; its value is the operation itself.
  (define (locus-dead-evt l)
    (check-locus 'locus-dead-evt l)
    (locus-record-evt l))

  (define (send-signal l n)
    (if (locus-record-pidfd l)
        ((launcher-signal (locus-record-launcher l)) (locus-record-pidfd l) n)
        #f))

  ;; (locus-kill locus): ends it and waits until it is dead. Its completion value is 1, unless it has one already.
  (define (locus-kill l)
    (check-locus 'locus-kill l)
    (send-signal l 9)
    (wait (locus-record-dead l))
    (if #f #f))

  ;; (locus-break locus [kind]): sends it the signal of the interrupt key (break, the default), hang-up, or terminate.
  (define locus-break
    (case-lambda
      ((l) (locus-break l 'break))
      ((l kind)
       (check-locus 'locus-break l)
       (send-signal l (case kind
                        ((break) 2)
                        ((hang-up) 1)
                        ((terminate) 15)
                        (else (assertion-violation 'locus-break "expected break, hang-up or terminate" kind))))
       (if #f #f))))

  ;; (locus-pid locus): the number of its process.
  (define (locus-pid l)
    (check-locus 'locus-pid l)
    (locus-record-pid l))

  ;; (locus-running? locus)
  (define (locus-running? l)
    (check-locus 'locus-running? l)
    (not (locus-exit-code l)))

  ;; (locus-exit-code locus): its completion value; #f while it runs.
  (define (locus-exit-code l)
    (check-locus 'locus-exit-code l)
    (if (locus-record-pidfd l) (yield-current-task))       ; it may have ended meanwhile
    (completion (locus-record-status l)))

  ;; (locus-status locus): how it ended: its completion value, or the negative number of the signal that ended it; #f while it runs.
  (define (locus-status l)
    (check-locus 'locus-status l)
    (if (locus-record-pidfd l) (yield-current-task))
    (locus-record-status l)))
