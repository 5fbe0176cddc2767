;; SPDX-License-Identifier: MIT
;;
;; Channels between processes: a stream socket that carries data in their binary form ((loko base fasl)), whose header has
;; magic, version and length and so is the frame. In: objects to put; out: operations to get.
;; * Putting never waits: what the socket does not take at once is queued, and a fiber writes it.
;; * A fiber reads frames as they come and keeps the bytes; they are decoded by whoever gets them. So two processes that send
;;   each other more than a socket holds don't wait for each other. Nothing that arrives is believed: memory grows with
;;   the bytes that have come, not with a length that a header claims.
;; INVARIANT(channel): messages in the queue mean that nobody waits. fd is #f once the stream has ended; `end` then says how.
(library (loko loci channels)
  (export locus-channel? make-channel-end ch-fd ch-end
          locus-channel-put locus-channel-get locus-channel-put/get locus-channel-get-operation locus-message-allowed?
          %locus-channel-rtd spawn-service start-reader! drain-channel! %channel-start
          ch-peer-death ch-peer-death! open-socket-pair raise-system-error locus-channel)
  (import (rnrs) (rnrs mutable-pairs)
          (only (loko core primitives) %os-syscall %os-close %os-read %os-write %os-poll %bytevector-copy!)
          (only (loko base waiting) %call-when-readable %wait-drained %descriptor-opened %descriptor-closing)
          (only (loko base errors) %make-condition)
          (only (loko base io-conditions) %errno-message)
          (only (loko base fasl) datum->fasl fasl->datum)
          (only (loko system fibers scopes) spawn-fiber yield-current-task current-scope)
          (only (loko base parameters) parameterize)
          (only (loko system fibers operations) make-base base-object perform-operation)
          (only (loko system fibers scheduler) wake!)
          (only (loko system fibers records) make-queue enqueue! dequeue!))

  (define stage-size 8192)
  (define first-size 1048576)      ; of the buffer for a long message, before its bytes have come
  (define header-size 16)

  ;; end: #f, or a procedure that getters call when all messages were taken: it returns the end-of-file object or raises.
  ;; peer-death: #f, or a procedure that waits for the death of the process at the other end and returns a text about it.
  (define-record-type (locus-channel-record make-channel-end locus-channel?)
    (fields (mutable fd ch-fd ch-fd!)
            (mutable end ch-end ch-end!)
            (mutable first ch-first ch-first!)          ; messages: a list of bytevectors and its last pair
            (mutable last ch-last ch-last!)
            (immutable getters ch-getters)
            (mutable out ch-out ch-out!)                ; frames to write, and the last pair
            (mutable out-last ch-out-last ch-out-last!)
            (mutable out-at ch-out-at ch-out-at!)       ; bytes of the first that were written
            (mutable writer? ch-writer? ch-writer?!)    ; a fiber writes
            (mutable broken? ch-broken? ch-broken?!)    ; nobody will read what is put
            (mutable stage ch-stage ch-stage!)          ; bytes that were read and not yet looked at
            (mutable stage-end ch-stage-end ch-stage-end!)
            (mutable body ch-body ch-body!)             ; a long message in the making, or #f
            (mutable body-end ch-body-end ch-body-end!)
            (mutable body-size ch-body-size ch-body-size!)
            (mutable peer-death ch-peer-death ch-peer-death!))
    (opaque #t)
    (protocol
     (lambda (new)
       (lambda (fd)
         (new fd #f '() '() (make-queue) '() '() 0 #f #f (make-bytevector stage-size) 0 #f 0 0 #f)))))

  (define %locus-channel-rtd (record-type-descriptor locus-channel-record))
  (define %channel-start (record-constructor-descriptor locus-channel-record))

  (define (check-channel who x)
    (if (not (locus-channel? x)) (assertion-violation who "expected a locus channel" x)))

  ;; Raises &i/o with the message of a negative error number.
  (define (raise-system-error who n . irritants)
    (raise (%make-condition 'io who (%errno-message (- n)) irritants)))

  ;; Two values: the descriptors of a pair of stream sockets that never block.
  (define (open-socket-pair who)
    (let* ((fds (make-bytevector 8 0)) (n (%os-syscall 53 1 #x80801 0 fds)))
      (if (< n 0) (raise-system-error who n))
      (let ((a (bytevector-u32-native-ref fds 0)) (b (bytevector-u32-native-ref fds 4)))
        (%descriptor-opened a)
        (%descriptor-opened b)
        (values a b))))

  ;; (locus-channel): two values, the ends of a fresh channel.
  (define (locus-channel)
    (let-values (((a b) (open-socket-pair 'locus-channel)))
      (let ((x (make-channel-end a)) (y (make-channel-end b)))
        (start-reader! x)
        (start-reader! y)
        (values x y))))

  ;; A fiber that belongs to no scope: it serves the channel or locus until that has ended, whoever made it.
  (define (spawn-service thunk name)
    (parameterize ((current-scope #f)) (spawn-fiber thunk name)))

  ;;; Putting

  ;; (locus-message-allowed? object): can it be sent through a channel?
  (define (locus-message-allowed? x)
    (guard (c ((assertion-violation? c) #f))
      (datum->fasl x)
      #t))

  (define (encode who x)
    (guard (c ((and (assertion-violation? c) (irritants-condition? c))
               (raise (condition (make-assertion-violation) (make-who-condition who)
                                 (make-message-condition "this can't be sent to a locus")
                                 (make-irritants-condition (condition-irritants c))))))
      (datum->fasl x)))

  (define (raise-broken who ch)
    (let ((death (ch-peer-death ch)))
      (raise (%make-condition 'io who
                              (if death
                                  (string-append "the locus is dead: " (death))
                                  "the other end of the channel is closed")
                              (list ch)))))

  ;; Writes what the socket takes now. #t: all; #f: it would block, or is broken.
  (define (write-now! ch)
    (let ((out (ch-out ch)) (fd (ch-fd ch)))
      (cond ((null? out) #t)
            ((not fd) (break! ch) #f)
            (else
             (let* ((bv (car out)) (at (ch-out-at ch))
                    (n (%os-write fd bv at (fx- (bytevector-length bv) at))))
               (cond ((eqv? n -11) #f)
                     ((fx<? n 0) (break! ch) #f)
                     ((fx=? (fx+ at n) (bytevector-length bv))
                      (ch-out! ch (cdr out))
                      (ch-out-at! ch 0)
                      (write-now! ch))
                     (else
                      (ch-out-at! ch (fx+ at n))
                      (write-now! ch))))))))

  (define (break! ch)
    (ch-broken?! ch #t)
    (ch-out! ch '()))

  (define (writer ch)
    (let loop ()
      (cond ((or (write-now! ch) (ch-broken? ch)) (ch-writer?! ch #f))
            (else
             (%wait-drained (ch-fd ch) #t #f)
             (loop)))))

  ;; (locus-channel-put channel object): sends a copy; never waits. &assertion if it can't be sent (the channel stays usable); &i/o if
  ;; the process at the other end is dead.
  (define (locus-channel-put ch x)
    (check-channel 'locus-channel-put ch)
    (let ((cell (list (encode 'locus-channel-put x))))
      (if (or (ch-broken? ch) (not (ch-fd ch))) (raise-broken 'locus-channel-put ch))
      (if (null? (ch-out ch)) (ch-out! ch cell) (set-cdr! (ch-out-last ch) cell))
      (ch-out-last! ch cell)
      (if (not (ch-writer? ch))
          (if (not (write-now! ch))
              (if (ch-broken? ch)
                  (raise-broken 'locus-channel-put ch)
                  (begin
                    (ch-writer?! ch #t)
                    (spawn-service (lambda () (writer ch)) 'locus-channel-writer)))))
      (if #f #f)))

  ;; At the end of the process: waits until the other end has taken everything, or is gone.
  (define (drain-channel! ch)
    (if (not (or (ch-broken? ch) (not (ch-fd ch)) (write-now! ch)))
        (begin
          (%os-poll (ch-fd ch) #t 1000)
          (drain-channel! ch))))

  ;;; Reading

  (define (deliver! ch bv)
    (let ((w (dequeue! (ch-getters ch))))
      (if w
          (wake! w (lambda () (decode bv)))
          (let ((cell (list bv)))
            (if (null? (ch-first ch)) (ch-first! ch cell) (set-cdr! (ch-last ch) cell))
            (ch-last! ch cell)))))

  (define (decode bv) (fasl->datum bv))

  (define (finish! ch end)
    (if (not (ch-end ch))
        (let ((fd (ch-fd ch)))
          (ch-end! ch end)
          (ch-fd! ch #f)
          (ch-stage! ch #f)
          (ch-body! ch #f)
          (%descriptor-closing fd)
          (%os-close fd)
          (let loop ()
            (let ((w (dequeue! (ch-getters ch))))
              (if w (begin (wake! w end) (loop))))))))

  (define (end-of-file) (eof-object))

  (define (garbage ch)
    (lambda ()
      (raise (condition (make-i/o-read-error) (make-who-condition 'locus-channel-get)
                        (make-message-condition "what came through the channel is no message of a locus")
                        (make-irritants-condition (list ch))))))

  ;; The length of the frame that begins at `at` in the stage, or #f if it is no frame.
  (define (frame-size bv at)
    (and (eqv? (bytevector-u32-ref bv at 'little) #x464b4cb1)
         (eqv? (bytevector-u32-ref bv (fx+ at 4) 'little) 1)
         (eqv? (bytevector-u16-ref bv (fx+ at 14) 'little) 0)
         (fx+ header-size (bytevector-u64-ref bv (fx+ at 8) 'little))))

  ;; Takes the frames out of the stage. #f: these are no frames.
  (define (take-frames! ch)
    (let ((stage (ch-stage ch)) (end (ch-stage-end ch)))
      (let loop ((at 0))
        (let ((left (fx- end at)))
          (if (fx<? left header-size)
              (begin
                (%bytevector-copy! stage at stage 0 left)
                (ch-stage-end! ch left)
                #t)
              (let ((size (frame-size stage at)))
                (cond ((not size) #f)
                      ((fx<=? size left)
                       (let ((bv (make-bytevector size)))
                         (%bytevector-copy! stage at bv 0 size)
                         (deliver! ch bv)
                         (loop (fx+ at size))))
                      (else
                       (let ((body (make-bytevector (fxmin size (fxmax left first-size)))))
                         (%bytevector-copy! stage at body 0 left)
                         (ch-body! ch body)
                         (ch-body-end! ch left)
                         (ch-body-size! ch size)
                         (ch-stage-end! ch 0)
                         #t)))))))))

  ;; After bytes were added to the long message.
  (define (advance-body! ch end)
    (let ((body (ch-body ch)))
      (ch-body-end! ch end)
      (cond ((fx=? end (ch-body-size ch))
             (ch-body! ch #f)
             (deliver! ch body))
            ((fx=? end (bytevector-length body))
             (let ((new (make-bytevector (fxmin (ch-body-size ch) (fx* 2 end)))))
               (%bytevector-copy! body 0 new 0 end)
               (ch-body! ch new))))))

  ;; Reads once: 1, 0 at the end of the stream, -11 if there is nothing, another negative number for garbage and errors.
  (define (fill! ch)
    (let ((fd (ch-fd ch)) (body (ch-body ch)))
      (cond ((not fd) 0)
            (body
             (let* ((end (ch-body-end ch)) (n (%os-read fd body end (fx- (bytevector-length body) end))))
               (if (fx>? n 0)
                   (begin (advance-body! ch (fx+ end n)) 1)
                   n)))
            (else
             (let* ((end (ch-stage-end ch)) (n (%os-read fd (ch-stage ch) end (fx- stage-size end))))
               (cond ((fx<=? n 0) n)
                     (else
                      (ch-stage-end! ch (fx+ end n))
                      (if (take-frames! ch) 1 -74))))))))

  ;; What becomes of the result of fill!: #t if there may be more.
  (define (went-on? ch n)
    (cond ((eqv? n 1) #t)
          ((eqv? n -74) (finish! ch (garbage ch)) #f)
          (else (finish! ch end-of-file) #f)))

  ;; Starts the fiber that reads.
  (define (start-reader! ch)
    (spawn-service
     (lambda ()
       (let loop ((turn 1))
         (if (not (ch-end ch))
             (if (went-on? ch (%call-when-readable (ch-fd ch) #f (lambda () (fill! ch))))
                 (begin
                   (if (fx=? (fxand turn 15) 0) (yield-current-task))
                   (loop (fx+ turn 1)))))))
     'locus-channel-reader))

  ;;; Getting

  (define (pop! ch)
    (let ((bv (car (ch-first ch))))
      (ch-first! ch (cdr (ch-first ch)))
      bv))

  (define (try-get op)
    (let ((ch (base-object op)))
      (if (and (null? (ch-first ch)) (not (ch-end ch)))
          (let ((n (fill! ch)))
            (if (not (eqv? n -11)) (went-on? ch n))))
      (cond ((pair? (ch-first ch))
             (let ((bv (pop! ch)))
               (lambda () (decode bv))))
            (else (ch-end ch)))))

  (define (enter-get! op w) (enqueue! (ch-getters (base-object op)) w))
  (define (finish-get op thunk) (thunk))

  ;; (locus-channel-get-operation channel): is ready when a message has come, whose copy is the value; after the death of the other
  ;; end and its last message the end-of-file object.
  (define (locus-channel-get-operation ch)
    (check-channel 'locus-channel-get-operation ch)
    (make-base try-get enter-get! finish-get ch #f))

  ;; (locus-channel-get channel): waits for a message.
  (define (locus-channel-get ch)
    (check-channel 'locus-channel-get ch)
    (perform-operation (locus-channel-get-operation ch)))

  ;; (locus-channel-put/get channel object): sends the object and waits for a message.
  (define (locus-channel-put/get ch x)
    (check-channel 'locus-channel-put/get ch)
    (locus-channel-put ch x)
    (locus-channel-get ch)))
