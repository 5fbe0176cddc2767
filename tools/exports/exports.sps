;; SPDX-License-Identifier: MIT
;;
;; Compares the exports of the standard libraries with the tables that were written from the reports
;; (src/tables/exports/*.scm, src/tables/dialects.scm), and writes the reference of the libraries.
;; usage: loko --program tools/exports/exports.sps check TABLE ...       counts "N passed, N failed"
;;        loko --program tools/exports/exports.sps reference TABLE ...   Markdown on the standard output
;; Forms of the tables: (library NAME SECTION EXPORT ...), (composite NAME SECTION LIBRARY ...) and
;; (differs NAME (r6rs LIBRARY TEXT) (r7rs LIBRARY TEXT) (example EXPR => R6RS R7RS) ...).
(import (rnrs) (rnrs eval)
        (only (loko base eval) library-exports)
        (only (loko core primitives) %environment-binding)
        (only (loko base symbols) symbol<?))

(define (read-table file)
  (call-with-input-file file
    (lambda (port)
      (let loop ((rows '()))
        (let ((row (get-datum port)))
          (if (eof-object? row) (reverse rows) (loop (cons row rows))))))))

(define mode (string->symbol (cadr (command-line))))
(define rows (apply append (map read-table (cddr (command-line)))))

(define (rows-of kind) (filter (lambda (row) (eq? (car row) kind)) rows))

;; NAME without the version.
(define (plain name) (remp pair? name))

(define libraries                       ; rows (library NAME SECTION EXPORT ...)
  (let ((simple (rows-of 'library)))
    (define (exports name)
      (cdddr (find (lambda (row) (equal? (cadr row) name)) simple)))
    (define (distinct l)
      (fold-right (lambda (x rest) (cons x (remq x rest))) '() l))
    (append simple
            (map (lambda (row)
                   (cons* 'library (cadr row) (caddr row)
                          (distinct (apply append (map exports (cdddr row))))))
                 (rows-of 'composite)))))

(define differences (rows-of 'differs))
(define (difference name) (find (lambda (row) (eq? (cadr row) name)) differences))

(define (sort-names names) (list-sort symbol<? names))

;; The exports of the library as it is; loads it.
(define (actual name)
  (environment name)
  (or (library-exports (plain name)) '()))

(define (minus a b)
  (let ((table (make-eq-hashtable)))
    (for-each (lambda (x) (hashtable-set! table x #t)) b)
    (remp (lambda (x) (hashtable-contains? table x)) a)))

;;; Checks

(define passed 0)
(define failed 0)
(define (check ok? . message)
  (if ok?
      (set! passed (+ passed 1))
      (begin
        (set! failed (+ failed 1))
        (display "FAIL: ")
        (for-each display message)
        (newline))))

(define (check-exports)
  (for-each
   (lambda (row)
     (let* ((name (cadr row)) (wanted (cdddr row)) (there (actual name))
            (missing (minus wanted there)) (extra (minus there wanted)))
       (check (null? missing) name " lacks " missing)
       (check (null? extra) name " exports more than the report says: " extra)))
   libraries))

;; One name, one binding: two libraries give the same, but for the names on which the reports differ.
(define (same-binding? name a b)
  (guard (c ((syntax-violation? c) #f) ((error? c) #f))
    (environment (list 'only a name) (list 'only b name))
    #t))

(define (r7rs? library) (eq? (car library) 'scheme))

(define (check-bindings)
  (let ((first (make-eq-hashtable)))     ; name -> libraries
    (for-each
     (lambda (row)
       (for-each (lambda (name) (hashtable-update! first name (lambda (l) (cons (cadr row) l)) '()))
                 (cdddr row)))
     libraries)
    (let-values (((names homes) (hashtable-entries first)))
      (vector-for-each
       (lambda (name homes)
         (let*-values (((r7 r6) (partition r7rs? homes)))
           (define (all-same l)
             (if (pair? l)
                 (for-each
                  (lambda (other)
                    (check (same-binding? name (car l) other)
                           name " is not the same in " (car l) " and " other))
                  (cdr l))))
           (all-same r6)
           (all-same r7)
           (if (and (pair? r6) (pair? r7))
               (let ((same? (same-binding? name (car r6) (car r7))))
                 (if (difference name)
                     (check (not same?) name " is in the table of differences but one binding")
                     (check same? name " is not the same in " (car r6) " and " (car r7)
                            " and not in the table of differences"))))))
       names homes))))

;;; Differences

(define (outcome thunk)
  (call/cc
   (lambda (leave)
     (with-exception-handler
      (lambda (c) (leave (if (condition? c) '(raises) (list 'raised c))))
      thunk))))

(define support6 '((rnrs) (rnrs eval) (rnrs r5rs) (rnrs mutable-pairs) (rnrs mutable-strings)))
(define support7
  '((scheme base) (scheme char) (scheme file) (scheme write) (scheme read) (scheme eval) (scheme process-context)
    (only (rnrs io ports) open-string-output-port call-with-string-output-port)))

;; Evaluates an example in a dialect, and in one that has the other dialect's names with a prefix.
(define (check-example name dialect expression wanted)
  (let ((own (if (eq? dialect 'r6rs) support6 support7))
        (other (if (eq? dialect 'r6rs) '(scheme base) '(rnrs))))
    (for-each
     (lambda (specs)
       (let ((got (outcome (lambda () (eval expression (apply environment specs))))))
         (check (equal? got wanted)
                name " in " dialect ": " expression " => " got ", not " wanted)))
     (list own (append own (list (list 'prefix other 'other:)))))))

(define (check-differences)
  (for-each
   (lambda (row)
     (let ((name (cadr row)))
       (for-each
        (lambda (clause)
          (case (car clause)
            ((r6rs r7rs)
             (check (memq name (actual (cadr clause)))
                    (cadr clause) " does not export " name))
            ((example)
             (check-example name 'r6rs (cadr clause) (cadddr clause))
             (check-example name 'r7rs (cadr clause) (car (cddddr clause))))))
        (cddr row))))
   differences))

;;; Reference

(define (kind-of environment name)
  (let ((b (%environment-binding environment name)))
    (cond ((not b) "missing")
          ((memq (vector-ref b 0) '(syntax macro)) "syntax")
          (else "procedure"))))

;; The other libraries that export the name.
(define (others name library)
  (let loop ((l libraries) (text ""))
    (cond ((null? l) text)
          ((or (equal? (cadar l) library) (not (memq name (cdddar l)))) (loop (cdr l) text))
          (else
           (loop (cdr l)
                 (string-append text (if (string=? text "") "" ", ")
                                (call-with-string-output-port (lambda (p) (write (cadar l) p)))))))))

(define (say . parts) (for-each display parts))

(define (escape name)
  (let ((s (symbol->string name)))
    (apply string-append
           (map (lambda (c) (if (char=? c #\|) "\\|" (string c))) (string->list s)))))

(define (write-reference)
  (say "<!-- SPDX-License-Identifier: MIT -->\n"
       "<!-- Written by tools/exports/exports.sps from src/tables/exports/ and src/tables/dialects.scm. -->\n"
       "# The standard libraries\n\n"
       "Each export of each library of the reports. The tables were written from the reports, and a test compares them\n"
       "with the libraries, both ways. A name is the same binding in all libraries that export it, so that they can be\n"
       "imported together, but for those marked †, on which the reports differ: see the\n"
       "[end](#names-on-which-the-reports-differ).\n\n")
  (let ((missing (fold-left (lambda (n row) (+ n (length (minus (cdddr row) (actual (cadr row)))))) 0 libraries))
        (all (fold-left (lambda (n row) (+ n (length (cdddr row)))) 0 libraries)))
    (say (length libraries) " libraries, " all " exports, " missing " missing.\n"))
  (for-each
   (lambda (row)
     (let* ((name (cadr row)) (e (environment name)))
       (say "\n## " name "\n\n" (caddr row) "; " (length (cdddr row)) " exports.\n\n"
            "| name | state | also in |\n|---|---|---|\n")
       (for-each
        (lambda (export)
          (say "| `" (escape export) "`" (if (difference export) " †" "")
               " | " (kind-of e export) " | " (others export name) " |\n"))
        (sort-names (cdddr row)))))
   libraries)
  (say "\n## Names on which the reports differ\n\n"
       "Each of these names stands for two bindings; every other name is one.\n\n"
       "| name | R6RS | R7RS |\n|---|---|---|\n")
  (for-each
   (lambda (row)
     (define (text dialect) (caddr (assq dialect (cddr row))))
     (say "| `" (escape (cadr row)) "` | " (text 'r6rs) " | " (text 'r7rs) " |\n"))
   differences))

(case mode
  ((check)
   (check-exports)
   (check-bindings)
   (check-differences)
   (say "exports: " passed " passed, " failed " failed\n")
   (exit (= failed 0)))
  ((reference) (write-reference))
  (else
   (say "usage: exports.sps check|reference TABLE ...\n")
   (exit 64)))
