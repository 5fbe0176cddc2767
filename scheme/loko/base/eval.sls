;; SPDX-License-Identifier: MIT
;;
;; eval and environments (R6RS libraries 16, R7RS 6.12, manual 3.1): the driver of the expander. An expansion is a
;; task that is stepped; what it wants to have called is called here, on the Scheme stack, so that errors,
;; continuations and fibers work inside of macro transformers.
(library (loko base eval)
  (export eval environment environment? interaction-environment null-environment scheme-report-environment
          system-global-environment
          expand expand/optimize load load-program environment-symbols environment-import!
          library-directories library-extensions installed-libraries uninstall-library
          library-exports features %require-library %run-task %interaction-imports %set-interaction-standard!
          &diagnostics make-diagnostics-condition diagnostics-condition? condition-diagnostics)
  (import (loko core syntax) (loko core primitives)
          (loko base violations) (loko base lists) (loko base conditions) (loko base parameters) (loko base process-state)
          (only (loko base errors) %make-condition)
          (only (loko base backtraces) current-backtrace print-backtrace condition-report-string)
          (only (loko base strings) string-append) (only (loko base textual-ports) open-string-output-port put-string))

  ;; The errors of an expansion as they are shown to people.
  (define-condition-type &diagnostics &condition
    make-diagnostics-condition diagnostics-condition?
    (text condition-diagnostics))

  (define (raise-failure kind message place rendered form subform)
    (raise
     (condition
      (case kind
        ((syntax) (make-syntax-violation form subform))
        ((lexical) (condition (make-lexical-violation) (make-i/o-read-error)))
        ((undefined) (make-undefined-violation))
        ((file) (make-i/o-file-does-not-exist-error form))
        ((implementation-restriction) (make-implementation-restriction-violation))
        (else (make-error)))
      (make-who-condition
       (case kind
         ((import) 'import)
         ((lexical) 'read)
         ((syntax) (keyword-of form))
         (else 'expand)))
      (make-message-condition message)
      (make-irritants-condition (if place (list place) '()))
      (make-diagnostics-condition rendered))))

  ;; Steps a task to its end; its value.
  (define (%run-task task)
    (tell-compiler!)
    (let loop ((value #f))
      (let ((step (%expand-step task value)))
        (case (vector-ref step 0)
          ((call)
           (let ((procedure (vector-ref step 1)))
             (loop (cond ((vector-ref step 3) (transform task procedure (vector-ref step 2)))
                         (procedure (%apply procedure (vector-ref step 2)))
                         (else #f)))))
          ((done) (vector-ref step 1))
          (else
           (raise-failure (vector-ref step 1) (vector-ref step 2) (vector-ref step 3)
                          (vector-ref step 4) (vector-ref step 5) (vector-ref step 6)))))))

  ;; The value of a new task that a program asked for: it may define or load something.
  (define (expanded what argument environment)
    (%state-changed!)
    (%run-task (%expand-start what argument environment)))

  ;; Applies the transformer of a macro. A serious condition that leaves it gets a text that shows the use of the macro, and for other
  ;; conditions than syntax violations what happened in the transformer.
  (define (transform task procedure arguments)
    (with-exception-handler
     (lambda (c)
       (if (and (condition? c) (serious-condition? c) (not (diagnostics-condition? c)))
           (let ((text (%expand-exception task (exception-message c))))
             (if text
                 (raise (condition c (make-diagnostics-condition
                                      (if (syntax-violation? c) text (string-append text (exception-report c))))))))
           #f)
       (raise-continuable c))
     (lambda () (%apply procedure arguments))))

  (define (exception-message c)
    (let ((who (and (who-condition? c) (condition-who c)))
          (message (if (message-condition? c) (condition-message c) #f)))
      (cond ((not (syntax-violation? c)) "the transformer of the macro raised an exception")
            ((not (string? message)) "invalid syntax")
            ((symbol? who) (string-append (symbol->string who) ": " message))
            ((string? who) (string-append who ": " message))
            (else message))))

  ;; The condition and the frames that are active, as text.
  (define (exception-report c)
    (call-with-values open-string-output-port
      (lambda (port get)
        (put-string port (condition-report-string c))
        (print-backtrace (current-backtrace) port)
        (get))))

  ;; Who complains about a form: its keyword, as syntax-violation has it.
  (define (keyword-of form)
    (cond ((symbol? form) form)
          ((and (pair? form) (symbol? (car form))) (car form))
          (else 'expand)))

  ;; Calls what an expansion gave.
  (define (run what argument environment)
    (let ((thunk (expanded what argument environment)))
      (if (procedure? thunk) (thunk) (%void))))

  ;; (eval expression [environment]): the value of a datum or syntax object; definitions and imports are
  ;; accepted in environments that can change.
  (define eval
    (case-lambda
      ((expression environment) (run 'eval expression environment))
      ((expression) (run 'eval expression (interaction-environment)))))

  ;; (environment import-spec ...): an environment with these imports.
  (define (environment . specs)
    (expanded 'environment specs #f))

  ;; (environment? object).
  (define (environment? object) (%environment? object))

  (define current-interaction-environment #f)

  ;; What the environment of the REPL imports; where R7RS means something else by a name, that comes last.
  (define interaction-imports '((loko)))

  (define (%interaction-imports) interaction-imports)

  ;; (%set-interaction-standard! standard): r6rs or r7rs.
  (define (%set-interaction-standard! standard)
    (set! interaction-imports
      (if (eq? standard 'r7rs)
          '((loko)
            (scheme base) (scheme case-lambda) (scheme char) (scheme complex) (scheme cxr) (scheme eval) (scheme file)
            (scheme inexact) (scheme lazy) (scheme load) (scheme process-context) (scheme read) (scheme repl)
            (scheme time) (scheme write))
          '((loko)))))

  ;; The environment of the REPL, where a program has not used it before.
  (define prepared? #f)
  (define (prepared-environment)
    (let ((environment (%interaction-environment)))
      (if (not prepared?)
          (begin
            (set! prepared? #t)
            (if (null? (%environment-symbols environment))
                (expanded 'import interaction-imports environment))))
      environment))

  ;; (interaction-environment [environment]): the environment of the REPL.
  (define interaction-environment
    (case-lambda
      (() (or current-interaction-environment (prepared-environment)))
      ((environment)
       (if (%environment? environment) #t (%type-violation 'interaction-environment "an environment" environment))
       (%state-changed!)
       (set! current-interaction-environment environment))))

  ;; (system-global-environment): everything there is.
  (define (system-global-environment) (environment '(loko)))

  (define (check-version who version)
    (if (memv version '(5 7)) #t (assertion-violation who "the version must be 5" version)))

  ;; (null-environment version): the syntax of R5RS.
  (define (null-environment version)
    (check-version 'null-environment version)
    (environment '(only (rnrs base) define define-syntax quote lambda if set! cond case and or let let*
                        letrec begin quasiquote unquote unquote-splicing let-syntax letrec-syntax
                        syntax-rules else => _ ...)
                 '(only (rnrs control) do)
                 '(only (rnrs r5rs) delay)))

  ;; (scheme-report-environment version): the bindings of R5RS.
  (define (scheme-report-environment version)
    (check-version 'scheme-report-environment version)
    (environment '(except (rnrs base) error assertion-violation call/cc assert)
                 '(rnrs r5rs) '(rnrs mutable-pairs) '(rnrs mutable-strings) '(rnrs eval)
                 '(only (rnrs control) do)
                 '(only (rnrs lists) memq memv member assq assv assoc)
                 '(only (rnrs unicode) char-upcase char-downcase char-ci=? char-ci<? char-ci>? char-ci<=?
                        char-ci>=? char-alphabetic? char-numeric? char-whitespace? char-upper-case?
                        char-lower-case? string-ci=? string-ci<? string-ci>? string-ci<=? string-ci>=?)
                 '(rnrs io simple)))

  ;; (expand expression [environment]): the core form of an expression as a datum.
  (define expand
    (case-lambda
      ((expression) (expand expression (interaction-environment)))
      ((expression environment) (expanded 'expand expression environment))))

  ;; (expand/optimize expression [environment]): likewise, after the source-level optimizer.
  (define expand/optimize
    (case-lambda
      ((expression) (expand/optimize expression (interaction-environment)))
      ((expression environment) (expanded 'optimize expression environment))))

  ;; (load filename [environment]): evaluates the forms of a file one after the other.
  (define load
    (case-lambda
      ((filename) (load filename (interaction-environment)))
      ((filename environment)
       (if (string? filename) #t (%type-violation 'load "a string" filename))
       (run 'load filename environment))))

  ;; (load-program filename): runs a top-level program; no value.
  (define (load-program filename)
    (if (string? filename) #t (%type-violation 'load-program "a string" filename))
    (run 'program filename #f)
    (%void))

  ;; (environment-import! environment import-spec ...): adds imports to an environment that can change.
  (define (environment-import! environment . specs)
    (expanded 'import specs environment))

  ;; (environment-symbols environment): the names that it binds.
  (define (environment-symbols environment) (%environment-symbols environment))

  ;; Loads and instantiates a library.
  (define (%require-library name)
    (expanded 'library name #f))

  (define (check-strings who)
    (lambda (l)
      (if (and (list? l) (for-all (lambda (x) (string? x)) l)) l (%type-violation who "a list of strings" l))))

  ;; Parameter (library-directories): where libraries are looked up.
  (define library-directories
    (%make-lazy-parameter (lambda () (%library-directories)) (check-strings 'library-directories)))

  ;; Parameter (library-extensions): the extensions of library files, in the order in which they are tried.
  (define library-extensions
    (%make-lazy-parameter (lambda () (%library-extensions)) (check-strings 'library-extensions)))

  ;; Tells the compiler the values of these parameters, when they are others than before.
  (define told-directories #f)
  (define told-extensions #f)
  (define (tell-compiler!)
    (let ((directories (library-directories)) (extensions (library-extensions)))
      (if (not (eq? directories told-directories))
          (begin
            (%set-library-directories! directories)
            (set! told-directories directories)))
      (if (not (eq? extensions told-extensions))
          (begin
            (%set-library-extensions! extensions)
            (set! told-extensions extensions)))))

  ;; (installed-libraries [environment]): names of the libraries that are loaded.
  (define installed-libraries
    (case-lambda
      (() (%loaded-libraries))
      ((environment) (%loaded-libraries))))

  ;; (library-exports name): the names that a loaded library exports, or #f.
  (define (library-exports name) (%library-exports name))

  ;; (uninstall-library name): forgets a loaded library, so that it is loaded again at the next import.
  (define uninstall-library
    (case-lambda
      ((name) (uninstall-library name #f))
      ((name force?)
       (%state-changed!)
       (%uninstall-library name))))

  ;; (features): the feature identifiers of cond-expand (R7RS).
  (define (features) (%features)))
