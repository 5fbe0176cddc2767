;; SPDX-License-Identifier: MIT
;;
;; External representations: write, display, write-shared, write-simple (R6RS libraries 8.2.12, 8.3,
;; R7RS 6.13.3). Objects without external syntax are #<...>.
;; write and display label what lies on cycles. To find that out, the object is first walked as if it
;; were a tree, up to a limit; almost every object is done then and is printed without tables.
(library (loko base printer)
  (export write display write-shared write-simple put-datum write-char newline fresh-string-of
          write-u8 %set-write-dialect! %write-to %display-to %write-part)
  (import (loko core syntax) (loko core primitives)
          (loko base violations)
          (only (loko base records)
                record-type-descriptor? record-type-name record-type-parent record-type-field-names
                record-type-opaque?)
          (only (loko base lists) memq)
          (only (loko base conditions) condition? simple-conditions)
          (loko base record-writers) (loko base preemption)
          (loko base hashtables)
          (loko base port-records) (loko base ports) (only (loko base binary-ports) %put-u8-slow) (loko base textual-ports)
          (only (loko base stdio) current-output-port))

  (define (put-text p s) (%put-substring p s 0 (string-length s)))

  ;; Where the two reports differ, the program's standard decides: bytevectors, symbols, names of characters.
  (define r7? #f)

  ;; (%set-write-dialect! symbol): r6rs or r7rs.
  (define (%set-write-dialect! standard) (set! r7? (eq? standard 'r7rs)))

  ;;; Numbers

  ;; Digits of a small fixnum without making a string.
  (define (put-fixnum p n)
    (cond ((fx<? n 0)
           (if (fx=? n (least-fixnum))
               (put-text p (number->string n))
               (begin
                 (%put-byte p 45)
                 (put-fixnum p (fx- 0 n)))))
          ((fx<? n 10) (%put-byte p (fx+ 48 n)))
          (else
           (let ((q (fxquotient n 10)))
             (put-fixnum p q)
             (%put-byte p (fx+ 48 (fx- n (fx* q 10))))))))

  ;;; Strings and characters

  ;; The letter of a string escape, or #f.
  (define (escape-letter n)
    (case n
      ((7) 97)
      ((8) 98)
      ((9) 116)
      ((10) 110)
      ((11) (if r7? #f 118))
      ((12) (if r7? #f 102))
      ((13) 114)
      ((34) 34)
      ((92) 92)
      (else #f)))

  ;; True of code points that are written as they are inside strings.
  (define (plain? n)
    (if (fx<? n 127)
        (and (fx>=? n 32) (not (fx=? n 34)) (not (fx=? n 92)))
        (and (fx>=? n 161)
             (not (fx=? n 173))
             (or (fx<? n 768) (%char-graphic? (integer->char n))))))

  ;; n in hexadecimal, in capital letters. Not by string-upcase: that would keep the Unicode tables in each program.
  (define (put-hex p n)
    (if (fx>? n 15) (put-hex p (fxarithmetic-shift-right n 4)))
    (let ((digit (fxand n 15)))
      (%put-byte p (fx+ digit (if (fx<? digit 10) 48 55)))))

  (define (put-hex-escape p n)
    (put-text p "\\x")
    (put-hex p n)
    (%put-byte p 59))

  (define (write-text p s)
    (%put-byte p 34)
    (let ((n (string-length s)))
      (let loop ((start 0) (i 0))
        (if (fx<? i n)
            (let ((c (char->integer (string-ref s i))))
              (if (plain? c)
                  (loop start (fx+ i 1))
                  (begin
                    (%put-substring p s start i)
                    (let ((letter (escape-letter c)))
                      (if letter
                          (begin
                            (%put-byte p 92)
                            (%put-byte p letter))
                          (put-hex-escape p c)))
                    (loop (fx+ i 1) (fx+ i 1)))))
            (%put-substring p s start n))))
    (%put-byte p 34))

  (define (write-character p c)
    (let ((n (char->integer c)))
      (put-text p "#\\")
      (case n
        ((0) (put-text p (if r7? "null" "nul")))
        ((7) (put-text p "alarm"))
        ((8) (put-text p "backspace"))
        ((9) (put-text p "tab"))
        ((10) (put-text p "newline"))
        ((11) (put-text p (if r7? "xB" "vtab")))
        ((12) (put-text p (if r7? "xC" "page")))
        ((13) (put-text p "return"))
        ((27) (put-text p (if r7? "escape" "esc")))
        ((32) (put-text p "space"))
        ((127) (put-text p "delete"))
        (else
         (if (or (plain? n) (fx=? n 34) (fx=? n 92))
             (put-char p c)
             (begin
               (%put-byte p 120)
               (put-hex p n)))))))

  ;;; Symbols

  ;; True of characters that an identifier may contain without bars.
  (define (symbol-char? n)
    (if (fx<? n 128)
        (or (and (fx>=? n 97) (fx<=? n 122))
            (and (fx>=? n 63) (fx<=? n 90))       ; ? @ A-Z
            (and (fx>=? n 45) (fx<=? n 58))       ; - . / 0-9 :
            (case n
              ((33 35 36 37 38 42 43 60 61 62 94 95 126) #t)
              (else #f)))
        (plain? n)))

  ;; What keeps a name from being written as it is: #f nothing, 'first its first character, 'inside some character.
  (define (symbol-trouble s)
    (let ((n (string-length s)))
      (if (fx=? n 0)
          'inside
          (let loop ((i 0))
            (if (fx<? i n)
                (if (symbol-char? (char->integer (string-ref s i))) (loop (fx+ i 1)) 'inside)
                (let ((c (string-ref s 0)))
                  (cond ((or (digit? c) (char=? c #\+) (char=? c #\-) (char=? c #\.))
                         (if (fx=? n 1)
                             (if (or (char=? c #\+) (char=? c #\-)) #f 'first)
                             (if (or (number-like? s n) (string->number s)) 'first #f)))
                        ((or (char=? c #\#) (char=? c #\@)) 'first)
                        (else #f))))))))

  (define (digit? c) (and (char>=? c #\0) (char<=? c #\9)))

  ;; Tokens that begin with a digit (perhaps signed) are no symbols, but 1+ and -1+ and their like.
  (define (number-like? s n)
    (let* ((start (if (digit? (string-ref s 0)) 0 1))
           (end (let loop ((i start)) (if (and (fx<? i n) (digit? (string-ref s i))) (loop (fx+ i 1)) i))))
      (and (fx>? end start)
           (not (and (fx=? end (fx- n 1))
                     (or (char=? (string-ref s end) #\+) (char=? (string-ref s end) #\-)))))))

  ;; R7RS has bars, R6RS only hexadecimal escapes (but nothing for the empty name).
  (define (write-symbol p x)
    (let* ((s (%symbol-name x)) (trouble (symbol-trouble s)))
      (cond ((not trouble) (put-text p s))
            ((or r7? (fx=? (string-length s) 0)) (put-between-bars p s))
            (else (put-with-escapes p s trouble)))))

  (define (put-with-escapes p s trouble)
    (let ((n (string-length s)))
      (let loop ((i 0))
        (if (fx<? i n)
            (let ((c (char->integer (string-ref s i))))
              (if (and (symbol-char? c)
                       (or (fx>? i 0)
                           (not (or (eq? trouble 'first) (fx=? c 35) (fx=? c 64)
                                    (digit? (string-ref s 0)) (fx=? c 43) (fx=? c 45) (fx=? c 46)))))
                  (put-char p (string-ref s i))
                  (put-hex-escape p c))
              (loop (fx+ i 1)))))))

  (define (put-between-bars p s)
    (%put-byte p 124)
    (let ((n (string-length s)))
      (let loop ((i 0))
        (if (fx<? i n)
            (let ((c (char->integer (string-ref s i))))
              (cond ((fx=? c 124) (put-text p "\\|"))
                    ((fx=? c 34) (%put-byte p c))
                    ((plain? c) (put-char p (integer->char c)))
                    ((fx=? c 32) (%put-byte p c))
                    ((escape-letter c)
                     => (lambda (letter)
                          (%put-byte p 92)
                          (%put-byte p letter)))
                    (else (put-hex-escape p c)))
              (loop (fx+ i 1))))))
    (%put-byte p 124))

  ;;; Labels. A table maps each object that needs one to #t, and to its number once it is printed.

  (define tree-limit 10000)

  ;; Does the object, seen as a tree, have fewer nodes than the limit? Then it has no cycles.
  (define (small-tree? x)
    (fx>? (tree-fuel x tree-limit) 0))

  (define (tree-fuel x fuel)
    (cond ((pair? x)
           (let loop ((x x) (fuel fuel))
             (if (and (pair? x) (fx>? fuel 0))
                 (let ((a (car x)))
                   (loop (cdr x)
                         (if (or (pair? a) (%typed? a))
                             (tree-fuel a (fx- fuel 1))
                             (fx- fuel 1))))
                 (if (fx>? fuel 0)
                     (if (%typed? x) (tree-fuel x fuel) fuel)
                     0))))
          ((vector? x)
           (let ((n (vector-length x)))
             (let loop ((i 0) (fuel (fx- fuel 1)))
               (if (and (fx<? i n) (fx>? fuel 0))
                   (loop (fx+ i 1) (tree-fuel (vector-ref x i) fuel))
                   fuel))))
          ((%box? x) (if (fx>? fuel 0) (tree-fuel (%unbox x) (fx- fuel 1)) 0))
          ((printable-record? x)
           (let ((n (record-size x)))
             (let loop ((i 0) (fuel (fx- fuel 1)))
               (if (and (fx<? i n) (fx>? fuel 0))
                   (loop (fx+ i 1) (tree-fuel (%record-ref x i) fuel))
                   fuel))))
          (else (fx- fuel 1))))

  ;; Records whose fields are printed.
  (define (printable-record? x)
    (and (%record? x)
         (let ((rtd (%record-rtd x)))
           (and (not (record-type-opaque? rtd))
                (not (record-type-descriptor? x))
                (not (%record-writer rtd))
                (not (port? x))))))

  (define (record-size x) (%record-ref (%record-rtd x) 0))

  (define (has-parts? x)
    (or (pair? x)
        (and (vector? x) (fx>? (vector-length x) 0))
        (%box? x)
        (printable-record? x)))

  (define (labels-for x how)
    (let ((parts (case how
                   ((simple) '())
                   ((shared) (if (has-parts? x) (%shared-parts x #t (%record-writers)) '()))
                   (else (if (small-tree? x) '() (%shared-parts x #f (%record-writers)))))))
      (if (pair? parts)
          (let ((labels (make-eq-hashtable)))
            (let loop ((l parts))
              (if (pair? l)
                  (begin
                    (hashtable-set! labels (car l) #t)
                    (loop (cdr l)))))
            (hashtable-set! labels counter 0)
            labels)
          #f)))

  ;; Key of the next number in a table of labels.
  (define counter (list 'next-label))

  ;; Writes #n# and answers #t if x was printed before; else writes #n= if x has a label.
  (define (put-label p x labels)
    (let ((label (hashtable-ref labels x #f)))
      (cond ((not label) #f)
            ((eq? label #t)
             (let ((n (hashtable-ref labels counter 0)))
               (hashtable-set! labels counter (fx+ n 1))
               (hashtable-set! labels x n)
               (%put-byte p 35)
               (put-fixnum p n)
               (%put-byte p 61)
               #f))
            (else
             (%put-byte p 35)
             (put-fixnum p label)
             (%put-byte p 35)
             #t))))

  ;;; All objects

  ;; Objects that may still be printed until other fibers get a turn: small ones are printed as a whole.
  (define left 4096)

  (define (put p x write? labels)
    (if (fx>? left 0)
        (set! left (fx- left 1))
        (begin
          (set! left 4096)
          (%let-others-run 1)))
    (cond ((pair? x)
           (if (and labels (put-label p x labels))
               #t
               (put-pair p x write? labels)))
          ((fixnum? x) (put-fixnum p x))
          ((symbol? x) (if write? (write-symbol p x) (put-text p (%symbol-name x))))
          ((string? x) (if write? (write-text p x) (put-text p x)))
          ((char? x) (if write? (write-character p x) (put-char p x)))
          ((null? x) (put-text p "()"))
          ((eq? x #t) (put-text p "#t"))
          ((eq? x #f) (put-text p "#f"))
          ((flonum? x) (put-text p (number->string x)))
          ((vector? x)
           (if (and labels (put-label p x labels))
               #t
               (let ((n (vector-length x)))
                 (put-text p "#(")
                 (let loop ((i 0))
                   (if (fx<? i n)
                       (begin
                         (if (fx>? i 0) (%put-byte p 32))
                         (put p (vector-ref x i) write? labels)
                         (loop (fx+ i 1)))))
                 (%put-byte p 41))))
          ((procedure? x) (put-procedure p x))
          ((eof-object? x) (put-text p "#!eof"))
          ((%void? x) (put-void p x))
          ((%record? x) (put-record p x write? labels))
          ((bytevector? x)
           (let ((n (bytevector-length x)))
             (put-text p (if r7? "#u8(" "#vu8("))
             (let loop ((i 0))
               (if (fx<? i n)
                   (begin
                     (if (fx>? i 0) (%put-byte p 32))
                     (put-fixnum p (bytevector-u8-ref x i))
                     (loop (fx+ i 1)))))
             (%put-byte p 41)))
          ((number? x) (put-text p (number->string x)))
          ((%box? x)
           (if (and labels (put-label p x labels))
               #t
               (begin
                 (put-text p "#&")
                 (put p (%unbox x) write? labels))))
          (else (put-other p x write? labels))))

  ;; 'x for (quote x), likewise ` , ,@ #' #` #, #,@
  (define (abbreviation x)
    (let ((d (cdr x)))
      (and (pair? d)
           (null? (cdr d))
           (case (car x)
             ((quote) "'")
             ((quasiquote) "`")
             ((unquote) ",")
             ((unquote-splicing) ",@")
             ((syntax) "#'")
             ((quasisyntax) "#`")
             ((unsyntax) "#,")
             ((unsyntax-splicing) "#,@")
             (else #f)))))

  (define (put-pair p x write? labels)
    (let ((prefix (and (symbol? (car x))
                       (not (and labels (hashtable-ref labels (cdr x) #f)))
                       (abbreviation x))))
      (if prefix
          (begin
            (put-text p prefix)
            ;; ,@x must not come from (unquote @x)
            (if (and (eq? (car x) 'unquote) (symbol? (car (cdr x))))
                (let ((s (%symbol-name (car (cdr x)))))
                  (if (and (fx>? (string-length s) 0) (char=? (string-ref s 0) #\@) (not write?))
                      (%put-byte p 32))))
            (put p (car (cdr x)) write? labels))
          (begin
            (%put-byte p 40)
            (put p (car x) write? labels)
            (let loop ((x (cdr x)))
              (cond ((null? x) (%put-byte p 41))
                    ((and (pair? x)
                          (not (and labels (hashtable-ref labels x #f))))
                     (%put-byte p 32)
                     (put p (car x) write? labels)
                     (loop (cdr x)))
                    (else
                     (put-text p " . ")
                     (put p x write? labels)
                     (%put-byte p 41))))))))

  (define (put-procedure p x)
    (let ((info (%procedure-info x)))
      (put-text p "#<procedure")
      (if info
          (let ((name (%code-info-ref info 0)) (file (%code-info-ref info 1)) (line (%code-info-ref info 2)))
            (if (and name (not (equal? name "")))
                (begin
                  (%put-byte p 32)
                  (put p name #f #f)))
            (if (and file (not (equal? file "")))
                (begin
                  (%put-byte p 32)
                  (put p file #f #f)
                  (if (and (fixnum? line) (fx>? line 0))
                      (begin
                        (%put-byte p 58)
                        (put-fixnum p line)))))))
      (%put-byte p 62)))

  (define (put-void p x)
    (let ((pc (%fxsra (%eq-address x) 8)))   ; kVoidTag in src/tables/abi.h
      (put-text p "#<void")
      (if (not (eq? pc 0))
          (begin
            (put-text p " #x")
            (put-hex p pc)))
      (%put-byte p 62)))

  (define (put-type-name p rtd)
    (let ((name (record-type-name rtd)))
      (put p name #f #f)))

  (define (put-record p x write? labels)
    (let* ((rtd (%record-rtd x)) (writer (%record-writer rtd)))
      (cond (writer
             (writer x p (lambda (y p) (put p y write? labels))))
            ((record-type-descriptor? x)
             (put-text p "#<record-type ")
             (put-type-name p x)
             (%put-byte p 62))
            ((port? x) (put-port p x))
            ((hashtable? x)
             (put-text p "#<hashtable ")
             (put-fixnum p (hashtable-size x))
             (%put-byte p 62))
            ((condition? x)
             (put-text p "#<condition")
             (let loop ((l (simple-conditions x)))
               (if (pair? l)
                   (let ((rtd (%record-rtd (car l))))
                     (%put-byte p 32)
                     (put-type-name p rtd)
                     (let ((n (record-size (car l))))
                       (if (fx>? n 0)
                           (begin
                             (put-text p ": ")
                             (put p (%record-ref (car l) 0) #t labels))))
                     (loop (cdr l)))))
             (%put-byte p 62))
            ((record-type-opaque? rtd)
             (put-text p "#<")
             (put-type-name p rtd)
             (%put-byte p 62))
            ((and labels (put-label p x labels)) #t)
            (else
             (put-text p "#[")
             (put-type-name p rtd)
             (put-fields p x rtd write? labels)
             (%put-byte p 93)))))

  ;; Field names and values, those of the ancestors first. Answers the number of fields.
  (define (put-fields p x rtd write? labels)
    (if rtd
        (let* ((start (put-fields p x (record-type-parent rtd) write? labels))
               (names (record-type-field-names rtd))
               (n (vector-length names)))
          (let loop ((i 0))
            (if (fx<? i n)
                (begin
                  (%put-byte p 32)
                  (put p (vector-ref names i) #f #f)
                  (put-text p ": ")
                  (put p (%record-ref x (fx+ start i)) write? labels)
                  (loop (fx+ i 1)))
                (fx+ start n))))
        0))

  (define (put-port p x)
    (put-text p "#<")
    (put-text p (if (binary-port? x) "binary-" "textual-"))
    (put-text p (cond ((not (output-port? x)) "input-port")
                      ((input-port? x) "input/output-port")
                      (else "output-port")))
    (%put-byte p 32)
    (write-text p (p-id x))
    (%put-byte p 62))

  (define (put-other p x write? labels)
    (cond ((%kind? x 4) (put-text p "#<continuation>"))
          ((%kind? x 16) (put-text p "#<weak-pair>"))
          ((%kind? x 19) (put-text p "#<ephemeron>"))
          ((%kind? x 20) (put-text p "#<guardian>"))
          ((%kind? x 25)
           (put-text p "#<syntax ")
           (put p (%object-ref x 0) write? #f)
           (%put-byte p 62))
          ((%kind? x 28) (put-text p "#<handle>"))
          ((%kind? x 29) (put-text p "#<code-info>"))
          ((%default? x) (put-text p "#!default"))
          ((%deleted? x) (put-text p "#!deleted"))
          (else (put-text p "#<unknown>"))))

  ;;; Interface

  (define (check-port who p)
    (if (and (textual-port? p) (flag? p OUT)) #t (%type-violation who "a textual output port" p))
    (if (not (flag? p OUT-OPEN)) (%check-output! who p)))

  (define (print x p write? how)
    (put p x write? (if (or (pair? x) (%typed? x)) (labels-for x how) #f))
    (%void))

  ;; For callers that have checked the port.
  (define (%write-to x p) (print x p #t 'cycles))
  (define (%display-to x p) (print x p #f 'cycles))

  ;; (write object [port]): so that read gives an equal object if possible; cycles are labelled.
  (define write
    (case-lambda
      ((x) (print x (current-output-port) #t 'cycles))
      ((x p)
       (check-port 'write p)
       (print x p #t 'cycles))))

  ;; (display object [port]): strings and characters as they are.
  (define display
    (case-lambda
      ((x) (display x (current-output-port)))
      ((x p)
       (check-port 'display p)
       (cond ((string? x) (put-text p x))
             ((fixnum? x) (put-fixnum p x))
             (else (print x p #f 'cycles)))
       (%void))))

  ;; (write-shared object [port]): everything that is reached twice is labelled (R7RS).
  (define write-shared
    (case-lambda
      ((x) (print x (current-output-port) #t 'shared))
      ((x p)
       (check-port 'write-shared p)
       (print x p #t 'shared))))

  ;; (write-simple object [port]): no labels; does not end on cycles (R7RS).
  (define write-simple
    (case-lambda
      ((x) (print x (current-output-port) #t 'simple))
      ((x p)
       (check-port 'write-simple p)
       (print x p #t 'simple))))

  ;; (put-datum port datum)
  (define (put-datum p x)
    (check-port 'put-datum p)
    (print x p #t 'cycles))

  ;; (write-char char [port])
  (define write-char
    (case-lambda
      ((c p) (if (%port-put-char! p textual-port-rtd c) (%void) (%put-char-slow p 'write-char c)))
      ((c) (put-char (current-output-port) c))))

  ;; (newline [port])
  (define newline
    (case-lambda
      (() (put-char (current-output-port) #\newline))
      ((p) (if (%port-put-char! p textual-port-rtd #\newline) (%void) (%put-char-slow p 'newline #\newline)))))

  ;; (write-u8 byte [port]): R7RS.
  (define write-u8
    (case-lambda
      ((b) (write-u8 b (current-output-port)))
      ((b p) (if (%port-put-u8! p binary-port-rtd b) (%void) (%put-u8-slow p 'write-u8 b)))))

  ;; (fresh-string-of object write?): what write or display prints, as a string.
  (define (fresh-string-of x write?)
    (let ((p (open-output-string)))
      (print x p write? 'cycles)
      (get-output-string p)))

  ;; (%write-part object port): writes an object for the report of a condition, whose reader is not helped by a list of a
  ;; million irritants: of a long text only the first part, and how much is missing.
  (define most-characters 2000)
  (define (%write-part x port)
    (let* ((text (fresh-string-of x #t)) (missing (fx- (string-length text) most-characters)))
      (if (fx>? missing 0)
          (begin
            (%put-substring port text 0 most-characters)
            (put-text port " … (and ")
            (print missing port #f 'simple)
            (put-text port " characters more)"))
          (put-text port text)))))
