;; SPDX-License-Identifier: MIT
;;
;; Textual ports: characters in and out of UTF-8 buffers, string ports, transcoding, custom ports
;; (R6RS libraries 8.2.4, 8.2.6–8.2.9, 8.2.12). Codecs other than UTF-8, and line ends, are
;; converted between the textual port's buffer and an inner binary port.
;; INVARIANT(whole): an output buffer is drained at character boundaries only.
(library (loko base textual-ports)
  (export %next-char %put-char-slow get-char lookahead-char get-string-n get-string-n! get-string-all get-line get-line/any char-ready?
          put-char put-string %put-substring %put-byte newline-to
          open-string-input-port open-string-output-port call-with-string-output-port
          open-input-string open-output-string get-output-string r7:get-output-string
          transcoded-port open-bytevector-input-port open-bytevector-output-port
          call-with-bytevector-output-port bytevector->string string->bytevector
          make-custom-textual-input-port make-custom-textual-output-port
          make-custom-textual-input/output-port
          port-eof?)
  (import (loko core syntax) (loko core primitives)
          (loko base violations) (loko base control) (loko base port-records) (loko base io-conditions) (loko base transcoders)
          (loko base ports)
          (only (loko base records) make-record-type-descriptor))

  ;;; UTF-8

  (define-syntax continuation-byte?
    (syntax-rules () ((_ b) (fx=? (fxand b #xc0) #x80))))

  ;; The character at index i: code point * 8 + number of bytes; 0 if its bytes go on behind `end`;
  ;; -n if the n bytes there are no character.
  (define (decode buf i end)
    (let ((b0 (bytevector-u8-ref buf i)))
      (cond ((fx<? b0 #x80) (fx+ (fx* b0 8) 1))
            ((fx<? b0 #xc2) -1)
            ((fx>=? b0 #xf5) -1)
            ((fx>=? (fx+ i 1) end) 0)
            (else
             (let ((b1 (bytevector-u8-ref buf (fx+ i 1))))
               (cond ((not (continuation-byte? b1)) -1)
                     ((fx<? b0 #xe0)
                      (fx+ (fx* (fx+ (fx* (fxand b0 #x1f) 64) (fxand b1 #x3f)) 8) 2))
                     ((fx<? b0 #xf0)
                      (cond ((and (fx=? b0 #xe0) (fx<? b1 #xa0)) -1)
                            ((and (fx=? b0 #xed) (fx>=? b1 #xa0)) -1)
                            ((fx>=? (fx+ i 2) end) 0)
                            (else
                             (let ((b2 (bytevector-u8-ref buf (fx+ i 2))))
                               (if (continuation-byte? b2)
                                   (fx+ (fx* (fx+ (fx* (fx+ (fx* (fxand b0 #x0f) 64) (fxand b1 #x3f)) 64)
                                                  (fxand b2 #x3f))
                                             8)
                                        3)
                                   -2)))))
                     ((and (fx=? b0 #xf0) (fx<? b1 #x90)) -1)
                     ((and (fx=? b0 #xf4) (fx>=? b1 #x90)) -1)
                     ((fx>=? (fx+ i 2) end) 0)
                     (else
                      (let ((b2 (bytevector-u8-ref buf (fx+ i 2))))
                        (cond ((not (continuation-byte? b2)) -2)
                              ((fx>=? (fx+ i 3) end) 0)
                              (else
                               (let ((b3 (bytevector-u8-ref buf (fx+ i 3))))
                                 (if (continuation-byte? b3)
                                     (fx+ (fx* (fx+ (fx* (fx+ (fx* (fx+ (fx* (fxand b0 7) 64) (fxand b1 #x3f)) 64)
                                                              (fxand b2 #x3f))
                                                         64)
                                                    (fxand b3 #x3f))
                                               8)
                                          4)
                                     -3))))))))))))

  ;; Stores code point n at index o; answers the index behind it.
  (define (encode! buf o n)
    (cond ((fx<? n #x80)
           (bytevector-u8-set! buf o n)
           (fx+ o 1))
          ((fx<? n #x800)
           (bytevector-u8-set! buf o (fxior #xc0 (%fxsra n 6)))
           (bytevector-u8-set! buf (fx+ o 1) (fxior #x80 (fxand n #x3f)))
           (fx+ o 2))
          ((fx<? n #x10000)
           (bytevector-u8-set! buf o (fxior #xe0 (%fxsra n 12)))
           (bytevector-u8-set! buf (fx+ o 1) (fxior #x80 (fxand (%fxsra n 6) #x3f)))
           (bytevector-u8-set! buf (fx+ o 2) (fxior #x80 (fxand n #x3f)))
           (fx+ o 3))
          (else
           (bytevector-u8-set! buf o (fxior #xf0 (%fxsra n 18)))
           (bytevector-u8-set! buf (fx+ o 1) (fxior #x80 (fxand (%fxsra n 12) #x3f)))
           (bytevector-u8-set! buf (fx+ o 2) (fxior #x80 (fxand (%fxsra n 6) #x3f)))
           (bytevector-u8-set! buf (fx+ o 3) (fxior #x80 (fxand n #x3f)))
           (fx+ o 4))))

  ;;; Characters in

  ;; (get-char port): the next character or the end-of-file object.
  (define (get-char p) (or (%port-take-char! p textual-port-rtd) (%next-char p 'get-char #f)))

  ;; (lookahead-char port): the next character, which is not consumed.
  (define (lookahead-char p) (or (%port-peek-char p textual-port-rtd) (%next-char p 'lookahead-char #t)))

  ;; The slow path of get-char, lookahead-char, and those that are nothing else: decoding, filling the buffer, errors.
  (define (%next-char p who peek?)
    (check-textual-input who p)
    (let loop ()
      (if (or (fx<? (p-ipos p) (p-iend p))
              (if peek? (%peek-refill? p) (%refill? p)))
          (let* ((i (p-ipos p)) (r (decode (p-ibuf p) i (p-iend p))))
            (cond ((fx>? r 0)
                   (if (not peek?) (p-ipos! p (fx+ i (fxand r 7))))
                   (integer->char (%fxsra r 3)))
                  ((and (eq? r 0) (fx>? (%fill! p) 0)) (loop))
                  (else
                   (let ((bad (if (eq? r 0) (p-iend p) (fx- i r))) (mode (p-errors p)))
                     (cond ((eq? mode 'replace)
                            (if (not peek?) (p-ipos! p (if (eq? r 0) (p-iend p) bad)))
                            (integer->char #xfffd))
                           (else
                            (p-ipos! p (if (eq? r 0) (p-iend p) bad))
                            (if (eq? mode 'ignore)
                                (loop)
                                (%raise-decoding-error who p))))))))
          (eof-object))))

  (define (check-textual-input who p)
    (if (textual-port? p) #t (%type-violation who "a textual input port" p))
    (%check-input! who p))

  ;; (port-eof? port): true if the next read would give the end-of-file object.
  (define (port-eof? p)
    (eof-object? (if (binary-port? p) (lookahead-u8 p) (lookahead-char p))))

  ;; (char-ready? port): true if a character or the end of file can be read without waiting.
  (define (char-ready? p)
    (check-textual-input 'char-ready? p)
    (%input-ready? p))

  ;;; Strings in

  ;; Index of the first linefeed in [i, end), or end.
  (define (find-linefeed bv i end)
    (or (%bytevector-index bv 10 i end) end))

  (define (sub-bytes bv start end)
    (let ((r (make-bytevector (fx- end start))))
      (%bytevector-copy! bv start r 0 (fx- end start))
      r))

  ;; One bytevector of the pieces, the last first.
  (define (join pieces)
    (let* ((n (let loop ((l pieces) (n 0))
                (if (pair? l) (loop (cdr l) (fx+ n (bytevector-length (car l)))) n)))
           (r (make-bytevector n)))
      (let loop ((l pieces) (end n))
        (if (pair? l)
            (let* ((m (bytevector-length (car l))) (start (fx- end m)))
              (%bytevector-copy! (car l) 0 r start m)
              (loop (cdr l) start))
            r))))

  ;; The text up to the first byte that `find` finds; `end-line` is called when the port is behind that byte,
  ;; with the byte.
  (define (text-until p find end-line)
    (let loop ((pieces '()))
      (if (or (fx<? (p-ipos p) (p-iend p))
              (if (null? pieces) (%refill? p) (%peek-refill? p)))
          (let* ((buf (p-ibuf p)) (start (p-ipos p)) (end (p-iend p)) (i (find buf start end)))
            (if (fx<? i end)
                (let* ((b (bytevector-u8-ref buf i))
                       (text (if (null? pieces)
                                 (utf8->string buf start i)
                                 (let ((all (join (cons (sub-bytes buf start i) pieces))))
                                   (utf8->string all)))))
                  (p-ipos! p (fx+ i 1))
                  (end-line b)
                  text)
                (begin
                  (p-ipos! p end)
                  (loop (cons (sub-bytes buf start end) pieces)))))
          (if (null? pieces)
              (eof-object)
              (let ((all (join pieces)))
                (utf8->string all))))))

  (define-syntax replace?
    (syntax-rules () ((_ p) (eq? (p-errors p) 'replace))))

  ;; A line character by character, for error modes that look at each.
  (define (slow-line p who cr?)
    (let ((out (open-output-string)))
      (let loop ((c (%next-char p who #f)) (empty? #t))
        (cond ((eof-object? c)
               (if empty?
                   c
                   (begin
                     (flag-on! p EOF)
                     (get-output-string out))))
              ((eq? c #\linefeed) (get-output-string out))
              ((and cr? (eq? c #\return))
               (if (eq? (lookahead-char p) #\linefeed) (get-char p))
               (get-output-string out))
              (else
               (put-char out c)
               (loop (%next-char p who #f) #f))))))

  ;; (get-line port): the text up to a linefeed, which is consumed and left out.
  (define (get-line p)
    (check-textual-input 'get-line p)
    (or (%port-take-line! p #f (replace? p))
        (if (replace? p)
            (text-until p find-linefeed (lambda (b) #f))
            (slow-line p 'get-line #f))))

  ;; A line as R7RS sees it: it ends with a linefeed, a carriage return, or both in this order.
  (define (get-line/any p)
    (check-textual-input 'read-line p)
    (or (%port-take-line! p #t (replace? p))
        (if (replace? p)
            (text-until p
                        (lambda (bv i end)
                          (let ((end (find-linefeed bv i end)))
                            (or (%bytevector-index bv 13 i end) end)))
                        (lambda (b)
                          (if (eq? b 13)
                              (if (eq? (lookahead-char p) #\linefeed)
                                  (get-char p)))))
            (slow-line p 'read-line #t))))

  ;; (get-string-all port): everything up to the end of file.
  (define (get-string-all p)
    (check-textual-input 'get-string-all p)
    (let ((s (get-chars p 'get-string-all (greatest-fixnum))))
      (flag-off! p EOF)
      s))

  ;; Calls (take! n) for the n characters that are still wanted, and (take-1! c) when only the slow path gives the next
  ;; one, until they are there or the input ends: the number of characters. The end of file after some characters stays.
  (define (take-characters p who n take! take-1!)
    (let loop ((done 0))
      (if (fx=? done n)
          n
          (let ((m (take! (fx- n done))))
            (if (fx>? m 0)
                (loop (fx+ done m))
                (let ((c (%next-char p who #f)))
                  (if (eof-object? c)
                      (begin
                        (if (fx>? done 0) (flag-on! p EOF))
                        done)
                      (begin
                        (take-1! c)
                        (loop (fx+ done 1))))))))))

  ;; Up to n characters as one string, or the end-of-file object.
  (define (get-chars p who n)
    (let* ((pieces '())
           (m (take-characters p who n
                               (lambda (n)
                                 (let* ((s (%port-take-string! p n (replace? p))) (m (string-length s)))
                                   (if (fx>? m 0) (set! pieces (cons s pieces)))
                                   m))
                               (lambda (c) (set! pieces (cons (make-string 1 c) pieces))))))
      (cond ((eq? m 0) (eof-object))
            ((null? (cdr pieces)) (car pieces))
            (else (%string-append-list (reverse pieces))))))

  (define (check-count who n)
    (if (and (fixnum? n) (fx>=? n 0))
        #t
        (%type-violation who "a non-negative exact integer" n)))

  ;; (get-string-n port count)
  (define (get-string-n p n)
    (check-textual-input 'get-string-n p)
    (check-count 'get-string-n n)
    (if (eq? n 0) "" (get-chars p 'get-string-n n)))

  ;; (get-string-n! port string start count)
  (define (get-string-n! p s start n)
    (check-textual-input 'get-string-n! p)
    (if (string? s) #t (%type-violation 'get-string-n! "a string" s))
    (check-count 'get-string-n! start)
    (check-count 'get-string-n! n)
    (if (fx<=? n (fx- (string-length s) start))
        #t
        (%range-violation 'get-string-n! s start n))
    (let* ((at start)
           (m (take-characters p 'get-string-n! n
                               (lambda (n)
                                 (let ((m (%port-take-into! p s at n (replace? p))))
                                   (set! at (fx+ at m))
                                   m))
                               (lambda (c)
                                 (string-set! s at c)
                                 (set! at (fx+ at 1))))))
      (if (and (eq? m 0) (fx>? n 0)) (eof-object) m)))

  ;;; Characters and strings out

  ;; (put-char port char)
  (define (put-char p c)
    (if (%port-put-char! p textual-port-rtd c) (%void) (%put-char-slow p 'put-char c)))

  ;; The slow path of put-char and write-char.
  (define (%put-char-slow p who c)
    (if (is-textual? p) #t (%type-violation who "a textual output port" p))
    (if (char? c) #t (%type-violation who "a character" c))
    (put-code p (char->integer c)))

  (define (put-code p n)
    (%check-output! 'put-char p)
    (%make-room! p 4)
    (p-opos! p (encode! (p-obuf p) (p-opos p) n))
    (cond ((flag? p UNBUFFERED) (%drain! p))
          ((and (fx=? n 10) (flag? p LINE)) (%flush! p))))

  ;; Writes an ASCII code to what is known to be a textual port.
  (define (%put-byte p n)
    (let ((o (p-opos p)))
      (if (fx<? o (p-olimit p))
          (begin
            (bytevector-u8-set! (p-obuf p) o n)
            (p-opos! p (fx+ o 1)))
          (put-code p n))))

  ;; Writes a linefeed.
  (define (newline-to p) (put-char p #\newline))

  ;; Writes the characters [start, end) of a string; the port is known to be textual, the range right.
  (define (%put-substring p s start end)
    (if (fx=? (p-olimit p) 0) (%check-output! 'put-string p))
    (let loop ((i (%port-put-string! p s start end)))
      (if (fx<? i end)
          (begin
            (%make-room! p (if (flag? p MEMORY) (fx+ 4 (fx- end i)) 4))
            (loop (%port-put-string! p s i end)))))
    (cond ((flag? p UNBUFFERED) (%drain! p))
          ((and (flag? p LINE) (has-linefeed? s start end)) (%flush! p))))

  (define (has-linefeed? s start end)
    (let loop ((i start))
      (and (fx<? i end)
           (or (char=? (string-ref s i) #\newline)
               (loop (fx+ i 1))))))

  ;; (put-string port string [start [count]])
  (define put-string
    (case-lambda
      ((p s)
       (if (textual-port? p) #t (%type-violation 'put-string "a textual output port" p))
       (if (string? s) #t (%type-violation 'put-string "a string" s))
       (%put-substring p s 0 (string-length s)))
      ((p s start)
       (if (string? s) #t (%type-violation 'put-string "a string" s))
       (check-count 'put-string start)
       (put-string p s start (fx- (string-length s) start)))
      ((p s start count)
       (if (textual-port? p) #t (%type-violation 'put-string "a textual output port" p))
       (if (string? s) #t (%type-violation 'put-string "a string" s))
       (check-count 'put-string start)
       (if (and (fixnum? count) (fx>=? count 0) (fx<=? (fx+ start count) (string-length s)))
           #t
           (%range-violation 'put-string s start count))
       (%put-substring p s start (fx+ start count)))))

  ;;; String ports

  ;; (open-string-input-port string)
  (define (open-string-input-port s)
    (if (string? s) #t (%type-violation 'open-string-input-port "a string" s))
    (let ((p (%make-port textual-port-rtd MEMORY "string")) (bv (string->utf8 s)))
      (%init-input! p bv)
      (p-iend! p (bytevector-length bv))
      p))

  ;; (open-input-string string): R7RS.
  (define (open-input-string s) (open-string-input-port s))

  ;; (open-output-string): a textual port that keeps its characters.
  (define (open-output-string)
    (let ((p (%make-port textual-port-rtd MEMORY "string")))
      (p-extra! p 0)
      (%init-output! p (make-bytevector 120 0))
      p))

  (define (extract-string who p reset?)
    (if (and (textual-port? p) (flag? p OUT) (flag? p MEMORY))
        (let ((s (utf8->string (p-obuf p) 0 (fxmax (p-opos p) (p-extra p)))))
          (if reset?
              (begin
                (p-opos! p 0)
                (p-extra! p 0)))
          s)
        (%type-violation who "a string output port" p)))

  ;; (get-output-string port): the characters so far; the port is emptied (the manual's 3.2).
  (define (get-output-string p) (extract-string 'get-output-string p #t))

  ;; (get-output-string port): the characters so far; the port keeps them (R7RS, SRFI 6).
  (define (r7:get-output-string p) (extract-string 'get-output-string p #f))

  ;; (open-string-output-port): the port and a procedure that extracts its characters and empties it.
  (define (open-string-output-port)
    (let ((p (open-output-string)))
      (values p (lambda () (extract-string 'open-string-output-port p #t)))))

  ;; (call-with-string-output-port proc): what (proc port) writes.
  (define (call-with-string-output-port proc)
    (let ((p (open-output-string)))
      (proc p)
      (let ((s (extract-string 'call-with-string-output-port p #f)))
        (close-port p)
        s)))

  ;;; Transcoding

  (define CR 13)
  (define LF 10)
  (define NEL #x85)
  (define LS #x2028)

  ;; The next code point of a binary port: #f at the end, -1 for an invalid encoding.
  (define (utf-8-source inner)
    (lambda ()
      (let loop ()
        (if (or (fx<? (p-ipos inner) (p-iend inner)) (%refill? inner))
            (let ((r (decode (p-ibuf inner) (p-ipos inner) (p-iend inner))))
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

  ;; A read! procedure that decodes `inner` into UTF-8. It stops where the inner buffer ends, so that
  ;; it does not wait for more than one character. `state` is changed.
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
      (lambda (bv start count)
        (if (failed? s) (fail))
        (let ((limit (fx- (fx+ start count) 4)))
          (let loop ((o start))
            (if (or (fx>? o limit)
                    (and (fx>? o start) (fx=? (p-ipos inner) (p-iend inner))))
                (fx- o start)
                (let ((c (source)))
                  (cond ((not c)
                         (if (fx>? o start) (flag-on! inner EOF))
                         (fx- o start))
                        ((eq? c -1)
                         (after-cr! s #f)
                         (case mode
                           ((replace) (loop (encode! bv o #xfffd)))
                           ((ignore) (loop o))
                           (else
                            (if (fx=? o start)
                                (fail)
                                (begin
                                  (failed! s #t)
                                  (fx- o start))))))
                        ((not convert?) (loop (encode! bv o c)))
                        ((eq? c CR)
                         (after-cr! s #t)
                         (loop (encode! bv o LF)))
                        ((and (after-cr? s) (or (eq? c LF) (eq? c NEL)))
                         (after-cr! s #f)
                         (loop o))
                        (else
                         (after-cr! s #f)
                         (loop (encode! bv o (if (or (eq? c NEL) (eq? c LS)) LF c))))))))))))

  ;; A write! procedure that encodes UTF-8 into `inner`. A character that can't be encoded is dropped from the buffer before
  ;; the condition is raised, so that the port can be used further.
  (define (make-encoder inner tc port s)
    (let* ((codec (%codec-name (transcoder-codec tc)))
           (mode (transcoder-error-handling-mode tc))
           (eol (transcoder-eol-style tc)))
      (define (put-unit u)
        (put-u8 inner (%fxsra u 8))
        (put-u8 inner (fxand u 255)))
      (define (put c)
        (case codec
          ((latin-1)
           (cond ((fx<? c 256) (put-u8 inner c))
                 ((eq? mode 'replace) (put-u8 inner 63))))
          ((utf-16)
           (if (start? s)
               (begin
                 (start! s #f)
                 (put-unit #xfeff)))
           (if (fx<? c #x10000)
               (put-unit c)
               (let ((c (fx- c #x10000)))
                 (put-unit (fx+ #xd800 (%fxsra c 10)))
                 (put-unit (fx+ #xdc00 (fxand c 1023))))))
          (else
           (let* ((b (make-bytevector 4)) (n (encode! b 0 c)))
             (put-bytevector inner b 0 n)))))
      (define (unencodable? c)
        (and (eq? codec 'latin-1) (eq? mode 'raise) (fx>? c 255)))
      (define (fail bv next end c)
        (%bytevector-copy! bv next bv 0 (fx- end next))
        (p-opos! (port) (fx- end next))
        (%raise-encoding-error 'put-char (port) (integer->char c)))
      (lambda (bv start count)
        (let ((end (fx+ start count)))
          (let loop ((i start))
            (if (fx<? i end)
                (let* ((r (decode bv i end)) (c (%fxsra r 3)) (next (fx+ i (fxand r 7))))
                  (cond ((eq? c LF)
                         (case eol
                           ((none lf) (put LF))
                           ((cr) (put CR))
                           ((crlf) (put CR) (put LF))
                           ((nel) (put NEL))
                           ((crnel) (put CR) (put NEL))
                           (else
                            (if (unencodable? LS) (fail bv next end LS))
                            (put LS))))
                        (else
                         (if (unencodable? c) (fail bv next end c))
                         (put c)))
                  (loop next))
                count))))))

  ;;; Positions of converting ports: where the bytes of the present buffer began in the inner port, the state of the
  ;;; converters there, and how many bytes of the buffer are behind the position.

  (define position-rtd
    (make-record-type-descriptor 'text-position #f #f #t #f '#((immutable inner) (immutable decoder) (immutable encoder) (immutable skip))))

  ;; Gives t the procedures of positions if its inner port has them; `mark!` is called before each filling.
  (define (add-positions! t inner decoder encoder)
    (let ((mark #f))
      (define (here skip)
        (%record position-rtd (port-position inner) (vector-copy decoder) (vector-copy encoder) skip))
      (if (port-has-port-position? inner)
          (p-getpos! t (lambda ()
                         (if (and mark (fx<? (p-ipos t) (p-iend t)))
                             (%record position-rtd (%record-ref mark 0) (%record-ref mark 1) (vector-copy encoder) (p-ipos t))
                             (here 0)))))
      (if (port-has-set-port-position!? inner)
          (p-setpos! t (lambda (pos)
                         (if (%record-is-a? pos position-rtd)
                             #t
                             (%raise-invalid-position 'set-port-position! t pos))
                         (set-port-position! inner (%record-ref pos 0))
                         (vector-restore! decoder (%record-ref pos 1))
                         (vector-restore! encoder (%record-ref pos 2))
                         (p-ipos! t 0)
                         (p-iend! t 0)
                         (let skip ((n (%record-ref pos 3)))
                           (if (and (fx>? n 0) (fx>? (%fill! t) 0))
                               (let ((m (fxmin n (p-iend t))))
                                 (p-ipos! t m)
                                 (if (fx<? m n) (skip (fx- n m)))))))))
      (lambda ()
        (if (p-getpos t) (set! mark (here 0))))))

  (define (vector-copy v)
    (let ((w (make-vector (vector-length v) #f)))
      (vector-restore! w v)
      w))

  (define (vector-restore! to from)
    (%vector-copy! from 0 to 0 (vector-length from)))

  ;; (transcoded-port binary-port transcoder): a textual port that goes on with its bytes; the binary
  ;; port is closed without closing what it stands for.
  (define (transcoded-port b tc)
    (if (binary-port? b) #t (%type-violation 'transcoded-port "a binary port" b))
    (if (transcoder? tc) #t (%type-violation 'transcoded-port "a transcoder" tc))
    (let ((in? (flag? b IN-OPEN)) (out? (flag? b OUT-OPEN)))
      (if (or in? out?) #t (%raise-closed 'transcoded-port b))
      (let ((t (if (and (or (not in?) (%direct-transcoder? tc #t))
                        (or (not out?) (%direct-transcoder? tc #f)))
                   (%take-port! b textual-port-rtd)
                   (let* ((t (%make-port textual-port-rtd UNBUFFERED (p-id b)))
                          (memory? (flag? b MEMORY))
                          (inner (%take-port! b binary-port-rtd)))
                     (if (and memory? out?) (p-inner! b t))
                     (p-inner! t inner)
                     (let* ((decoder (initial-state)) (encoder (initial-state))
                            (mark! (add-positions! t inner decoder encoder)))
                     (if in?
                         (begin
                           (p-reader! t (let ((read! (make-decoder inner tc (lambda () t) decoder)))
                                          (lambda (bv start count)
                                            (mark!)
                                            (read! bv start count))))
                           (%init-input! t (make-bytevector 4096 0))
                           (flag-off! t UNBUFFERED)))
                     (if out?
                         (begin
                           (flag-on! t UNBUFFERED)
                           (p-writer! t (make-encoder inner tc (lambda () t) encoder))
                           (%init-output! t (make-bytevector 1024 0)))))
                     t))))
        (p-transcoder! t tc)
        (p-errors! t (transcoder-error-handling-mode tc))
        t)))

  ;; (open-bytevector-input-port bytevector [maybe-transcoder])
  (define open-bytevector-input-port
    (case-lambda
      ((bv) (open-bytevector-input-port/binary bv))
      ((bv tc)
       (let ((p (open-bytevector-input-port/binary bv)))
         (if tc (transcoded-port p tc) p)))))

  ;; (open-bytevector-output-port [maybe-transcoder]): the port and a procedure that extracts the
  ;; bytes and empties the port.
  (define open-bytevector-output-port
    (case-lambda
      (() (open-bytevector-output-port #f))
      ((tc)
       (let* ((b (open-bytevector-output-port/binary))
              (p (if tc (transcoded-port b tc) b)))
         (values p (lambda () (%bytevector-output-port-extract p #t)))))))

  ;; (call-with-bytevector-output-port proc [maybe-transcoder]): the bytes that (proc port) writes.
  (define call-with-bytevector-output-port
    (case-lambda
      ((proc) (call-with-bytevector-output-port proc #f))
      ((proc tc)
       (call-with-values
        (lambda () (open-bytevector-output-port tc))
        (lambda (p extract)
          (proc p)
          (let ((bv (extract)))
            (close-port p)
            bv))))))

  ;; (bytevector->string bytevector transcoder)
  (define (bytevector->string bv tc)
    (let ((s (get-string-all (open-bytevector-input-port bv tc))))
      (if (eof-object? s) (make-string 0) s)))

  ;; (string->bytevector string transcoder)
  (define (string->bytevector s tc)
    (if (transcoder? tc) #t (%type-violation 'string->bytevector "a transcoder" tc))
    (call-with-bytevector-output-port (lambda (p) (put-string p s)) tc))

  ;;; Custom ports. With a get-position procedure nothing is read ahead or kept back.

  (define (check-custom who id . procedures)
    (if (string? id) #t (%type-violation who "a string" id))
    (let loop ((l procedures))
      (if (pair? l)
          (if (or (not (car l)) (procedure? (car l)))
              (loop (cdr l))
              (%type-violation who "a procedure or #f" (car l))))))

  (define (string-reader read! one? port)
    (lambda (bv start count)
      (let* ((n (if one? 1 (fxmin 1024 (fxdiv count 4))))
             (s (make-string n))
             (m (read! s 0 n)))
        (if (and (fixnum? m) (fx>=? m 0) (fx<=? m n))
            (let loop ((i 0) (o start))
              (if (fx=? i m)
                  (fx- o start)
                  (loop (fx+ i 1) (encode! bv o (char->integer (string-ref s i))))))
            (%raise-port-error 'read 'read (port) "read! returned a wrong count" (port) m)))))

  (define (string-writer write! port)
    (lambda (bv start count)
      (let* ((s (utf8->string bv start (fx+ start count))) (n (string-length s)))
        (let loop ((i 0))
          (if (fx<? i n)
              (let ((m (write! s i (fx- n i))))
                (if (and (fixnum? m) (fx>? m 0) (fx<=? m (fx- n i)))
                    (loop (fx+ i m))
                    (%raise-port-error 'write 'write (port) "write! returned a wrong count" (port) m)))
              count)))))

  (define (custom id read! write! getpos setpos close)
    (let ((p (%make-port textual-port-rtd 0 id)))
      (p-getpos! p getpos)
      (p-setpos! p setpos)
      (p-closer! p close)
      (if read!
          (begin
            (p-reader! p (string-reader read! (if getpos #t #f) (lambda () p)))
            (%init-input! p (make-bytevector 4096 0))))
      (if write!
          (begin
            (if getpos (flag-on! p UNBUFFERED))
            (p-writer! p (string-writer write! (lambda () p)))
            (%init-output! p (make-bytevector 4096 0))))
      p))

  ;; (make-custom-textual-input-port id read! get-position set-position! close)
  (define (make-custom-textual-input-port id read! getpos setpos close)
    (check-custom 'make-custom-textual-input-port id read! getpos setpos close)
    (custom id read! #f getpos setpos close))

  ;; (make-custom-textual-output-port id write! get-position set-position! close)
  (define (make-custom-textual-output-port id write! getpos setpos close)
    (check-custom 'make-custom-textual-output-port id write! getpos setpos close)
    (custom id #f write! getpos setpos close))

  ;; (make-custom-textual-input/output-port id read! write! get-position set-position! close)
  (define (make-custom-textual-input/output-port id read! write! getpos setpos close)
    (check-custom 'make-custom-textual-input/output-port id read! write! getpos setpos close)
    (custom id read! write! getpos setpos close)))
