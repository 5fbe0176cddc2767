;; SPDX-License-Identifier: MIT
;;
;; Tokens of external representations (R6RS 4.2, R7RS 7.1.1), character by character: what (loko base reader) leaves to it, since it
;; isn't plain or is cut off by the end of the buffer. Errors are &lexical and &i/o-read with the port, line and column.
(library (loko base reader-tokens)
  (export fail fail-eof fail-open next! peek whitespace? digit
          skip-line skip-block token read-atom fail-token fold read-string read-character dot)
  (import (loko core syntax) (loko core primitives)
          (loko base violations) (loko base conditions)
          (loko base port-records) (loko base textual-ports))

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

  ;; Where a token ends: also before what begins another datum or means nothing.
  (define (token-end? c)
    (or (delimiter? c)
        (case c
          ((#\' #\` #\, #\{ #\} #\x7f) #t)
          (else (char<? c #\space)))))

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
    (let ((out (open-output-string)))
      (let loop ((quoted? #f))
        (let ((c (peek p)))
          (cond ((token-end? c) (values (get-output-string out) quoted?))
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
                 (loop quoted?)))))))

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

  ;; After the quotation mark.
  (define (read-string p)
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
                 (loop)))))))

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

  ;; What read-atom answers for a dot alone.
  (define dot (list 'dot)))
