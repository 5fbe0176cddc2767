;; SPDX-License-Identifier: MIT
;;
;; The read-eval-print loop. Lines are collected until they hold a datum; each datum's text is given to the
;; expander, so that messages show places. Errors are printed in the format of the manual 4.1.2.
;; What is typed ahead is kept in a variable of this library and not in the loop: a continuation that was
;; captured in an earlier form goes on with the input as it is now.
;; A line that begins with a comma where a form could begin is a command (commands.sls).
(library (loko repl)
  (export repl %print-results %report %diagnostics-text)
  (import (loko core syntax) (loko core primitives)
          (loko base violations) (loko base lists) (loko base control) (loko base conditions) (loko base errors)
          (loko base eval)
          (only (loko base waiting) wait-readable)
          (loko base port-records) (loko base ports) (loko base textual-ports) (loko base custom-textual-ports) (loko base stdio)
          (loko base printer) (loko base reader) (loko base backtraces)
          (only (loko base process) get-environment-variable)
          (loko editor)
          (loko commands))

  ;; Text that was read and not yet evaluated, and the number of its first line in the session.
  (define pending "")
  (define pending-line 1)

  ;; The line in which the form begins that take-datum! gave last.
  (define form-line 1)

  ;; How many lines were read, and the last of them, the latest first.
  (define line-count 0)
  (define lines '())
  (define most-lines 1000)

  ;; The line editor, or #f where there is no terminal.
  (define editor #f)

  (define (remember-line! line)
    (set! line-count (fx+ line-count 1))
    (set! lines (cons line lines))
    (if (fx=? (fxmod line-count most-lines) 0)
        (set! lines (list-head lines (fxmin (length lines) most-lines)))))

  ;; Line n of the session, or #f.
  (define (session-line n)
    (let ((back (fx- line-count n)))
      (and (fx>=? back 0) (fx<? back (length lines)) (list-ref lines back))))

  (define (blank? s)
    (let ((n (string-length s)))
      (let loop ((i 0))
        (or (fx=? i n)
            (and (char-whitespace? (string-ref s i)) (loop (fx+ i 1)))))))

  (define (add-line! line)
    (remember-line! line)
    (if (blank? pending)
        (begin
          (set! pending "")
          (set! pending-line line-count)))
    (set! pending (%string-append pending (%string-append line "\n"))))

  ;; The first form of `pending` is gone: what is left keeps its lines and columns.
  (define (drop-form! text rest)
    (let loop ((i 0) (newlines 0) (column 0))
      (if (fx<? i (string-length text))
          (if (char=? (string-ref text i) #\newline)
              (loop (fx+ i 1) (fx+ newlines 1) 0)
              (loop (fx+ i 1) newlines (fx+ column 1)))
          (begin
            (set! form-line pending-line)
            (set! pending-line (fx+ pending-line newlines))
            (set! pending (%string-append (make-string column #\space) rest))))))

  (define (message-of c)
    (if (message-condition? c) (condition-message c) ""))

  (define (diagnostics? c) (and (condition? c) (%diagnostics-text c)))

  ;; Does the text end inside of a datum?
  (define (incomplete? c)
    (and (condition? c) (lexical-violation? c)
         (let ((m (message-of c)) (start "unexpected end of file"))
           (and (string? m)
                (fx>=? (string-length m) (string-length start))
                (string=? (substring m 0 (string-length start)) start)))))

  ;; Calls thunk; if it raises, the object goes to handle in the dynamic environment of this call.
  (define (try thunk handle)
    ((call/cc
      (lambda (leave)
        (with-exception-handler
         (lambda (c)
           (if (and (condition? c) (not (serious-condition? c)))
               (begin
                 (%report c (current-error-port))
                 (%void))
               (let ((frames (if (or (diagnostics? c) (incomplete? c)) '() (current-backtrace))))
                 (leave (lambda () (handle c frames))))))
         (lambda ()
           (call-with-values thunk
             (lambda results (lambda () (%values-list results))))))))))

  ;; A port that begins with `pending`, so that the reader's messages give lines of the session.
  (define (in-session port)
    (p-id! port "repl")
    (p-line! port pending-line)
    port)

  ;; The text of the form that was read from a port on the text `all`; what is still in the port becomes `pending`.
  (define (form-text! port all)
    (let* ((rest (get-string-all port))
           (after (if (eof-object? rest) "" rest))
           (text (substring all 0 (fx- (string-length all) (string-length after)))))
      (drop-form! text after)
      text))

  ;; The text of the next datum in `pending`, which is shortened; #f if it holds only space;
  ;; the symbol incomplete.
  (define (take-datum!)
    (let ((p (in-session (open-string-input-port pending))))
      (try (lambda ()
             (let ((x (get-datum p)))
               (if (and (eof-object? x) (eof-object? (lookahead-char p)) (at-end? p))
                   (begin
                     (set! pending "")
                     #f)
                   (form-text! p pending))))
           (lambda (c frames)
             (if (incomplete? c)
                 'incomplete
                 (begin
                   (set! pending "")
                   (raise c)))))))

  ;; The text of the form that `pending` begins; its further lines are asked for as the reader gets there, so each is
  ;; read once. #f if it was given up; raises a lexical violation at the end of the input. What follows the form on
  ;; its last line is `pending` afterwards.
  (define (take-datum-on!)
    (let ((lines (list pending)) (rest pending) (more? #t) (given-up? #f))
      (define (next-text!)
        (if (and more? (string=? rest ""))
            (let ((line (begin
                          (flush-output-port (console-output-port))
                          (next-line #t))))
              (if (string? line)
                  (begin
                    (remember-line! line)
                    (set! rest (%string-append line "\n"))
                    (set! lines (cons rest lines)))
                  (begin
                    (set! given-up? (not line))
                    (set! more? #f))))))
      (define (read! s start count)
        (next-text!)
        (let ((n (fxmin count (string-length rest))))
          (string-copy! s start rest 0 n)
          (set! rest (substring rest n (string-length rest)))
          n))
      (let ((port (in-session (make-custom-textual-input-port "repl" read! #f #f #f))))
        (try (lambda ()
               (get-datum port)
               (set! more? #f)
               (form-text! port (%string-append-list (reverse lines))))
             (lambda (c frames)
               (set! pending "")
               (if given-up? #f (raise c)))))))

  ;; An end of file that was read, and not the datum #!eof.
  (define (at-end? p)
    (let ((n (string-length pending)))
      (not (and (fx>=? n 5)
                (%string-search-backward "#!eof" pending)))))

  ;; The text of the next form or the end-of-file object.
  (define (next-form)
    (let ((text (take-datum!)))
      (cond ((string? text) text)
            ((eq? text 'incomplete) (or (take-datum-on!) (next-form)))
            (else
             (flush-output-port (console-output-port))
             (let ((line (next-line #f)))
               (cond ((not line) (next-form))          ; given up
                     ((eof-object? line) line)
                     ((command? line)
                      (remember-line! line)
                      (set! form-line line-count)
                      (string->command line))
                     (else
                      (add-line! line)
                      (next-form))))))))

  ;; A line of input; #f if it was given up, at a terminal.
  (define (next-line inside?)
    (if editor
        (edit-line editor (if inside? "  " "> "))
        (begin
          (wait-for-input)
          (get-line (console-input-port)))))

  ;; At a terminal the wait for a line can be interrupted.
  (define (wait-for-input)
    (if (%tty? 0)
        (let loop ()
          (if (not (char-ready? (console-input-port)))
              (if (not (wait-readable 0))
                  (loop))))))

  (define (command? line)
    (and (fx>? (string-length line) 1)
         (char=? (string-ref line 0) #\,)
         (char-alphabetic? (string-ref line 1))))

  ;; A command is a pair of its name and the text of its argument.
  (define (string->command line)
    (let ((n (string-length line)))
      (define (space? i) (char-whitespace? (string-ref line i)))
      (let* ((end (let loop ((i 1)) (if (and (fx<? i n) (not (space? i))) (loop (fx+ i 1)) i)))
             (start (let loop ((i end)) (if (and (fx<? i n) (space? i)) (loop (fx+ i 1)) i)))
             (stop (let loop ((i n)) (if (and (fx>? i start) (space? (fx- i 1))) (loop (fx- i 1)) i))))
        (cons (substring line 1 end) (substring line start stop)))))

  ;; Prints the values of a form, one on each line; those without information not at all.
  (define (%print-results results)
    (let loop ((l results))
      (if (pair? l)
          (begin
            (if (not (%void? (car l)))
                (print-value (car l)))
            (loop (cdr l))))))

  ;; The text of the compiler's messages in a condition, or #f.
  (define (%diagnostics-text c)
    (and (diagnostics-condition? c)
         (let ((text (condition-diagnostics c)))
           (and (string? text) (not (string=? text "")) text))))

  ;; Prints an object that was raised.
  (define (%report c port)
    (let ((text (%diagnostics-text c)))
      (if text
          (display text port)
          (%print-condition c
                            (lambda (x) (display x port))
                            (lambda (x) (%write-part x port))))
      (flush-output-port port)))

  (define (evaluate text)
    (let ((thunk (%run-task (%expand-start 'text (cons "repl" (cons text form-line)) (interaction-environment)))))
      (if (procedure? thunk) (thunk) (%void))))

  ;; (repl prompt?): reads, evaluates and prints until the end of the input; then the process ends.
  (define (repl prompt?)
    (%set-session-line! session-line)
    (%remember-libraries!)
    (if (and prompt? (editor-usable?))
        (set! editor
          (make-editor (history-file)
                       (lambda () (map (lambda (x) (symbol->string x)) (environment-symbols (interaction-environment)))))))
    (run prompt?))

  ;; For a variable without a value: the nearest name that has one.
  (define (suggest c port)
    (if (and (condition? c) (undefined-violation? c) (who-condition? c) (symbol? (condition-who c)))
        (let* ((environment (interaction-environment)) (name (symbol->string (condition-who c)))
               (near (%nearest-name name
                                    (remp (lambda (s) (string=? s name))
                                          (map (lambda (x) (symbol->string x)) (environment-symbols environment))))))
          (if near
              (begin
                (display "Did you mean " port)
                (display near port)
                (display "?\n" port))))))

  ;; LOKO_HISTORY, or .loko_history in the home directory; #f if there is neither, or the former is empty.
  (define (history-file)
    (let ((file (get-environment-variable "LOKO_HISTORY")) (home (get-environment-variable "HOME")))
      (cond (file (and (not (string=? file "")) file))
            ((and home (not (string=? home ""))) (%string-append home "/.loko_history"))
            (else #f))))

  (define (run prompt?)
    (if (and prompt? (not editor)) (display "> " (console-output-port)))
    (try (lambda ()
           (let ((text (next-form)))
             (cond ((eof-object? text)
                    (if (and prompt? (not editor)) (newline (console-output-port)))
                    (exit 0))
                   ((pair? text)
                    (run-command (car text) (cdr text)
                                 (lambda (text)
                                   (call-with-values (lambda () (evaluate text))
                                     (lambda results (%print-results results))))))
                   (else
                    (call-with-values (lambda () (evaluate text))
                      (lambda results (%print-results results)))))))
         (lambda (c frames)
           (set-fresh-ports!)
           (let ((port (console-output-port)))
             (if (and (condition? c) (interrupted-condition? c))
                 (display "\n;; interrupted\n" port)
                 (%report c port))
             (suggest c port)
             (%print-backtrace frames (lambda (x) (display x port)))
             (flush-output-port port))))
    (run prompt?))

  ;; After an error the current ports are the console again if they were closed meanwhile.
  (define (set-fresh-ports!)
    (if (not (output-port-open? (current-output-port)))
        (current-output-port (console-output-port)))
    (if (not (input-port-open? (current-input-port)))
        (current-input-port (console-input-port)))))
