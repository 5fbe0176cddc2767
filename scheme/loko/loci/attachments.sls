;; SPDX-License-Identifier: MIT
;;
;; What travels beside the bytes of a message: ports with a file descriptor, shared and large bytevectors, ends of channels.
;; In: such an object. Out: a description (plain data) and descriptors; on the other side the object made anew from these. What a
;; description says is checked like everything that another process sends: a wrong one raises some condition, and the descriptors
;; that were not used yet are closed by the caller.
;; A port or bytevector gets a copy of the descriptor; an end of a channel moves, with what it has read and not yet written.
(library (loko loci attachments)
  (export attachment-types beside-size add-channel-type! unsendable check-attachment attach attached-descriptors hand-over! adopt! attachment->object)
  (import (rnrs)
          (only (loko core primitives) %os-syscall %os-close %bytevector-file %map-bytevector %shared-bytevector? %bytevector-copy!)
          (only (loko base ports) %fd-port port-file-descriptor port-name)
          (only (loko base inherited-ports) %adopt-port!)
          (only (loko base port-records) textual-port-rtd binary-port-rtd p-fd p-inner p-flags p-flags! p-ibuf p-ibuf! p-ipos p-ipos! p-iend p-iend!
                p-transcoder p-transcoder! p-errors! IN-OPEN OUT-OPEN SEEKABLE NONBLOCK MEMORY flag?)
          (only (loko base transcoders) %codec-name)
          (only (loko system fibers records) peek-alive)
          (loko loci frames) (loko loci streams))

  ;; Bytevectors from this size on travel as memory files.
  (define beside-size 262144)

  ;; The record types whose instances travel beside the bytes.
  (define types (list textual-port-rtd binary-port-rtd locus-channel-rtd))
  (define (attachment-types) types)
  ;; (add-channel-type! rtd): a subtype of channels.
  (define (add-channel-type! rtd) (set! types (cons rtd types)))

  ;;; Checks, before anything is done

  ;; Why the object can't travel through the channel `through`, or #f.
  (define (unsendable x through)
    (cond ((bytevector? x) #f)
          ((port? x)
           (cond ((not (port-file-descriptor x)) "a port without a file descriptor can't be sent")
                 ((eqv? 0 (bitwise-and (p-flags x) (bitwise-ior IN-OPEN OUT-OPEN))) "a closed port can't be sent")
                 ((and (p-inner x) (or (unread? x) (unread? (p-inner x)))) "this port has input in its buffers that can't be sent")
                 (else #f)))
          ((eq? x through) "an end of a channel can't be sent through itself")
          ((not (ch-fd x)) "this end of a channel has ended")
          ((peek-alive (ch-getters x)) "a fiber waits at this end of a channel")
          (else #f)))

  (define (unread? p) (and (p-ibuf p) (not (flag? p MEMORY)) (< (p-ipos p) (p-iend p))))

  ;; Raises &assertion if the object can't travel.
  (define (check-attachment who x through)
    (let ((why (unsendable x through)))
      (if why (assertion-violation who why x))))

  ;;; Sending

  (define (copy-of fd)
    (let ((n (%os-syscall 72 fd 1030 3)))                ; F_DUPFD_CLOEXEC
      (if (< n 0) (raise-system-error 'locus-channel-put n))
      n))

  ;; Calls (k description descriptors). The descriptors are the caller's, but for those of a channel (see hand-over!).
  (define (attach x k)
    (cond ((bytevector? x) (attach-bytevector x k))
          ((port? x) (attach-port x k))
          (else (attach-channel x k))))

  (define (attach-bytevector bv k)
    (let ((file (%bytevector-file bv)) (n (bytevector-length bv)))
      (cond ((pair? file) (k (list 'bytevector n (cdr file)) (list (car file))))
            ((%shared-bytevector? bv) (raise-system-error 'locus-channel-put file))
            (else (k (list 'bytes bv) '())))))           ; no descriptor is to be had

  ;; A port's position becomes that of the descriptor; what is in the buffer of a stream goes along.
  (define (attach-port p k)
    (settle! p)
    (let ((t (and (textual-port? p) (p-transcoder p))))
      (k (list 'port
               (if (string? (port-name p)) (port-name p) "port")
               (bitwise-and (p-flags (or (p-inner p) p)) (bitwise-ior IN-OPEN OUT-OPEN NONBLOCK))
               (and t (list (%codec-name (transcoder-codec t)) (transcoder-eol-style t) (transcoder-error-handling-mode t)))
               (if (output-port? p) (output-port-buffer-mode p) 'block)
               (unread p))
         (list (copy-of (port-file-descriptor p))))))

  (define (settle! p)
    (if (output-port? p) (flush-output-port p))
    (if (and (flag? p SEEKABLE) (not (p-inner p)) (unread? p))
        (set-port-position! p (port-position p))))

  (define (unread p)
    (if (and (not (p-inner p)) (unread? p))
        (let ((bv (make-bytevector (- (p-iend p) (p-ipos p)))))
          (%bytevector-copy! (p-ibuf p) (p-ipos p) bv 0 (bytevector-length bv))
          bv)
        #f))

  (define (attach-channel ch k)
    (let ((in (ch-first ch)) (out (ch-out ch)))
      (k (list 'channel
               (map describe-frame in)
               (map describe-frame out)
               (ch-out-at ch)
               (part (ch-stage ch) (ch-stage-end ch))
               (and (ch-body ch) (part (ch-body ch) (ch-body-end ch)))
               (ch-body-size ch)
               (map (lambda (group) (map (lambda (fd) (and fd #t)) (cdr group))) (ch-arrived ch))
               (ch-limit ch))
         (cons (ch-fd ch)
               (filter values (append (append-map frame-descriptors in) (append-map frame-descriptors out) (append-map cdr (ch-arrived ch))))))))

  (define (append-map f l) (apply append (map f l)))
  (define (describe-frame f) (cons (frame-bytes f) (map (lambda (fd) (and fd #t)) (frame-descriptors f))))
  (define (part bv n)
    (let ((new (make-bytevector n)))
      (%bytevector-copy! bv 0 new 0 n)
      new))

  ;; The descriptors of the object in this process, for a child that keeps them. It is made ready for that.
  (define (attached-descriptors x)
    (cond ((bytevector? x) '())
          ((port? x) (settle! x) (list (port-file-descriptor x)))
          (else (attach-channel x (lambda (description fds) fds)))))

  ;; What was sent leaves this process: unread input and ends of channels. Their descriptors belong to the caller of `attach`.
  (define (hand-over! x)
    (cond ((bytevector? x))
          ((port? x)
           (if (unread? x) (p-ipos! x (p-iend x))))
          (else (give-away! x))))

  ;; In a child that has kept the descriptors of an object of its parent: it is the child's from now on.
  (define (adopt! x)
    (cond ((bytevector? x))
          ((port? x) (%adopt-port! x))
          (else (start-channel! x))))

  ;;; Receiving

  (define (wrong) (assertion-violation 'locus-channel-get "a part of a message is not what it should be"))
  (define (need x) (if (not x) (wrong)))

  ;; Calls (k object): the object of the description. (take!) gives the next descriptor, which belongs to the object then.
  (define (attachment->object description take!)
    (need (and (list? description) (pair? description)))
    (case (car description)
      ((bytes) (need (and (= 2 (length description)) (bytevector? (cadr description)))) (cadr description))
      ((bytevector) (apply make-mapped take! (cdr description)))
      ((port) (apply make-port take! (cdr description)))
      ((channel) (apply make-moved-channel take! (cdr description)))
      (else (wrong))))

  (define (make-mapped take! n kind)
    (need (or (boolean? kind) (null? kind)))
    (let* ((fd (take!)) (r (%map-bytevector fd n kind)))
      (if (fixnum? r)
          (begin
            (%os-close fd)
            (if (memv r '(-1 -22)) (wrong) (raise-system-error 'locus-channel-get r))))
      r))

  (define (make-port take! name flags transcoder mode unread)
    (need (and (string? name) (fixnum? flags) (memq mode '(none line block)) (or (not unread) (bytevector? unread))))
    (let* ((input? (not (= 0 (bitwise-and flags IN-OPEN)))) (output? (not (= 0 (bitwise-and flags OUT-OPEN))))
           (tc (and transcoder (apply make-known-transcoder transcoder)))
           (direct? (and tc (eq? (car transcoder) 'utf-8) (eq? (cadr transcoder) 'none))))
      (need (or input? output?))
      (let ((p (%fd-port (if direct? textual-port-rtd binary-port-rtd) name (take!) input? output? mode)))
        (p-flags! p (bitwise-ior (p-flags p) (bitwise-and flags NONBLOCK)))
        (if direct?
            (begin
              (p-transcoder! p tc)
              (p-errors! p (transcoder-error-handling-mode tc))))
        (if (and unread input?) (put-back! p unread))
        (if (and tc (not direct?)) (transcoded-port p tc) p))))

  (define (put-back! p bytes)
    (let ((n (bytevector-length bytes)))
      (if (> n (bytevector-length (p-ibuf p))) (p-ibuf! p (make-bytevector n)))
      (%bytevector-copy! bytes 0 (p-ibuf p) 0 n)
      (p-ipos! p 0)
      (p-iend! p n)))

  (define (make-known-transcoder codec eol errors)
    (need (and (memq eol '(lf cr crlf nel crnel ls none)) (memq errors '(ignore raise replace))))
    (make-transcoder (case codec
                       ((utf-8) (utf-8-codec))
                       ((utf-16) (utf-16-codec))
                       ((latin-1) (latin-1-codec))
                       (else (wrong)))
                     eol errors))

  (define (make-moved-channel take! in out out-at stage body body-size arrived limit)
    (define (index? n end) (and (fixnum? n) (fx<=? 0 n end)))
    (define (frame? f) (and (pair? f) (bytevector? (car f)) (fx>=? (bytevector-length (car f)) header-size) (list? (cdr f))))
    (define (frame f)
      (let ((fds (map (lambda (there?) (and there? (take!))) (cdr f))))
        (if (null? fds) (car f) (cons (car f) fds))))
    (need (and (list? in) (for-all frame? in) (list? out) (for-all frame? out) (list? arrived) (for-all list? arrived)
               (bytevector? stage) (or (not limit) (fixnum? limit))
               (if (null? out) (eqv? out-at 0) (index? out-at (fx- (bytevector-length (caar out)) 1)))
               (fx<? (bytevector-length stage) header-size)
               (or (not body) (and (bytevector? body) (index? (bytevector-length body) (- (greatest-fixnum) 1)) (fixnum? body-size)
                                   (fx<? header-size body-size) (fx<? (bytevector-length body) body-size)))))
    (let ((ch (make-channel-end (take!))))
      (restore-queues! ch (map frame in) (map frame out) out-at)
      (%bytevector-copy! stage 0 (ch-stage ch) 0 (bytevector-length stage))
      (ch-stage-end! ch (bytevector-length stage))
      (if body
          (let ((new (make-bytevector (fxmin body-size (fx+ 4096 (bytevector-length body))))))
            (%bytevector-copy! body 0 new 0 (bytevector-length body))
            (ch-body! ch new)
            (ch-body-end! ch (bytevector-length body))
            (ch-body-size! ch body-size)))
      (ch-arrived! ch (map (lambda (group) (cons 0 (map (lambda (there?) (and there? (take!))) group))) arrived))
      (ch-limit! ch limit)
      (start-channel! ch)
      ch)))
