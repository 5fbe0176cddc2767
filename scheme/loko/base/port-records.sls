;; SPDX-License-Identifier: MIT
;;
;; What a port is: one record with buffers and a device, in two sealed flavours.
;; All buffers are bytevectors. A textual port's buffers hold UTF-8 whatever its codec: other codecs
;; and line endings are converted where the buffer is filled or drained, so the fast paths of
;; get-char and put-char are a load, a compare and a store.
;; INVARIANT(closed): a port that can't be read has ipos = iend; one that can't be written, or needs
;; attention before, has olimit = 0. So the fast paths test nothing else.
(library (loko base port-records)
  (export port? textual-port? binary-port? is-textual? is-binary? port-rtd textual-port-rtd binary-port-rtd
          %make-port flag? flag-on! flag-off!
          IN OUT IN-OPEN OUT-OPEN LINE UNBUFFERED EOF MEMORY SEEKABLE TTY NONBLOCK BORROWED BEHIND
          p-flags p-id p-ibuf p-ipos p-iend p-obuf p-opos p-olimit p-fd p-reader p-writer
          p-getpos p-setpos p-closer p-transcoder p-errors p-extra p-inner p-line p-column p-in-turn p-out-turn p-sent
          p-flags! p-id! p-ibuf! p-ipos! p-iend! p-obuf! p-opos! p-olimit! p-fd! p-reader! p-writer!
          p-getpos! p-setpos! p-closer! p-transcoder! p-errors! p-extra! p-inner! p-line! p-column!
          p-in-turn! p-out-turn! p-sent!)
  (import (loko core syntax) (loko core primitives)
          (only (loko base records) make-record-type-descriptor))

  (define port-rtd
    (make-record-type-descriptor
     'port #f #f #f #t
     '#((mutable flags) (mutable id)
        (mutable ibuf) (mutable ipos) (mutable iend)
        (mutable obuf) (mutable opos) (mutable olimit)
        (mutable fd) (mutable reader) (mutable writer)
        (mutable getpos) (mutable setpos) (mutable closer)
        (mutable transcoder) (mutable errors)
        (mutable extra) (mutable inner) (mutable line) (mutable column)
        (mutable in-turn) (mutable out-turn) (mutable sent))))

  (define textual-port-rtd
    (make-record-type-descriptor 'textual-port port-rtd #f #t #t '#()))

  (define binary-port-rtd
    (make-record-type-descriptor 'binary-port port-rtd #f #t #t '#()))

  ;; The predicates in line, for fast paths.
  (define-syntax is-textual?
    (syntax-rules () ((_ x) (%record-is-a? x textual-port-rtd))))
  (define-syntax is-binary?
    (syntax-rules () ((_ x) (%record-is-a? x binary-port-rtd))))

  ;; The textual-port? of R6RS must be given a port; we answer #f for any other object, as R7RS.
  (define (textual-port? x) (%record-is-a? x textual-port-rtd))

  ;; (binary-port? object)
  (define (binary-port? x) (%record-is-a? x binary-port-rtd))

  ;; (port? object)
  (define (port? x)
    (or (%record-is-a? x textual-port-rtd) (%record-is-a? x binary-port-rtd)))

  ;; A fresh port of one of the two types, without buffers and device.
  (define (%make-port rtd flags id)
    (%record rtd flags id
             #f 0 0
             #f 0 0
             #f #f #f
             #f #f #f
             #f 'replace
             #f #f 1 1
             #f #f 0))

  ;;; Flags

  (define-syntax IN (identifier-syntax 1))           ; made as an input port
  (define-syntax OUT (identifier-syntax 2))          ; made as an output port
  (define-syntax IN-OPEN (identifier-syntax 4))
  (define-syntax OUT-OPEN (identifier-syntax 8))
  (define-syntax LINE (identifier-syntax 16))        ; flush after a newline
  (define-syntax UNBUFFERED (identifier-syntax 32))
  (define-syntax EOF (identifier-syntax 64))         ; end of file was peeked and not yet read
  (define-syntax MEMORY (identifier-syntax 128))     ; the buffer is the source or the sink
  (define-syntax SEEKABLE (identifier-syntax 256))   ; the file descriptor has a position
  (define-syntax TTY (identifier-syntax 512))
  (define-syntax NONBLOCK (identifier-syntax 1024))  ; the descriptor never blocks: no need to ask before a call
  (define-syntax BORROWED (identifier-syntax 2048))  ; closing the port does not close the descriptor
  (define-syntax BEHIND (identifier-syntax 4096))    ; a converting port is in front and takes care of it

  (define-syntax flag?
    (syntax-rules ()
      ((_ p mask) (not (eq? 0 (fxand (p-flags p) mask))))))

  (define-syntax flag-on!
    (syntax-rules ()
      ((_ p mask) (p-flags! p (fxior (p-flags p) mask)))))

  (define-syntax flag-off!
    (syntax-rules ()
      ((_ p mask) (p-flags! p (fxand (p-flags p) (fxnot mask))))))

  ;;; Fields, without checks: only for what is known to be a port

  (define-syntax define-field
    (syntax-rules ()
      ((_ index get set)
       (begin
         (define-syntax get (syntax-rules () ((_ p) (%object-ref p index))))
         (define-syntax set (syntax-rules () ((_ p v) (%object-set! p index v))))))))

  (define-field 0 p-flags p-flags!)
  (define-field 1 p-id p-id!)                  ; string: name of the file or given id
  (define-field 2 p-ibuf p-ibuf!)              ; bytevector or #f
  (define-field 3 p-ipos p-ipos!)              ; next byte to read
  (define-field 4 p-iend p-iend!)              ; end of the bytes in ibuf
  (define-field 5 p-obuf p-obuf!)
  (define-field 6 p-opos p-opos!)              ; next free byte
  (define-field 7 p-olimit p-olimit!)          ; bytes that the fast path may use
  (define-field 8 p-fd p-fd!)                  ; file descriptor or #f
  (define-field 9 p-reader p-reader!)          ; (bytevector start count) -> number of bytes, 0 at the end
  (define-field 10 p-writer p-writer!)         ; (bytevector start count) -> number of bytes taken
  (define-field 11 p-getpos p-getpos!)
  (define-field 12 p-setpos p-setpos!)
  (define-field 13 p-closer p-closer!)
  (define-field 14 p-transcoder p-transcoder!)
  (define-field 15 p-errors p-errors!)         ; error-handling mode of the decoding of the buffer
  (define-field 16 p-extra p-extra!)           ; memory output ports: bytes in use beyond opos; BEHIND: the port in front; fold-case of read
  (define-field 17 p-inner p-inner!)           ; the binary port behind a converting textual port
  (define-field 18 p-line p-line!)             ; kept by the datum reader
  (define-field 19 p-column p-column!)
  (define-field 20 p-in-turn p-in-turn!)       ; who is waiting in a read of the device, or #f
  (define-field 21 p-out-turn p-out-turn!)
  (define-field 22 p-sent p-sent!))            ; bytes at the start of obuf that a custom writer has taken before it raised something
