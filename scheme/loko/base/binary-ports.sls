;; SPDX-License-Identifier: MIT
;;
;; Binary ports: bytes in and out, ports on bytevectors and on procedures (R6RS libraries 8.2.7, 8.2.8, 8.2.10, 8.2.11).
(library (loko base binary-ports)
  (export open-bytevector-input-port/binary open-bytevector-output-port/binary %bytevector-output-port-extract
          make-custom-binary-input-port make-custom-binary-output-port make-custom-binary-input/output-port
          get-u8 lookahead-u8 get-bytevector-n get-bytevector-n! get-bytevector-some get-bytevector-all u8-ready?
          put-u8 put-bytevector
          %next-u8 %peek-u8 %read-bytes! %read-bytes %put-u8-slow %put-bytes)
  (import (loko core syntax) (loko core primitives)
          (loko base violations) (loko base port-arguments) (loko base port-records) (only (loko base port-devices) %device-read! %device-write! %raise-write-count)
          (loko base ports))

  ;;; Bytevectors

  ;; Binary input port on the bytes of a bytevector.
  (define (open-bytevector-input-port/binary bv)
    (if (bytevector? bv) #t (%type-violation 'open-bytevector-input-port "a bytevector" bv))
    (let ((p (%make-port binary-port-rtd MEMORY "bytevector"))
          (bv (if (%shared-bytevector? bv) (bytevector-copy bv) bv)))    ; the buffer of a port must not change by itself
      (%init-input! p bv)
      (p-iend! p (bytevector-length bv))
      p))

  ;; Binary output port that keeps its bytes; see %bytevector-output-port-extract.
  (define (open-bytevector-output-port/binary)
    (let ((p (%make-port binary-port-rtd MEMORY "bytevector")))
      (p-extra! p 0)
      (%init-output! p (make-bytevector 256 0))
      p))

  ;; The bytes that were written to a memory port; reset? empties it. If a converting textual port
  ;; has taken it over, its bytes are meant.
  (define (%bytevector-output-port-extract p reset?)
    (if (flag? p MEMORY)
        (extract p reset?)
        (begin
          (%drain! p)
          (%bytevector-output-port-extract (p-inner p) reset?))))

  (define (extract p reset?)
    (let* ((n (%memory-size p)) (bv (make-bytevector n)))
      (%bytevector-copy! (p-obuf p) 0 bv 0 n)
      (if reset?
          (begin
            (p-opos! p 0)
            (p-extra! p 0)))
      bv))

  ;;; Custom ports

  (define (custom rtd id getpos setpos close)
    (let ((p (%make-port rtd 0 id)))
      (p-getpos! p getpos)
      (p-setpos! p setpos)
      (p-closer! p close)
      p))

  ;; (make-custom-binary-input-port id read! get-position set-position! close)
  (define (make-custom-binary-input-port id read! getpos setpos close)
    (%check-custom 'make-custom-binary-input-port id (list read!) getpos setpos close)
    (let ((p (custom binary-port-rtd id getpos setpos close)))
      (p-reader! p read!)
      (%init-input! p (make-bytevector 4096 0))
      p))

  ;; A writer that calls write! until all is taken. If write! raises something, the next flush goes on where it stopped.
  (define (byte-writer write! p)
    (lambda (bv start count)
      (let ((buffer? (eq? bv (p-obuf p))))
        (let loop ((i (if buffer? (p-sent p) 0)))
          (if buffer? (p-sent! p i))
          (if (fx<? i count)
              (let ((m (write! bv (fx+ start i) (fx- count i))))
                (if (and (fixnum? m) (fx>? m 0) (fx<=? m (fx- count i)))
                    (loop (fx+ i m))
                    (%raise-write-count p m)))
              (begin
                (if buffer? (p-sent! p 0))
                count))))))

  ;; (make-custom-binary-output-port id write! get-position set-position! close)
  (define (make-custom-binary-output-port id write! getpos setpos close)
    (%check-custom 'make-custom-binary-output-port id (list write!) getpos setpos close)
    (let ((p (custom binary-port-rtd id getpos setpos close)))
      (p-writer! p (byte-writer write! p))
      (%init-output! p (make-bytevector 4096 0))
      p))

  ;; (make-custom-binary-input/output-port id read! write! get-position set-position! close)
  (define (make-custom-binary-input/output-port id read! write! getpos setpos close)
    (%check-custom 'make-custom-binary-input/output-port id (list read! write!) getpos setpos close)
    (let ((p (custom binary-port-rtd id getpos setpos close)))
      (p-reader! p read!)
      (p-writer! p (byte-writer write! p))
      (%init-input! p (make-bytevector 4096 0))
      (%init-output! p (make-bytevector 4096 0))
      p))

  ;;; Binary input

  (define (check-binary-input who p)
    (if (binary-port? p) #t (%type-violation who "a binary input port" p))
    (%check-input! who p))

  ;; (get-u8 port): the next byte or the end-of-file object.
  (define (get-u8 p) (or (%port-take-u8! p binary-port-rtd) (%next-u8 p 'get-u8)))

  ;; The slow path of get-u8 and read-u8.
  (define (%next-u8 p who)
    (check-binary-input who p)
    (if (or (fx<? (p-ipos p) (p-iend p)) (%refill? p))
        (let ((i (p-ipos p)))
          (p-ipos! p (fx+ i 1))
          (bytevector-u8-ref (p-ibuf p) i))
        (eof-object)))

  ;; (lookahead-u8 port): the next byte, which is not consumed.
  (define (lookahead-u8 p) (or (%port-peek-u8 p binary-port-rtd) (%peek-u8 p 'lookahead-u8)))

  ;; The slow path of lookahead-u8 and peek-u8.
  (define (%peek-u8 p who)
    (check-binary-input who p)
    (if (or (fx<? (p-ipos p) (p-iend p)) (%peek-refill? p))
        (bytevector-u8-ref (p-ibuf p) (p-ipos p))
        (eof-object)))

  ;; (u8-ready? port): true if a byte or the end of file can be read without waiting.
  (define (u8-ready? p)
    (check-binary-input 'u8-ready? p)
    (%input-ready? p))

  ;; Reads up to count bytes to bv; answers their number. Large requests bypass the buffer.
  (define (read-into! p bv start count)
    (let loop ((done 0))
      (if (fx=? done count)
          done
          (let ((have (fx- (p-iend p) (p-ipos p))) (want (fx- count done)))
            (cond ((fx>? have 0)
                   (let ((n (fxmin have want)))
                     (%bytevector-copy! (p-ibuf p) (p-ipos p) bv (fx+ start done) n)
                     (p-ipos! p (fx+ (p-ipos p) n))
                     (loop (fx+ done n))))
                  ((flag? p MEMORY) done)
                  ((flag? p EOF)
                   (if (eq? done 0) (flag-off! p EOF))
                   done)
                  ((fx>=? want (bytevector-length (p-ibuf p)))
                   (let ((n (%device-read! p bv (fx+ start done) want)))
                     (if (eq? n 0)
                         (begin
                           (if (fx>? done 0) (flag-on! p EOF))
                           done)
                         (loop (fx+ done n)))))
                  ((fx>? (%fill! p) 0) (loop done))
                  (else
                   (if (fx>? done 0) (flag-on! p EOF))
                   done))))))

  ;; (get-bytevector-n! port bytevector start count)
  (define (get-bytevector-n! p bv start count)
    (check-binary-input 'get-bytevector-n! p)
    (if (bytevector? bv) #t (%type-violation 'get-bytevector-n! "a bytevector" bv))
    (%check-part 'get-bytevector-n! bv (bytevector-length bv) start count)
    (if (%mutable-bytevector? bv) #t (%immutable-violation 'get-bytevector-n! bv))
    (%read-bytes! p bv start count))

  ;; The same for right arguments.
  (define (%read-bytes! p bv start count)
    (let ((n (read-into! p bv start count)))
      (if (and (eq? n 0) (fx>? count 0)) (eof-object) n)))

  ;; (get-bytevector-n port count)
  (define (get-bytevector-n p count) (%read-bytes p 'get-bytevector-n count))

  ;; get-bytevector-n and read-bytevector.
  (define (%read-bytes p who count)
    (check-binary-input who p)
    (let ((count (%count who count)))
      (if (fx<=? count 65536)
          (let* ((bv (make-bytevector count)) (n (read-into! p bv 0 count)))
            (cond ((fx=? n count) bv)
                  ((eq? n 0) (eof-object))
                  (else (prefix bv n))))
          (get-bytes p count))))

  (define (prefix bv n)
    (let ((r (make-bytevector n)))
      (%bytevector-copy! bv 0 r 0 n)
      r))

  ;; Up to count bytes (#f: all), in growing pieces: count may be far beyond what there is.
  (define (get-bytes p count)
    (let loop ((bv (make-bytevector 4096)) (n 0))
      (let* ((size (bytevector-length bv))
             (want (if count (fxmin count size) size))
             (m (read-into! p bv n (fx- want n)))
             (total (fx+ n m)))
        (if (and (fx=? total size) (fx>? m 0) (not (and count (fx=? total count))))
            (let ((new (make-bytevector (fx* 2 size))))
              (%bytevector-copy! bv 0 new 0 size)
              (loop new total))
            (if (eq? total 0)
                (eof-object)
                (begin
                  ;; an end of file that ended these bytes is consumed by get-bytevector-all
                  (if (not count) (flag-off! p EOF))
                  (if (fx=? total size) bv (prefix bv total))))))))

  ;; (get-bytevector-some port): what is in the buffer, or what one read gives.
  (define (get-bytevector-some p)
    (check-binary-input 'get-bytevector-some p)
    (if (or (fx<? (p-ipos p) (p-iend p)) (%refill? p))
        (let* ((start (p-ipos p)) (n (fx- (p-iend p) start)) (bv (make-bytevector n)))
          (%bytevector-copy! (p-ibuf p) start bv 0 n)
          (p-ipos! p (p-iend p))
          bv)
        (eof-object)))

  ;; (get-bytevector-all port)
  (define (get-bytevector-all p)
    (check-binary-input 'get-bytevector-all p)
    (get-bytes p #f))

  ;;; Binary output

  ;; (put-u8 port octet)
  (define (put-u8 p b)
    (if (%port-put-u8! p binary-port-rtd b) (%void) (%put-u8-slow p 'put-u8 b)))

  ;; The slow path of put-u8 and write-u8.
  (define (%put-u8-slow p who b)
    (if (binary-port? p) #t (%type-violation who "a binary output port" p))
    (if (and (fixnum? b) (fx>=? b 0) (fx<=? b 255)) #t (%type-violation who "an octet" b))
    (%check-output! who p)
    (%make-room! p 1)
    (bytevector-u8-set! (p-obuf p) (p-opos p) b)
    (p-opos! p (fx+ (p-opos p) 1))
    (if (flag? p UNBUFFERED) (%drain! p)))

  ;; Writes a part of a bytevector that is inside of it to what is known to be a binary port.
  (define (%put-bytes p who bv start count)
    (%check-output! who p)
    (let ((size (bytevector-length (p-obuf p))) (o (p-opos p)))
      (cond ((fx<=? (fx+ o count) size)
             (%bytevector-copy! bv start (p-obuf p) o count)
             (p-opos! p (fx+ o count)))
            ((flag? p MEMORY)
             (%make-room! p count)
             (%put-bytes p who bv start count))
            ((fx<? count size)
             (%drain! p)
             (%bytevector-copy! bv start (p-obuf p) 0 count)
             (p-opos! p count))
            (else
             (%drain! p)
             (%device-write! p bv start (fx+ start count) (lambda (done) #f))))
      (if (flag? p UNBUFFERED) (%drain! p))))

  ;; (put-bytevector port bytevector [start [count]])
  (define put-bytevector
    (case-lambda
      ((p bv)
       (if (bytevector? bv) #t (%type-violation 'put-bytevector "a bytevector" bv))
       (put-bytevector p bv 0 (bytevector-length bv)))
      ((p bv start)
       (if (bytevector? bv) #t (%type-violation 'put-bytevector "a bytevector" bv))
       (put-bytevector p bv start (if (fixnum? start) (%fx-/wrap (bytevector-length bv) start) 0)))
      ((p bv start count)
       (if (binary-port? p) #t (%type-violation 'put-bytevector "a binary output port" p))
       (if (bytevector? bv) #t (%type-violation 'put-bytevector "a bytevector" bv))
       (%check-part 'put-bytevector bv (bytevector-length bv) start count)
       (%put-bytes p 'put-bytevector bv start count)))))
