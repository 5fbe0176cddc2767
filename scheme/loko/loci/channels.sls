;; SPDX-License-Identifier: MIT
;;
;; Channels between processes: copies of data through the frames of (loko loci streams). In: objects to put; out: operations to get.
;; A frame is the data in their binary form ((loko base fasl)); a message with ports, ends of channels or large bytevectors has
;; their descriptions behind it (docs/reference/loci.md). Frames are decoded by whoever gets them.
;; INVARIANT(put): what can't be sent is refused before anything was done: no byte written, no descriptor made, nothing moved.
(library (loko loci channels)
  (export locus-channel? locus-channel-put locus-channel-get locus-channel-put/get locus-channel-get-operation locus-message-allowed?
          locus-channel locus-channel-limit! locus-channel-close message-attachments put-with-descriptors get-with-descriptors
          spawn-service)
  (import (rnrs)
          (only (loko core primitives) %os-close %bytevector-copy!)
          (only (loko base errors) %make-condition)
          (only (loko base fasl) datum->fasl fasl->datum %datum->fasl %fasl->datum)
          (only (loko system fibers operations) make-base make-kind base-object perform-operation)
          (only (loko system fibers records) enter-queue!)
          (loko loci frames) (loko loci streams) (loko loci attachments) (loko loci events))

  (define (check-channel who x)
    (if (not (locus-channel? x)) (assertion-violation who "expected a locus channel" x)))

  ;; (locus-channel): two values, the ends of a new channel in this process.
  (define (locus-channel)
    (let-values (((a b) (open-socket-pair 'locus-channel)))
      (let ((x (make-channel-end a)) (y (make-channel-end b)))
        (start-channel! x)
        (start-channel! y)
        (values x y))))

  ;; (locus-channel-close channel): closes this end, without what was not written yet. Getting from it gives the end-of-file object then,
  ;; at the other end after the last message.
  (define (locus-channel-close ch)
    (check-channel 'locus-channel-close ch)
    (close-channel! ch))

  ;; (locus-channel-limit! channel bytes): from now on nothing is read ahead from it while so many bytes of messages wait to be got (#f:
  ;; there is no limit), so that those who put with a limit are held up.
  (define (locus-channel-limit! ch bytes)
    (check-channel 'locus-channel-limit! ch)
    (if (not (or (not bytes) (and (fixnum? bytes) (fx>=? bytes 0))))
        (assertion-violation 'locus-channel-limit! "expected a number of bytes or #f" bytes))
    (ch-limit! ch bytes))

  ;;; Encoding

  ;; Calls (k bytes attachments); &assertion if the object, or one of the attachments, can't travel through the channel.
  (define (encode who x through k)
    (let-values (((bytes attachments)
                  (guard (c ((and (assertion-violation? c) (irritants-condition? c))
                             (raise (condition (make-assertion-violation) (make-who-condition who)
                                               (make-message-condition "this can't be sent to a locus")
                                               (make-irritants-condition (condition-irritants c))))))
                    (%datum->fasl x (attachment-types) beside-size))))
      (vector-for-each (lambda (a) (check-attachment who a through)) attachments)
      (k bytes attachments)))

  ;; (locus-message-allowed? object): can it be sent through a channel?
  (define (locus-message-allowed? x)
    (guard (c ((assertion-violation? c) #f))
      (encode 'locus-message-allowed? x #f (lambda (bytes attachments) #t))))

  ;; The list of what would travel beside the bytes of the object; &assertion if it can't be sent.
  (define (message-attachments who x)
    (encode who x #f (lambda (bytes attachments) (vector->list attachments))))

  ;; The frame with attachments, whose descriptors are the frame's from now on.
  (define (frame-with who bytes attachments)
    (let ((made '()))
      (define (collect)
        (let loop ((i 0) (descriptions '()) (fds '()))
          (if (= i (vector-length attachments))
              (values (reverse descriptions) fds)
              (attach (vector-ref attachments i)
                (lambda (description new)
                  (if (not (locus-channel? (vector-ref attachments i))) (set! made (append new made)))
                  (loop (+ i 1) (cons description descriptions) (append fds new)))))))
      (guard (c (#t (for-each %os-close made) (raise c)))
        (let-values (((descriptions fds) (collect)))
          (if (> (length fds) most-descriptors)
              (assertion-violation who "too many file descriptors for one message" (length fds)))
          (let ((frame (join bytes (datum->fasl descriptions) (length fds))))
            (vector-for-each hand-over! attachments)
            (cons frame fds))))))

  ;; bytes, descriptions and the length of these, under one header.
  (define (join bytes descriptions count)
    (let* ((n (bytevector-length bytes)) (m (bytevector-length descriptions)) (bv (make-bytevector (+ n m 8))))
      (%bytevector-copy! bytes 0 bv 0 n)
      (%bytevector-copy! descriptions 0 bv n m)
      (bytevector-u64-set! bv (+ n m) m 'little)
      (bytevector-u8-set! bv 5 count)
      (bytevector-u8-set! bv 6 1)
      (bytevector-u64-set! bv 8 (- (+ n m 8) header-size) 'little)
      bv))

  (define (raise-broken who ch)
    (let ((death (ch-peer-death ch)))
      (raise (%make-condition 'io who
                              (cond ((ch-given? ch) (whose-end ch))
                                    (death (string-append "the locus is dead: " (death)))
                                    (else "the other end of the channel is closed"))
                              (list ch)))))

  ;; (locus-channel-put channel object [limit]): sends a copy. It never waits without a limit; with one, a number of bytes, it waits
  ;; until no more than these wait to be taken by the system. &assertion if the object can't be sent (the channel stays usable); &i/o
  ;; if the process at the other end is dead.
  (define locus-channel-put
    (case-lambda
      ((ch x)
       (check-channel 'locus-channel-put ch)
       (encode 'locus-channel-put x ch
         (lambda (bytes attachments)
           (if (or (ch-broken? ch) (not (ch-fd ch))) (raise-broken 'locus-channel-put ch))
           (log-message 'put ch bytes)
           (put-frame! ch (if (= 0 (vector-length attachments)) bytes (frame-with 'locus-channel-put bytes attachments)))
           (if (ch-broken? ch) (raise-broken 'locus-channel-put ch))))
       (if #f #f))
      ((ch x limit)
       (if (not (and (fixnum? limit) (fx>=? limit 0))) (assertion-violation 'locus-channel-put "expected a number of bytes" limit))
       (locus-channel-put ch x)
       (wait-for-room ch limit))))

  ;;; Decoding

  (define (decode ch frame)
    (let ((bv (frame-bytes frame)))
      (log-message 'get ch bv)
      (if (eqv? 0 (bytevector-u8-ref bv 6))
          (fasl->datum bv)
          (decode-attached ch bv (frame-descriptors frame)))))

  (define (read-error message . irritants)
    (raise (condition (make-i/o-read-error) (make-who-condition 'locus-channel-get) (make-message-condition message)
                      (make-irritants-condition irritants))))

  ;; Whatever goes wrong, descriptors that belong to no object yet are closed.
  (define (decode-attached ch bv fds)
    (define (take!)
      (if (null? fds) (read-error "a part of a message has no file descriptor"))
      (let ((fd (car fds)))
        (set! fds (cdr fds))
        fd))
    (guard (c (#t
               (for-each %os-close (filter values fds))
               (if (i/o-error? c) (raise c) (read-error "a part of a message is not what it should be" ch))))
      (if (memv #f fds)
          (raise (%make-condition 'io 'locus-channel-get "the file descriptors of a message are lost: too many open files" (list ch))))
      (let*-values (((bytes descriptions) (split bv))
                    ((objects) (list->vector (map (lambda (d) (attachment->object d take!)) descriptions))))
        (if (pair? fds) (read-error "a message has too many file descriptors"))
        (%fasl->datum bytes objects))))

  (define (split bv)
    (let* ((n (bytevector-length bv)) (m (if (< n (+ header-size 8)) 0 (bytevector-u64-ref bv (- n 8) 'little))) (from (- n 8 m)))
      (if (< from header-size) (read-error "a message is shorter than it says"))
      (let ((bytes (make-bytevector from)) (rest (make-bytevector m)))
        (%bytevector-copy! bv 0 bytes 0 from)
        (%bytevector-copy! bv from rest 0 m)
        (bytevector-u32-set! bytes 4 1 'little)
        (bytevector-u64-set! bytes 8 (- from header-size) 'little)
        (let ((descriptions (fasl->datum rest)))
          (if (not (list? descriptions)) (read-error "a message has no list of its parts"))
          (values bytes descriptions)))))

  ;;; Getting

  (define (try-get op) (try-frame (base-object op) receive-now! (lambda (ch frame) (decode ch frame))))
  (define (try-get-or-wait op) (try-frame (base-object op) receive-or-wait! (lambda (ch frame) (decode ch frame))))
  (define (try-get-frame op) (try-frame (base-object op) receive-or-wait! (lambda (ch frame) frame)))

  (define (try-frame ch receive! k)
    (if (null? (ch-first ch)) (receive! ch))
    (cond ((pair? (ch-first ch))
           (let ((frame (take-frame! ch)))
             (lambda () (k ch frame))))
          (else (ch-end ch))))

  (define (enter-get! op f leaf) (enter-queue! (ch-getters (base-object op)) f leaf #f))

  ;; What was handed over is a frame, or a procedure that says how the channel has ended.
  (define (finish-get op x) (if (procedure? x) (x) (decode (base-object op) x)))

  (define getting (make-kind try-get enter-get! finish-get))
  (define getting-or-waiting (make-kind try-get-or-wait enter-get! finish-get))
  (define getting-frame (make-kind try-get-frame enter-get! (lambda (op x) (if (procedure? x) (x) x))))

  ;; (locus-channel-get-operation channel): is ready when a message has come, whose copy is the value; after the death of the other
  ;; end and its last message the end-of-file object.
  (define (locus-channel-get-operation ch)
    (check-channel 'locus-channel-get-operation ch)
    (make-base getting ch #f))

  ;; (locus-channel-get channel): waits for a message.
  (define (locus-channel-get ch)
    (check-channel 'locus-channel-get ch)
    (perform-operation (make-base getting-or-waiting ch #f)))

  ;;; Messages that consist of plain data and bare descriptors

  ;; Sends them; the descriptors are the channel's from now on.
  (define (put-with-descriptors ch x fds)
    (let ((bytes (datum->fasl x)))
      (bytevector-u8-set! bytes 5 (length fds))
      (put-frame! ch (if (null? fds) bytes (cons bytes fds)))))

  ;; Two values: the data, or the end-of-file object, and the list of descriptors, which are the caller's.
  (define (get-with-descriptors ch)
    (let ((frame (perform-operation (make-base getting-frame ch #f))))
      (if (eof-object? frame)
          (values frame '())
          (let ((fds (frame-descriptors frame)) (bytes (frame-bytes frame)))
            (bytevector-u8-set! bytes 5 0)
            (values (fasl->datum bytes) fds)))))

  ;; (locus-channel-put/get channel object): sends the object and waits for a message.
  (define (locus-channel-put/get ch x)
    (check-channel 'locus-channel-put/get ch)
    (locus-channel-put ch x)
    (locus-channel-get ch)))
