;; SPDX-License-Identifier: MIT
;;
;; External representations in: read, get-datum (R6RS 4, libraries 8.2.9; R7RS 2, 6.13.2, 7.1). Both lexical
;; syntaxes are accepted at once. Errors are &lexical and &i/o-read with the port, line and column.
(library (loko base reader)
  (export read get-datum)
  (import (loko core syntax) (loko core primitives)
          (loko base violations)
          (loko base conditions)
          (loko base hashtables)
          (loko base port-records) (loko base ports) (loko base textual-ports)
          (only (loko base stdio) current-input-port))

  ;;; Errors

  ;; At the last character that was read.
  (define (fail p message . irritants)
    (raise-at p (fxmax 1 (fx- (p-column p) 1)) message irritants))

  ;; At the beginning of the token s, which was the last to be read.
  (define (fail-token p s message)
    (raise-at p (fxmax 1 (fx- (p-column p) (string-length s))) message (list s)))

  (define (raise-at p column message irritants)
    (raise
     (condition
      (make-lexical-violation)
      (make-i/o-read-error)
      (make-i/o-port-error p)
      (make-who-condition 'read)
      (make-message-condition message)
      (make-irritants-condition
       (cons (p-id p)
             (cons (list 'line (p-line p) 'column column)
                   irritants))))))

  (define (fail-eof p what)
    (raise-at p (p-column p) (%string-append "unexpected end of file in " what) '()))

  ;; The end of the file in something that began at a line and column.
  (define (fail-open p what line column)
    (raise-at p (p-column p) (%string-append "unexpected end of file in " what) (list (list 'began-at-line line 'column column))))

  ;;; Characters

  (define (next! p)
    (let ((c (get-char p)))
      (cond ((eq? c #\newline)
             (p-line! p (fx+ (p-line p) 1))
             (p-column! p 1))
            ((char? c) (p-column! p (fx+ (p-column p) 1))))
      c))

  (define-syntax peek (syntax-rules () ((_ p) (lookahead-char p))))

  (define (whitespace? c)
    (let ((n (char->integer c)))
      (if (fx<? n 128)
          (or (fx=? n 32) (and (fx>=? n 9) (fx<=? n 13)))
          (char-whitespace? c))))

  (define (delimiter? c)
    (or (eof-object? c)
        (case c
          ((#\( #\) #\[ #\] #\" #\;) #t)
          (else (whitespace? c)))))

  ;; 1 for the ASCII characters that a token may contain and that mean themselves.
  (define plain-bytes
    (let ((bv (make-bytevector 256 0)))
      (let loop ((n 33))
        (if (fx<? n 127)
            (begin
              (case (integer->char n)
                ((#\( #\) #\[ #\] #\" #\; #\\ #\| #\{ #\} #\' #\` #\,) #f)
                (else (bytevector-u8-set! bv n 1)))
              (loop (fx+ n 1)))))
      bv))

  ;; The rest of a token if it consists of plain characters and ends inside the buffer, else #f.
  (define (plain-token p)
    (let ((buf (p-ibuf p)) (start (p-ipos p)) (end (p-iend p)))
      (let loop ((i start))
        (if (fx<? i end)
            (let ((b (bytevector-u8-ref buf i)))
              (cond ((eq? 1 (bytevector-u8-ref plain-bytes b)) (loop (fx+ i 1)))
                    ((or (fx>=? b 128) (fx=? b 92) (fx=? b 124)) #f)
                    (else
                     (p-ipos! p i)
                     (p-column! p (fx+ (p-column p) (fx- i start)))
                     (utf8->string buf start i))))
            #f))))

  ;; Reads hexadecimal digits up to a semicolon.
  (define (hex-escape p)
    (let loop ((n 0) (digits 0))
      (let ((c (next! p)))
        (cond ((eof-object? c) (fail-eof p "a hexadecimal escape"))
              ((digit c 16)
               => (lambda (d)
                    (let ((n (fx+ (fx* n 16) d)))
                      (if (fx>? n #x10ffff) (fail p "the escape is no character"))
                      (loop n (fx+ digits 1)))))
              ((and (eq? c #\;) (fx>? digits 0)) (scalar p n))
              (else (fail p "invalid hexadecimal escape" c))))))

  (define (scalar p n)
    (if (or (fx>? n #x10ffff) (and (fx>=? n #xd800) (fx<? n #xe000)))
        (fail p "not a Unicode scalar value" n)
        (integer->char n)))

  (define (digit c radix)
    (let* ((n (char->integer c))
           (d (cond ((and (fx>=? n 48) (fx<=? n 57)) (fx- n 48))
                    ((and (fx>=? n 97) (fx<=? n 102)) (fx- n 87))
                    ((and (fx>=? n 65) (fx<=? n 70)) (fx- n 55))
                    (else 99))))
      (if (fx<? d radix) d #f)))

  ;;; Interlexeme space

  (define (skip-line p)
    (let ((c (next! p)))
      (if (or (eof-object? c) (memv c '(#\newline #\return #\x85 #\x2028 #\x2029))) #f (skip-line p))))

  ;; After #|
  (define (skip-block p)
    (let loop ((depth 1))
      (let ((c (next! p)))
        (cond ((eof-object? c) (fail-eof p "a block comment"))
              ((and (eq? c #\|) (eq? (peek p) #\#))
               (next! p)
               (if (fx>? depth 1) (loop (fx- depth 1))))
              ((and (eq? c #\#) (eq? (peek p) #\|))
               (next! p)
               (loop (fx+ depth 1)))
              (else (loop depth))))))

  ;;; Tokens

  ;; A token from here on as a string. If it had escapes or bars, then it is a symbol whatever it looks like:
  ;; the second value tells.
  (define (token p)
    (let ((s (plain-token p)))
      (if s
          (values s #f)
          (let ((out (open-output-string)))
            (let loop ((quoted? #f))
              (let ((c (peek p)))
                (cond ((delimiter? c) (values (get-output-string out) quoted?))
                      ((eq? c #\|)
                       (next! p)
                       (bar-part p out)
                       (loop #t))
                      ((eq? c #\\)
                       (next! p)
                       (if (eq? (next! p) #\x)
                           (put-char out (hex-escape p))
                           (fail p "invalid escape in a symbol"))
                       (loop #t))
                      (else
                       (put-char out (next! p))
                       (loop quoted?)))))))))

  ;; Inside | |.
  (define (bar-part p out)
    (let loop ()
      (let ((c (next! p)))
        (cond ((eof-object? c) (fail-eof p "a symbol"))
              ((eq? c #\|) #t)
              ((eq? c #\\)
               (string-escape p out)
               (loop))
              (else
               (put-char out c)
               (loop))))))

  (define (fold p s)
    (if (eq? (p-extra p) 'fold) (string-foldcase s) s))

  ;; Could this be a number? Else it need not be tried.
  (define (number-start? s)
    (let ((c (string-ref s 0)))
      (or (and (char>=? c #\0) (char<=? c #\9))
          (eq? c #\+)
          (eq? c #\-)
          (eq? c #\.))))

  (define (read-atom p)
    (call-with-values
     (lambda () (token p))
     (lambda (s quoted?)
       (cond (quoted? (string->symbol (fold p s)))
             ((fx=? (string-length s) 0)
              (fail p "unexpected character" (next! p)))
             ((number-start? s)
              (cond ((string->number s))
                    ((equal? s ".") dot)
                    ((number-like? s) (fail-token p s "invalid number"))
                    (else (string->symbol (fold p s)))))
             (else (string->symbol (fold p s)))))))

  ;; Tokens that begin with a digit (perhaps signed) and are no number are errors, but 1+ and -1+.
  (define (number-like? s)
    (let* ((n (string-length s))
           (start (if (and (fx>? n 1)
                           (or (eq? (string-ref s 0) #\+) (eq? (string-ref s 0) #\-)))
                      1
                      0))
           (end (let loop ((i start))
                  (if (and (fx<? i n) (digit (string-ref s i) 10)) (loop (fx+ i 1)) i))))
      (and (fx>? end start)
           (not (and (fx=? end (fx- n 1))
                     (or (eq? (string-ref s end) #\+) (eq? (string-ref s end) #\-)))))))

  ;;; Strings and characters

  ;; After a backslash.
  (define (string-escape p out)
    (let ((c (next! p)))
      (case c
        ((#\a) (put-char out #\x7))
        ((#\b) (put-char out #\x8))
        ((#\t) (put-char out #\x9))
        ((#\n) (put-char out #\xA))
        ((#\v) (put-char out #\xB))
        ((#\f) (put-char out #\xC))
        ((#\r) (put-char out #\xD))
        ((#\" #\\ #\|) (put-char out c))
        ((#\x #\X) (put-char out (hex-escape p)))
        (else
         (cond ((eof-object? c) (fail-eof p "a string"))
               ((line-end? c) (end-line p c) (skip-indentation p))
               ((whitespace? c)
                (skip-indentation p)
                (let ((c (next! p)))
                  (if (and (char? c) (line-end? c))
                      (begin
                        (end-line p c)
                        (skip-indentation p))
                      (fail p "invalid escape in a string" c))))
               (else (fail p "invalid escape in a string" c)))))))

  (define (line-end? c)
    (case c
      ((#\newline #\return #\x85 #\x2028) #t)
      (else #f)))

  ;; After the first character of a line end: takes the second, if there is one.
  (define (end-line p c)
    (if (eq? c #\return)
        (let ((d (peek p)))
          (if (or (eq? d #\newline) (eq? d #\x85)) (next! p)))))

  (define (skip-indentation p)
    (let ((c (peek p)))
      (if (and (char? c) (whitespace? c) (not (line-end? c)))
          (begin
            (next! p)
            (skip-indentation p)))))

  ;; A string without escapes that ends inside the buffer, or #f.
  (define (plain-string p)
    (let ((buf (p-ibuf p)) (start (p-ipos p)) (end (p-iend p)))
      (let loop ((i start))
        (if (fx<? i end)
            (let ((b (bytevector-u8-ref buf i)))
              (cond ((fx=? b 34)
                     (p-ipos! p (fx+ i 1))
                     (p-column! p (fx+ (p-column p) (fx+ 1 (fx- i start))))
                     (utf8->string buf start i))
                    ((or (fx>=? b 128) (fx=? b 92) (fx<? b 32)) #f)
                    (else (loop (fx+ i 1)))))
            #f))))

  (define (read-string p)
    (or (plain-string p)
        (let ((out (open-output-string)) (line (p-line p)) (column (fx- (p-column p) 1)))
          (let loop ()
            (let ((c (next! p)))
              (cond ((eof-object? c) (fail-open p "a string" line column))
                    ((eq? c #\") (get-output-string out))
                    ((eq? c #\\)
                     (string-escape p out)
                     (loop))
                    ((line-end? c)
                     (end-line p c)
                     (put-char out #\newline)
                     (loop))
                    (else
                     (put-char out c)
                     (loop))))))))

  (define char-names
    '(("nul" . #\x0) ("null" . #\x0) ("alarm" . #\x7) ("backspace" . #\x8) ("tab" . #\x9)
      ("linefeed" . #\xA) ("newline" . #\xA) ("vtab" . #\xB) ("page" . #\xC) ("return" . #\xD)
      ("esc" . #\x1B) ("escape" . #\x1B) ("altmode" . #\x1B) ("space" . #\x20)
      ("delete" . #\x7F) ("rubout" . #\x7F) ("nel" . #\x85) ("ls" . #\x2028)))

  (define (char-named s)
    (let loop ((l char-names))
      (if (pair? l)
          (if (string=? (car (car l)) s) (cdr (car l)) (loop (cdr l)))
          #f)))

  ;; After #\
  (define (read-character p)
    (let ((c (next! p)))
      (cond ((eof-object? c) (fail-eof p "a character"))
            ((delimiter? (peek p)) c)
            (else
             (let ((out (open-output-string)))
               (put-char out c)
               (let loop ()
                 (if (delimiter? (peek p))
                     (character-token p (get-output-string out))
                     (begin
                       (put-char out (next! p))
                       (loop)))))))))

  (define (character-token p s)
    (cond ((char-named s))
          ((and (eq? (p-extra p) 'fold) (char-named (string-foldcase s))))
          ((and (or (eq? (string-ref s 0) #\x) (eq? (string-ref s 0) #\X) (eq? (string-ref s 0) #\U))
                (hex-value s))
           => (lambda (n) (scalar p n)))
          (else (fail-token p s "invalid character name"))))

  ;; The value of the hexadecimal digits from index 1, or #f.
  (define (hex-value s)
    (let ((n (string-length s)))
      (let loop ((i 1) (value 0))
        (if (fx=? i n)
            value
            (let ((d (digit (string-ref s i) 16)))
              (and d (fx<? value #x1000000) (loop (fx+ i 1) (fx+ (fx* value 16) d))))))))

  ;;; Data

  ;; What read-item answers besides data.
  (define close (list 'close))
  (define close-bracket (list 'close-bracket))
  (define dot (list 'dot))
  (define nothing (list 'nothing))        ; a comment

  (define (special? x)
    (or (eq? x close) (eq? x close-bracket) (eq? x dot)))

  (define (read-item p labels)
    (let ((c (peek p)))
      (case c
        ((#\() (next! p) (read-list p labels close))
        ((#\[) (next! p) (read-list p labels close-bracket))
        ((#\)) (next! p) close)
        ((#\]) (next! p) close-bracket)
        ((#\") (next! p) (read-string p))
        ((#\;) (skip-line p) (read-item p labels))
        ((#\') (next! p) (read-prefixed p labels 'quote))
        ((#\`) (next! p) (read-prefixed p labels 'quasiquote))
        ((#\,)
         (next! p)
         (if (eq? (peek p) #\@)
             (begin
               (next! p)
               (read-prefixed p labels 'unquote-splicing))
             (read-prefixed p labels 'unquote)))
        ((#\#)
         (next! p)
         (let ((x (read-hash p labels)))
           (if (eq? x nothing) (read-item p labels) x)))
        (else
         (cond ((eof-object? c) (next! p) c)
               ((whitespace? c) (next! p) (read-item p labels))
               (else (read-atom p)))))))

  ;; A datum that must be there.
  (define (read-part p labels what)
    (let ((x (read-item p labels)))
      (cond ((eof-object? x) (fail-eof p what))
            ((special? x) (fail p (%string-append "a datum is missing in " what)))
            ((eq? x eof-literal) (eof-object))
            (else x))))

  ;; #!eof is a datum, the end of the file is none.
  (define eof-literal (list 'eof))

  (define (read-prefixed p labels symbol)
    (let ((x (read-part p labels "an abbreviation")))
      (list symbol x)))

  ;; After the parenthesis.
  (define (read-list p labels end)
    (let* ((line (p-line p)) (column (fx- (p-column p) 1)) (first (read-item p labels)))
      (cond ((eq? first end) '())
            ((list-item p first line column)
             (let ((result (cons (value first) '())))
               (let loop ((last result))
                 (let ((x (read-item p labels)))
                   (cond ((eq? x end) result)
                         ((eq? x dot)
                          (set-cdr! last (read-part p labels "a dotted list"))
                          (if (eq? (read-item p labels) end)
                              result
                              (fail p "expected the end of a list after the datum behind the dot")))
                         (else
                          (list-item p x line column)
                          (let ((pair (cons (value x) '())))
                            (set-cdr! last pair)
                            (loop pair)))))))))))

  (define (list-item p x line column)
    (cond ((eof-object? x) (fail-open p "a list" line column))
          ((eq? x dot) (fail p "unexpected dot"))
          ((special? x) (fail p "parenthesis and bracket don't match"))
          (else #t)))

  (define (value x) (if (eq? x eof-literal) (eof-object) x))

  (define (read-elements p labels)
    (let ((line (p-line p)) (column (fxmax 1 (fx- (p-column p) 2))))
     (let loop ((l '()) (n 0))
      (let ((x (read-item p labels)))
        (if (eq? x close)
            (let ((v (make-vector n #f)))
              (let fill ((i (fx- n 1)) (l l))
                (if (pair? l)
                    (begin
                      (vector-set! v i (car l))
                      (fill (fx- i 1) (cdr l)))
                    v)))
            (begin
              (list-item p x line column)
              (loop (cons (value x) l) (fx+ n 1))))))))

  (define (read-bytes p labels)
    (let* ((v (read-elements p labels)) (n (vector-length v)) (bv (make-bytevector n 0)))
      (let loop ((i 0))
        (if (fx<? i n)
            (let ((b (vector-ref v i)))
              (if (and (fixnum? b) (fx>=? b 0) (fx<=? b 255))
                  (bytevector-u8-set! bv i b)
                  (fail p "not an octet in a bytevector" b))
              (loop (fx+ i 1)))
            bv))))

  ;; After #
  (define (read-hash p labels)
    (let ((c (peek p)))
      (case c
        ((#\() (next! p) (read-elements p labels))
        ((#\\) (next! p) (read-character p))
        ((#\') (next! p) (read-prefixed p labels 'syntax))
        ((#\`) (next! p) (read-prefixed p labels 'quasisyntax))
        ((#\,)
         (next! p)
         (if (eq? (peek p) #\@)
             (begin
               (next! p)
               (read-prefixed p labels 'unsyntax-splicing))
             (read-prefixed p labels 'unsyntax)))
        ((#\;) (next! p) (read-part p labels "a datum comment") nothing)
        ((#\|) (next! p) (skip-block p) nothing)
        ((#\!) (next! p) (read-flag p))
        ((#\&) (next! p) (%box (read-part p labels "a box")))
        ((#\0 #\1 #\2 #\3 #\4 #\5 #\6 #\7 #\8 #\9) (read-label p labels))
        (else
         (if (eof-object? c) (fail-eof p "a datum"))
         (call-with-values
          (lambda () (token p))
          (lambda (s quoted?) (hash-token p labels (if quoted? "" s))))))))

  (define (hash-token p labels s)
    (let ((f (string-downcase s)))
      (cond ((or (string=? f "t") (string=? f "true")) #t)
            ((or (string=? f "f") (string=? f "false")) #f)
            ((and (or (string=? f "vu8") (string=? f "u8")) (eq? (peek p) #\())
             (next! p)
             (read-bytes p labels))
            ((and (fx>? (string-length f) 1)
                  (case (string-ref f 0)
                    ((#\e #\i #\b #\o #\d #\x) #t)
                    (else #f))
                  (string->number (%string-append "#" s))))
            (else (fail-token p s "invalid syntax after #")))))

  ;; After #!
  (define (read-flag p)
    (let ((c (peek p)))
      (if (or (eof-object? c) (eq? c #\/) (eq? c #\space))
          (begin
            (skip-line p)
            nothing)
          (call-with-values
           (lambda () (token p))
           (lambda (s quoted?)
             (cond ((string=? s "fold-case") (p-extra! p 'fold) nothing)
                   ((string=? s "no-fold-case") (p-extra! p #f) nothing)
                   ((string=? s "eof") eof-literal)
                   ((string=? s "default") (%default))
                   ((string=? s "void") (%void))
                   ((string=? s "unspecific") (%void))
                   (else nothing)))))))

  ;;; Labels. `labels` is a box with #f or a table from numbers to holders. A reference to a datum that is not complete
  ;; is its holder; when the whole is read, one walk puts the data where the holders are.

  (define holder-key (list 'holder))
  (define unfinished (list 'unfinished))
  (define (holder? x) (and (pair? x) (eq? (car x) holder-key)))

  ;; Key of the table: were holders left in the data?
  (define left-over (list 'left-over))

  (define (table labels)
    (or (%unbox labels)
        (let ((t (make-eqv-hashtable)))
          (%set-box! labels t)
          t)))

  ;; After # with a digit ahead.
  (define (read-label p labels)
    (let loop ((n 0))
      (let ((c (next! p)))
        (cond ((eof-object? c) (fail-eof p "a datum label"))
              ((digit c 10)
               => (lambda (d) (loop (+ (* n 10) d))))
              ((eq? c #\=)
               (let ((t (table labels)) (holder (cons holder-key unfinished)))
                 (if (hashtable-contains? t n) (fail p "the label is defined twice" n))
                 (hashtable-set! t n holder)
                 (let ((x (read-part p labels "a labelled datum")))
                   (if (eq? x holder) (fail p "the label stands for itself" n))
                   (set-cdr! holder x)
                   x)))
              ((eq? c #\#)
               (let* ((t (table labels)) (holder (hashtable-ref t n #f)))
                 (if (not holder) (fail p "undefined label" n))
                 (if (eq? (cdr holder) unfinished)
                     (begin
                       (hashtable-set! t left-over #t)
                       holder)
                     (cdr holder))))
              (else (fail p "invalid datum label" c))))))

  ;; x with the data in place of their holders.
  (define (resolve x labels)
    (let ((t (%unbox labels)))
      (if (and t (hashtable-ref t left-over #f))
          (begin
            (replace-holders! x)
            (if (holder? x) (cdr x) x))
          x)))

  (define (replace-holders! x)
    (let ((seen (make-eq-hashtable)))
      (define (first-time? x)
        (and (not (hashtable-ref seen x #f))
             (begin
               (hashtable-set! seen x #t)
               #t)))
      (define (target x) (if (holder? x) (target (cdr x)) x))
      (define (visit x)
        (cond ((pair? x)
               (if (and (not (holder? x)) (first-time? x))
                   (begin
                     (if (holder? (car x)) (set-car! x (target (car x))) (visit (car x)))
                     (if (holder? (cdr x)) (set-cdr! x (target (cdr x))) (visit (cdr x))))))
              ((vector? x)
               (if (first-time? x)
                   (let ((n (vector-length x)))
                     (let loop ((i 0))
                       (if (fx<? i n)
                           (begin
                             (if (holder? (vector-ref x i))
                                 (vector-set! x i (target (vector-ref x i)))
                                 (visit (vector-ref x i)))
                             (loop (fx+ i 1))))))))
              ((%box? x)
               (if (first-time? x)
                   (if (holder? (%unbox x))
                       (%set-box! x (target (%unbox x)))
                       (visit (%unbox x)))))))
      (visit x)))

  ;;; Interface

  ;; (get-datum port): the next datum or the end-of-file object.
  (define (get-datum p) (read-from p 'get-datum))

  (define (read-from p who)
    (if (and (textual-port? p) (flag? p IN)) #t (%type-violation who "a textual input port" p))
    (if (not (flag? p IN-OPEN)) (%check-input! who p))
    (let* ((labels (%box #f)) (x (read-item p labels)))
      (cond ((eq? x close) (fail p "unexpected closing parenthesis"))
            ((eq? x close-bracket) (fail p "unexpected closing bracket"))
            ((eq? x dot) (fail p "unexpected dot"))
            (else (resolve (value x) labels)))))

  ;; (read [port])
  (define read
    (case-lambda
      (() (read-from (current-input-port) 'read))
      ((p) (read-from p 'read)))))
