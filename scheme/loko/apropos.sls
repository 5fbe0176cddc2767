;; SPDX-License-Identifier: MIT
;;
;; Looking for names (manual 3.3).
(library (loko apropos)
  (export apropos apropos-list)
  (import (rnrs)
          (only (loko base symbols) symbol<?)
          (only (loko base strings) string-contains)
          (only (loko base violations) %type-violation)
          (only (loko base eval)
                interaction-environment environment? environment-symbols installed-libraries library-exports))

  (define (part-of who name)
    (cond ((string? name) name)
          ((symbol? name) (symbol->string name))
          (else (%type-violation who "a string or symbol" name))))

  ;; The names of a list that contain the part, sorted.
  (define (matching part names)
    (list-sort symbol<? (filter (lambda (s) (string-contains (symbol->string s) part)) names)))

  (define (library-text name)
    (call-with-string-output-port (lambda (p) (display name p))))

  ;; Libraries that are part of the implementation are not shown.
  (define (internal? library)
    (and (eq? (car library) 'loko) (pair? (cdr library)) (memq (cadr library) '(base core main repl commands)) #t))

  ;; Pairs of a library's name and its exports that contain the part, sorted by library.
  (define (library-matches part)
    (remp (lambda (entry) (null? (cdr entry)))
          (map (lambda (library) (cons library (matching part (or (library-exports library) '()))))
               (list-sort (lambda (a b) (string<? (library-text a) (library-text b)))
                          (filter (lambda (l) (and (pair? l) (not (internal? l)))) (installed-libraries))))))

  (define (check-environment who env)
    (if (not (environment? env)) (%type-violation who "an environment" env)))

  ;; (apropos-list name [environment]): the symbols of the environment (default: that of the REPL) that contain the
  ;; string or symbol, then a list (library symbol) for each such export of a loaded library.
  (define apropos-list
    (case-lambda
      ((name) (apropos-list name (interaction-environment)))
      ((name env)
       (let ((part (part-of 'apropos-list name)))
         (check-environment 'apropos-list env)
         (append
          (matching part (environment-symbols env))
          (apply append
                 (map (lambda (entry) (map (lambda (s) (list (car entry) s)) (cdr entry)))
                      (library-matches part))))))))

  ;; (apropos name [environment]): prints what apropos-list finds, to be read by people.
  (define apropos
    (case-lambda
      ((name) (apropos name (interaction-environment)))
      ((name env)
       (let ((part (part-of 'apropos name)))
         (define (show title names)
           (display title)
           (display ":\n")
           (for-each (lambda (s) (display "  ") (write s) (newline)) names))
         (check-environment 'apropos env)
         (let ((here (matching part (environment-symbols env))))
           (if (pair? here) (show "environment" here)))
         (for-each (lambda (entry) (show (library-text (car entry)) (cdr entry)))
                   (library-matches part)))))))
