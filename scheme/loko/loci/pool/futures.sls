;; SPDX-License-Identifier: MIT
;;
;; Futures: results of tasks that may not be there yet, and groups of them that end together. In: outcomes from the fibers that serve
;; workers. Out: operations to wait for them.
;; State: pending (in the queue), running, done, failed, cancelled. The last three are final, and `ended` is signalled then.
(library (loko loci pool futures)
  (export make-future future? future-pool future-number future-kind future-task future-key future-arguments future-timeout
          future-index future-before future-state future-state! future-cancel-asked
          future-ready? future-cancelled? future-operation touch future-cancel! as-completed
          resolve! fail! cancel! when-ended! completion-mailbox
          task-group? call-with-task-group task-group-cancel!)
  (import (rnrs) (loko system fibers) (loko loci channels) (loko loci pool conditions)
          (only (loko base parameters) make-parameter parameterize)
          (only (loko core primitives) %os-syscall))

  ;; kind: call, chunk or items (worker.sls). key: of the task procedure for workers, or #f. index: in the map, or the number. before: results of a chunk
  ;; before the item that failed. hooks: procedures to call when it has ended.
  (define-record-type future
    (opaque #t) (sealed #t)
    (fields pool number kind task key arguments timeout index process
            (mutable state future-state %future-state!)
            (mutable value) (mutable before)
            (immutable ended) (immutable cancel-asked)
            (mutable hooks))
    (protocol
     (lambda (new)
       (lambda (pool number kind task key arguments timeout index)
         (let ((f (new pool number kind task key arguments timeout index (%os-syscall 39) 'pending #f '()
                       (make-cvar) (make-cvar) '())))
           (join-group! f)
           f)))))

  (define (future-state! f state) (%future-state! f state))

  (define (check-future who f)
    (if (not (future? f)) (assertion-violation who "expected a future" f)))

  ;;; Ending

  (define (final? f) (memq (future-state f) '(done failed cancelled)))

  (define (end! f state value)
    (if (not (final? f))
        (let ((hooks (future-hooks f)))
          (future-state! f state)
          (future-value-set! f value)
          (future-hooks-set! f '())
          (signal-cvar! (future-ended f))
          (for-each (lambda (hook) (hook f)) hooks))))

  ;; value: the list of values.
  (define (resolve! f value) (end! f 'done value))

  (define (fail! f object before)
    (if (not (final? f)) (future-before-set! f before))
    (end! f 'failed object))

  (define (cancelled-condition f)
    (condition (make-task-cancelled) (make-who-condition 'touch) (make-message-condition "the task was cancelled")
               (make-task-condition (future-index f) #f)))

  (define (cancel! f)
    (end! f 'cancelled (cancelled-condition f))
    (signal-cvar! (future-cancel-asked f)))

  ;; Calls (hook f) when the future has ended, at once if it has.
  (define (when-ended! f hook)
    (if (final? f)
        (hook f)
        (future-hooks-set! f (cons hook (future-hooks f)))))

  ;;; The interface

  ;; (future-ready? future): has it ended? Then touch does not wait.
  (define (future-ready? f)
    (check-future 'future-ready? f)
    (and (final? f) #t))

  ;; (future-cancelled? future)
  (define (future-cancelled? f)
    (check-future 'future-cancelled? f)
    (eq? (future-state f) 'cancelled))

  ;; (future-cancel! future): it has ended, and who touches it gets &task-cancelled. If its task runs, the worker is killed and
  ;; another one takes its place. #f: it had ended before.
  (define (future-cancel! f)
    (check-future 'future-cancel! f)
    (check-process 'future-cancel! f)
    (if (final? f)
        #f
        (begin
          (cancel! f)
          #t)))

  ;; A copy of a future in a worker can't end.
  (define (check-process who f)
    (if (not (or (final? f) (eqv? (future-process f) (%os-syscall 39))))
        (assertion-violation who "this future belongs to another process" f)))

  (define (outcome f)
    (if (eq? (future-state f) 'done)
        (apply values (future-value f))
        (raise (future-value f))))

  ;; (future-operation future): is ready when it has ended; the values of the task, or what it raised is raised.
  (define (future-operation f)
    (check-future 'future-operation f)
    (check-process 'future-operation f)
    (wrap-operation (wait-operation (future-ended f)) (lambda () (outcome f))))

  (define (raise-late who seconds)
    (raise (condition (make-task-timeout seconds) (make-who-condition who)
                      (make-message-condition "the result did not come in time"))))

  ;; (touch future [seconds [thunk]]): waits for the values of the task; what it raised is raised. If it takes longer than that: the
  ;; values of thunk, by default &task-timeout is raised; the task goes on.
  (define touch
    (case-lambda
      ((f) (perform-operation (future-operation f)))
      ((f seconds) (touch f seconds (lambda () (raise-late 'touch seconds))))
      ((f seconds thunk)
       (perform-operation/timeout (future-operation f) seconds thunk))))

  ;; A mailbox that gets each of the futures when it has ended.
  (define (completion-mailbox futures)
    (let ((box (make-mailbox)))
      (for-each (lambda (f) (when-ended! f (lambda (f) (mailbox-send! box f)))) futures)
      box))

  ;; (as-completed futures [seconds]): a generator (SRFI 158): each call waits for another one of the futures to end and gives it;
  ;; after the last one the end-of-file object. &task-timeout if one is not there when so many seconds have passed since.
  (define as-completed
    (case-lambda
      ((futures) (as-completed futures #f))
      ((futures seconds)
       (for-each (lambda (f) (check-future 'as-completed f) (check-process 'as-completed f)) futures)
       (let ((box (completion-mailbox futures))
             (left (length futures))
             (deadline (and seconds (+ (internal-time) (exact (round (* seconds 1000000000)))))))
         (define (receive)
           (if deadline
               (perform-operation/timeout (mailbox-receive-operation box)
                                          (/ (max 0 (- deadline (internal-time))) 1000000000)
                                          (lambda () (raise-late 'as-completed seconds)))
               (mailbox-receive box)))
         (lambda ()
           (if (= left 0)
               (eof-object)
               (let ((f (receive)))
                 (set! left (- left 1))
                 f)))))))

  ;;; Groups

  ;; members: a table of futures and groups that have not ended. failure: #f, or a list of what the first to fail raised.
  (define-record-type task-group
    (opaque #t) (sealed #t)
    (fields parent members (mutable failure) (mutable empty))
    (protocol (lambda (new) (lambda (parent) (new parent (make-eq-hashtable) #f (make-cvar))))))

  (define current-group (make-parameter #f))

  (define (leave-group! g x)
    (hashtable-delete! (task-group-members g) x)
    (if (= 0 (hashtable-size (task-group-members g)))
        (let ((empty (task-group-empty g)))
          (task-group-empty-set! g (make-cvar))
          (signal-cvar! empty))))

  (define (join-group! f)
    (let ((g (current-group)))
      (if g
          (begin
            (hashtable-set! (task-group-members g) f #t)
            (when-ended! f
              (lambda (f)
                (if (eq? (future-state f) 'failed) (fail-group! g (future-value f)))
                (leave-group! g f)))
            (if (task-group-failure g) (cancel! f))))))

  (define (fail-group! g object)
    (if (not (task-group-failure g))
        (begin
          (task-group-failure-set! g (list object))
          (cancel-members! g))))

  (define (cancel-members! g)
    (vector-for-each
     (lambda (x) (if (future? x) (cancel! x) (fail-group! x (car (task-group-failure g)))))
     (hashtable-keys (task-group-members g))))

  ;; (task-group-cancel! group): cancels all its futures, and the groups in it.
  (define (task-group-cancel! g)
    (if (not (task-group? g)) (assertion-violation 'task-group-cancel! "expected a task group" g))
    (fail-group! g (condition (make-task-cancelled) (make-who-condition 'call-with-task-group)
                              (make-message-condition "the group of tasks was cancelled"))))

  (define (await-members g)
    (if (> (hashtable-size (task-group-members g)) 0)
        (begin
          (wait (task-group-empty g))
          (await-members g))))

  (define (start-clock! g seconds over)
    (spawn-service
     (lambda ()
       (perform-operation
        (choice-operation
         (wait-operation over)
         (wrap-operation (sleep-operation seconds)
                         (lambda ()
                           (fail-group! g (condition (make-task-timeout seconds) (make-who-condition 'call-with-task-group)
                                                     (make-message-condition "the group of tasks took too long"))))))))
     'task-group-clock))

  ;; (call-with-task-group proc [seconds]): the values of (proc group), when all futures that were made meanwhile have ended. If one of
  ;; them fails, or so many seconds have passed, the others are cancelled and what it raised (&task-timeout) is raised; likewise
  ;; they are cancelled if proc is left otherwise. Groups in it are parts of it.
  (define call-with-task-group
    (case-lambda
      ((proc) (call-with-task-group proc #f))
      ((proc seconds)
       (let* ((parent (current-group)) (g (make-task-group parent)) (over (make-cvar)))
         (if parent (hashtable-set! (task-group-members parent) g #t))
         (if (and parent (task-group-failure parent)) (fail-group! g (car (task-group-failure parent))))
         (if seconds (start-clock! g seconds over))
         (dynamic-wind
          (lambda () #f)
          (lambda ()
            (call-with-values
             (lambda ()
               (guard (c ((task-group-failure g) (raise (car (task-group-failure g)))))
                 (parameterize ((current-group g)) (proc g))))
             (lambda results
               (await-members g)
               (if (task-group-failure g) (raise (car (task-group-failure g))))
               (apply values results))))
          (lambda ()
            (signal-cvar! over)
            (task-group-cancel! g)
            (if parent (leave-group! parent g)))))))))
