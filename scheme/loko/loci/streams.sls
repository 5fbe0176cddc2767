;; SPDX-License-Identifier: MIT
;;
;; Frames over stream sockets, in both directions, with file descriptors beside them. In: frames to write. Out: frames that came, in a
;; queue.
;; * Writing never waits: what the socket does not take at once is queued, and a fiber writes it.
;; * A fiber reads frames as they come. So two processes that send each other more than a socket holds don't wait for each other.
;;   Nothing that arrives is believed: memory grows with the bytes that have come, not with a length that a header claims.
;; INVARIANT(stream): the code of this library is neither preempted nor interrupted, nor ended by a signal in between (src/pipeline/atomicity.cpp): else what a system
;; call has written or read could be written again, or be lost.
;; INVARIANT(channel): frames in the queue mean that nobody waits. fd is #f once the stream has ended or was given away; `end` then says
;; how. Descriptors come with the first byte of their frame, so at most one group of them belongs to no frame yet (`arrived`).
(library (loko loci streams)
  (export locus-channel? make-channel-end locus-channel-rtd channel-start
          ch-fd ch-fd! ch-end ch-end! ch-first ch-first! ch-last! ch-getters ch-out ch-out! ch-out-last! ch-out-at ch-out-at!
          ch-out-size ch-out-size! ch-broken? ch-stage ch-stage! ch-stage-end ch-stage-end! ch-body ch-body! ch-body-end ch-body-end!
          ch-body-size ch-body-size! ch-arrived ch-arrived! ch-peer-death ch-peer-death! ch-given? ch-limit ch-limit!
          ch-peer ch-peer! restore-queues!
          put-frame! wait-for-room take-frame! receive-now! receive-or-wait! start-channel! disown-channels! give-away! close-channel! unwritten-channels drop-input!
          whose-end spawn-service open-socket-pair raise-system-error)
  (import (rnrs) (rnrs mutable-pairs)
          (only (loko core primitives) %os-syscall %os-close %os-write %os-sendmsg %os-recvmsg %bytevector-copy! %make-guardian %guardian-register! %guardian-get!
                %deleted?)
          (only (loko base waiting) %call-when-readable %wait-drained %descriptor-opened %descriptor-closing)
          (only (loko base errors) %make-condition)
          (rename (only (loko base io-conditions) raise-os-error) (raise-os-error raise-system-error))
          (only (loko system fibers scopes) spawn-fiber yield-current-task current-scope)
          (only (loko base parameters) parameterize)
          (only (loko base hashtables) hashtable-values)
          (only (loko system fibers operations) sleep make-cvar wait signal-cvar!)
          (only (loko system fibers scheduler) wake!)
          (only (loko system fibers records) make-queue dequeue!)
          (loko loci frames))

  (define stage-size 8192)
  (define first-size 1048576)      ; of the buffer for a long message, before its bytes have come

  ;; end: #f, or a procedure that getters call when all messages were taken: it returns the end-of-file object or raises.
  ;; peer-death: #f, or a procedure that waits for the death of the process at the other end and returns a text about it.
  (define-record-type (locus-channel-record make-channel-end locus-channel?)
    (fields (mutable fd ch-fd ch-fd!)
            (mutable end ch-end ch-end!)
            (mutable first ch-first ch-first!)          ; frames that came: a list and its last pair
            (mutable last ch-last ch-last!)
            (immutable getters ch-getters)
            (mutable out ch-out ch-out!)                ; frames to write, and the last pair
            (mutable out-last ch-out-last ch-out-last!)
            (mutable out-at ch-out-at ch-out-at!)       ; bytes of the first that were written
            (mutable out-size ch-out-size ch-out-size!) ; bytes of all of them
            (mutable writer? ch-writer? ch-writer?!)    ; a fiber writes
            (mutable broken? ch-broken? ch-broken?!)    ; nobody will read what is put
            (mutable stage ch-stage ch-stage!)          ; bytes that were read and not yet looked at
            (mutable stage-end ch-stage-end ch-stage-end!)
            (mutable body ch-body ch-body!)             ; a long message in the making, or #f
            (mutable body-end ch-body-end ch-body-end!)
            (mutable body-size ch-body-size ch-body-size!)
            (mutable arrived ch-arrived ch-arrived!)    ; list of groups of descriptors without a frame
            (mutable peer-death ch-peer-death ch-peer-death!)
            (mutable given? ch-given? ch-given?!)       ; the end was sent to another process
            (mutable limit ch-limit ch-limit!)          ; bytes in the queue from which on nothing is read, or #f
            (mutable held ch-held ch-held!)             ; bytes in the queue
            (mutable room ch-room ch-room!)             ; #f, or signalled when something left a queue
            (mutable peer ch-peer ch-peer!)             ; number of the process at the other end, if it is known
            (mutable patience ch-patience ch-patience!)) ; so many who wait leave the next reads to the reading fiber
    (opaque #t)
    (protocol
     (lambda (new)
       (lambda (fd)
         (new fd #f '() '() (make-queue) '() '() 0 0 #f #f (make-bytevector stage-size) 0 #f 0 0 '() #f #f #f 0 #f #f 0)))))

  (define locus-channel-rtd (record-type-descriptor locus-channel-record))
  (define channel-start (record-constructor-descriptor locus-channel-record))

  ;; Two values: the descriptors of a pair of stream sockets that never block.
  (define (open-socket-pair who)
    (close-forgotten!)
    (let* ((fds (make-bytevector 8 0)) (n (%os-syscall 53 1 #x80801 0 fds)))
      (if (< n 0) (raise-system-error who n))
      (let ((a (bytevector-u32-native-ref fds 0)) (b (bytevector-u32-native-ref fds 4)))
        (%descriptor-opened a)
        (%descriptor-opened b)
        (values a b))))

  ;; A fiber that belongs to no scope: it serves the channel or locus until that has ended, whoever made it.
  (define (spawn-service thunk name)
    (parameterize ((current-scope #f)) (spawn-fiber thunk name)))

  ;; Wakes the fibers that wait until something has left a queue of the channel.
  (define (made-room! ch)
    (let ((room (ch-room ch)))
      (if room
          (begin
            (ch-room! ch #f)
            (signal-cvar! room)))))

  (define (wait-for-change ch)
    (if (not (ch-room ch)) (ch-room! ch (make-cvar)))
    (wait (ch-room ch)))

  ;;; Writing

  (define writing '())             ; the channels that have a writer

  ;; Writes a piece of the first frame; a system call's result. Its descriptors go with the first byte and are ours no longer.
  (define (write-piece! ch)
    (let* ((frame (car (ch-out ch))) (bv (frame-bytes frame)) (at (ch-out-at ch)) (count (fx- (bytevector-length bv) at)))
      (if (and (pair? frame) (pair? (cdr frame)) (fx=? at 0))
          (let ((n (%os-sendmsg (ch-fd ch) bv 0 count (cdr frame))))
            (if (fx>? n 0)
                (begin
                  (close-frame! frame)
                  (set-cdr! frame '())))
            n)
          (%os-write (ch-fd ch) bv at count))))

  ;; Writes what the socket takes now. #t: all; #f: it would block, or is broken; later: too many descriptors are on their way.
  (define (write-now! ch)
    (cond ((null? (ch-out ch)) #t)
          ((not (ch-fd ch)) (break! ch) #f)
          (else
           (let ((n (write-piece! ch)))
             (cond ((eqv? n -11) #f)
                   ((eqv? n -109) 'later)
                   ((fx<? n 0) (break! ch) #f)
                   (else
                    (let ((at (fx+ (ch-out-at ch) n)) (size (bytevector-length (frame-bytes (car (ch-out ch))))))
                      (ch-out-size! ch (fx- (ch-out-size ch) n))
                      (if (fx=? at size) (ch-out! ch (cdr (ch-out ch))))
                      (ch-out-at! ch (if (fx=? at size) 0 at))
                      (made-room! ch)
                      (write-now! ch))))))))

  (define (break! ch)
    (ch-broken?! ch #t)
    (for-each close-frame! (ch-out ch))
    (ch-out! ch '())
    (ch-out-size! ch 0)
    (made-room! ch))

  (define (start-writer! ch)
    (ch-writer?! ch #t)
    (set! writing (cons ch writing))
    (spawn-service
     (lambda ()
       (let loop ()
         (let ((done (write-now! ch)))
           (cond ((or (eq? done #t) (ch-broken? ch))
                  (ch-writer?! ch #f)
                  (set! writing (remq ch writing)))
                 (else
                  (if done
                      (sleep 0.001)
                      (%wait-drained (ch-fd ch) #t #f))
                  (loop))))))
     'locus-channel-writer))

  ;; Queues the frame and writes what the socket takes now.
  (define (put-frame! ch frame)
    (let ((cell (list frame)))
      (if (null? (ch-out ch)) (ch-out! ch cell) (set-cdr! (ch-out-last ch) cell))
      (ch-out-last! ch cell)
      (ch-out-size! ch (fx+ (ch-out-size ch) (bytevector-length (frame-bytes frame))))
      (if (not (ch-writer? ch))
          (if (not (eq? (write-now! ch) #t))
              (if (not (ch-broken? ch)) (start-writer! ch))))))

  ;; Waits until at most so many bytes wait to be written.
  (define (wait-for-room ch limit)
    (if (and (fx>? (ch-out-size ch) limit) (not (ch-broken? ch)))
        (begin
          (wait-for-change ch)
          (wait-for-room ch limit))))

  ;; Writes what the sockets take now: the channels, `ch` or with a writer, that have more to write.
  (define (unwritten-channels ch)
    (filter (lambda (ch) (not (or (ch-broken? ch) (not (ch-fd ch)) (eq? #t (write-now! ch)))))
            (if (memq ch writing) writing (cons ch writing))))

  ;; Reads what has come, and drops it.
  (define (drop-input! ch scratch)
    (let ((r (%os-recvmsg (ch-fd ch) scratch 0 (bytevector-length scratch))))
      (if (pair? r) (close-frame! r))))

  ;;; Reading

  (define (deliver! ch frame)
    (let ((w (dequeue! (ch-getters ch))))
      (if w
          (wake! w frame)
          (let ((cell (list frame)))
            (if (null? (ch-first ch)) (ch-first! ch cell) (set-cdr! (ch-last ch) cell))
            (ch-held! ch (fx+ (ch-held ch) (bytevector-length (frame-bytes frame))))
            (ch-last! ch cell)))))

  ;; Takes a frame out of the queue, which is not empty.
  (define (take-frame! ch)
    (let ((frame (car (ch-first ch))))
      (ch-first! ch (cdr (ch-first ch)))
      (ch-held! ch (fx- (ch-held ch) (bytevector-length (frame-bytes frame))))
      (made-room! ch)
      frame))

  ;;; Messages that nobody will get: when an ended channel is garbage, the descriptors in its queue are closed. That happens when the next channel is
  ;;; opened or ends.

  (define forgotten #f)            ; a guardian, or #f

  (define (guard-queue! ch)
    (if (exists pair? (ch-first ch))
        (begin
          (if (not forgotten) (set! forgotten (%make-guardian)))
          (%guardian-register! forgotten ch ch))))

  (define (close-forgotten!)
    (if forgotten
        (let ((ch (%guardian-get! forgotten)))
          (if (not (%deleted? ch))
              (begin
                (for-each close-frame! (ch-first ch))
                (ch-first! ch '())
                (close-forgotten!))))))

  (define (finish! ch end)
    (close-forgotten!)
    (if (not (ch-end ch))
        (let ((fd (ch-fd ch)))
          (forget! ch end)
          (for-each close-frame! (ch-arrived ch))
          (ch-arrived! ch '())
          (guard-queue! ch)
          (%os-close fd))))

  ;; The channels that are open in this process, by their descriptors (a table by addresses would hold the last ones that were deleted).
  (define open-channels (make-eqv-hashtable))

  ;; In a child process: what its parent has open is not its own, but for the channels in the list.
  (define (disown-channels! kept)
    (vector-for-each
     (lambda (ch)
       (if (not (memq ch kept))
           (begin
             (ch-broken?! ch #t)
             (ch-given?! ch 'parent)
             (ch-fd! ch #f)
             (ch-first! ch '())
             (ch-end! ch (given-away ch)))))
     (hashtable-values open-channels))
    (set! writing '())
    (set! forgotten #f)
    (set! open-channels (make-eqv-hashtable)))

  ;; Ends the use of the descriptor here.
  (define (forget! ch end)
    (let ((fd (ch-fd ch)))
      (hashtable-delete! open-channels fd)
      (ch-end! ch end)
      (ch-fd! ch #f)
      (ch-stage! ch #f)
      (ch-body! ch #f)
      (%descriptor-closing fd)
      (made-room! ch)
      (let loop ()
        (let ((w (dequeue! (ch-getters ch))))
          (if w (begin (wake! w end) (loop)))))))

  (define (end-of-file) (eof-object))

  ;; Gives a new end the frames of one that came from another process.
  (define (restore-queues! ch in out out-at)
    (define (bytes-of frames) (fold-left (lambda (n f) (fx+ n (bytevector-length (frame-bytes f)))) 0 frames))
    (define (last-of l) (if (or (null? l) (null? (cdr l))) l (last-of (cdr l))))
    (ch-first! ch in)
    (ch-last! ch (last-of in))
    (ch-held! ch (bytes-of in))
    (ch-out! ch out)
    (ch-out-last! ch (last-of out))
    (ch-out-at! ch out-at)
    (ch-out-size! ch (fx- (bytes-of out) out-at)))

  ;; Closes this end: the other one gets the end of file after what was written.
  (define (close-channel! ch)
    (if (ch-fd ch)
        (begin
          (break! ch)
          (finish! ch end-of-file))))

  ;; The end belongs to another process now, which has a copy of its state: its descriptor stays open, but is not used here any more.
  (define (give-away! ch)
    (ch-given?! ch #t)
    (ch-broken?! ch #t)
    (ch-out! ch '())
    (ch-out-size! ch 0)
    (ch-first! ch '())
    (ch-arrived! ch '())
    (forget! ch (given-away ch)))

  (define (given-away ch)
    (lambda () (raise (%make-condition 'io 'locus-channel-get (whose-end ch) (list ch)))))

  ;; Says why a given channel can't be used here.
  (define (whose-end ch)
    (if (eq? (ch-given? ch) 'parent)
        "this end of the channel belongs to another process"
        "this end of the channel was sent to another locus"))

  (define (garbage ch)
    (lambda ()
      (raise (condition (make-i/o-read-error) (make-who-condition 'locus-channel-get)
                        (make-message-condition "what came through the channel is no message of a locus")
                        (make-irritants-condition (list ch))))))

  ;; A frame is complete. #f if the descriptors that it claims did not come with it.
  (define (complete! ch bv)
    (let ((n (bytevector-u8-ref bv 5)) (arrived (ch-arrived ch)))
      (cond ((fx=? n 0) (deliver! ch bv) #t)
            ((null? arrived) #f)
            (else
             (let ((group (cdar arrived)))
               (and (or (fx=? (length group) n) (and (pair? group) (not (car group))))
                    (begin
                      (ch-arrived! ch (cdr arrived))
                      (deliver! ch (cons bv group))
                      #t)))))))

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
                         (and (complete! ch bv) (loop (fx+ at size)))))
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
             (complete! ch body))
            ((fx=? end (bytevector-length body))
             (let ((new (make-bytevector (fxmin (ch-body-size ch) (fx* 2 end)))))
               (%bytevector-copy! body 0 new 0 end)
               (ch-body! ch new)
               #t))
            (else #t))))

  ;; Receives into the bytevector: as read(2). Descriptors that come are noted.
  (define (receive! ch bv at)
    (let ((r (%os-recvmsg (ch-fd ch) bv at (fx- (bytevector-length bv) at))))
      (if (pair? r)
          (begin
            (ch-arrived! ch (append (ch-arrived ch) (list r)))
            (car r))
          r)))

  ;; Reads once: 1; 2 if there was no more to read; 0 at the end of the stream; -11 if there is nothing; another negative number for
  ;; garbage and errors.
  (define (fill! ch)
    (let ((body (ch-body ch)))
      (if (not (ch-fd ch))
          0
          (let* ((end (if body (ch-body-end ch) (ch-stage-end ch)))
                 (before (ch-arrived ch))
                 (n (receive! ch (or body (ch-stage ch)) end))
                 (all? (and (eq? before (ch-arrived ch)) (fx<? n (fx- (bytevector-length (or body (ch-stage ch))) end)))))
            (cond ((fx<=? n 0) n)
                  ((and (if body
                            (advance-body! ch (fx+ end n))
                            (begin
                              (ch-stage-end! ch (fx+ end n))
                              (take-frames! ch)))
                        (or (null? (ch-arrived ch)) (null? (cdr (ch-arrived ch)))))
                   (if all? 2 1))
                  (else -74))))))

  ;; What becomes of the result of fill!: #t if there may be more.
  (define (went-on? ch n)
    (cond ((fx>? n 0) #t)
          ((eqv? n -74) (finish! ch (garbage ch)) #f)
          (else (finish! ch end-of-file) #f)))

  (define (full? ch) (and (ch-limit ch) (fx>? (ch-held ch) (ch-limit ch))))

  ;; Reads what has come, without waiting. Its result: as of fill!.
  (define (receive-now! ch)
    (if (or (ch-end ch) (full? ch))
        0
        (let ((n (fill! ch)))
          (if (not (eqv? n -11)) (went-on? ch n))
          n)))

  ;; The same for somebody who will wait otherwise. If that was in vain, the next times it is left to the fiber that reads: where questions
  ;; and answers take turns, the answer is never there yet, and the call was for nothing.
  (define (receive-or-wait! ch)
    (if (fx>? (ch-patience ch) 0)
        (ch-patience! ch (fx- (ch-patience ch) 1))
        (if (eqv? -11 (receive-now! ch)) (ch-patience! ch 15))))

  ;; Starts the fibers that serve the channel in this process.
  (define (start-channel! ch)
    (hashtable-set! open-channels (ch-fd ch) ch)
    (ch-writer?! ch #f)
    (if (pair? (ch-out ch)) (start-writer! ch))
    (spawn-service
     (lambda ()
       (let loop ((turn 1) (drained? #f))
         (cond ((ch-end ch))
               ((full? ch)
                (wait-for-change ch)
                (loop turn #f))
               (drained?                 ; nothing was read or awaited since: an event for what comes is yet to be taken
                (%wait-drained (ch-fd ch) #f #f)
                (loop turn #f))
               (else
                (let ((n (%call-when-readable (ch-fd ch) #f (lambda () (fill! ch)))))
                  (if (went-on? ch n)
                      (let ((turn (fx+ turn 1)))
                        (if (fx=? (fxand turn 15) 0) (yield-current-task))
                        (loop turn (and (fx=? n 2) (not (fx=? (fxand turn 15) 0)))))))))))
     'locus-channel-reader)))
