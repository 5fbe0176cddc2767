;; SPDX-License-Identifier: MIT
;;
;; Channels: places where two fibers meet; or, with a capacity, where messages wait in between. A mailbox is a channel
;; without limit. put-message and get-message are the operations performed, without making them.
;; INVARIANT(channel): messages in the buffer mean that no getter waits; a waiting putter means that the buffer is full.
(library (loko system fibers channels)
  (export make-channel make-buffered-channel channel? put-message get-message put-operation get-operation
          make-mailbox mailbox? mailbox-send! mailbox-receive mailbox-receive-operation channel-waits)
  (import (loko core syntax) (loko core primitives)
          (loko base violations) (loko base control)
          (only (loko base records) make-record-type-descriptor)
          (loko system fibers records) (loko system fibers scheduler) (loko system fibers operations))

  (define channel-rtd
    (make-record-type-descriptor
     'channel #f #f #t #f
     '#((immutable getters) (immutable putters) (immutable capacity) (mutable count) (mutable first) (mutable last)
        (mutable get))))

  (define-fields
    (0 ch-getters ch-getters!)
    (1 ch-putters ch-putters!)
    (2 ch-capacity ch-capacity!)     ; 0: unbuffered; #f: no limit
    (3 ch-count ch-count!)           ; messages in the buffer
    (4 ch-first ch-first!)           ; the buffer: a list and its last pair
    (5 ch-last ch-last!)
    (6 ch-get ch-get!))              ; the operation of getting, or #f: it was not asked for

  (define (make capacity) (%record channel-rtd (make-queue) (make-queue) capacity 0 '() '() #f))

  ;; (make-channel): a channel without buffer: put-message waits for get-message.
  (define (make-channel) (make 0))

  ;; (make-buffered-channel n): put-message waits only while n messages are in the buffer.
  (define (make-buffered-channel n)
    (if (and (fixnum? n) (fx>=? n 0)) #t (%type-violation 'make-buffered-channel "a capacity" n))
    (make n))

  ;; (channel? object)
  (define (channel? x) (%record-is-a? x channel-rtd))

  (define-syntax check-channel
    (syntax-rules ()
      ((_ who x) (if (%record-is-a? x channel-rtd) #t (%type-violation who "a channel" x)))))

  (define (push! ch value)
    (let ((cell (cons value '())))
      (if (pair? (ch-last ch)) (set-cdr! (ch-last ch) cell) (ch-first! ch cell))
      (ch-last! ch cell)
      (ch-count! ch (fx+ 1 (ch-count ch)))))

  (define (pop! ch)
    (let* ((cell (ch-first ch)) (rest (cdr cell)))
      (ch-first! ch rest)
      (if (null? rest) (ch-last! ch '()))
      (ch-count! ch (fx- (ch-count ch) 1))
      (car cell)))

  ;; What a waiting putter brings.
  (define-syntax offered
    (syntax-rules ()
      ((_ w) (w-value w))))

  ;; Hands the message over or buffers it: true; #f if it must wait.
  (define (put-now! ch value)
    (let ((getter (dequeue! (ch-getters ch))))
      (cond (getter (wake! getter value) #t)
            ((eq? 0 (ch-capacity ch)) #f)
            ((or (not (ch-capacity ch)) (fx<? (ch-count ch) (ch-capacity ch)))
             (push! ch value)
             #t)
            (else #f))))

  ;; Takes a message: (taken value), or `empty` if there is none.
  (define-syntax get-now!
    (syntax-rules ()
      ((_ ch taken empty)
       (if (fx>? (ch-count ch) 0)
           (let ((value (pop! ch)) (putter (dequeue! (ch-putters ch))))
             (if putter
                 (begin
                   (push! ch (offered putter))
                   (wake! putter #f)))
             (taken value))
           (let ((putter (dequeue! (ch-putters ch))))
             (if putter
                 (let ((value (offered putter)))
                   (wake! putter #f)
                   (taken value))
                 empty))))))

  ;; (put-message channel object): waits until another fiber takes the message.
  (define (put-message ch value)
    (check-channel 'put-message ch)
    (if (put-now! ch value)
        (%void)
        (let ((f (current-fiber)))
          (enter-queue! (ch-putters ch) f 'put value)
          (if (block! (ch-putters ch))
              (%void)
              (put-message ch value)))))

  ;; (get-message channel): waits for a message and returns it.
  (define (get-message ch)
    (check-channel 'get-message ch)
    (get-now! ch
              (lambda (value) value)
              (let ((f (current-fiber)))
                (enter-queue! (ch-getters ch) f #f #f)
                (if (block! ch)
                    (let ((value (f-value f)))
                      (f-value! f #f)
                      value)
                    (get-message ch)))))

  (define (no-values) (values))

  (define (try-put op)
    (if (put-now! (base-object op) (base-value op)) no-values #f))

  (define (enter-put! op f leaf)
    (enter-queue! (ch-putters (base-object op)) f leaf (base-value op)))

  (define putting (make-kind try-put enter-put! (lambda (op value) (values))))

  ;; (put-operation channel object): putting the message on the channel; no values.
  (define (put-operation ch value)
    (check-channel 'put-operation ch)
    (if (eq? 0 (ch-capacity ch))
        (make-base putting ch value (ch-getters ch) (ch-putters ch))
        (make-base putting ch value)))

  (define (try-get op)
    (get-now! (base-object op)
              (lambda (value) (cons value '()))
              #f))

  (define (enter-get! op f leaf)
    (enter-queue! (ch-getters (base-object op)) f leaf #f))

  (define getting (make-kind try-get enter-get! (lambda (op value) value)))

  ;; (get-operation channel): getting a message from the channel, its value.
  (define (get-operation ch)
    (check-channel 'get-operation ch)
    (or (ch-get ch)
        (let ((op (make-base getting ch #f (if (eq? 0 (ch-capacity ch)) (ch-putters ch) #f) (ch-getters ch))))
          (ch-get! ch op)
          op)))

  ;; "who waits" for reports: numbers of getters and putters.
  (define (channel-waits ch)
    (cons (q-count (ch-getters ch)) (q-count (ch-putters ch))))

  ;;; Mailboxes

  ;; (make-mailbox): a channel without limit: sending never waits.
  (define (make-mailbox) (make #f))

  ;; (mailbox? object)
  (define (mailbox? x) (and (%record-is-a? x channel-rtd) (not (ch-capacity x))))

  (define (check-mailbox who x)
    (if (mailbox? x) #t (%type-violation who "a mailbox" x)))

  ;; (mailbox-send! mailbox object)
  (define (mailbox-send! m value)
    (check-mailbox 'mailbox-send! m)
    (put-now! m value)
    (%void))

  ;; (mailbox-receive mailbox): waits for a message and returns it.
  (define (mailbox-receive m)
    (check-mailbox 'mailbox-receive m)
    (get-message m))

  ;; (mailbox-receive-operation mailbox)
  (define (mailbox-receive-operation m)
    (check-mailbox 'mailbox-receive-operation m)
    (get-operation m)))
