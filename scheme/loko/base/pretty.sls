;; SPDX-License-Identifier: MIT
;;
;; pretty-print (manual 3.2): data as indented lines. What fits on the rest of the line is written as write
;; does; else a list is broken by the form that its head names: a number of parts stay on the first line, the
;; others are indented by two; other lists are calls (aligned behind the head) or data (aligned behind the
;; parenthesis). Data with cycles are written on one line with labels.
(library (loko base pretty)
  (export pretty-print pretty-line-length)
  (import (loko core syntax) (loko core primitives)
          (loko base violations) (loko base parameters)
          (only (loko base lists) list? memq)
          (loko base textual-ports) (loko base printer)
          (only (loko base stdio) current-output-port))

  ;; Parameter: how long lines may be.
  (define pretty-line-length (make-parameter 79 (%limit 'pretty-line-length)))

  ;; How many parts after the head belong to the first line of a form, or #f for calls.
  (define (distinguished head)
    (case head
      ((lambda define define-syntax define-library library let let* letrec letrec* let-values let*-values
         let-syntax letrec-syntax fluid-let when unless case with-syntax parameterize guard
         call-with-values with-exception-handler call-with-port call-with-input-file call-with-output-file
         define-record-type define-condition-type define-values define-enumeration define-property
         module assert named-lambda and-let* rec case-lambda* delay-force)
       1)
      ((do syntax-rules syntax-case receive let*-optionals let-optionals match-let) (if (eq? head 'syntax-rules) 1 2))
      ((begin case-lambda cond-expand dynamic-wind protocol) 0)
      (else #f)))

  ;; Forms that are mostly lists of names: as many on a line as fit.
  (define (filled? head)
    (memq head '(export import fields only except rename prefix for include define-enumeration)))

  (define (text-of x) (fresh-string-of x #t))

  (define (spaces n port)
    (if (fx>? n 0)
        (begin
          (put-char port #\space)
          (spaces (fx- n 1) port))))

  (define (new-line column port)
    (put-char port #\newline)
    (spaces column port))

  ;; Does the text fit, with `closing` parentheses after it?
  (define (fits? s column closing)
    (fx<=? (fx+ column (fx+ (string-length s) closing)) (pretty-line-length)))

  (define (prefix-of x)
    (and (pair? x) (pair? (cdr x)) (null? (cdr (cdr x)))
         (case (car x)
           ((quote) "'")
           ((quasiquote) "`")
           ((unquote) ",")
           ((unquote-splicing) ",@")
           ((syntax) "#'")
           ((quasisyntax) "#`")
           ((unsyntax) "#,")
           ((unsyntax-splicing) "#,@")
           (else #f))))

  ;; Writes x from the given column on; answers the column behind it.
  (define (pp x column closing port)
    (let ((s (text-of x)))
      (if (or (fits? s column closing)
              (not (or (pair? x) (vector? x))))
          (begin
            (put-string port s)
            (fx+ column (string-length s)))
          (cond ((prefix-of x)
                 => (lambda (prefix)
                      (put-string port prefix)
                      (pp (car (cdr x)) (fx+ column (string-length prefix)) closing port)))
                ((vector? x)
                 (put-string port "#")
                 (pp-data (vector->list x) (fx+ column 1) closing port))
                ((and (list? x) (symbol? (car x)) (pair? (cdr x)))
                 (let ((n (distinguished (car x))))
                   (cond ((and (filled? (car x)) (flat? (cdr x))) (pp-names x column closing port))
                         (n
                          (pp-form x
                                   (if (and (eq? (car x) 'let) (symbol? (car (cdr x)))) 2 n)
                                   column closing port))
                         (else (pp-call x column closing port)))))
                (else (pp-data x column closing port))))))

  ;; The first n parts after the head on the first line, the others below.
  (define (pp-form x n column closing port)
    (put-string port "(")
    (let* ((head (text-of (car x))) (start (fx+ column (fx+ 1 (string-length head)))))
      (put-string port head)
      (let loop ((rest (cdr x)) (n n) (at start))
        (cond ((null? rest) (put-string port ")") (fx+ at 1))
              ((fx>? n 0)
               (put-string port " ")
               (loop (cdr rest)
                     (fx- n 1)
                     (pp (car rest) (fx+ at 1) (if (null? (cdr rest)) (fx+ closing 1) 0) port)))
              (else
               (new-line (fx+ column 2) port)
               (loop (cdr rest)
                     0
                     (pp (car rest) (fx+ column 2) (if (null? (cdr rest)) (fx+ closing 1) 0) port)))))))

  ;; (head a
  ;;       b)
  (define (pp-call x column closing port)
    (let* ((head (text-of (car x))) (indent (fx+ column (fx+ 2 (string-length head)))))
      (if (fx>? (fx- indent column) 24)
          (pp-data x column closing port)
          (begin
            (put-string port "(")
            (put-string port head)
            (put-string port " ")
            (pp-parts (cdr x) indent closing port)))))

  ;; (export a b
  ;;         c)
  (define (pp-names x column closing port)
    (let ((head (text-of (car x))))
      (put-string port "(")
      (put-string port head)
      (put-string port " ")
      (pp-fill (cdr x) (fx+ column (fx+ 2 (string-length head))) closing port)))

  (define (pp-data x column closing port)
    (put-string port "(")
    (if (flat? x)
        (pp-fill x (fx+ column 1) closing port)
        (pp-parts x (fx+ column 1) closing port)))

  ;; Is it a list without structured elements?
  (define (flat? l)
    (cond ((pair? l) (and (not (pair? (car l))) (not (vector? (car l))) (flat? (cdr l))))
          (else (null? l))))

  ;; As many elements on each line as it holds, and the closing parenthesis.
  (define (pp-fill l column closing port)
    (let loop ((l l) (at column))
      (if (null? l)
          (begin
            (put-string port ")")
            (fx+ at 1))
          (let* ((s (text-of (car l)))
                 (behind (if (null? (cdr l)) (fx+ closing 1) 0))
                 (start (if (fx=? at column) at (fx+ at 1))))
            (cond ((fx=? at column) #t)
                  ((fits? s start behind) (put-string port " "))
                  (else (new-line column port)))
            (put-string port s)
            (loop (cdr l)
                  (fx+ (string-length s)
                       (if (or (fx=? at column) (fits? s start behind)) start column)))))))

  ;; Parts one below the other, and the closing parenthesis.
  (define (pp-parts l column closing port)
    (let loop ((l l) (first? #t) (at column))
      (cond ((null? l)
             (put-string port ")")
             (fx+ at 1))
            ((pair? l)
             (if (not first?) (new-line column port))
             (loop (cdr l) #f
                   (pp (car l) column (if (null? (cdr l)) (fx+ closing 1) 0) port)))
            (else
             (new-line column port)
             (put-string port ". ")
             (loop '() #f (pp l (fx+ column 2) (fx+ closing 1) port))))))

  ;; True if the datum, as a tree, is of moderate size.
  (define (tree? x)
    (let count ((x x) (fuel 200000) (k (lambda (fuel) (fx>? fuel 0))))
      (cond ((fx<=? fuel 0) #f)
            ((pair? x) (count (car x) (fx- fuel 1) (lambda (fuel) (count (cdr x) fuel k))))
            ((vector? x) (count (vector->list x) (fx- fuel 1) k))
            (else (k (fx- fuel 1))))))

  ;; (pretty-print object [port]): object in several lines and a newline.
  (define pretty-print
    (case-lambda
      ((x) (pretty-print x (current-output-port)))
      ((x port)
       (if (tree? x)
           (pp x 0 0 port)
           (write x port))
       (put-char port #\newline)))))
