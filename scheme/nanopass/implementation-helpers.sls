;; SPDX-License-Identifier: MIT
;;
;; What the nanopass framework (Sarkar, Waddell, Dybvig, Keep) wants of a Scheme system beyond R6RS. The framework
;; itself, (nanopass) as Debian's r6rs-nanopass-dev installs it, is loaded unchanged. Its interface is the set of
;; names that (nanopass helpers) passes on:
;;  * compile-time information: keywords bound to values (%make-compile-time-value) and properties of identifiers;
;;  * places of syntax objects; formatted errors, warnings and traces; lists, gensyms, modules.
;; INVARIANT(properties): the table lives as long as this library's instance, which is as long as the process.
(library (nanopass implementation-helpers)
  (export format printf pretty-print
          iota make-list list-head
          gensym regensym
          syntax->source-information source-information-source-file
          source-information-byte-offset-start source-information-char-offset-start
          source-information-byte-offset-end source-information-char-offset-end
          source-information-position-line source-information-position-column
          source-information-type provide-full-source-information
          indirect-export
          define-property make-compile-time-value with-compile-time-environment
          module
          warningf errorf
          eq-hashtable-set! eq-hashtable-ref
          trace-lambda trace-define-syntax trace-let trace-define
          optimize-level
          define-nanopass-record
          with-implicit
          %property-set! %property-ref %compile-time-value %trace-enter %trace-leave)
  (import (rnrs)
          (only (loko) pretty-print iota make-list list-head gensym module make-parameter)
          (only (loko base process-state) %state-changed!)
          (only (loko core primitives) %make-compile-time-value %compile-time-value %syntax-place))

  ;;; Text

  ;; (format control object ...): ~a displays, ~s writes, ~d writes a number, ~% is a newline, ~~ a tilde. A string
  ;; is returned if the first argument is none of Common Lisp's destinations.
  (define (format control . objects)
    (cond ((not control) (apply format objects))
          ((eq? control #t) (display (apply format objects)))
          ((output-port? control) (display (apply format objects) control))
          (else
           (call-with-string-output-port
            (lambda (port) (format-to port control objects))))))

  (define (format-to port control objects)
    (let ((n (string-length control)))
      (define (object objects)
        (if (pair? objects)
            (car objects)
            (assertion-violation 'format "too few objects" control)))
      (let loop ((i 0) (objects objects))
        (when (< i n)
          (let ((c (string-ref control i)))
            (cond ((and (char=? c #\~) (< (+ i 1) n))
                   (case (char-downcase (string-ref control (+ i 1)))
                     ((#\a #\d) (display (object objects) port) (loop (+ i 2) (cdr objects)))
                     ((#\s) (write (object objects) port) (loop (+ i 2) (cdr objects)))
                     ((#\% #\n) (newline port) (loop (+ i 2) objects))
                     ((#\~) (put-char port #\~) (loop (+ i 2) objects))
                     (else (assertion-violation 'format "unknown directive" control i))))
                  (else
                   (put-char port c)
                   (loop (+ i 1) objects))))))))

  (define (printf control . objects)
    (display (apply format control objects)))

  ;; (errorf who control object ...): raises &error with a formatted message.
  (define (errorf who control . objects)
    (error who (apply format control objects)))

  ;; (warningf who control object ...): raises &warning with a formatted message, continuably.
  (define (warningf who control . objects)
    (raise-continuable
     (condition (make-warning)
                (make-who-condition who)
                (make-message-condition (apply format control objects)))))

  ;;; Symbols and tables

  ;; (regensym name extra [extra]): the unique name that the given one and the strings determine. It must be the same
  ;; one in each process, since it is the uid of a nongenerative record type.
  (define (regensym name . extras)
    (unless (symbol? name) (assertion-violation 'regensym "expected a symbol" name))
    (string->symbol (apply string-append (symbol->string name) extras)))

  (define (eq-hashtable-set! table key value) (hashtable-set! table key value))
  (define (eq-hashtable-ref table key default) (hashtable-ref table key default))

  ;; (optimize-level): 3 would allow unsafe code.
  (define (optimize-level) 2)

  ;;; Places

  (define provide-full-source-information (make-parameter #t))

  (define-record-type source-information
    (fields source-file byte-offset-start char-offset-start byte-offset-end char-offset-end
            position-line position-column type))

  ;; (syntax->source-information x): where a syntax object, or what is near it, stands in its file; or #f.
  (define (syntax->source-information x)
    (define (find x type)
      (let ((place (%syntax-place x)))
        (cond (place (parse-place place type))
              ((pair? x) (or (find (car x) 'near) (find (cdr x) 'near)))
              (else #f))))
    (find x 'at))

  ;; place is file:line:column; the file's name may contain colons.
  (define (parse-place place type)
    (define (colon-before end)
      (let loop ((i (- end 1)))
        (if (char=? (string-ref place i) #\:) i (loop (- i 1)))))
    (let* ((n (string-length place)) (second (colon-before n)) (first (colon-before second)))
      (make-source-information (substring place 0 first) #f #f #f #f
                               (string->number (substring place (+ first 1) second))
                               (string->number (substring place (+ second 1) n))
                               type)))

  ;;; Compile-time information

  ;; (make-compile-time-value object): for the right-hand side of define-syntax; the keyword is then no macro.
  (define (make-compile-time-value x) (%make-compile-time-value x))

  (define properties '())

  (define (find-property id key)
    (find (lambda (p) (and (free-identifier=? (vector-ref p 1) key)
                           (free-identifier=? (vector-ref p 0) id)))
          properties))

  (define (%property-set! id key value)
    (%state-changed!)
    (let ((p (find-property id key)))
      (if p
          (vector-set! p 2 value)
          (set! properties (cons (vector id key value) properties)))))

  (define (%property-ref id key)
    (let ((p (find-property id key)))
      (and p (vector-ref p 2))))

  ;; (define-property id key expression): at expansion, id gets the value as its property named by the identifier key.
  (define-syntax define-property
    (syntax-rules ()
      ((_ id key value)
       (define-syntax property
         (begin
           (%property-set! #'id #'key value)
           (%make-compile-time-value #f))))))

  ;; (with-compile-time-environment (lookup) body ...): in a transformer; (lookup id) is the compile-time value of a
  ;; keyword, (lookup id key) the property of an identifier; #f if there is none.
  (define-syntax with-compile-time-environment
    (syntax-rules ()
      ((_ (lookup) body ...)
       (let ((lookup (case-lambda
                       ((id) (%compile-time-value id #f))
                       ((id key) (%property-ref id key)))))
         body ...))))

  ;; Exports of a keyword's hidden parts are implicit here.
  (define-syntax indirect-export
    (syntax-rules ()
      ((_ id indirect ...) (define t (if #f #f)))))

  ;; (with-implicit (id name ...) body ...): names as if they stood where id does.
  (define-syntax with-implicit
    (syntax-rules ()
      ((_ (id name ...) body ...)
       (with-syntax ((name (datum->syntax #'id 'name)) ...) body ...))))

  ;; (define-nanopass-record): the record type of which all languages' records are made, one in all libraries.
  (define-syntax define-nanopass-record
    (lambda (x)
      (syntax-case x ()
        ((k)
         (with-implicit (k nanopass-record nanopass-record? nanopass-record-tag)
           #'(define-record-type (nanopass-record make-nanopass-record nanopass-record?)
               (nongenerative loko-nanopass-record-0)
               (fields (immutable tag nanopass-record-tag))))))))

  ;;; Traces

  (define trace-depth 0)

  (define (%trace-line object)
    (do ((i 0 (+ i 1))) ((= i trace-depth)) (display "|"))
    (write object)
    (newline))

  (define (%trace-enter name arguments)
    (set! trace-depth (+ trace-depth 1))
    (%trace-line (cons name arguments)))

  (define (%trace-leave . results)
    (for-each %trace-line results)
    (set! trace-depth (- trace-depth 1))
    (apply values results))

  ;; (trace-lambda name formals body ...): a procedure that shows its calls and results.
  (define-syntax trace-lambda
    (syntax-rules ()
      ((_ name formals body0 body ...)
       (let ((procedure (lambda formals body0 body ...)))
         (lambda arguments
           (%trace-enter 'name arguments)
           (call-with-values (lambda () (apply procedure arguments)) %trace-leave))))))

  (define-syntax trace-let
    (syntax-rules ()
      ((_ name ((variable value) ...) body0 body ...)
       ((letrec ((name (trace-lambda name (variable ...) body0 body ...))) name) value ...))))

  (define-syntax trace-define
    (syntax-rules ()
      ((_ (name . formals) body0 body ...) (define name (trace-lambda name formals body0 body ...)))
      ((_ name value)
       (define name
         (let ((procedure value)) (trace-lambda name arguments (apply procedure arguments)))))))

  (define-syntax trace-define-syntax
    (syntax-rules ()
      ((_ name transformer)
       (define-syntax name
         (let ((procedure transformer))
           (lambda (x)
             (%trace-enter 'name (list (syntax->datum x)))
             (let ((result (procedure x)))
               (%trace-leave (syntax->datum result))
               result))))))))
