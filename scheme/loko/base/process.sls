;; SPDX-License-Identifier: MIT
;;
;; The process: command line and environment variables (R6RS libraries 10, R7RS 6.14, manual 3.2).
;; State of the process is asked from the system at the first use, so that an image contains none.
(library (loko base process)
  (export command-line %set-command-line! %reset-process! get-environment-variable get-environment-variables putenv %environment-list)
  (import (loko core syntax) (loko core primitives)
          (loko base violations) (loko base lists))

  (define arguments #f)

  ;; (command-line): list of strings, the program's name first.
  (define (command-line)
    (if arguments
        arguments
        (begin
          (set! arguments (%map1 (lambda (b) (utf8->string b)) (%os-argv)))
          arguments)))

  ;; Makes the strings of the list the command line (scripts).
  (define (%set-command-line! strings)
    (set! arguments strings))

  (define variables #f)

  ;; (%environment-list): the list of them, another one after each change.
  (define (%environment-list) (all-variables))

  ;; Forgets what an image remembers of the process that made it.
  (define (%reset-process!)
    (set! arguments #f)
    (set! variables #f))

  ;; b is a bytevector name=value.
  (define (split b)
    (let ((i (%bytevector-index b 61)))
      (if i
          (cons (utf8->string b 0 i) (utf8->string b (fx+ i 1)))
          (cons (utf8->string b) ""))))

  (define (all-variables)
    (if variables
        variables
        (begin
          (set! variables (%map1 split (%os-environment)))
          variables)))

  ;; (get-environment-variable name): string or #f.
  (define (get-environment-variable name)
    (if (string? name) #t (%type-violation 'get-environment-variable "a string" name))
    (let ((entry (assoc name (all-variables))))
      (if entry (cdr entry) #f)))

  ;; (get-environment-variables): list of pairs of strings.
  (define (get-environment-variables)
    (%map1 (lambda (entry) (cons (car entry) (cdr entry))) (all-variables)))

  ;; (putenv name value): sets a variable for this process and its children; removes it if value is #f.
  (define (putenv name value)
    (if (string? name) #t (%type-violation 'putenv "a string" name))
    (if (or (eq? value #f) (string? value)) #t (%type-violation 'putenv "a string or #f" value))
    (let ((others (remp (lambda (entry) (string=? (car entry) name)) (all-variables))))
      (set! variables (if value (cons (cons name value) others) others)))))
