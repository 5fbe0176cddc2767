;; SPDX-License-Identifier: MIT
;;
;; Supervisors, after Erlang/OTP: a fiber that starts children (loci, fibers, other supervisors), notices how they end, and
;; starts them again by its strategy; if that happens too often it ends them all and fails, which its own supervisor notices.
;; In: specifications of children. Out: processes that are alive; events. docs/reference/supervise.md.
;; INVARIANT(order): entries stand in the order in which children are started; they are ended in the reverse order.
;; INVARIANT(incarnation): a report of a death counts only while the entry's process is the one that died.
(library (loko loci supervise)
  (export monitor-operation death-reason abnormal-death?
          child-spec child-spec? start-supervisor supervisor? supervisor-stop supervisor-wait
          supervisor-child supervisor-children supervisor-start-child! supervisor-terminate-child! supervisor-restart-child!
          supervisor-delete-child!
          &restart-intensity restart-intensity-exceeded? restart-intensity-child restart-intensity-reason)
  (import (rnrs) (loko loci) (loko system fibers) (only (loko loci channels) spawn-service))

  ;; The child that ended once too often, and how.
  (define-condition-type &restart-intensity &error make-restart-intensity restart-intensity-exceeded?
    (child restart-intensity-child) (reason restart-intensity-reason))

  ;; strategy: of the restarts; intensity, period: at most so many restarts in so many seconds; times: of those in the last period;
  ;; reason: #f, or how it ended, and `dead` is signalled then.
  (define-record-type supervisor
    (opaque #t) (sealed #t)
    (fields strategy intensity period on-event box dead (mutable entries) (mutable times) (mutable reason)))

  (define-record-type (specification make-child-spec child-spec?)
    (opaque #t) (sealed #t)
    (fields (immutable id child-spec-id) (immutable start child-spec-start) (immutable restart child-spec-restart)
            (immutable shutdown child-spec-shutdown)))

  ;; process: what start returned, or #f while it does not run.
  (define-record-type entry
    (fields spec (mutable process) (mutable restarts)))

  (define (entry-id e) (child-spec-id (entry-spec e)))

  ;;; Deaths

  (define (locus-reason l)
    (let ((death (locus-death l)))
      (cond ((equal? death '(value 0)) 'normal)
            ((and death (eq? (car death) 'value)) (cons 'exit (cdr death)))
            (else death))))

  (define (fiber-reason state result)
    (case state
      ((returned exited) 'normal)
      ((cancelled) 'cancelled)
      ((raised) (list 'raised result))
      (else #f)))

  ;; (monitor-operation process): is ready when the locus, fiber or supervisor has ended. Its value is the reason: normal; of a locus also
  ;; (exit value), (signal number) and (limit what), of a fiber (raised object) and cancelled, of a supervisor shutdown and (failed condition).
  (define (monitor-operation x)
    (cond ((locus? x) (wrap-operation (locus-dead-evt x) (lambda (evt) (locus-reason x))))
          ((supervisor? x) (wrap-operation (wait-operation (supervisor-dead x)) (lambda () (supervisor-reason x))))
          ((fiber? x) (wrap-operation (fiber-dead-operation x) fiber-reason))
          (else (assertion-violation 'monitor-operation "expected a locus, a fiber or a supervisor" x))))

  ;; (death-reason process): the reason; #f while it is alive.
  (define (death-reason x)
    (cond ((locus? x) (locus-reason x))
          ((supervisor? x) (supervisor-reason x))
          ((and (fiber? x) (memq (fiber-state x) '(running ready waiting))) #f)
          (else (perform-operation (monitor-operation x)))))

  ;; (abnormal-death? reason): not normal and not by a shutdown?
  (define (abnormal-death? reason) (not (memq reason '(normal shutdown))))

  ;;; Specifications

  (define (option who options known name default)
    (cond ((null? options) default)
          ((or (not (memq (car options) known)) (null? (cdr options)))
           (assertion-violation who "expected options and values" options known))
          ((eq? (car options) name) (cadr options))
          (else (option who (cddr options) known name default))))

  (define (check who good? what x)
    (if (not good?) (assertion-violation who (string-append "expected " what) x)))

  (define (seconds? x) (and (real? x) (>= x 0)))

  ;; (child-spec id start option value ...): id is for people and look-ups (equal?); (start) returns a locus, fiber or supervisor.
  ;; Options: restart: permanent (the default: always), transient (if it ended abnormally), temporary (never); shutdown: seconds between
  ;; being asked to end and being killed (5; no limit for supervisors), kill, or infinity.
  (define (child-spec id start . options)
    (let* ((known '(restart shutdown))
           (restart (option 'child-spec options known 'restart 'permanent))
           (shutdown (option 'child-spec options known 'shutdown #f)))
      (check 'child-spec (procedure? start) "a procedure" start)
      (check 'child-spec (memq restart '(permanent transient temporary)) "permanent, transient or temporary" restart)
      (check 'child-spec (or (not shutdown) (memq shutdown '(kill infinity)) (seconds? shutdown)) "seconds, kill or infinity" shutdown)
      (make-child-spec id start restart shutdown)))

  ;;; Children

  (define (tell s . event)
    (if (supervisor-on-event s)
        (guard (c (#t #f)) ((supervisor-on-event s) event))))

  ;; Starts the child of the entry. What its procedure raises is raised.
  (define (start-child! s e)
    (let ((x ((child-spec-start (entry-spec e)))))
      (check 'start-supervisor (or (locus? x) (fiber? x) (supervisor? x)) "a locus, a fiber or a supervisor" x)
      (entry-process-set! e x)
      (spawn-service
       (lambda ()
         (let ((reason (perform-operation (monitor-operation x))))
           (mailbox-send! (supervisor-box s) (lambda () (child-ended! s e x reason)))))
       'supervisor-monitor)
      (tell s 'started (entry-id e) x)))

  (define (ask-to-end x)
    (cond ((locus? x) (locus-break x 'terminate))
          ((supervisor? x) (mailbox-send! (supervisor-box x) (lambda () 'stop)))
          (else (fiber-cancel! x))))

  (define (await x seconds)
    (if seconds
        (perform-operation/timeout (monitor-operation x) seconds (lambda () #f))
        (perform-operation (monitor-operation x))))

  ;; Ends the child by the rule of its specification; it has ended then. A fiber can't be killed: after its time it is left alone.
  (define (end-child! s e)
    (let ((x (entry-process e)) (shutdown (child-spec-shutdown (entry-spec e))))
      (if x
          (begin
            (entry-process-set! e #f)
            (if (and (eq? shutdown 'kill) (locus? x))
                (locus-kill x)
                (begin
                  (ask-to-end x)
                  (if (not (await x (cond ((eq? shutdown 'infinity) #f)
                                          ((number? shutdown) shutdown)
                                          ((supervisor? x) #f)
                                          (else 5))))
                      (if (locus? x) (locus-kill x)))))
            (tell s 'ended (entry-id e) (death-reason x))))))

  (define (end-children! s entries)
    (for-each (lambda (e) (end-child! s e)) (reverse entries)))

  (define (temporary? e) (eq? 'temporary (child-spec-restart (entry-spec e))))

  (define (drop! s dropped)
    (supervisor-entries-set! s (filter (lambda (e) (not (memq e dropped))) (supervisor-entries s))))

  ;;; Restarts

  ;; Notes a restart; raises &restart-intensity, which ends the supervisor, if there were too many.
  (define (count-restart! s e reason)
    (let* ((now (internal-time))
           (since (- now (exact (round (* (supervisor-period s) 1000000000)))))
           (times (cons now (filter (lambda (t) (> t since)) (supervisor-times s)))))
      (supervisor-times-set! s times)
      (if (> (length times) (supervisor-intensity s))
          (raise (condition (make-restart-intensity (entry-id e) reason)
                            (make-who-condition 'supervisor)
                            (make-message-condition "a child ended too often")
                            (make-irritants-condition (list (entry-id e) reason)))))
      (entry-restarts-set! e (+ 1 (entry-restarts e)))))

  ;; Starts these, in order; one that can't be started is tried again, which counts.
  (define (restart-all! s entries)
    (for-each
     (lambda (e)
       (let try ()
         (let ((failed (guard (c (#t (list c)))
                         (start-child! s e)
                         #f)))
           (if failed
               (begin
                 (tell s 'failed (entry-id e) (car failed))
                 (count-restart! s e (list 'raised (car failed)))
                 (try))))))
     entries))

  (define (running? e) (and (entry-process e) #t))

  ;; The other children that the end of e concerns.
  (define (concerned s e)
    (filter running?
            (case (supervisor-strategy s)
              ((one-for-one) '())
              ((one-for-all) (remq e (supervisor-entries s)))
              (else (cdr (memq e (supervisor-entries s)))))))

  (define (child-ended! s e x reason)
    (if (eq? x (entry-process e))
        (begin
          (entry-process-set! e #f)
          (tell s 'ended (entry-id e) reason)
          (case (child-spec-restart (entry-spec e))
            ((temporary) (drop! s (list e)))
            ((transient) (if (abnormal-death? reason) (restart! s e reason)))
            (else (restart! s e reason))))))

  (define (restart! s e reason)
    (count-restart! s e reason)
    (let ((others (concerned s e)))
      (end-children! s others)
      (drop! s (filter temporary? others))
      (restart-all! s (filter (lambda (x) (or (eq? x e) (memq x others))) (supervisor-entries s)))))

  ;;; The supervisor

  (define (finish! s reason)
    (end-children! s (supervisor-entries s))
    (supervisor-reason-set! s reason)
    (signal-cvar! (supervisor-dead s)))

  ;; Messages are procedures; one that returns `stop` is the last.
  (define (serve s)
    (let loop ()
      (if (eq? 'stop ((mailbox-receive (supervisor-box s))))
          'shutdown
          (loop))))

  (define (run s)
    (finish! s (guard (c (#t
                          (tell s 'gave-up c)
                          (list 'failed c)))
                 (serve s))))

  ;; (start-supervisor specifications option value ...): a supervisor that has started these children, in order. If one can't be started
  ;; the others are ended and what it raised is raised. Options: strategy: one-for-one (the default), one-for-all, rest-for-one;
  ;; intensity (1), period (5): if there are more restarts than that in so many seconds it ends all children and fails; on-event: a
  ;; procedure that gets lists: (started id process), (ended id reason), (failed id object): it could not be started, (gave-up condition).
  (define (start-supervisor specs . options)
    (let* ((known '(strategy intensity period on-event))
           (get (lambda (name default) (option 'start-supervisor options known name default)))
           (strategy (get 'strategy 'one-for-one)) (intensity (get 'intensity 1)) (period (get 'period 5)) (on-event (get 'on-event #f))
           (s (make-supervisor strategy intensity period on-event (make-mailbox) (make-cvar) '() '() #f)))
      (check 'start-supervisor (and (list? specs) (for-all child-spec? specs)) "a list of specifications of children" specs)
      (check 'start-supervisor (memq strategy '(one-for-one one-for-all rest-for-one)) "one-for-one, one-for-all or rest-for-one" strategy)
      (check 'start-supervisor (and (fixnum? intensity) (fx>=? intensity 0)) "a number of restarts" intensity)
      (check 'start-supervisor (and (seconds? period) (> period 0)) "seconds" period)
      (check 'start-supervisor (or (not on-event) (procedure? on-event)) "a procedure" on-event)
      (guard (c (#t
                 (finish! s (list 'failed c))
                 (raise c)))
        (for-each (lambda (spec) (add-child! s spec)) specs))
      (spawn-service (lambda () (run s)) 'supervisor)
      s))

  (define (find-entry s id)
    (find (lambda (e) (equal? id (entry-id e))) (supervisor-entries s)))

  (define (add-child! s spec)
    (check 'start-supervisor (not (find-entry s (child-spec-id spec))) "another identification: there is a child of that" (child-spec-id spec))
    (let ((e (make-entry spec #f 0)))
      (start-child! s e)
      (supervisor-entries-set! s (append (supervisor-entries s) (list e)))
      (entry-process e)))

  ;;; Requests

  (define (check-supervisor who s) (check who (supervisor? s) "a supervisor" s))

  ;; The value of (thunk) in the supervisor's fiber; what it raises is raised here.
  (define (request who s thunk)
    (check-supervisor who s)
    (let ((answer (make-mailbox)))
      (mailbox-send! (supervisor-box s)
                     (lambda ()
                       (mailbox-send! answer
                                      (guard (c (#t (lambda () (raise c))))
                                        (let ((x (thunk))) (lambda () x))))))
      ((perform-operation
        (choice-operation (mailbox-receive-operation answer)
                          (wrap-operation (wait-operation (supervisor-dead s))
                                          (lambda ()
                                            (lambda () (assertion-violation who "the supervisor has ended" s)))))))))

  (define (entry-of who s id)
    (or (find-entry s id) (assertion-violation who "there is no such child" id)))

  ;; (supervisor-stop supervisor): ends the children, the last one first, and it; returns when that is done.
  (define (supervisor-stop s)
    (check-supervisor 'supervisor-stop s)
    (ask-to-end s)
    (supervisor-wait s)
    (if #f #f))

  ;; (supervisor-wait supervisor): waits for its end; the reason: shutdown or (failed condition).
  (define (supervisor-wait s)
    (check-supervisor 'supervisor-wait s)
    (perform-operation (monitor-operation s)))

  ;; (supervisor-child supervisor id): the present locus, fiber or supervisor; #f if it does not run.
  (define (supervisor-child s id)
    (check-supervisor 'supervisor-child s)
    (entry-process (entry-of 'supervisor-child s id)))

  ;; (supervisor-children supervisor): a list of (id process-or-#f restart number-of-restarts), in the order of starting.
  (define (supervisor-children s)
    (check-supervisor 'supervisor-children s)
    (map (lambda (e) (list (entry-id e) (entry-process e) (child-spec-restart (entry-spec e)) (entry-restarts e)))
         (supervisor-entries s)))

  ;; (supervisor-start-child! supervisor specification): starts one more child, the last one, and returns it.
  (define (supervisor-start-child! s spec)
    (check 'supervisor-start-child! (child-spec? spec) "the specification of a child" spec)
    (request 'supervisor-start-child! s (lambda () (add-child! s spec))))

  ;; (supervisor-terminate-child! supervisor id): ends the child; it stays in the list, except if it is temporary.
  (define (supervisor-terminate-child! s id)
    (request 'supervisor-terminate-child! s
             (lambda ()
               (let ((e (entry-of 'supervisor-terminate-child! s id)))
                 (end-child! s e)
                 (if (temporary? e) (drop! s (list e)))))))

  ;; (supervisor-restart-child! supervisor id): starts a child that does not run, and returns it.
  (define (supervisor-restart-child! s id)
    (request 'supervisor-restart-child! s
             (lambda ()
               (let ((e (entry-of 'supervisor-restart-child! s id)))
                 (if (running? e) (assertion-violation 'supervisor-restart-child! "the child runs" id))
                 (start-child! s e)
                 (entry-process e)))))

  ;; (supervisor-delete-child! supervisor id): forgets a child that does not run.
  (define (supervisor-delete-child! s id)
    (request 'supervisor-delete-child! s
             (lambda ()
               (let ((e (entry-of 'supervisor-delete-child! s id)))
                 (if (running? e) (assertion-violation 'supervisor-delete-child! "the child runs" id))
                 (drop! s (list e)))))))
