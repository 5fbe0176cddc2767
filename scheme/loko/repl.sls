;; SPDX-License-Identifier: MIT
;;
;; The read-eval-print loop. Lines are collected until they hold a datum; each datum's text is given to the
;; expander, so that messages show places. Errors are printed in the format of the manual 4.1.2.
;; What is typed ahead is kept in a variable of this library and not in the loop: a continuation that was
;; captured in an earlier form goes on with the input as it is now.
(library (loko repl)
  (export repl %print-results %report %diagnostics-text)
  (import (loko core syntax) (loko core primitives)
          (loko base violations) (loko base control) (loko base conditions) (loko base errors)
          (loko base eval)
          (loko base port-records) (loko base ports) (loko base textual-ports) (loko base stdio)
          (loko base printer) (loko base reader))

  ;; Text that was read and not yet evaluated.
  (define pending "")

  (define (message-of c)
    (if (message-condition? c) (condition-message c) ""))

  ;; Does the text end inside of a datum?
  (define (incomplete? c)
    (and (lexical-violation? c)
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
                 (void))
               (leave (lambda () (handle c)))))
         (lambda ()
           (call-with-values thunk
             (lambda results (lambda () (%values-list results))))))))))

  ;; The text of the next datum in `pending`, which is shortened; #f if it holds only space;
  ;; the symbol incomplete.
  (define (take-datum!)
    (let ((p (open-string-input-port pending)))
      (try (lambda ()
             (let ((x (get-datum p)))
               (if (and (eof-object? x) (eof-object? (lookahead-char p)) (blank? p))
                   (begin
                     (set! pending "")
                     #f)
                   (let* ((end (port-position p))
                          (bytes (string->utf8 pending))
                          (text (utf8->string bytes 0 end)))
                     (set! pending (utf8->string bytes end (bytevector-length bytes)))
                     text))))
           (lambda (c)
             (if (incomplete? c)
                 'incomplete
                 (begin
                   (set! pending "")
                   (raise c)))))))

  ;; An end of file that was read, and not the datum #!eof.
  (define (blank? p)
    (let ((n (string-length pending)))
      (not (and (fx>=? n 5)
                (%string-search-backward "#!eof" pending)))))

  ;; The text of the next form or the end-of-file object.
  (define (next-form)
    (let ((text (take-datum!)))
      (if (string? text)
          text
          (let ((line (begin
                        (flush-output-port (console-output-port))
                        (get-line (console-input-port)))))
            (cond ((not (eof-object? line))
                   (set! pending
                     (%string-append pending (%string-append line "\n")))
                   (next-form))
                  ((eq? text 'incomplete)
                   (set! pending "")
                   (%violation 'lexical 'read "unexpected end of file"))
                  (else line))))))

  ;; Prints the values of a form, one on each line; those without information not at all.
  (define (%print-results results)
    (let loop ((l results))
      (if (pair? l)
          (begin
            (if (not (%void? (car l)))
                (begin
                  (write (car l))
                  (newline)))
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
                            (lambda (x) (write x port))))
      (flush-output-port port)))

  (define (evaluate text)
    (let ((thunk (%run-task (%expand-start 'text (cons "repl" text) (interaction-environment)))))
      (if (procedure? thunk) (thunk) (void))))

  ;; (repl): reads, evaluates and prints until the end of the input; then the process ends.
  (define (repl)
    (display "> " (console-output-port))
    (try (lambda ()
           (let ((text (next-form)))
             (if (eof-object? text)
                 (begin
                   (newline (console-output-port))
                   (exit 0))
                 (call-with-values (lambda () (evaluate text))
                   (lambda results (%print-results results))))))
         (lambda (c)
           (set-fresh-ports!)
           (%report c (console-output-port))))
    (repl))

  ;; After an error the current ports are the console again if they were closed meanwhile.
  (define (set-fresh-ports!)
    (if (not (output-port-open? (current-output-port)))
        (current-output-port (console-output-port)))
    (if (not (input-port-open? (current-input-port)))
        (current-input-port (console-input-port)))))
