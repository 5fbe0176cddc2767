;; SPDX-License-Identifier: MIT
;;
;; Transcoded ports: codecs other than UTF-8, and line ends, are converted between the textual port's buffer and an inner
;; binary port (R6RS libraries 8.2.4, 8.2.6). Ports on bytevectors with a transcoder; strings and bytevectors by one.
(library (loko base transcoding)
  (export transcoded-port open-bytevector-input-port open-bytevector-output-port call-with-bytevector-output-port
          bytevector->string string->bytevector)
  (import (loko core syntax) (loko core primitives)
          (loko base violations) (loko base control) (loko base port-records) (loko base io-conditions) (loko base transcoders)
          (loko base utf-8) (loko base ports) (loko base binary-ports) (loko base textual-ports)
          (only (loko base records) make-record-type-descriptor))

  (define CR 13)
  (define LF 10)
  (define NEL #x85)
  (define LS #x2028)

  ;; The next code point of a binary port: #f at the end, -1 for an invalid encoding.
  (define (utf-8-source inner)
    (lambda ()
      (let loop ()
        (if (or (fx<? (p-ipos inner) (p-iend inner)) (%refill? inner))
            (let ((r (%decode-utf-8 (p-ibuf inner) (p-ipos inner) (p-iend inner))))
              (cond ((fx>? r 0)
                     (p-ipos! inner (fx+ (p-ipos inner) (fxand r 7)))
                     (%fxsra r 3))
                    ((and (eq? r 0) (fx>? (%fill! inner) 0)) (loop))
                    (else
                     (p-ipos! inner (if (eq? r 0) (p-iend inner) (fx- (p-ipos inner) r)))
                     -1)))
            #f))))

  (define (latin-1-source inner)
    (lambda ()
      (let ((b (get-u8 inner)))
        (if (eof-object? b) #f b))))

  ;; What a decoder remembers between characters; an encoder only has `start`.
  (define-syntax define-state
    (syntax-rules ()
      ((_ (index get set) ...)
       (begin
         (define-syntax get (syntax-rules () ((_ s) (vector-ref s index)))) ...
         (define-syntax set (syntax-rules () ((_ s x) (vector-set! s index x)))) ...))))
  (define-state
    (0 after-cr? after-cr!)            ; a carriage return became a line end: a linefeed is not another one
    (1 failed? failed!)                ; an invalid sequence was read and is not yet reported
    (2 little? little!)                ; UTF-16
    (3 start? start!)                  ; UTF-16: a byte order mark may come (or is to be written)
    (4 pending pending!))              ; UTF-16: a unit that was read ahead

  (define (initial-state) (vector #f #f #f #t #f))

  ;; UTF-16: a byte order mark at the start decides, big-endian without one.
  (define (utf-16-source inner s)
    (define (unit)
      (if (pending s)
          (let ((u (pending s)))
            (pending! s #f)
            u)
          (let ((a (get-u8 inner)))
            (if (eof-object? a)
                #f
                (let ((b (get-u8 inner)))
                  (cond ((eof-object? b) -1)
                        ((little? s) (fx+ (fx* b 256) a))
                        (else (fx+ (fx* a 256) b))))))))
    (define (next)
      (let ((u (unit)))
        (cond ((not u) #f)
              ((fx<? u #xd800) u)
              ((fx<? u #xdc00)
               (let ((v (unit)))
                 (cond ((and v (fx>=? v #xdc00) (fx<? v #xe000))
                        (fx+ #x10000 (fx+ (fx* (fx- u #xd800) 1024) (fx- v #xdc00))))
                       (else
                        (pending! s v)
                        -1))))
              ((fx<? u #xe000) -1)
              (else u))))
    (lambda ()
      (if (start? s)
          (begin
            (start! s #f)
            (let ((u (unit)))
              (cond ((eqv? u #xfeff) (next))
                    ((eqv? u #xfffe) (little! s #t) (next))
                    (else (pending! s u) (next)))))
          (next))))

  ;; The numbers by which the bulk primitives know codecs and line ends.
  (define (codec-number name little?)
    (case name
      ((utf-8) 0)
      ((latin-1) 1)
      (else (if little? 3 2))))

  (define (eol-number eol)
    (case eol
      ((cr) 1)
      ((crlf) 2)
      ((nel) 3)
      ((crnel) 4)
      ((ls) 5)
      (else 0)))

  ;; A read! procedure that decodes `inner` into UTF-8: in bulk as far as that goes; when it doesn't, character by character
  ;; until it does again. It stops where the inner buffer ends, so that it does not wait for more than one character.
  ;; `state` is changed.
  (define (make-decoder inner tc port s)
    (let* ((codec (%codec-name (transcoder-codec tc)))
           (mode (transcoder-error-handling-mode tc))
           (convert? (not (eq? (transcoder-eol-style tc) 'none)))
           (source (case codec
                     ((utf-8) (utf-8-source inner))
                     ((latin-1) (latin-1-source inner))
                     (else (utf-16-source inner s)))))
      (define (fail)
        (failed! s #f)
        (%raise-decoding-error 'get-char (port)))
      ;; Nothing is remembered that the bulk primitive does not know.
      (define (bulk?)
        (not (or (after-cr? s) (pending s) (and (start? s) (eq? codec 'utf-16)))))
      (define (in-bulk bv o end)
        (if (bulk?)
            (%port-decode! inner (codec-number codec (little? s)) convert? bv o end)
            o))
      ;; Adds the next character at o; answers the index behind it, or -1 if nothing can be added now.
      (define (add-one bv o start)
        (let ((c (source)))
          (cond ((not c)
                 (if (fx>? o start) (flag-on! inner EOF))
                 -1)
                ((eq? c -1)
                 (after-cr! s #f)
                 (case mode
                   ((replace) (%encode-utf-8! bv o #xfffd))
                   ((ignore) o)
                   (else
                    (if (fx=? o start) (fail))
                    (failed! s #t)
                    -1)))
                ((not convert?) (%encode-utf-8! bv o c))
                ((eq? c CR)
                 (after-cr! s #t)
                 (%encode-utf-8! bv o LF))
                ((and (after-cr? s) (or (eq? c LF) (eq? c NEL)))
                 (after-cr! s #f)
                 o)
                (else
                 (after-cr! s #f)
                 (%encode-utf-8! bv o (if (or (eq? c NEL) (eq? c LS)) LF c))))))
      (lambda (bv start count)
        (if (failed? s) (fail))
        (%check-input! 'get-char inner)
        (let* ((end (fx+ start count)) (limit (fx- end 4)))
          (let loop ((o start))
            (let ((behind (in-bulk bv o end)))
              (if (or (fx>? behind o)
                      (and (fx>? o start)
                           (or (fx>? o limit) (fx=? (p-ipos inner) (p-iend inner)))))
                  (fx- behind start)
                  (let ((next (add-one bv o start)))
                    (if (fx<? next 0)
                        (fx- o start)
                        (loop next))))))))))

  ;; A write! procedure that encodes UTF-8 into `inner`, in bulk and character by character. One that can't be encoded is dropped
  ;; from the buffer before the condition is raised, so that the port can be used further.
  (define (make-encoder inner tc port s decoder)
    (let* ((codec (%codec-name (transcoder-codec tc)))
           (mode (transcoder-error-handling-mode tc))
           (eol (transcoder-eol-style tc))
           (eol-index (eol-number eol)))
      (define (put-unit u)
        (if (little? decoder) (put-u8 inner (fxand u 255)))
        (put-u8 inner (%fxsra u 8))
        (if (not (little? decoder)) (put-u8 inner (fxand u 255))))
      ;; A byte order mark, unless what is there was read and may have one.
      (define (begin-text)
        (start! s #f)
        (if (and (eq? codec 'utf-16) (start? decoder))
            (begin
              (start! decoder #f)
              (put-unit #xfeff))))
      (define (put c)
        (case codec
          ((latin-1)
           (cond ((fx<? c 256) (put-u8 inner c))
                 ((eq? mode 'replace) (put-u8 inner 63))))
          ((utf-16)
           (if (fx<? c #x10000)
               (put-unit c)
               (let ((c (fx- c #x10000)))
                 (put-unit (fx+ #xd800 (%fxsra c 10)))
                 (put-unit (fx+ #xdc00 (fxand c 1023))))))
          (else
           (let* ((b (make-bytevector 4)) (n (%encode-utf-8! b 0 c)))
             (put-bytevector inner b 0 n)))))
      (define (unencodable? c)
        (and (eq? codec 'latin-1) (eq? mode 'raise) (fx>? c 255)))
      (define (fail bv next end c)
        (%bytevector-copy! bv next bv 0 (fx- end next))
        (p-opos! (port) (fx- end next))
        (p-sent! (port) 0)
        (%raise-encoding-error 'put-char (port) (integer->char c)))
      (define (put-line-end bv next end)
        (case eol
          ((none lf) (put LF))
          ((cr) (put CR))
          ((crlf) (put CR) (put LF))
          ((nel) (put NEL))
          ((crnel) (put CR) (put NEL))
          (else
           (if (unencodable? LS) (fail bv next end LS))
           (put LS))))
      ;; The character at i; answers the index behind it.
      (define (put-one bv i end)
        (let* ((r (%decode-utf-8 bv i end)) (c (%fxsra r 3)) (next (fx+ i (fxand r 7))))
          (if (eq? c LF)
              (put-line-end bv next end)
              (begin
                (if (unencodable? c) (fail bv next end c))
                (put c)))
          next))
      (lambda (bv start count)
        (let ((end (fx+ start count)) (t (port)))
          (if (after-cr? decoder)
              (begin
                (after-cr! decoder #f)
                (skip-linefeed! inner (if (eq? codec 'utf-16) 2 1) (little? decoder))))
          (%check-output! 'put-char inner)
          (if (start? s) (begin-text))
          (let loop ((i (fx+ start (p-sent t))))
            (let ((i (%port-encode! inner (codec-number codec (little? decoder)) eol-index bv i end)))
              (p-sent! t (fx- i start))
              (if (fx<? i end)
                  (loop (put-one bv i end)))))
          (if (flag? inner UNBUFFERED) (%drain! inner))
          (p-sent! t 0)
          count))))

  ;;; Positions of converting ports: where the bytes of the present buffer began in the inner port, the state of the
  ;;; converters there, and how many bytes of the buffer were taken since. To go there is to decode that many, and no more:
  ;; then the inner port is at the place, too, and what is written goes there. The beginning is 0.

  (define position-rtd
    (make-record-type-descriptor 'text-position #f #f #t #f '#((immutable inner) (immutable decoder) (immutable encoder) (immutable skip))))

  ;; Gives t the procedures of positions if its inner port has them; `mark!` is called before each filling.
  (define (add-positions! t inner decoder encoder)
    (let ((mark #f) (scratch #f))
      (define (skip! n)
        (if (not scratch) (set! scratch (make-bytevector 4096)))
        (if (fx>? n 0)
            (let ((m ((p-reader t) scratch 0 (fxmin n 4092))))
              (if (fx>? m 0) (skip! (fx- n m))))))
      (define (place at decoder skip)
        (if (and (eqv? at 0) (eq? skip 0))
            0
            (%record position-rtd at decoder (vector-copy encoder) skip)))
      (define (go-to! at d e skip)
        (set-port-position! inner at)
        (vector-restore! decoder d)
        (vector-restore! encoder e)
        (p-ipos! t 0)
        (p-iend! t 0)
        (skip! skip))
      (if (port-has-port-position? inner)
          (p-getpos! t (lambda ()
                         (if (and mark (fx<? (p-ipos t) (p-iend t)))
                             (place (car mark) (cdr mark) (p-ipos t))
                             (place (port-position inner) (vector-copy decoder) 0)))))
      (if (port-has-set-port-position!? inner)
          (p-setpos! t (lambda (pos)
                         (cond ((%record-is-a? pos position-rtd)
                                (go-to! (%record-ref pos 0) (%record-ref pos 1) (%record-ref pos 2) (%record-ref pos 3)))
                               ((eqv? pos 0) (go-to! 0 (initial-state) (initial-state) 0))
                               (else (%raise-invalid-position 'set-port-position! t pos))))))
      (lambda ()
        (if (p-getpos t) (set! mark (cons (port-position inner) (vector-copy decoder)))))))

  ;; What belongs to a line end that was read is not written over: takes a linefeed of so many bytes from a binary port, if it is the next character.
  (define (skip-linefeed! inner size little?)
    (let more ()
      (if (and (fx<? (fx- (p-iend inner) (p-ipos inner)) size) (fx>? (%fill! inner) 0)) (more)))
    (let ((i (p-ipos inner)) (buf (p-ibuf inner)))
      (if (and (fx>=? (fx- (p-iend inner) i) size)
               (eq? LF (bytevector-u8-ref buf (if (and (eq? size 2) (not little?)) (fx+ i 1) i)))
               (or (eq? size 1) (eq? 0 (bytevector-u8-ref buf (if little? (fx+ i 1) i)))))
          (p-ipos! inner (fx+ i size)))))

  (define (vector-copy v)
    (let ((w (make-vector (vector-length v) #f)))
      (vector-restore! w v)
      w))

  (define (vector-restore! to from)
    (%vector-copy! from 0 to 0 (vector-length from)))

  (define (check-transcoder who tc)
    (if (transcoder? tc) #t (%type-violation who "a transcoder" tc)))

  (define (check-maybe-transcoder who tc)
    (if (or (not tc) (transcoder? tc)) #t (%type-violation who "a transcoder or #f" tc)))

  ;; (transcoded-port binary-port transcoder): a textual port that goes on with its bytes; the binary
  ;; port is closed without closing what it stands for.
  (define (transcoded-port b tc)
    (if (binary-port? b) #t (%type-violation 'transcoded-port "a binary port" b))
    (check-transcoder 'transcoded-port tc)
    (let ((in? (flag? b IN-OPEN)) (out? (flag? b OUT-OPEN)))
      (if (or in? out?) #t (%raise-closed 'transcoded-port b))
      (let ((t (if (and (or (not in?) (%direct-transcoder? tc #t))
                        (or (not out?) (%direct-transcoder? tc #f)))
                   (%take-port! b textual-port-rtd)
                   (converting-port b tc in? out?))))
        (p-transcoder! t tc)
        (p-errors! t (transcoder-error-handling-mode tc))
        t)))

  ;; How far a converting port keeps characters back: as its inner port does; not at all if put-char is to tell at once that
  ;; there is no such character.
  (define (buffering inner tc)
    (fxior (fxand (p-flags inner) (fxior LINE UNBUFFERED))
           (if (and (eq? (transcoder-error-handling-mode tc) 'raise)
                    (eq? (%codec-name (transcoder-codec tc)) 'latin-1))
               UNBUFFERED
               0)))

  ;; A textual port with buffers of its own in front of one that takes over from b.
  (define (converting-port b tc in? out?)
    (let* ((memory? (flag? b MEMORY))
           (inner (%take-port! b binary-port-rtd))
           (t (%make-port textual-port-rtd (if out? (buffering inner tc) 0) (p-id inner)))
           (decoder (initial-state))
           (encoder (initial-state)))
      (if (and memory? out?) (p-inner! b t))
      (p-inner! t inner)
      (let ((mark! (add-positions! t inner decoder encoder)))
        (if in?
            (begin
              (p-reader! t (let ((read! (make-decoder inner tc (lambda () t) decoder)))
                             (lambda (bv start count)
                               (mark!)
                               (read! bv start count))))
              (%init-input! t (make-bytevector 4096 0))))
        (if out?
            (begin
              (p-writer! t (make-encoder inner tc (lambda () t) encoder decoder))
              (%init-output! t (make-bytevector 4096 0)))))
      (%stand-in-front! t inner)
      t))

  ;; (open-bytevector-input-port bytevector [maybe-transcoder])
  (define open-bytevector-input-port
    (case-lambda
      ((bv) (open-bytevector-input-port/binary bv))
      ((bv tc)
       (check-maybe-transcoder 'open-bytevector-input-port tc)
       (let ((p (open-bytevector-input-port/binary bv)))
         (if tc (transcoded-port p tc) p)))))

  ;; (open-bytevector-output-port [maybe-transcoder]): the port and a procedure that extracts the
  ;; bytes and empties the port.
  (define open-bytevector-output-port
    (case-lambda
      (() (open-bytevector-output-port #f))
      ((tc)
       (check-maybe-transcoder 'open-bytevector-output-port tc)
       (let* ((b (open-bytevector-output-port/binary))
              (p (if tc (transcoded-port b tc) b)))
         (values p (lambda () (%bytevector-output-port-extract p #t)))))))

  ;; (call-with-bytevector-output-port proc [maybe-transcoder]): the bytes that (proc port) writes.
  (define call-with-bytevector-output-port
    (case-lambda
      ((proc) (call-with-bytevector-output-port proc #f))
      ((proc tc)
       (check-maybe-transcoder 'call-with-bytevector-output-port tc)
       (let* ((b (open-bytevector-output-port/binary))
              (p (if tc (transcoded-port b tc) b)))
         (proc p)
         (close-port p)
         (%bytevector-output-port-extract p #f)))))

  ;; (bytevector->string bytevector transcoder)
  (define (bytevector->string bv tc)
    (if (bytevector? bv) #t (%type-violation 'bytevector->string "a bytevector" bv))
    (check-transcoder 'bytevector->string tc)
    (let ((s (get-string-all (open-bytevector-input-port bv tc))))
      (if (eof-object? s) (make-string 0) s)))

  ;; (string->bytevector string transcoder)
  (define (string->bytevector s tc)
    (if (string? s) #t (%type-violation 'string->bytevector "a string" s))
    (check-transcoder 'string->bytevector tc)
    (call-with-bytevector-output-port (lambda (p) (put-string p s)) tc)))
