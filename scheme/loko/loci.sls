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
          locus-channel locus-channel-get-operation locus-channel-close locus-channel-limit!
          locus-pid locus-running? locus-exit-code locus-status locus-death locus-break
          locus* dynamic-locus* make-locus-server locus-server? locus-server-process start-locus start-locus* make-locus-limits locus-limits? current-locus-limits locus-log! processor-count
          make-shared-bytevector shared-bytevector?
          bytevector-atomic-ref bytevector-atomic-set! bytevector-atomic-exchange! bytevector-atomic-add!
          bytevector-atomic-and! bytevector-atomic-or! bytevector-atomic-xor! bytevector-atomic-compare-and-swap!)
  (import (rnrs)
          (loko loci streams) (loko loci attachments) (loko loci channels) (loko loci launcher) (loko loci server) (loko loci shared) (loko loci events)
          (loko loci processors)
          (only (loko base parameters) make-parameter parameterize)
          (only (loko core syntax) %lifted-lambda %library-export)
          (only (loko core primitives) %os-syscall %os-close)
          (only (loko base control) %add-exit-procedure!)
          (only (loko base hashtables) hashtable-values)
          (only (loko base stdio) console-error-port console-output-port)
          (only (loko base ports) port-file-descriptor %fd-port)
          (only (loko base port-records) textual-port-rtd p-flags p-flags! p-transcoder! NONBLOCK)
          (only (loko base waiting) %descriptor-opened %descriptor-closing)
          (only (loko base eval) environment eval interaction-environment)
          (loko system fibers))

  ;; status: #f while it runs; the completion value, or the negative number of the signal that ended it.
  (define-record-type (locus-record make-locus locus?)
    (parent-rtd locus-channel-rtd channel-start)
    (opaque #t) (sealed #t)
    (fields (immutable launcher) (immutable pid) (mutable pidfd) (mutable status) (immutable dead) (mutable evt) (immutable pumps)
            (immutable limits))
    (protocol
     (lambda (new)
       (lambda (launcher fd pid pidfd pumps limits)
         ((new fd) launcher pid pidfd #f (make-cvar) #f pumps limits)))))

  (add-channel-type! (record-type-descriptor locus-record))

  (define (check-locus who x)
    (if (not (locus? x)) (assertion-violation who "expected a locus" x)))

  ;; (locus-enabled?): can loci be created? Not where the system has no processes.
  (define (locus-enabled?)
    (not (= -38 (%os-syscall 434 -1 0))))

  ;;; Creation

  ;; Two values: the descriptors of a pipe, of which ours (0: the one to read) never blocks.
  (define (open-pipe ours)
    (let* ((fds (make-bytevector 8 0)) (n (%os-syscall 293 fds #x80000)))
      (if (< n 0) (raise-system-error 'locus n))
      (let ((in (bytevector-u32-native-ref fds 0)) (out (bytevector-u32-native-ref fds 4)))
        (%descriptor-opened (if (eqv? ours 0) in out))
        (%os-syscall 72 (if (eqv? ours 0) in out) 4 #x800)     ; F_SETFL, O_NONBLOCK
        (values in out))))

  (define (pipe-port fd input? name)
    (let ((p (%fd-port textual-port-rtd name fd input? (not input?) 'block)))
      (p-flags! p (bitwise-ior (p-flags p) NONBLOCK))
      (p-transcoder! p (native-transcoder))
      p))

  ;; Copies text from the descriptor to the port until its end. If the port was closed the rest is read and dropped: the locus goes on.
  (define (pump fd port)
    (let ((in (pipe-port fd #t "output of a locus")))
      (define (copy put)
        (let ((c (get-char in)))
          (if (not (eof-object? c))
              (begin
                (put c)
                (copy put)))))
      (guard (c (#t (copy (lambda (c) #f))))
        (copy (lambda (c) (put-char port c))))
      (close-port in)))

  ;; One standard port of a locus: the descriptor that it gets; the creator's descriptor of a pipe, or #f; what the pipe is for: a port to
  ;; copy to, or #f.
  (define-record-type standard
    (fields theirs ours target))

  (define (close-standard! s)
    (if (standard-ours s)
        (begin
          (%os-close (standard-theirs s))
          (%descriptor-closing (standard-ours s))
          (%os-close (standard-ours s)))))

  (define (open-standard who x input?)
    (cond ((eq? x 'empty) (make-standard #f #f #f))
          ((and x (not (if input? (input-port? x) (output-port? x))))
           (assertion-violation who (if input? "expected an input port or #f" "expected an output port or #f") x))
          ((and x (port-file-descriptor x))
           => (lambda (fd)
                (if (not input?) (flush-output-port x))
                (make-standard fd #f #f)))
          ((and x input?) (assertion-violation who "expected a port with a file descriptor" x))
          (else
           (let-values (((in out) (open-pipe (if input? 1 0))))
             (if input? (make-standard in out #f) (make-standard out in x))))))

  ;; Calls (k in out err) with the standard ports of a locus; nothing stays open if it raises.
  (define (call-with-standards who in out err k)
    (let ((made '()))
      (define (open x input?)
        (let ((s (open-standard who x input?)))
          (set! made (cons s made))
          s))
      (guard (c (#t (for-each close-standard! made) (raise c)))
        (let* ((in (open in #t)) (out (open out #f)) (err (open err #f)))
          (k in out err)))))

  ;; The locus that does the task, and ports to its standard input, from its output and its errors: #f for those that were given.
  (define (create who proc library name context in out err launcher)
    (if (not (locus-enabled?))
        (raise (condition (make-implementation-restriction-violation) (make-who-condition who)
                          (make-message-condition "there are no loci on this system"))))
    (flush-output-port (console-output-port))
    (let* ((limits (within-own-limits (current-locus-limits))) (task (make-task proc library name context limits)))
      (call-with-standards who in out err
        (lambda (in out err)
          (let-values (((pid pidfd fd) ((launcher-start launcher) task (standard-theirs in) (standard-theirs out) (standard-theirs err))))
            (for-each hand-over-context! context)
            (for-each (lambda (s) (if (standard-ours s) (%os-close (standard-theirs s)))) (list in out err))
            (values (watched (make-locus launcher fd pid pidfd (start-pumps out err) limits))
                    (and (standard-ours in) (pipe-port (standard-ours in) #f "input of a locus"))
                    (own-port out)
                    (own-port err)))))))

  ;; After the child was made, which has the objects now: ends of channels are closed here.
  (define (hand-over-context! x)
    (let ((fds (if (locus-channel? x) (attached-descriptors x) '())))
      (hand-over! x)
      (for-each %os-close fds)))

  (define (own-port s) (and (standard-ours s) (not (standard-target s)) (pipe-port (standard-ours s) #t "output of a locus")))

  (define (start-pumps . standards)
    (map (lambda (s) (spawn-service (lambda () (pump (standard-ours s) (standard-target s))) 'locus-output))
         (filter standard-target standards)))

  (define (create-plain who proc library name context launcher)
    (let-values (((l in out err) (create who proc library name context 'empty (current-output-port) (current-error-port) launcher)))
      l))

  ;; (current-locus-limits): a parameter, what a new locus may use (make-locus-limits).
  (define current-locus-limits
    (make-parameter no-limits
                    (lambda (x)
                      (if (locus-limits? x) x (assertion-violation 'current-locus-limits "expected limits of loci" x)))))

  (define (watched l)
    (locus-record-evt-set! l
      (letrec ((evt (wrap-operation (wait-operation (locus-record-dead l)) (lambda () evt)))) evt))
    (ch-peer-death! l (lambda () (wait (locus-record-dead l)) (describe-death l)))
    (ch-peer! l (locus-record-pid l))
    (note-running! l)
    (log-event 'spawn (locus-record-pid l))
    (start-channel! l)
    (enforce-wall-time! l)
    (spawn-service
     (lambda ()
       (let ((pidfd (locus-record-pidfd l)))
         (perform-operation (readable-operation pidfd))
         (locus-record-pidfd-set! l #f)
         (hashtable-delete! running (locus-record-pid l))
         (locus-record-status-set! l ((launcher-take-status (locus-record-launcher l)) pidfd))
         (log-event 'death (locus-record-pid l) (locus-death l))
         (signal-cvar! (locus-record-dead l))))
     'locus-end)
    l)

  ;;; The end of this process is that of its loci. They are told before they see channels end and complain.

  (define running (make-eqv-hashtable))     ; by process numbers
  (define running-here #f)           ; the process that these loci belong to

  (define (note-running! l)
    (let ((here (%os-syscall 39)))
      (if (not (eqv? here running-here))
          (begin
            (set! running (make-eqv-hashtable))
            (set! running-here here)
            (%add-exit-procedure! end-running)))
      (hashtable-set! running (locus-record-pid l) l)))

  (define (end-running)
    (if (eqv? running-here (%os-syscall 39))
        (vector-for-each (lambda (l) (guard (c (#t #f)) (send-signal l 9))) (hashtable-values running))))

  ;; The process ends itself at the limit, unless it blocks the signal.
  (define (enforce-wall-time! l)
    (let ((seconds (limits-wall-time (locus-record-limits l))))
      (if seconds
          (spawn-service
           (lambda ()
             (perform-operation/timeout (wait-operation (locus-record-dead l)) (+ seconds 0.5) (lambda () (send-signal l 9))))
           'locus-limit))))

  ;; (locus-death locus): how it ended: (value n), (signal n), (limit cpu-time), (limit wall-time); #f while it runs.
  (define (locus-death l)
    (check-locus 'locus-death l)
    (let ((status (locus-record-status l)) (limits (locus-record-limits l)))
      (cond ((not status) #f)
            ((>= status 0) (list 'value status))
            ((and (= status -24) (limits-cpu-time limits)) '(limit cpu-time))
            ((and (= status -14) (limits-wall-time limits)) '(limit wall-time))
            (else (list 'signal (- status))))))

  (define (describe-death l)
    (let* ((death (locus-death l)) (what (cadr death)))
      (case (car death)
        ((value) (string-append "it ended with value " (number->string what)))
        ((signal) (string-append "it was ended by signal " (number->string what)))
        (else (if (eq? what 'cpu-time) "it has used its processor time" "its time was up")))))

  ;; (locus id body ...): creates a locus that evaluates the body with id bound to its channel. Variables of libraries, of the main
  ;; program and of the REPL have the values that they have now; a free lexical variable is a syntax error.
  (define-syntax locus
    (lambda (x)
      (syntax-case x ()
        ((_ id body0 body ...)
         (identifier? #'id)
         #'(create-plain 'locus (car (%lifted-lambda locus (id) body0 body ...)) #f #f '() (current-launcher))))))

  ;; (locus* (in out err) id body ...): the same with standard ports of one's own. Each is an expression for a port with a file descriptor, for
  ;; output any port, or #f for a new pipe. Four values: the locus, and the creator's ends of the pipes to in, from out and from err, or
  ;; #f.
  (define-syntax locus*
    (lambda (x)
      (syntax-case x ()
        ((_ (in out err) id body0 body ...)
         (identifier? #'id)
         #'(create 'locus* (car (%lifted-lambda locus (id) body0 body ...)) #f #f '() in out err (current-launcher))))))

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
    (create-plain 'locus/context (car body) #f #f
                  (filter (lambda (x) (not (bytevector? x))) (message-attachments 'locus/context (map cdr (cdr body))))
                  (current-launcher)))

  ;;; dynamic-locus

  ;; The name of the library in a file, which is loaded.
  (define (load-library-file file)
    (let* ((form (call-with-input-file file read)))
      (if (not (and (pair? form) (eq? (car form) 'library) (pair? (cdr form))))
          (assertion-violation 'dynamic-locus "this file contains no library" file))
      (eval form (interaction-environment))
      (cadr form)))

  ;; The launcher for a location: #f and here are this machine, others are launchers.
  (define (location->launcher who location)
    (cond ((memq location '(#f here)) (current-launcher))
          ((launcher? location) location)
          (else (assertion-violation who "nothing can start loci at this location" location))))

  (define (find-procedure who where name)
    (if (not (symbol? name)) (assertion-violation who "expected a symbol" name))
    (let* ((library (cond ((string? where) (load-library-file where))
                          ((pair? where) where)
                          (else (assertion-violation who "expected a library name or a file" where))))
           (exports (environment library))
           (proc (guard (c ((or (undefined-violation? c) (syntax-violation? c))
                            (assertion-violation who "the library exports no such variable" name where)))
                   (eval name exports))))
      (check-start who proc name where)
      (values proc library)))

  (define (check-start who proc name where)
    (if (not (procedure? proc))
        (assertion-violation who "the export is not a procedure" name where proc)))

  ;; (dynamic-locus library-or-file name [location]): creates a locus that calls the procedure `name` that is exported by the library, a list,
  ;; or the library in the file, with its channel. A missing library or export or a non-procedure: a condition, at once. The location is
  ;; here, the default, a launcher ((loko loci launcher)) or a fork server.
  ;; A library and a name that are written as literals are found when the form is compiled.
  (define-syntax dynamic-locus
    (lambda (x)
      (syntax-case x (quote)
        ((_ (quote (part ...)) (quote name))
         (identifier? #'name)
         #'(dynamic-locus/known (%library-export (part ...) name) '(part ...) 'name 'here))
        ((_ (quote (part ...)) (quote name) location)
         (identifier? #'name)
         #'(dynamic-locus/known (%library-export (part ...) name) '(part ...) 'name location))
        ((_ argument ...) #'(dynamic-locus-procedure argument ...))
        (id (identifier? #'id) #'dynamic-locus-procedure))))

  (define dynamic-locus-procedure
    (case-lambda
      ((where name) (dynamic-locus-procedure where name 'here))
      ((where name location) (dynamic-locus/known #f where name location))))

  ;; proc: what is known to be the library's export, or #f.
  (define (dynamic-locus/known proc where name location)
    (let ((launcher (location->launcher 'dynamic-locus location)))
      (let-values (((proc library) (start-procedure 'dynamic-locus proc where name)))
        (create-plain 'dynamic-locus proc library name '() launcher))))

  (define (start-procedure who known where name)
    (if known
        (begin
          (check-start who known name where)
          (values known where))
        (find-procedure who where name)))

  ;; (dynamic-locus* library-or-file name in out err [location]): the same with standard ports and values as those of locus*.
  (define-syntax dynamic-locus*
    (lambda (x)
      (syntax-case x (quote)
        ((_ (quote (part ...)) (quote name) in out err)
         (identifier? #'name)
         #'(dynamic-locus*/known (%library-export (part ...) name) '(part ...) 'name in out err 'here))
        ((_ (quote (part ...)) (quote name) in out err location)
         (identifier? #'name)
         #'(dynamic-locus*/known (%library-export (part ...) name) '(part ...) 'name in out err location))
        ((_ argument ...) #'(dynamic-locus*-procedure argument ...))
        (id (identifier? #'id) #'dynamic-locus*-procedure))))

  (define dynamic-locus*-procedure
    (case-lambda
      ((where name in out err) (dynamic-locus*-procedure where name in out err 'here))
      ((where name in out err location) (dynamic-locus*/known #f where name in out err location))))

  (define (dynamic-locus*/known proc where name in out err location)
    (let ((launcher (location->launcher 'dynamic-locus* location)))
      (let-values (((proc library) (start-procedure 'dynamic-locus* proc where name)))
        (create 'dynamic-locus* proc library name '() in out err launcher))))

  ;;; Fork servers

  ;; (make-locus-server procedure): a process that is a copy of this one as it is now, and creates loci that call the procedure with their
  ;; channel and further values. The time to create one does not depend on what this process has in its heap later. It is a
  ;; location for dynamic-locus, too.
  (define (make-locus-server proc)
    (if (not (procedure? proc)) (assertion-violation 'make-locus-server "expected a procedure" proc))
    (let-values (((l in out err)
                  (parameterize ((current-locus-limits no-limits))
                    (create 'make-locus-server (lambda (ch) (serve ch proc)) #f #f '() 'empty (console-output-port) (console-error-port)
                            fork-launcher))))
      (make-locus-server-record l)))

  ;; (start-locus server value ...): a locus that calls the server's procedure with its channel and copies of the values. &assertion if one
  ;; can't be sent, &i/o if the server has ended.
  (define (start-locus server . arguments)
    (let-values (((l in out err) (start 'start-locus server 'empty (current-output-port) (current-error-port) arguments)))
      l))

  ;; (start-locus* server in out err value ...): the same with standard ports and values as those of locus*.
  (define (start-locus* server in out err . arguments)
    (start 'start-locus* server in out err arguments))

  (define (start who server in out err arguments)
    (if (not (locus-server? server)) (assertion-violation who "expected a fork server" server))
    (message-attachments who arguments)                  ; or a condition
    (let-values (((l in out err) (create who #f #f #f '() in out err server)))
      (guard (c (#t
                 (send-signal l 9)
                 (for-each (lambda (p) (if p (close-port p))) (list in out err))
                 (raise c)))
        (locus-channel-put l arguments))
      (values l in out err)))

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
