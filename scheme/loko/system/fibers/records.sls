;; SPDX-License-Identifier: MIT
;;
;; The data of fibers: fibers, waiters and queues of waiters. Fields are read and written in line and without checks:
;; only for what is known to be of the type.
;; INVARIANT(ticket): each suspension of a fiber has a number, the fiber's ticket. A waiter is alive iff its ticket is
;; its fiber's; whoever wakes the fiber increases the ticket, and with it all other waiters of that suspension are dead:
;; a choice commits to exactly one, without visiting the others. Dead waiters are swept when a queue has doubled; the last
;; one of a queue is used again by its own fiber, so a loop that waits at the same places makes none.
(library (loko system fibers records)
  (export queue? fiber? make-fiber make-service-fiber service? fiber-rtd
          f-assigned f-k f-next f-ticket f-value f-op f-interrupt f-name f-waits f-state f-result f-joiners f-scope f-locals f-id
          f-assigned! f-k! f-next! f-ticket! f-value! f-op! f-interrupt! f-name! f-waits! f-state! f-result! f-joiners! f-scope!
          f-locals!
          make-waiter w-fiber w-ticket w-op w-value w-next w-alive?
          make-queue q-head q-tail q-count q-head! q-tail! q-count! enqueue! enter-queue! enter-again! dequeue! peek-alive q-empty? q-for-each
          define-fields)
  (import (loko core syntax) (loko core primitives)
          (only (loko base records) make-record-type-descriptor))

  (define-syntax define-fields
    (syntax-rules ()
      ((_ (index get set) ...)
       (begin
         (define-syntax get (syntax-rules () ((_ p) (%object-ref p index)))) ...
         (define-syntax set (syntax-rules () ((_ p v) (%object-set! p index v)))) ...))))

  ;;; Fibers

  (define fiber-rtd
    (make-record-type-descriptor
     'fiber #f #f #t #f
     '#((mutable assigned) (mutable k) (mutable next) (mutable ticket) (mutable value) (mutable op) (mutable interrupt) (mutable name)
        (mutable waits) (mutable state) (mutable result) (mutable joiners) (mutable scope) (mutable locals)
        (immutable id))))

  (define-fields
    (0 f-assigned f-assigned!)     ; values of parameters that were assigned (parameters.sls)
    (1 f-k f-k!)                   ; suspended: its continuation; not yet started: its thunk; running or dead: #f
    (2 f-next f-next!)             ; in the run queue
    (3 f-ticket f-ticket!)
    (4 f-value f-value!)           ; what the one who woke it handed over
    (5 f-op f-op!)                 ; the operation that was chosen
    (6 f-interrupt f-interrupt!)   ; #f, or a thunk to be called where it goes on
    (7 f-name f-name!)             ; symbol, string or #f
    (8 f-waits f-waits!)           ; what it waits for, while it is blocked; else #f
    (9 f-state f-state!)           ; alive, or how it ended: returned, raised, exited, cancelled
    (10 f-result f-result!)        ; list of values, or the object raised
    (11 f-joiners f-joiners!)     ; #f or the queue of those who wait for its end
    (12 f-scope f-scope!)         ; #f or the scope that waits for it
    (13 f-locals f-locals!)       ; association list of fiber-local variables
    (14 f-id f-id!))

  ;; (fiber? object)
  (define (fiber? x) (%record-is-a? x fiber-rtd))

  (define next-id 0)

  ;; A fiber that will run thunk.
  (define (make-fiber thunk name scope)
    (set! next-id (fx+ next-id 1))
    (%record fiber-rtd '() thunk #f 0 #f #f #f name #f 'alive '() #f scope '() next-id))

  ;; A fiber of the system, which has number 0.
  (define (make-service-fiber thunk name)
    (%record fiber-rtd '() thunk #f 0 #f #f #f name #f 'alive '() #f #f '() 0))

  (define (service? f) (eq? 0 (f-id f)))

  ;;; Waiters

  (define waiter-rtd
    (make-record-type-descriptor
     'waiter #f #f #t #f
     '#((immutable fiber) (mutable ticket) (mutable op) (mutable value) (mutable next))))

  (define-fields
    (0 w-fiber w-fiber!)
    (1 w-ticket w-ticket!)
    (2 w-op w-op!)
    (3 w-value w-value!)
    (4 w-next w-next!))                    ; the next in its queue, or #f

  (define-syntax make-waiter
    (syntax-rules ()
      ((_ fiber op value) (let ((f fiber)) (%record waiter-rtd f (f-ticket f) op value #f)))))

  (define-syntax w-alive?
    (syntax-rules ()
      ((_ w) (eq? (w-ticket w) (f-ticket (w-fiber w))))))

  ;;; Queues: first in, first out

  (define queue-rtd
    (make-record-type-descriptor
     'queue #f #f #t #f '#((mutable head) (mutable tail) (mutable count) (mutable limit))))

  (define-fields
    (0 q-head q-head!)
    (1 q-tail q-tail!)
    (2 q-count q-count!)     ; dead ones included
    (3 q-limit q-limit!))    ; sweep when there are so many

  (define (queue? x) (%record-is-a? x queue-rtd))

  (define (make-queue) (%record queue-rtd #f #f 0 32))

  (define (enqueue! q w)
    (let ((tail (q-tail q)))
      (w-next! w #f)
      (if tail (w-next! tail w) (q-head! q w))
      (q-tail! q w)
      (let ((n (fx+ (q-count q) 1)))
        (q-count! q n)
        (if (fx>? n (q-limit q)) (sweep! q)))))

  ;; Enters the last waiter of the queue once more, if it is a dead one of fiber f; else #f.
  (define-syntax enter-again!
    (syntax-rules ()
      ((_ q f op value)
       (let ((tail (q-tail q)) (ticket (f-ticket f)))
         (if (and tail (eq? f (w-fiber tail)) (not (eq? (w-ticket tail) ticket)) (fixnum? ticket))   ; fixnums need no barrier
             (begin
               (w-ticket! tail ticket)
               (if (eq? op (w-op tail)) #t (w-op! tail op))
               (if (eq? value (w-value tail)) #t (w-value! tail value))
               #t)
             #f)))))

  ;; A waiter of fiber f at the end of the queue: the last one, if it is a dead one of f, else a new one.
  (define (enter-queue! q f op value)
    (if (enter-again! q f op value) #t (enqueue! q (make-waiter f op value))))

  ;; Drops the dead ones; the next sweep is due when the queue is twice as long.
  (define (sweep! q)
    (let loop ((w (q-head q)) (head #f) (tail #f) (n 0))
      (cond ((not w)
             (if tail (w-next! tail #f))
             (q-head! q head)
             (q-tail! q tail)
             (q-count! q n)
             (q-limit! q (fxmax 32 (fx* 2 n))))
            ((w-alive? w)
             (let ((next (w-next w)))
               (if tail (w-next! tail w))
               (loop next (or head w) w (fx+ n 1))))
            (else
             (loop (w-next w) head tail n)))))

  ;; The first waiter that is alive, which stays; dead ones before it are dropped. #f: there is none.
  (define (peek-alive q)
    (let ((w (q-head q)))
      (cond ((not w) #f)
            ((w-alive? w) w)
            (else (drop! q w) (peek-alive q)))))

  (define (drop! q w)
    (let ((next (w-next w)))
      (q-head! q next)
      (q-count! q (fx- (q-count q) 1))
      (if next #t (q-tail! q #f))))

  ;; Takes the first waiter that is alive out, or #f.
  (define-syntax dequeue!
    (syntax-rules ()
      ((_ queue) (let ((q queue)) (if (q-head q) (dequeue-some! q) #f)))))

  (define (dequeue-some! q)
    (let ((w (q-head q)))
      (cond ((not w) #f)
            (else
             (drop! q w)
             (if (w-alive? w) w (dequeue-some! q))))))

  (define (q-empty? q) (not (peek-alive q)))

  ;; Calls f with each waiter, alive or not.
  (define (q-for-each f q)
    (let loop ((w (q-head q)))
      (if w
          (let ((next (w-next w)))
            (f w)
            (loop next))))))
