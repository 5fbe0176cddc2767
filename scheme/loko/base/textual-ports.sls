;; SPDX-License-Identifier: MIT
;;
;; Textual ports: characters and strings in and out of UTF-8 buffers, string ports (R6RS libraries 8.2.6-8.2.9, 8.2.12).
;; Other encodings are in (loko base transcoding).
;; INVARIANT(whole): an output buffer is drained at character boundaries only.
(library (loko base textual-ports)
  (export %next-char %put-char-slow get-char lookahead-char get-string-n get-string-n! %read-characters get-string-all get-line get-line/any char-ready?
          put-char put-string %put-substring %put-byte newline-to
          open-string-input-port open-string-output-port call-with-string-output-port
          open-input-string open-output-string get-output-string r7:get-output-string
          port-eof?)
  (import (loko core syntax) (loko core primitives)
          (loko base violations) (loko base port-arguments) (loko base port-records) (loko base io-conditions) (loko base utf-8)
          (loko base ports) (only (loko base binary-ports) %peek-u8))

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
          (let* ((i (p-ipos p)) (r (%decode-utf-8 (p-ibuf p) i (p-iend p))))
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
    (eof-object? (if (binary-port? p) (%peek-u8 p 'port-eof?) (%next-char p 'port-eof? #t))))

  ;; (char-ready? port): true if a character or the end of file can be read without waiting.
  (define (char-ready? p)
    (check-textual-input 'char-ready? p)
    (if (and (p-fd p) (not (flag? p EOF)) (not (p-in-turn p)))
        (whole-character? p)
        (%input-ready? p)))

  ;; For a port on a descriptor: a part of a character is not enough, get-char would wait for the rest.
  (define (whole-character? p)
    (cond ((and (fx<? (p-ipos p) (p-iend p))
                (not (eq? 0 (%decode-utf-8 (p-ibuf p) (p-ipos p) (p-iend p)))))
           #t)
          ((not (%readable? p)) #f)
          ((fx>? (%fill! p) 0) (whole-character? p))
          (else
           (flag-on! p EOF)
           #t)))

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

  ;; (get-string-n port count)
  (define (get-string-n p n) (%read-characters p 'get-string-n n))

  ;; get-string-n and read-string.
  (define (%read-characters p who n)
    (check-textual-input who p)
    (let ((n (%count who n)))
      (if (eq? n 0) (make-string 0) (get-chars p who n))))

  ;; (get-string-n! port string start count)
  (define (get-string-n! p s start n)
    (check-textual-input 'get-string-n! p)
    (if (string? s) #t (%type-violation 'get-string-n! "a string" s))
    (%check-part 'get-string-n! s (string-length s) start n)
    (if (%mutable-string? s) #t (%immutable-violation 'get-string-n! s))
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
    (put-code p who (char->integer c)))

  (define (put-code p who n)
    (%check-output! who p)
    (%make-room! p 4)
    (p-opos! p (%encode-utf-8! (p-obuf p) (p-opos p) n))
    (cond ((flag? p UNBUFFERED) (%drain! p))
          ((and (fx=? n 10) (flag? p LINE)) (%flush! p))))

  ;; Writes an ASCII code to what is known to be a textual port.
  (define (%put-byte p n)
    (let ((o (p-opos p)))
      (if (fx<? o (p-olimit p))
          (begin
            (bytevector-u8-set! (p-obuf p) o n)
            (p-opos! p (fx+ o 1)))
          (put-code p 'put-char n))))

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
       (put-string p s start (if (fixnum? start) (%fx-/wrap (string-length s) start) 0)))
      ((p s start count)
       (if (textual-port? p) #t (%type-violation 'put-string "a textual output port" p))
       (if (string? s) #t (%type-violation 'put-string "a string" s))
       (%check-part 'put-string s (string-length s) start count)
       (%put-substring p s start (fx+ start count)))))

  ;;; String ports

  ;; (open-string-input-port string)
  (define (open-string-input-port s) (string-source 'open-string-input-port s))

  (define (string-source who s)
    (if (string? s) #t (%type-violation who "a string" s))
    (let ((p (%make-port textual-port-rtd MEMORY "string")) (bv (string->utf8 s)))
      (%init-input! p bv)
      (p-iend! p (bytevector-length bv))
      p))

  ;; (open-input-string string): R7RS.
  (define (open-input-string s) (string-source 'open-input-string s))

  ;; (open-output-string): a textual port that keeps its characters.
  (define (open-output-string)
    (let ((p (%make-port textual-port-rtd MEMORY "string")))
      (p-extra! p 0)
      (%init-output! p (make-bytevector 120 0))
      p))

  (define (extract-string who p reset?)
    (if (and (textual-port? p) (flag? p OUT) (flag? p MEMORY))
        (let ((s (utf8->string (p-obuf p) 0 (%memory-size p))))
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
        s))))
