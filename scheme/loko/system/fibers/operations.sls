;; SPDX-License-Identifier: MIT
;;
;; Operations (events of Concurrent ML): values that stand for something that may be waited for. After Reppy, Russo,
;; Xiao, "Parallel Concurrent ML" (ICFP 2009), on one processor: perform tries each base operation, in an order
;; that begins at random; if none is ready it enters a waiter for each and blocks. Both are one step of the scheduler.
;; A base operation has a kind, a record of procedures: (try op) answers #f, a pair whose car is the one value, or a procedure
;; that, called in tail position, returns the values; (enter! op fiber leaf) enters a waiter of the fiber, whose operation is leaf (op, or op with nacks);
;; (finish op value) returns the values when the waiter was woken. Operations on unbuffered channels tell their two queues as well:
;; while `source` is empty the operation is not ready, and its waiters, which bring base-value, enter `sink`. So a choice looks at
;; most of its operations without a call.
;; INVARIANT(wrap): wrap procedures and guards are the user's: they run in the fiber that performs, outside of the step.
(library (loko system fibers operations)
  (export make-base make-kind operation? perform-operation perform-operation/timeout choice-operation wrap-operation
          guard-operation nack-guard-operation always-operation never-operation wrap-handler
          make-base-operation
          base-object base-value base-wrap operation-object readable-operation writable-operation
          make-cvar cvar? signal-cvar! wait wait-operation cvar-signalled?
          sleep sleep-operation timer-operation internal-time internal-time-units-per-second seconds->ns)
  (import (loko core syntax) (loko core primitives)
          (loko base violations) (loko base control) (loko base exceptions) (loko base numbers) (only (loko base lists) memq reverse)
          (only (loko base records) make-record-type-descriptor)
          (loko system fibers records) (loko system fibers scheduler)
          (only (loko system fibers poller) wait-for-fd! fd-ready?))

  ;;; Data

  (define base-rtd
    (make-record-type-descriptor
     'operation #f #f #t #f
     '#((immutable kind) (immutable object) (immutable value) (immutable wrap) (immutable source) (immutable sink))))

  (define-fields
    (0 base-kind base-kind!)
    (1 base-object base-object!)     ; what it is about, also for people
    (2 base-value base-value!)
    (3 base-wrap base-wrap!)         ; #f or a procedure of the values
    (4 base-source base-source!)     ; a queue of waiters, or #f
    (5 base-sink base-sink!))        ; a queue of waiters; not #f if source is not

  (define kind-rtd
    (make-record-type-descriptor 'kind #f #f #t #f '#((immutable try) (immutable enter) (immutable finish))))

  (define-fields
    (0 kind-try kind-try!)
    (1 kind-enter kind-enter!)
    (2 kind-finish kind-finish!))

  (define-syntax make-kind (syntax-rules () ((_ try enter finish) (%record kind-rtd try enter finish))))

  (define-syntax make-base
    (syntax-rules ()
      ((_ kind object value) (make-base kind object value #f #f))
      ((_ kind object value source sink) (%record base-rtd kind object value #f source sink))))

  (define-syntax base-try (syntax-rules () ((_ op) (kind-try (base-kind op)))))
  (define-syntax base-enter (syntax-rules () ((_ op) (kind-enter (base-kind op)))))
  (define-syntax base-finish (syntax-rules () ((_ op) (kind-finish (base-kind op)))))

  ;; The same operation with another wrap.
  (define-syntax with-wrap
    (syntax-rules ()
      ((_ op wrap)
       (%record base-rtd (base-kind op) (base-object op) (base-value op) wrap (base-source op) (base-sink op)))))

  ;; A choice: a list of operations. A guard: a procedure that makes an operation; with nack? it gets the operation
  ;; that becomes ready when another one was chosen.
  (define choice-rtd
    (make-record-type-descriptor 'choice-operation #f #f #t #f '#((immutable operations) (immutable leaves))))
  (define guard-rtd (make-record-type-descriptor 'guard-operation #f #f #t #f '#((immutable make) (immutable nack?))))

  (define-fields
    (0 choice-operations choice-operations!)   ; a list, if there are guards among them, else not used
    (1 choice-leaves choice-leaves!))          ; the vector of the base operations, or #f
  (define-fields (0 guard-make guard-make!) (1 guard-nack? guard-nack?!))

  (define-syntax base? (syntax-rules () ((_ x) (%record-is-a? x base-rtd))))
  (define-syntax choice? (syntax-rules () ((_ x) (%record-is-a? x choice-rtd))))
  (define-syntax guard? (syntax-rules () ((_ x) (%record-is-a? x guard-rtd))))

  ;; (operation? object)
  (define (operation? x) (or (base? x) (choice? x) (guard? x)))

  ;; What a base operation is about, or #f.
  (define (operation-object x) (if (base? x) (base-object x) #f))

  (define (check-operation who x)
    (if (operation? x) #t (%type-violation who "an operation" x)))

  (define (check-procedure who x)
    (if (procedure? x) #t (%type-violation who "a procedure" x)))

  ;;; Combinators

  ;; A procedure with a clause for each list of parameters, which needs no list, and one for the rest.
  (define-syntax choice-clauses
    (syntax-rules ()
      ((_ (op ...) ...)
       (case-lambda
         ((x) (check-operation 'choice-operation x) x)
         ((op ...)
          (if (and (base? op) ...) (%record choice-rtd #f (vector op ...)) (make-choice (list op ...)))) ...
         (ops (make-choice ops))))))

  ;; (choice-operation op ...): one of the operations that are ready, chosen at random. Without arguments: never ready.
  (define choice-operation
    (choice-clauses (a b) (a b c) (a b c d) (a b c d e) (a b c d e f) (a b c d e f g) (a b c d e f g h)))

  ;; A choice of operations, flat if there are no guards.
  (define (make-choice ops)
    (let count ((l ops) (n 0))
      (if (pair? l)
          (let ((op (car l)))
            (check-operation 'choice-operation op)
            (count (cdr l)
                   (cond ((not n) #f)
                         ((base? op) (fx+ n 1))
                         ((and (choice? op) (choice-leaves op)) (fx+ n (vector-length (choice-leaves op))))
                         (else #f))))
          (if n
              (%record choice-rtd #f (flatten! ops (make-vector n #f)))
              (%record choice-rtd ops #f)))))

  ;; Fills the vector with the base operations of ops.
  (define (flatten! ops leaves)
    (let next ((l ops) (i 0))
      (cond ((null? l) leaves)
            ((base? (car l))
             (vector-set! leaves i (car l))
             (next (cdr l) (fx+ i 1)))
            (else
             (let* ((from (choice-leaves (car l))) (n (vector-length from)))
               (let copy ((k 0))
                 (if (fx<? k n)
                     (begin
                       (vector-set! leaves (fx+ i k) (vector-ref from k))
                       (copy (fx+ k 1)))
                     (next (cdr l) (fx+ i n)))))))))

  ;; The operations of a choice.
  (define (parts-of op) (if (choice-leaves op) (vector->list (choice-leaves op)) (choice-operations op)))

  (define (compose old f)
    (if old
        (lambda results
          (call-with-values (lambda () (%apply old results)) f))
        f))

  ;; Applies (change wrap) to the wrap of each base operation in op.
  (define (change-wraps op change)
    (cond ((base? op) (with-wrap op (change (base-wrap op))))
          ((and (choice? op) (choice-leaves op))
           (let* ((old (choice-leaves op)) (n (vector-length old)) (new (make-vector n #f)))
             (let loop ((i 0))
               (if (fx<? i n)
                   (let ((leaf (vector-ref old i)))
                     (vector-set! new i (with-wrap leaf (change (base-wrap leaf))))
                     (loop (fx+ i 1)))))
             (%record choice-rtd #f new)))
          ((choice? op)
           (make-choice
            (let loop ((l (choice-operations op)))
              (if (pair? l) (cons (change-wraps (car l) change) (loop (cdr l))) '()))))
          (else
           (let ((make (guard-make op)))
             (%record guard-rtd
                      (if (guard-nack? op)
                          (lambda (nack) (change-wraps (checked (make nack)) change))
                          (lambda () (change-wraps (checked (make)) change)))
                      (guard-nack? op))))))

  (define (checked op)
    (check-operation 'guard-operation op)
    op)

  ;; (wrap-operation op f): like op, but its values are what f returns for them. Each part of a choice is wrapped.
  (define (wrap-operation op f)
    (if (and (base? op) (procedure? f) (not (base-wrap op)))
        (with-wrap op f)
        (wrap-any op f)))

  (define (wrap-any op f)
    (check-operation 'wrap-operation op)
    (check-procedure 'wrap-operation f)
    (change-wraps op (lambda (old) (compose old f))))

  ;; (wrap-handler op handler): an object raised by wrap procedures of op goes to handler, whose values are the result.
  (define (wrap-handler op handler)
    (check-operation 'wrap-handler op)
    (check-procedure 'wrap-handler handler)
    (change-wraps op
                  (lambda (old)
                    (if old
                        (lambda results (%call-guarded handler (lambda () (%apply old results))))
                        #f))))

  ;; (guard-operation thunk): the operation that thunk makes, each time it is performed.
  (define (guard-operation thunk)
    (check-procedure 'guard-operation thunk)
    (%record guard-rtd thunk #f))

  ;; (nack-guard-operation proc): proc is called with an operation that becomes ready if, in the performance for which
  ;; it was called, something else than what it returned was chosen.
  (define (nack-guard-operation proc)
    (check-procedure 'nack-guard-operation proc)
    (%record guard-rtd proc #t))

  ;;; Performing

  (define seed 1802289)

  ;; A number below n.
  (define (random n)
    (set! seed (fxand (fx+ (fx* seed 69069) 12345) #xffffffff))
    (fxarithmetic-shift-right (fx* (fxarithmetic-shift-right seed 16) n) 16))

  ;; What try answered.
  (define (return op done)
    (let ((wrap (base-wrap op)))
      (if (pair? done)
          (if wrap (wrap (car done)) (car done))
          (if wrap (call-with-values done wrap) (done)))))

  ;; (perform-operation op): waits until op is ready, and returns its values.
  (define (perform-operation op)
    (cond ((base? op) (perform-base op))
          ((and (choice? op) (choice-leaves op)) (perform-simple (choice-leaves op)))
          (else
           (check-operation 'perform-operation op)
           (let* ((nacks (vector '()))
                  (leaves (call-signalling nacks (lambda () (collect op '() '() nacks)))))
             (perform-choice (list->vector (reverse leaves)) nacks)))))

  ;; Known not to be ready, without asking.
  (define-syntax hopeless?
    (syntax-rules ()
      ((_ op) (let ((q (base-source op))) (if q (not (q-head q)) #f)))))

  ;; A choice of base operations. Most are hopeless, mostly all or all but one.
  (define (perform-simple leaves)
    (let ((n (vector-length leaves)))
      (let look ((i 0) (hopeful 0) (last 0))
        (cond ((fx<? i n)
               (if (hopeless? (vector-ref leaves i))
                   (look (fx+ i 1) hopeful last)
                   (look (fx+ i 1) (fx+ hopeful 1) i)))
              ((eq? hopeful 0) (await-one leaves n))
              ((eq? hopeful 1) (try-from leaves last 1 n))
              (else (try-from leaves (nth-hopeful leaves (random hopeful)) n n))))))

  (define (nth-hopeful leaves k)
    (let walk ((i 0) (k k))
      (cond ((hopeless? (vector-ref leaves i)) (walk (fx+ i 1) k))
            ((eq? k 0) i)
            (else (walk (fx+ i 1) (fx- k 1))))))

  ;; Tries `left` operations from number i on.
  (define (try-from leaves i left n)
    (if (eq? left 0)
        (await-one leaves n)
        (let* ((op (vector-ref leaves i)) (done (if (hopeless? op) #f ((base-try op) op))))
          (if done
              (return op done)
              (try-from leaves (let ((k (fx+ i 1))) (if (fx=? k n) 0 k)) (fx- left 1) n)))))

  (define (await-one leaves n)
    (let ((f (current-fiber)))
      (enter-all! leaves f n)
      (if (block! leaves)
          (let ((op (f-op f)) (value (f-value f)))
            (f-value! f #f)
            (f-op! f #f)
            (finish op value))
          (perform-simple leaves))))

  (define (enter-all! leaves f n)
    (let enter ((i 0))
      (if (fx<? i n)
          (let* ((op (vector-ref leaves i)) (q (base-sink op)))
            (if q
                (if (enter-again! q f op (base-value op)) #t (enqueue! q (make-waiter f op (base-value op))))
                ((base-enter op) op f op))
            (enter (fx+ i 1))))))

  (define (finish op value)
    (if (base-wrap op)
        (call-with-values (lambda () ((base-finish op) op value)) (base-wrap op))
        ((base-finish op) op value)))

  (define (perform-base op)
    (let ((done ((base-try op) op)))
      (if done
          (return op done)
          (let ((f (current-fiber)))
            ((base-enter op) op f op)
            (if (block! op)
                (let ((value (f-value f)))
                  (f-value! f #f)
                  (f-op! f #f)
                  (finish op value))
                (perform-base op))))))

  ;; The base operations of op, the last first, before `rest`: each is the operation, or, if it is inside of guards with nacks, a
  ;; pair of it and the list of their condition variables. All of these are collected in the vector. Guards are called from left to right.
  (define (collect op inside rest nacks)
    (cond ((base? op) (cons (if (null? inside) op (cons op inside)) rest))
          ((choice? op)
           (let loop ((l (parts-of op)) (rest rest))
             (if (pair? l)
                 (loop (cdr l) (collect (car l) inside rest nacks))
                 rest)))
          ((guard-nack? op)
           (let ((cvar (make-cvar)))
             (vector-set! nacks 0 (cons cvar (vector-ref nacks 0)))
             (collect (checked ((guard-make op) (wait-operation cvar))) (cons cvar inside) rest nacks)))
          (else (collect (checked ((guard-make op))) inside rest nacks))))

  ;; Calls thunk; if it is left by an escape or an exception, all nacks are signalled.
  (define (call-signalling nacks thunk)
    (let ((done #f))
      (dynamic-wind
       (lambda () #f)
       (lambda ()
         (let ((result (thunk)))
           (set! done #t)
           result))
       (lambda ()
         (if (not done) (signal-nacks! (vector-ref nacks 0) '()))))))

  (define (signal-nacks! all chosen)
    (if (pair? all)
        (begin
          (if (not (memq (car all) chosen)) (signal-cvar! (car all)))
          (signal-nacks! (cdr all) chosen))))

  (define-syntax leaf-op (syntax-rules () ((_ x) (let ((leaf x)) (if (pair? leaf) (car leaf) leaf)))))
  (define-syntax leaf-nacks (syntax-rules () ((_ x) (let ((leaf x)) (if (pair? leaf) (cdr leaf) '())))))

  (define (perform-choice leaves nacks)
    (let* ((n (vector-length leaves)) (first (if (fx>? n 1) (random n) 0)))
      (let try ((i 0))
        (if (fx<? i n)
            (let* ((leaf (vector-ref leaves (let ((k (fx+ first i))) (if (fx>=? k n) (fx- k n) k))))
                   (op (leaf-op leaf))
                   (done ((base-try op) op)))
              (if done
                  (begin
                    (signal-nacks! (vector-ref nacks 0) (leaf-nacks leaf))
                    (return op done))
                  (try (fx+ i 1))))
            (block-choice leaves nacks n)))))

  (define (block-choice leaves nacks n)
    (let ((f (current-fiber)))
      (let enter ((i 0))
        (if (fx<? i n)
            (let ((op (leaf-op (vector-ref leaves i))))
              ((base-enter op) op f (vector-ref leaves i))
              (enter (fx+ i 1)))))
      (if (if (null? (vector-ref nacks 0))
              (block! leaves)
              (call-signalling nacks (lambda () (block! leaves))))
          (let* ((leaf (f-op f)) (op (leaf-op leaf)) (value (f-value f)))
            (f-value! f #f)
            (f-op! f #f)
            (signal-nacks! (vector-ref nacks 0) (leaf-nacks leaf))
            (return op (lambda () ((base-finish op) op value))))
          (perform-choice leaves nacks))))

  ;; (perform-operation/timeout op seconds default): the values of op, or of the thunk default if they don't come in time. What is ready
  ;; at once is in time, also if that is 0.
  (define perform-operation/timeout
    (case-lambda
      ((op seconds) (perform-operation/timeout op seconds (lambda () #f)))
      ((op seconds default)
       (check-procedure 'perform-operation/timeout default)
       (let ((time (fx+ (now) (seconds->ns 'perform-operation/timeout seconds))))
         (perform-operation
          (choice-operation op (wrap-operation (deadline-base time) (lambda () (default)))))))))

  ;;; Simple base operations

  (define (no-entry op f leaf) #f)
  (define (no-values) (values))
  (define (return-no-values op value) (values))

  (define never (make-base (make-kind (lambda (op) #f) no-entry return-no-values) 'never #f))

  ;; (never-operation): is never ready.
  (define (never-operation) never)

  (define (try-always op)
    (let ((results (base-value op)))
      (lambda () (%values-list results))))

  (define always (make-kind try-always no-entry return-no-values))

  ;; (always-operation object ...): is ready at once, with the objects as values.
  (define (always-operation . results)
    (make-base always 'always results))

  ;; (make-base-operation wrap try block): as in Guile. wrap: #f or a procedure of the values; (try) answers #f or a thunk
  ;; that returns the values; (block flag scheduler resume) arranges that (resume thunk) is called, once.
  (define (make-base-operation wrap try block)
    (if wrap (check-procedure 'make-base-operation wrap))
    (check-procedure 'make-base-operation try)
    (check-procedure 'make-base-operation block)
    (let ((op (make-base (make-kind
                          (lambda (op)
                            (let ((done (try)))
                              (if (or (not done) (procedure? done))
                                  done
                                  (%type-violation 'perform-operation "a procedure or #f from the try of an operation" done))))
                          (lambda (op f leaf)
                            (let ((w (make-waiter f leaf #f)))
                              (block (%box 'W) #f
                                     (lambda (thunk)
                                       (if (w-alive? w)
                                           (begin (wake-waiter! w thunk) #t)
                                           #f)))))
                          (lambda (op thunk) (thunk)))
                         'operation #f)))
      (if wrap (wrap-operation op wrap) op)))

  (define (wake-waiter! w value) (wake! w value))

  ;;; Descriptors

  (define (try-fd op) (if (fd-ready? (base-object op) (base-value op)) no-values #f))

  (define (enter-fd! op f leaf)
    (let ((w (make-waiter f leaf #f)))
      (if (not (wait-for-fd! (base-object op) (base-value op) w #f)) (wake! w #t))))

  (define descriptor (make-kind try-fd enter-fd! return-no-values))

  (define (check-fd who fd)
    (if (and (fixnum? fd) (fx>=? fd 0)) #t (%type-violation who "a file descriptor" fd)))

  ;; (readable-operation fd): is ready when the descriptor can be read, has ended, or was closed; no values.
  (define (readable-operation fd)
    (check-fd 'readable-operation fd)
    (make-base descriptor fd #f))

  ;; (writable-operation fd)
  (define (writable-operation fd)
    (check-fd 'writable-operation fd)
    (make-base descriptor fd #t))

  ;;; Condition variables

  (define cvar-rtd
    (make-record-type-descriptor 'cvar #f #f #t #f '#((mutable signalled?) (mutable waiters))))

  (define-fields (0 cvar-signalled cvar-signalled!) (1 cvar-waiters cvar-waiters!))

  ;; (make-cvar): a condition variable, not signalled.
  (define (make-cvar) (%record cvar-rtd #f #f))

  ;; (cvar? object)
  (define (cvar? x) (%record-is-a? x cvar-rtd))

  (define (check-cvar who x)
    (if (cvar? x) #t (%type-violation who "a condition variable" x)))

  ;; (cvar-signalled? cvar)
  (define (cvar-signalled? c)
    (check-cvar 'cvar-signalled? c)
    (cvar-signalled c))

  ;; (signal-cvar! cvar): from now on waiting for it ends at once; those who wait go on. #f if it was signalled before.
  (define (signal-cvar! c)
    (check-cvar 'signal-cvar! c)
    (and (not (cvar-signalled c))
         (let ((q (cvar-waiters c)))
           (cvar-signalled! c #t)
           (cvar-waiters! c #f)
           (if q
               (let loop ()
                 (let ((w (dequeue! q)))
                   (if w
                       (begin
                         (wake! w #f)
                         (loop))))))
           #t)))

  (define (try-cvar op)
    (if (cvar-signalled (base-object op)) no-values #f))

  (define (enter-cvar! op f leaf)
    (let ((c (base-object op)))
      (if (cvar-waiters c) #t (cvar-waiters! c (make-queue)))
      (enter-queue! (cvar-waiters c) f leaf #f)))

  (define condition-variable (make-kind try-cvar enter-cvar! return-no-values))

  ;; (wait-operation cvar): is ready when cvar was signalled; no values.
  (define (wait-operation c)
    (check-cvar 'wait-operation c)
    (make-base condition-variable c #f))

  ;; (wait cvar): waits until cvar was signalled.
  (define (wait c)
    (check-cvar 'wait c)
    (perform-base (wait-operation c)))

  ;;; Time

  ;; Internal time: nanoseconds of the monotonic clock.
  (define (internal-time) (now))
  (define (internal-time-units-per-second) 1000000000)

  (define longest (* 1000000000 300000000))    ; keeps sums of times fixnums

  ;; Seconds, a real number, as nanoseconds.
  (define (seconds->ns who s)
    (if (and (real? s) (= s s)) #t (%type-violation who "a number of seconds" s))
    (cond ((<= s 0) 0)
          ((>= s 300000000) longest)
          ((fixnum? s) (fx* s 1000000000))
          (else (exact (round (* s 1000000000))))))

  (define (try-timer op)
    (if (fx<=? (base-value op) (now)) no-values #f))

  (define (enter-timer! op f leaf) (add-timer! (base-value op) (make-waiter f leaf #f)))

  (define timer (make-kind try-timer enter-timer! return-no-values))
  (define deadline (make-kind (lambda (op) #f) enter-timer! return-no-values))

  (define (timer-base time) (make-base timer 'timer time))

  ;; A timer that lets all else go first: it is never ready at once.
  (define (deadline-base time) (make-base deadline 'timer time))

  ;; (timer-operation time): is ready from the internal time on; no values.
  (define (timer-operation time)
    (if (and (real? time) (= time time)) #t (%type-violation 'timer-operation "a time" time))
    (timer-base (cond ((fixnum? time) time)
                      ((<= time 0) 0)
                      ((>= time 1e18) 1000000000000000000)
                      (else (exact (ceiling time))))))

  ;; (sleep-operation seconds): is ready when so many seconds have passed since this call; no values.
  (define (sleep-operation seconds)
    (timer-base (fx+ (now) (seconds->ns 'sleep-operation seconds))))

  ;; (sleep seconds): suspends the fiber for that time; also if that has passed already, the others run before it goes on.
  (define (sleep seconds)
    (perform-base (deadline-base (fx+ (now) (seconds->ns 'sleep seconds))))))
