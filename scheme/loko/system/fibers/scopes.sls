;; SPDX-License-Identifier: MIT
;;
;; The lives of fibers: spawning, joining, cancelling, and scopes. A scope is a dynamic extent that ends only when all
;; fibers that were spawned in it (and in fibers spawned in it) have ended; if one of them fails, the others are cancelled and what it
;; raised is raised from the scope. Cancelling unwinds a fiber: after thunks run, handlers don't see it.
(library (loko system fibers scopes)
  (export spawn-fiber exit-current-task yield-current-task fiber-join fiber-dead-operation fiber-cancel!
          current-fiber fiber-name fiber-name-set! fiber-state
          call-with-scope scope? cancel-scope! current-scope make-fiber-local run-fibers)
  (import (loko core syntax) (loko core primitives)
          (loko base violations) (loko base control) (loko base exceptions) (loko base parameters)
          (only (loko base records) make-record-type-descriptor)
          (only (loko base hashtables) make-eq-hashtable hashtable-set! hashtable-delete! hashtable-keys)
          (loko system fibers records) (loko system fibers scheduler) (loko system fibers operations))

  (define (check-fiber who x)
    (if (fiber? x) #t (%type-violation who "a fiber" x)))

  ;;; Fibers

  (define (spawn thunk name)
    (if (procedure? thunk) #t (%type-violation 'spawn-fiber "a procedure" thunk))
    (let* ((scope (current-scope)) (f (spawn! thunk name scope)))
      (if scope (enter-scope! scope f))
      f))

  ;; (spawn-fiber thunk [name]): a new fiber that runs thunk; name, a symbol or string, is shown in reports.
  (define spawn-fiber
    (case-lambda
      ((thunk) (spawn thunk #f))
      ((thunk name) (spawn thunk (if (or (symbol? name) (string? name)) name #f)))))

  ;; (exit-current-task): the end of the running fiber; of the process, if that is the main program.
  (define (exit-current-task) (unwind-and-end! 'exited '()))

  ;; (yield-current-task): lets other fibers run.
  (define (yield-current-task)
    (yield!)
    (%void))

  ;; (fiber-name fiber): symbol, string or #f.
  (define (fiber-name f)
    (check-fiber 'fiber-name f)
    (f-name f))

  ;; (fiber-name-set! fiber name)
  (define (fiber-name-set! f name)
    (check-fiber 'fiber-name-set! f)
    (if (or (symbol? name) (string? name) (not name)) #t (%type-violation 'fiber-name-set! "a symbol, string or #f" name))
    (f-name! f name))

  ;; (fiber-state fiber): running, ready, waiting, or how it ended: returned, raised, exited, cancelled.
  (define (fiber-state f)
    (check-fiber 'fiber-state f)
    (cond ((dead? f) (f-state f))
          ((eq? f (current-fiber)) 'running)
          ((f-waits f) 'waiting)
          (else 'ready)))

  (define (try-dead op)
    (let ((f (base-object op)))
      (if (dead? f) (lambda () (outcome f)) #f)))

  (define (outcome f) (values (f-state f) (f-result f)))

  (define (enter-dead! op waiting leaf)
    (let ((f (base-object op)))
      (if (f-joiners f) #t (f-joiners! f (make-queue)))
      (enter-queue! (f-joiners f) waiting leaf #f)))

  (define end-of-fiber (make-kind try-dead enter-dead! (lambda (op f) (outcome f))))

  ;; (fiber-dead-operation fiber): is ready when the fiber has ended. Two values: how (returned, raised, exited,
  ;; cancelled), and the list of its values, or what it raised.
  (define (fiber-dead-operation f)
    (check-fiber 'fiber-dead-operation f)
    (make-base end-of-fiber f #f))

  ;; (fiber-join fiber): waits for the end of the fiber and returns the values of its thunk. What the fiber raised is
  ;; raised; if it was cancelled or exited, an error.
  (define (fiber-join f)
    (check-fiber 'fiber-join f)
    (if (eq? f (current-fiber))
        (assertion-violation 'fiber-join "a fiber can't wait for its own end" f))
    (call-with-values (lambda () (perform-operation (fiber-dead-operation f)))
      (lambda (state result)
        (case state
          ((returned) (%values-list result))
          ((raised) (raise result))
          ((exited) (values))
          (else (error 'fiber-join "the fiber was cancelled" f))))))

  ;; (fiber-cancel! fiber): ends the fiber where it is, as by an escape: after thunks of dynamic-wind run.
  (define (fiber-cancel! f)
    (check-fiber 'fiber-cancel! f)
    (if (eq? f main-fiber)
        (assertion-violation 'fiber-cancel! "the main program can't be cancelled" f))
    (cancel-fiber! f)
    (%void))

  ;;; Scopes

  (define scope-rtd
    (make-record-type-descriptor
     'scope #f #f #t #f
     '#((immutable owner) (immutable members) (mutable count) (mutable failure) (mutable leave) (mutable waiters)
        (immutable parent))))

  (define-fields
    (0 s-owner s-owner!)
    (1 s-members s-members!)
    (2 s-count s-count!)
    (3 s-failure s-failure!)     ; #f or a box with what was raised
    (4 s-leave s-leave!)         ; while the body runs: ends it by an escape
    (5 s-waiters s-waiters!)
    (6 s-parent s-parent!))

  ;; (scope? object)
  (define (scope? x) (%record-is-a? x scope-rtd))

  ;; (current-scope): the innermost scope, or #f.
  (define current-scope
    (make-parameter #f (lambda (s)
                         (if (or (not s) (scope? s)) s (%type-violation 'current-scope "a scope or #f" s)))))

  (define (enter-scope! s f)
    (hashtable-set! (s-members s) f #t)
    (s-count! s (fx+ 1 (s-count s))))

  (define (cancel-members! s)
    (let ((members (hashtable-keys (s-members s))))
      (let loop ((i 0))
        (if (fx<? i (vector-length members))
            (begin
              (if (not (eq? (vector-ref members i) (current-fiber)))
                  (cancel-fiber! (vector-ref members i)))
              (loop (fx+ i 1)))))))

  ;; (cancel-scope! scope): cancels the fibers of the scope.
  (define (cancel-scope! s)
    (if (scope? s) #t (%type-violation 'cancel-scope! "a scope" s))
    (cancel-members! s)
    (if (let ((scope (f-scope (current-fiber)))) (eq? scope s))
        (cancel-fiber! (current-fiber)))
    (%void))

  ;; At the end of a fiber in a scope.
  (define (member-ended f)
    (let ((s (f-scope f)))
      (hashtable-delete! (s-members s) f)
      (s-count! s (fx- (s-count s) 1))
      (if (and (eq? (f-state f) 'raised) (not (s-failure s)))
          (fail! s (f-result f)))
      (if (fx=? (s-count s) 0)
          (let ((w (dequeue! (s-waiters s))))
            (if w (wake! w #t))))))

  (define (fail! s object)
    (s-failure! s (%box object))
    (cancel-members! s)
    (let ((leave (s-leave s)))
      (if leave (interrupt-fiber! (s-owner s) leave))))

  (define (await-members! s)
    (if (fx>? (s-count s) 0)
        (begin
          (enqueue! (s-waiters s) (make-waiter (current-fiber) #f #f))
          (block! s)
          (await-members! s))))

  ;; (call-with-scope proc): the values of (proc scope), when all fibers that were spawned meanwhile have ended. If proc
  ;; raises or is left, or is cancelled, the fibers are cancelled first.
  (define (call-with-scope proc)
    (if (procedure? proc) #t (%type-violation 'call-with-scope "a procedure" proc))
    (let ((s (%record scope-rtd (current-fiber) (make-eq-hashtable) 0 #f #f (make-queue) (current-scope)))
          (ended? #f))
      (call-with-values
       (lambda ()
         (dynamic-wind
          (lambda ()
            (if ended? (assertion-violation 'call-with-scope "the scope has ended")))
          (lambda ()
            (call/cc
             (lambda (leave)
               (s-leave! s (lambda () (leave)))
               (call-with-values (lambda () (parameterize ((current-scope s)) (proc s)))
                 (lambda results
                   (s-leave! s #f)
                   (await-members! s)
                   (%values-list results))))))
          (lambda ()
            (s-leave! s #f)
            (cancel-members! s)
            (await-members! s)
            (set! ended? #t))))
       (lambda results
         (if (s-failure s) (raise (%unbox (s-failure s))))
         (%values-list results)))))

  ;;; Variables of fibers

  ;; (make-fiber-local default): a procedure that returns its value in the running fiber, and changes it if it gets one.
  (define (make-fiber-local default)
    (letrec ((variable
              (case-lambda
                (()
                 (let ((entry (assq-ref variable (f-locals (current-fiber)))))
                   (if entry (cdr entry) default)))
                ((new)
                 (let* ((f (current-fiber)) (entry (assq-ref variable (f-locals f))))
                   (if entry
                       (set-cdr! entry new)
                       (f-locals! f (cons (cons variable new) (f-locals f)))))))))
      variable))

  (define (assq-ref key l)
    (cond ((null? l) #f)
          ((eq? (car (car l)) key) (car l))
          (else (assq-ref key (cdr l)))))

  ;; (run-fibers init-thunk [drain?]): runs init-thunk in a fiber and returns its values when it has ended; with drain?,
  ;; when all fibers that it spawned have ended, too.
  (define run-fibers
    (case-lambda
      ((thunk) (run-fibers thunk #f))
      ((thunk drain?)
       (if drain?
           (call-with-scope (lambda (s) (fiber-join (spawn-fiber thunk 'init))))
           (fiber-join (spawn-fiber thunk 'init))))))

  (set-end-hook! member-ended))
