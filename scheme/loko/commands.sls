;; SPDX-License-Identifier: MIT
;;
;; The commands of the REPL (,help ...), disassemble, and how the REPL prints values: pretty and within limits.
(library (loko commands)
  (export run-command print-value disassemble print-length-limit print-depth-limit
          %remember-libraries!)
  (import (loko core syntax) (loko core primitives)
          (loko base violations) (loko base lists) (loko base parameters) (loko base sorting) (loko base control)
          (loko base eval) (loko base time)
          (loko base textual-ports) (loko base stdio) (loko base printer) (loko base reader)
          (loko base pretty) (only (loko base hashtables) make-eq-hashtable hashtable-ref hashtable-set!))

  ;;; Values

  ;; Parameters: how many elements of a list or vector and how many levels of nesting the REPL shows.
  (define print-length-limit (make-parameter 1000 (%limit 'print-length-limit)))
  (define print-depth-limit (make-parameter 50 (%limit 'print-depth-limit)))

  (define dots '…)

  ;; x with what exceeds the limits replaced by … (fuel is a vector of a count).
  (define (limited x depth fuel)
    (vector-set! fuel 0 (fx- (vector-ref fuel 0) 1))
    (cond ((fx<? (vector-ref fuel 0) 0) dots)
          ((pair? x)
           (if (fx<=? depth 0)
               dots
               (let loop ((l x) (n (print-length-limit)))
                 (cond ((not (pair? l))
                        (if (null? l) '() (limited l (fx- depth 1) fuel)))
                       ((fx<=? n 0) (list dots))
                       ((fx<? (vector-ref fuel 0) 0) (list dots))
                       (else
                        (let ((first (limited (car l) (fx- depth 1) fuel)))
                          (cons first (loop (cdr l) (fx- n 1)))))))))
          ((vector? x)
           (if (fx<=? depth 0)
               dots
               (let* ((n (vector-length x)) (m (fxmin n (print-length-limit)))
                      (out (make-vector (if (fx<? m n) (fx+ m 1) n) dots)))
                 (let loop ((i 0))
                   (if (fx<? i m)
                       (begin
                         (vector-set! out i (limited (vector-ref x i) (fx- depth 1) fuel))
                         (loop (fx+ i 1)))
                       out)))))
          (else x)))

  ;; Has a walk along cars, cdrs and elements no end within 100,000 steps?
  (define (large? x)
    (let ((fuel 100000))
      (define (walk x)
        (cond ((fx<=? fuel 0) #t)
              ((pair? x)
               (set! fuel (fx- fuel 1))
               (or (walk (car x)) (walk (cdr x))))
              ((vector? x)
               (let ((n (vector-length x)))
                 (set! fuel (fx- fuel 1))
                 (let loop ((i 0))
                   (and (fx<? i n)
                        (or (walk (vector-ref x i)) (loop (fx+ i 1)))))))
              (else #f)))
      (walk x)))

  ;; (print-value object): as the REPL shows it, with a newline.
  (define (print-value x)
    (cond ((not (or (pair? x) (vector? x)))
           (write x)
           (newline))
          ((large? x)
           (if (%cyclic? x)
               (begin (write x) (newline))
               (pretty-print (limited x (print-depth-limit) (vector 20000)))))
          (else (pretty-print (limited x (print-depth-limit) (vector 100000))))))

  ;; Does x, or one of its first 100,000 pairs and vectors, contain itself? Other large structures are cut.
  (define (%cyclic? x)
    (let ((state (make-eq-hashtable)) (fuel 100000))    ; #t: being walked, #f: done
      (define (walk x)
        (and (or (pair? x) (vector? x))
             (fx>? fuel 0)
             (let ((seen (hashtable-ref state x 'new)))
               (if (not (eq? seen 'new))
                   seen
                   (begin
                     (set! fuel (fx- fuel 1))
                     (hashtable-set! state x #t)
                     (or (walk-parts x)
                         (begin (hashtable-set! state x #f) #f)))))))
      (define (walk-parts x)
        (if (pair? x)
            (or (walk (car x)) (walk (cdr x)))
            (let loop ((i 0))
              (and (fx<? i (vector-length x))
                   (or (walk (vector-ref x i)) (loop (fx+ i 1)))))))
      (walk x)))

  ;;; Commands

  (define help
",help             this text
,expand EXPR      the expression after macro expansion
,optimize EXPR    likewise after the source-level optimizer
,dis EXPR         the machine code of a procedure
,time EXPR        evaluate, and show what it cost
,apropos TEXT     names that contain the text
,doc NAME         what a name stands for
,reload [NAME]    load a library anew and import it; all that came from files
,quit             leave (as end of file does)
")

  (define (say . parts)
    (for-each display parts))

  ;; The datum that a command's text holds.
  (define (datum-of text)
    (let ((x (get-datum (open-string-input-port text))))
      (if (eof-object? x)
          (%violation 'error #f "the command needs an expression; see ,help")
          x)))

  (define (name-of text)
    (let ((x (datum-of text)))
      (if (symbol? x) x (%violation 'error #f "the command needs a name" x))))

  ;; Runs the command `name` with the text behind it; evaluate takes the text of a form.
  (define (run-command name text evaluate)
    (case (string->symbol name)
      ((help h ?) (display help))
      ((expand) (pretty-print (expand (datum-of text))))
      ((optimize opt) (pretty-print (expand/optimize (datum-of text))))
      ((dis disassemble) (disassemble (eval (datum-of text) (interaction-environment))))
      ((time)
       (datum-of text)
       (time-it text (lambda () (evaluate text))))
      ((apropos a) (apropos text))
      ((doc d) (document (name-of text)))
      ((reload) (reload text evaluate))
      ((quit q exit) (exit 0))
      (else (say "There is no command ," name "; ,help shows those that exist.\n"))))

  ;; (disassemble procedure): prints its machine code with labels, source lines and what the code means (manual 3.2).
  (define (disassemble procedure)
    (if (procedure? procedure) #t (%type-violation 'disassemble "a procedure" procedure))
    (let ((text (%disassemble procedure)))
      (display "Disassembly for ")
      (write procedure)
      (display "\n\n")
      (if (string=? text "")
          (display " ; this code is part of the runtime\n")
          (display text))))

  ;; The libraries that were there when the session began.
  (define libraries-at-start '())
  (define (%remember-libraries!) (set! libraries-at-start (installed-libraries)))

  (define (reload text evaluate)
    (let ((names (if (string=? text "")
                     (remp (lambda (name) (member name libraries-at-start)) (installed-libraries))
                     (list (datum-of text)))))
      (if (null? names) (say "No library was loaded from a file.\n"))
      (for-each uninstall-library names)
      (for-each (lambda (name)
                  (evaluate (%string-append "(import " (%string-append (fresh-string-of name #t) ")")))
                  (say name " was loaded\n"))
                names)))

  (define (contains? s part)
    (let ((n (string-length s)) (m (string-length part)))
      (let loop ((i 0))
        (and (fx<=? (fx+ i m) n)
             (or (string=? (substring s i (fx+ i m)) part)
                 (loop (fx+ i 1)))))))

  (define (apropos part)
    (let ((environment (interaction-environment)))
      (for-each
       (lambda (name)
         (let ((binding (%environment-binding environment (string->symbol name))))
           (say name)
           (if binding
               (say "  (" (vector-ref binding 0) ")"))
           (say "\n")))
       (list-sort (lambda (a b) (string<? a b))
                  (filter (lambda (s) (contains? s part))
                          (map (lambda (x) (symbol->string x)) (environment-symbols environment)))))))

  (define (document name)
    (let ((binding (%environment-binding (interaction-environment) name)))
      (if (not binding)
          (say name " is not bound.\n")
          (let* ((value (vector-ref binding 1)) (library (vector-ref binding 2))
                 (info (and (procedure? value) (%procedure-info value)))
                 (text (%primitive-documentation name))
                 (arity (and (procedure? value) (%procedure-arity value))))
            (say name ": " (vector-ref binding 0))
            (if (pair? library) (say " of " library))
            (say "\n")
            (if (and text (memq (vector-ref binding 0) '(primitive variable)))
                (say text "\n"))
            (if (fixnum? arity)
                (if (fx>=? arity 0)
                    (say "takes " arity (if (fx=? arity 1) " argument\n" " arguments\n"))
                    (say "takes at least " (fx- -1 arity) (if (fx=? arity -2) " argument\n" " arguments\n"))))
            (if (and info (%code-info-ref info 1))
                (say "defined at " (%code-info-ref info 1) ":" (%code-info-ref info 2) ":" (%code-info-ref info 3) "\n"))
            (if (and info (%code-info-ref info 4))
                (say (%code-info-ref info 4) "\n")))))))
