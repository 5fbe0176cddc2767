;; SPDX-License-Identifier: MIT
;;
;; Pools of workers, parallel maps, futures (docs/reference/pool.md). The forms lift the procedures that they get, like the body of
;; `locus/context` (pool/tasks.sls); the rest is in the parts:
;;   tasks → conditions → worker → futures → pools → maps
(library (loko loci pool)
  (export make-pool pool? pool-size pool-processes pool-shutdown call-with-pool
          pool-submit pool-future pool-map pool-for-each pool-generate
          locus-map locus-for-each
          future? touch future-ready? future-operation future-cancel! future-cancelled? as-completed
          call-with-task-group task-group? task-group-cancel!
          task-lambda task-procedure task-procedure? task-procedure->procedure
          &task task-condition? task-condition-index task-condition-form
          &worker-died worker-died? worker-died-reason
          &task-timeout task-timeout? task-timeout-seconds
          &task-cancelled task-cancelled?
          &remote remote-condition? remote-condition-process remote-condition-backtrace remote-condition-others
          register-condition-type!
          processor-count)
  (import (rnrs) (only (loko loci) processor-count)
          (loko loci pool tasks) (loko loci pool conditions) (loko loci pool futures) (loko loci pool pools)
          (loko loci pool maps))

  ;;; Forms

  ;; The list of options and values; an initializer is an expression for the workers.
  (define-syntax options
    (lambda (x)
      (syntax-case x ()
        ((_ who (done ...)) #'(list done ...))
        ((_ who (done ...) (q name) e . rest)
         (and (identifier? #'q) (free-identifier=? #'q #'quote) (eq? (syntax->datum #'name) 'initializer))
         #'(options who (done ... 'initializer (task-expression who e)) . rest))
        ((_ who (done ...) e . rest) #'(options who (done ... e) . rest)))))

  ;; (make-pool option value ...): a pool. Options: workers (processor-count), initializer: a procedure without arguments that each
  ;; worker calls first; retries: how often a task is tried again when its worker died (0); timeout: seconds for each task (no
  ;; limit); queue: how many tasks may wait before who submits another one waits, too (no limit); tasks-per-worker: after so
  ;; many a worker is replaced (no limit).
  (define-syntax make-pool
    (syntax-rules ()
      ((_ option ...) (new-pool 'make-pool (options make-pool () option ...)))))

  ;; (pool-submit pool procedure argument ...): a future for the values of the call.
  (define-syntax pool-submit
    (syntax-rules ()
      ((_ pool f argument ...) (submit 'pool-submit pool (task-expression pool-submit f) (list argument ...)))))

  ;; (pool-future pool body ...): a future for the values of the body.
  (define-syntax pool-future
    (syntax-rules ()
      ((_ pool body0 body ...)
       (submit 'pool-future pool (task-expression pool-future (lambda () body0 body ...)) '()))))

  ;; (pool-map pool procedure input ... option value ...): the list of the results. Inputs: lists, vectors, generators (thunks that
  ;; give the end-of-file object at last); the shortest one ends it. Options: chunk: items in one message; order: input (the
  ;; default) or completion; timeout: seconds for each chunk; window: how many chunks may be under way.
  (define-syntax pool-map
    (syntax-rules ()
      ((_ pool f input ...) (run-pool-map 'pool-map map-list pool (task-expression pool-map f) (list input ...)))))

  ;; (pool-for-each pool procedure input ... option value ...): the same for effects; in no certain order.
  (define-syntax pool-for-each
    (syntax-rules ()
      ((_ pool f input ...) (run-pool-map 'pool-for-each map-each pool (task-expression pool-for-each f) (list input ...)))))

  ;; (pool-generate pool procedure input ... option value ...): a generator of the results. Inputs are taken as results are asked for.
  (define-syntax pool-generate
    (syntax-rules ()
      ((_ pool f input ...) (generate pool (task-expression pool-generate f) (list input ...)))))

  ;; (locus-map procedure input ... option value ...): pool-map with a pool for this call. Options also: those of make-pool.
  (define-syntax locus-map
    (syntax-rules ()
      ((_ f input ...)
       (run-locus-map 'locus-map map-list (task-expression locus-map f) (options locus-map () input ...)))))

  ;; (locus-for-each procedure input ... option value ...)
  (define-syntax locus-for-each
    (syntax-rules ()
      ((_ f input ...)
       (run-locus-map 'locus-for-each map-each (task-expression locus-for-each f) (options locus-for-each () input ...)))))

  ;;; Procedures behind them

  (define pool-options '(workers initializer retries timeout queue tasks-per-worker))
  (define map-options '(chunk order timeout window))
  (define both (append '(chunk order window) pool-options))

  (define (number-option who options known name default good?)
    (let ((x (option who options known name default)))
      (if (not (or (eqv? x default) (good? x))) (assertion-violation who "wrong value of an option" name x))
      x))

  (define (count? x) (and (fixnum? x) (fx>=? x 0)))
  (define (positive-count? x) (and (fixnum? x) (fx>? x 0)))
  (define (seconds? x) (and (real? x) (> x 0)))

  (define (pool-with who options known most)
    (define (get name default good?) (number-option who options known name default good?))
    (let ((initializer (option who options known 'initializer #f))
          (workers (get 'workers #f positive-count?)))
      (make-pool-record (max 1 (min (or workers (processor-count)) (or most (or workers (processor-count)))))
                        initializer
                        (get 'retries 0 count?)
                        (get 'tasks-per-worker #f positive-count?)
                        (get 'timeout #f seconds?)
                        (get 'queue #f positive-count?))))

  (define (new-pool who options) (pool-with who options pool-options #f))

  (define (submit who pool task arguments)
    (check-pool who pool)
    (let* ((n (pool-next-number! pool))
           (f (make-future pool n 'call task #f arguments (pool-timeout pool) n)))
      (pool-enqueue! who pool f)
      f))

  (define (run-pool-map who run pool task arguments)
    (let-values (((inputs options) (split-arguments arguments)))
      (run (start-map who pool task inputs options map-options))))

  (define (generate pool task arguments)
    (let-values (((inputs options) (split-arguments arguments)))
      (let ((r (start-map 'pool-generate pool task inputs options map-options)))
        (lambda () (map-next! r)))))

  (define (run-locus-map who run task arguments)
    (let-values (((inputs options) (split-arguments arguments)))
      (call-with-pool (pool-with who options both (inputs-length inputs))
        (lambda (pool) (run (start-map who pool task inputs options both)))))))
