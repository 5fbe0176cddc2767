;; SPDX-License-Identifier: MIT
;;
;; External representations: write, display, write-shared, write-simple (R6RS libraries 8.2.12, 8.3,
;; R7RS 6.13.3). Objects without external syntax are #<...>.
;; write and display label what lies on cycles (printer-labels); atoms are in printer-atoms.
(library (loko base printer)
  (export write display write-shared write-simple put-datum write-char newline fresh-string-of
          write-u8 %set-write-dialect! %write-to %display-to %write-part)
  (import (loko core syntax) (loko core primitives)
          (loko base violations)
          (only (loko base records)
                record-type-descriptor? record-type-name record-type-parent record-type-field-names
                record-type-opaque?)
          (only (loko base conditions) condition? simple-conditions)
          (loko base record-writers) (loko base preemption)
          (only (loko base hashtables) hashtable? hashtable-size hashtable-ref)
          (loko base port-records) (loko base ports) (only (loko base binary-ports) %put-u8-slow) (loko base textual-ports)
          (loko base printer-atoms) (loko base printer-labels)
          (only (loko base stdio) current-output-port))

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
             (put-text p (bytevector-prefix))
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

  (define (record-size x) (%record-ref (%record-rtd x) 0))

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
      ((x) (write x (current-output-port)))
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
      ((x) (write-shared x (current-output-port)))
      ((x p)
       (check-port 'write-shared p)
       (print x p #t 'shared))))

  ;; (write-simple object [port]): no labels; does not end on cycles (R7RS).
  (define write-simple
    (case-lambda
      ((x) (write-simple x (current-output-port)))
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
      ((c) (write-char c (current-output-port)))))

  ;; (newline [port])
  (define newline
    (case-lambda
      (() (newline (current-output-port)))
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
