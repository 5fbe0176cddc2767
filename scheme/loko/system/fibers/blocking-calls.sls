;; SPDX-License-Identifier: MIT
;;
;; System calls that may block for long, made by threads of the runtime (src/runtime/io/blocking_calls.cpp), while the fiber
;; that wants the result is suspended. The threads tell of the end of a call by one descriptor for all of them; whoever waits is
;; woken then and looks at its own call.
;; INVARIANT(through): a transfer of bytes is waited for to the end, also by a fiber that is cancelled or interrupted (it
;; learns of that afterwards), so that no bytes are lost or written twice. To open may be given up: the call is ended by
;; a signal, and a descriptor that it got nevertheless is closed.
(library (loko system fibers blocking-calls)
  (export call-aside file-call-aside forget-calls!)
  (import (loko core syntax) (loko core primitives)
          (loko base control) (loko system fibers records) (loko system fibers scheduler)
          (only (loko system fibers poller) wait-for-fd!))

  (define idle-slots (make-queue))   ; fibers that wait for a slot
  (define given-up '())              ; slots whose result nobody wants

  ;; After a fork.
  (define (forget-calls!)
    (%blocking-calls-forget!)
    (set! idle-slots (make-queue))
    (set! given-up '()))

  ;; As %call-aside of (loko base waiting).
  (define (call-aside number fd arguments bv start count direction)
    (cond ((not (others?)) #f)
          (fd
           (with-own-descriptor fd
             (lambda (own) (call number (vector-append own arguments) bv start count direction))))
          (else (call number arguments bv start count direction))))

  ;; (proc own): own is another number for the descriptor fd, which may be closed, and given to another file, meanwhile. #f: there is none.
  (define (with-own-descriptor fd proc)
    (let ((own (%os-syscall 72 fd 1030 0)))         ; F_DUPFD_CLOEXEC
      (if (fx<? own 0)
          #f
          (let ((n (proc own)))
            (%os-close own)
            n))))

  ;; Makes the call of %file-call ((loko base waiting)) aside, or answers #f.
  (define (file-call-aside number fd arguments)
    (cond ((not (others?)) #f)
          (fd (with-own-descriptor fd (lambda (own) (file-call number (cons own arguments)))))
          (else (file-call number arguments))))

  (define most-bytes 65536)      ; of a slot's buffer

  ;; All bytevectors go to the buffer, one behind the other, and come back from it.
  (define (file-call number arguments)
    (let* ((count (bytes-of arguments)) (bytes (if (fx<=? count most-bytes) (make-bytevector count 0) #f)))
      (and bytes
           (let* ((v (list->vector (gather! arguments bytes 0))) (n (call number v bytes 0 count 'both)))
             (if n (scatter! arguments bytes 0))
             n))))

  (define-syntax aligned (syntax-rules () ((_ n) (fxand (fx+ n 7) -8))))

  (define (bytes-of arguments)
    (if (pair? arguments)
        (let ((rest (bytes-of (cdr arguments))))
          (if (bytevector? (car arguments)) (fx+ rest (aligned (bytevector-length (car arguments)))) rest))
        0))

  ;; The arguments, with lists of the offset in the buffer for bytevectors.
  (define (gather! arguments bytes at)
    (cond ((null? arguments) '())
          ((bytevector? (car arguments))
           (let ((n (bytevector-length (car arguments))))
             (%bytevector-copy! (car arguments) 0 bytes at n)
             (cons (cons at '()) (gather! (cdr arguments) bytes (fx+ at (aligned n))))))
          (else (cons (car arguments) (gather! (cdr arguments) bytes at)))))

  (define (scatter! arguments bytes at)
    (cond ((null? arguments) #t)
          ((bytevector? (car arguments))
           (let ((n (bytevector-length (car arguments))))
             (%bytevector-copy! bytes at (car arguments) 0 n)
             (scatter! (cdr arguments) bytes (fx+ at (aligned n)))))
          (else (scatter! (cdr arguments) bytes at))))

  (define (vector-append first v)
    (let* ((n (vector-length v)) (new (make-vector (fx+ n 1) first)))
      (let copy ((i 0))
        (if (fx<? i n)
            (begin
              (vector-set! new (fx+ i 1) (vector-ref v i))
              (copy (fx+ i 1)))))
      new))

  (define (call number arguments bv start count direction)
    (reap! given-up '())
    (let ((slot (%blocking-call-start! number arguments (if (eq? direction 'out) #f bv) start count)))
      (cond ((fx>=? slot 0)
             (if (eq? direction 'open)
                 (await-opening slot)
                 (let ((n (await slot)))
                   (cond ((eq? direction 'both) (finish! slot bv start count))
                         ((and (eq? direction 'out) (fx>? n 0)) (finish! slot bv start n))
                         (else (finish! slot #f 0 0)))
                   n)))
            ((fx=? slot -1)
             (enqueue! idle-slots (make-waiter (current-fiber) #f #f))
             (block-through!)
             (call number arguments bv start count direction))
            (else #f))))

  ;; Waits for the event; the call may have been another's. What thunk returns says that the wait goes on.
  (define-syntax await-event
    (syntax-rules ()
      ((_ slot block)
       (let loop ()
         (or (%blocking-call-result slot)
             (begin
               (wait-for-fd! (%blocking-call-event) #f (make-waiter (current-fiber) #f #f) #t)
               block
               (loop)))))))

  (define (await slot) (await-event slot (block-through!)))

  (define (await-opening slot)
    (let ((n #f))
      (dynamic-wind
       (lambda () #f)
       (lambda ()
         (set! n (await-event slot (block! 'opening)))
         n)
       (lambda ()
         (if n
             (finish! slot #f 0 0)
             (begin
               (%blocking-call-interrupt! slot)
               (set! given-up (cons slot given-up))))))))

  (define (finish! slot bv start n)
    (%blocking-call-end! slot bv start n)
    (let ((w (dequeue! idle-slots)))
      (if w (wake! w #t))))

  ;; Frees the slots of calls that were given up and have ended; those that sleep are told again.
  (define (reap! slots left)
    (if (pair? slots)
        (let ((n (%blocking-call-result (car slots))))
          (if n
              (begin
                (if (fx>=? n 0) (%os-close n))
                (finish! (car slots) #f 0 0))
              (%blocking-call-interrupt! (car slots)))
          (reap! (cdr slots) (if n left (cons (car slots) left))))
        (set! given-up left))))
