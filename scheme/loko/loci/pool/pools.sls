;; SPDX-License-Identifier: MIT
;;
;; Pools: a queue of futures, and slots, each a fiber that serves one worker: it takes a future, sends the task, waits for the
;; answer, a death, a time limit or a cancellation, and ends the future. In: futures. Out: their outcomes.
;; * Workers are started when there is work that no idle one can take. A worker that is older than a task's procedure (tasks.sls),
;;   that has done its number of tasks, or that is dead, is replaced by a new one.
;; INVARIANT(once): a future is taken from the queue by one slot, and ends exactly once (futures.sls); a task is sent again only after the
;; death of the worker that had it.
(library (loko loci pool pools)
  (export make-pool-record pool? pool-size pool-processes pool-shutdown pool-enqueue! pool-next-number!
          pool-timeout check-pool call-with-pool)
  (import (rnrs) (loko loci) (loko system fibers)
          (only (loko loci channels) spawn-service)
          (rnrs mutable-pairs)
          (loko loci pool tasks) (loko loci pool conditions) (loko loci pool futures) (loko loci pool worker)
          (only (loko base parameters) parameterize)
          (only (loko core primitives) %os-syscall))

  ;; How often in a row workers may die before they are ready: by their own doing, by a signal.
  (define most-failures 3)
  (define most-kills 30)

  ;; head, tail, waiting: the queue of futures, its last pair, its length. idle: slots that wait for one. state: open, closing or
  ;; broken; broken: what to raise then. space: signalled when the queue got shorter; kill: no task goes on; closed: no slot
  ;; is left. retired: workers that were told to end.
  (define-record-type (pool make-pool-record pool?)
    (opaque #t) (sealed #t)
    (fields size initializer retries lifetime timeout limit out err limits process
            (mutable head) (mutable tail) (mutable waiting)
            (mutable slots) (mutable idle) (mutable number)
            (mutable state) (mutable broken)
            (mutable space) kill closed (mutable retired))
    (protocol
     (lambda (new)
       (lambda (size initializer retries lifetime timeout limit)
         (new size initializer retries lifetime timeout limit (current-output-port) (current-error-port) (current-locus-limits) (%os-syscall 39)
              '() '() 0 '() '() 0 'open #f (make-cvar) (make-cvar) (make-cvar) '())))))

  ;; worker: a locus or #f; sites: how many it knows; sent: keys of procedures that it has; done: tasks that it did; box: gets a
  ;; future, or #f (look at the state of the pool), when the slot is not idle any more.
  (define-record-type slot
    (fields (mutable worker) (mutable sites) sent (mutable done) box)
    (protocol (lambda (new) (lambda () (new #f 0 (make-eqv-hashtable) 0 (make-mailbox))))))

  (define (check-pool who p)
    (if (not (pool? p)) (assertion-violation who "expected a pool" p))
    (if (not (eqv? (pool-process p) (%os-syscall 39)))
        (assertion-violation who "this pool belongs to another process; a task can make one of its own" p)))

  (define (pool-next-number! p)
    (let ((n (pool-number p)))
      (pool-number-set! p (+ n 1))
      n))

  ;; (pool-processes pool): the numbers of the processes of its workers.
  (define (pool-processes p)
    (check-pool 'pool-processes p)
    (map locus-pid (filter values (map slot-worker (pool-slots p)))))

  ;;; The queue

  (define (check-open who p)
    (case (pool-state p)
      ((open) #t)
      ((broken) (raise (pool-broken p)))
      (else
       (raise (condition (make-error) (make-who-condition who) (make-message-condition "the pool was shut down")
                         (make-irritants-condition (list p)))))))

  (define (push! p f)
    (let ((cell (list f)))
      (if (null? (pool-head p)) (pool-head-set! p cell) (set-cdr! (pool-tail p) cell))
      (pool-tail-set! p cell)
      (pool-waiting-set! p (+ (pool-waiting p) 1))))

  ;; The first future of the queue, or #f.
  (define (pop! p)
    (let ((head (pool-head p)))
      (and (pair? head)
           (begin
             (pool-head-set! p (cdr head))
             (pool-waiting-set! p (- (pool-waiting p) 1))
             (signal-space! p)
             (car head)))))

  (define (signal-space! p)
    (let ((space (pool-space p)))
      (pool-space-set! p (make-cvar))
      (signal-cvar! space)))

  ;; Gives the future to an idle slot, or puts it into the queue; waits while that is full.
  (define (pool-enqueue! who p f)
    (check-pool who p)
    (let loop ()
      (check-open who p)
      (cond ((not (eq? (future-state f) 'pending)) #f)      ; it was cancelled meanwhile
            ((pair? (pool-idle p))
             (let ((s (car (pool-idle p))))
               (pool-idle-set! p (cdr (pool-idle p)))
               (mailbox-send! (slot-box s) f)))
            ((and (pool-limit p) (>= (pool-waiting p) (pool-limit p)))
             (perform-operation (choice-operation (wait-operation (pool-space p)) (wait-operation (future-cancel-asked f))))
             (loop))
            (else
             (push! p f)
             (if (< (length (pool-slots p)) (pool-size p)) (add-slot! p))))))

  (define (add-slot! p)
    (let ((s (make-slot)))
      (pool-slots-set! p (cons s (pool-slots p)))
      (spawn-service (lambda () (serve p s)) 'pool-worker)))

  (define (remove-slot! p s)
    (pool-slots-set! p (remq s (pool-slots p)))
    (if (and (null? (pool-slots p)) (not (eq? (pool-state p) 'open))) (signal-cvar! (pool-closed p))))

  ;; In an idle slot: waits for a future, or #f.
  (define (wait-for-work s)
    (let* ((next (mailbox-receive-operation (slot-box s))) (w (slot-worker s))
           (x (perform-operation
               (if w
                   (choice-operation next (wrap-operation (locus-dead-evt w) (lambda (evt) 'dead)))
                   next))))
      (if (eq? x 'dead)
          (begin
            (forget-worker! s)
            (wait-for-work s))
          x)))

  (define (serve p s)
    (let loop ()
      (let ((f (or (pop! p)
                   (and (eq? (pool-state p) 'open)
                        (begin
                          (pool-idle-set! p (cons s (pool-idle p)))
                          (wait-for-work s))))))
        (cond (f
               (if (eq? (future-state f) 'pending)
                   (guard (c (#t                      ; what the worker sent was not what workers send
                              (if (slot-worker s) (kill-worker! s))
                              (fail! f c '())))
                     (run p s f)))
               (loop))
              ((eq? (pool-state p) 'open) (loop))
              (else
               (retire! p s)
               (remove-slot! p s))))))

  ;;; Workers

  (define (forget-worker! s)
    (slot-worker-set! s #f)
    (slot-done-set! s 0)
    (hashtable-clear! (slot-sent s)))

  ;; Tells the worker to end.
  (define (retire! p s)
    (let ((w (slot-worker s)))
      (if w
          (begin
            (forget-worker! s)
            (pool-retired-set! p (cons w (filter locus-running? (pool-retired p))))
            (guard (c (#t #f)) (locus-channel-put w 'quit))))))

  (define (kill-worker! s)
    (let ((w (slot-worker s)))
      (forget-worker! s)
      (locus-kill w)))

  ;; How the worker, whose channel has ended, died.
  (define (reason-of-death w)
    (locus-kill w)
    (let ((death (locus-death w)))
      (if (eq? (car death) 'value) (cons 'exit (cdr death)) death)))

  (define (died-condition message reason . more)
    (apply condition (make-worker-died reason) (make-who-condition 'pool) (make-message-condition message)
           (make-irritants-condition (list reason)) more))

  ;; Starts a worker and waits until it is ready: #t, or a condition.
  (define (start-worker! p s)
    (let try ((failures 1) (kills 1))
      (let* ((sites (site-count))
             (w (parameterize ((current-output-port (pool-out p)) (current-error-port (pool-err p)) (current-locus-limits (pool-limits p)))
                  (locus ch (worker-main ch)))))
        (slot-worker-set! s w)
        (slot-sites-set! s sites)
        (let ((answer (guard (c (#t (eof-object)))
                        (locus-channel-put w (vector 'start (pool-initializer p)))
                        (get-answer p s #f #f))))
          (cond ((vector? answer)
                 (or (eq? 'ready (vector-ref answer 0))
                     (begin
                       (retire! p s)
                       (decode-raised (vector-ref answer 1) (make-task-condition #f '(initializer))))))
                ((eq? answer 'killed) (kill-worker! s) answer)
                (else
                 (let ((reason (reason-of-death w)))
                   (forget-worker! s)
                   (cond ((and (not (eq? (car reason) 'exit)) (< kills most-kills)) (try failures (+ kills 1)))
                         ((and (eq? (car reason) 'exit) (< failures most-failures)) (try (+ failures 1) kills))
                         (else (died-condition "workers die before they are ready" reason (make-task-condition #f '(initializer))))))))))))

  (define (all-arguments f)
    (if (eq? (future-kind f) 'chunk) (apply append (future-arguments f)) (future-arguments f)))

  ;; A worker that can run the task: #t, or a condition.
  (define (ready-worker! p s f)
    (let ((w (slot-worker s)))
      (cond ((not w) (start-worker! p s))
            ((not (locus-running? w)) (forget-worker! s) (start-worker! p s))
            ((or (>= (newest-site (cons (future-task f) (all-arguments f))) (slot-sites s))
                 (and (pool-lifetime p) (>= (slot-done s) (pool-lifetime p))))
             (retire! p s)
             (start-worker! p s))
            (else #t))))

  ;; The next message of the worker; the end-of-file object; timeout, cancelled or killed.
  (define (get-answer p s f seconds)
    (perform-operation
     (apply choice-operation
            (locus-channel-get-operation (slot-worker s))
            (wrap-operation (wait-operation (pool-kill p)) (lambda () 'killed))
            (append
             (if f (list (wrap-operation (wait-operation (future-cancel-asked f)) (lambda () 'cancelled))) '())
             (if seconds (list (wrap-operation (sleep-operation seconds) (lambda () 'timeout))) '())))))

  ;;; Running a task

  ;; Which task it is, as a condition.
  (define (describe f)
    (if (and (chunk? f) (null? (cdr (future-arguments f))))
        (describe-item f 0)
        (make-task-condition (future-index f)
                             (cons (task-name (future-task f)) (if (chunk? f) '(…) (abbreviate (future-arguments f)))))))

  (define (chunk? f) (not (eq? (future-kind f) 'call)))

  ;; The item i of a chunk.
  (define (describe-item f i)
    (make-task-condition (+ (car (future-index f)) i)
                         (cons (task-name (future-task f))
                               (let ((x (list-ref (future-arguments f) i)))
                                 (abbreviate (if (eq? (future-kind f) 'items) (list x) x))))))

  (define (run p s f)
    (future-state! f 'running)
    (let attempt ((retries (pool-retries p)))
      (let ((ready (guard (c (#t c)) (ready-worker! p s f))))
        (cond ((not (eq? (future-state f) 'running)) #f)      ; it was cancelled meanwhile
              ((eq? ready #t) (send-and-wait p s f retries attempt))
              ((eq? ready 'killed) (cancel! f))
              ((i/o-error? ready) (fail! f (condition ready (describe f)) '()))      ; no process could be made
              (else (break! p f ready))))))

  (define (send-and-wait p s f retries attempt)
    (let ((sent (guard (c (#t c))
                  (send! s f)
                  #t)))
      (cond ((eq? sent #t)
             (finish p s f (guard (c (#t c)) (get-answer p s f (future-timeout f))) retries attempt))
            ((i/o-error? sent)                 ; it was dead before
             (kill-worker! s)
             (attempt retries))
            (else
             (fail! f (condition sent (describe f)) '())))))

  (define (send! s f)
    (let* ((key (future-key f)) (known? (and key (hashtable-contains? (slot-sent s) key))))
      (locus-channel-put (slot-worker s)
                         (vector (future-kind f) (future-number f) key (if known? #f (future-task f)) (future-arguments f)))
      (if (not known?) (remember! (slot-sent s) key #t))))

  (define (finish p s f answer retries attempt)
    (cond ((and (vector? answer) (eqv? (vector-ref answer 0) (future-number f)))
           (slot-done-set! s (+ (slot-done s) 1))
           (if (eq? (vector-ref answer 1) 'values)
               (resolve! f (if (chunk? f) (list (vector-ref answer 2)) (vector-ref answer 2)))
               (fail-remotely! f (vector-ref answer 2) (vector-ref answer 3))))
          ((eof-object? answer)
           (let ((reason (reason-of-death (slot-worker s))))
             (forget-worker! s)
             (if (> retries 0)
                 (attempt (- retries 1))
                 (fail! f (died-condition "a worker died" reason (describe f)) '()))))
          (else
           (kill-worker! s)
           (case answer
             ((cancelled) #t)
             ((killed) (cancel! f))
             ((timeout)
              (fail! f (condition (make-task-timeout (future-timeout f)) (make-who-condition 'pool)
                                  (make-message-condition "the task took too long") (describe f))
                     '()))
             (else               ; what came was no message, or the answer to another task
              (fail! f (died-condition "a worker gave no proper answer" '(signal 9) (describe f)) '()))))))

  (define (fail-remotely! f data before)
    (let ((where (if (chunk? f) (describe-item f (length before)) (describe f))))
      (fail! f (decode-raised data where) before)))

  ;;; Ends

  ;; All futures in the queue are ended by (end future).
  (define (empty-queue! p end)
    (let ((f (pop! p)))
      (if f
          (begin
            (end f)
            (empty-queue! p end)))))

  (define (wake-idle-slots! p)
    (let ((idle (pool-idle p)))
      (pool-idle-set! p '())
      (for-each (lambda (s) (mailbox-send! (slot-box s) #f)) idle)
      (if (null? (pool-slots p)) (signal-cvar! (pool-closed p)))
      (signal-space! p)))

  ;; The initializer failed, or workers can't live: nothing that is in the queue, or comes, can be done.
  (define (break! p f c)
    (if (eq? (pool-state p) 'open)
        (begin
          (pool-state-set! p 'broken)
          (pool-broken-set! p c)))
    (fail! f c '())
    (empty-queue! p (lambda (f) (fail! f c '())))
    (wake-idle-slots! p))

  ;; (pool-shutdown pool ['now]): no task is accepted any more. Waits until those in the queue are done and all workers have ended; with
  ;; `now` they are cancelled, and the workers killed.
  (define pool-shutdown
    (case-lambda
      ((p) (shut-down p #f))
      ((p how)
       (if (not (eq? how 'now)) (assertion-violation 'pool-shutdown "expected now" how))
       (shut-down p #t))))

  (define (shut-down p now?)
    (check-pool 'pool-shutdown p)
    (if (eq? (pool-state p) 'open) (pool-state-set! p 'closing))
    (if now?
        (begin
          (signal-cvar! (pool-kill p))
          (empty-queue! p cancel!)))
    (wake-idle-slots! p)
    (wait (pool-closed p))
    (for-each (if now? locus-kill locus-wait) (pool-retired p))
    (pool-retired-set! p '())
    (if #f #f))

  ;; (call-with-pool pool proc): the values of (proc pool); the pool is shut down then: when all its tasks are done, or, if
  ;; proc is left otherwise, at once.
  (define (call-with-pool p proc)
    (check-pool 'call-with-pool p)
    (let ((returned? #f))
      (dynamic-wind
       (lambda () #f)
       (lambda ()
         (call-with-values (lambda () (proc p))
           (lambda results
             (pool-shutdown p)
             (set! returned? #t)
             (apply values results))))
       (lambda ()
         (if (not returned?) (pool-shutdown p 'now)))))))
