;; SPDX-License-Identifier: MIT
;;
;; Pattern matching, after Wright and Shinn. A clause is
;;
;;   (pattern body ...)   (pattern (=> next) body ...)   (pattern (where test ...) body ...)
;;
;; where (next) goes on with the next clause, and so does a test that is false. Patterns:
;;
;;   _                       anything
;;   name                    anything, which is bound; again in the same pattern: what is equal? to it
;;   #t 1 #\c "s" #vu8(1)    the datum;   'datum   likewise
;;   (p ... ) with dots ... or ___, ..k or __k: any number, at least k;   (p . q)   (p ... q r . s)
;;   #(p q)  #(p ... q)      vectors
;;   ($ record p ...)        a record (define-record-type of R6RS or R7RS, condition types) and its first fields
;;   (@ record (field p) ...)   by names of fields
;;   (box p)  (? predicate p ...)  (= procedure p)  (and p ...)  (or p ...)  (not p)
;;   `qp                     quasiquote: ,p and ,@p (at the end) are patterns, symbols stand for themselves
;;   (get! name)  (set! name)   procedures that read or change the place
;;
;; If no clause matches, &assertion is raised. The clauses become a decision tree (loko base match-trees).
(library (loko match)
  (export match match-lambda match-lambda* match-let match-let* match-letrec match-define where)
  (import (rnrs)
          (for (loko base match-patterns) expand)
          (for (loko base match-trees) expand)
          (loko base match-support))

  (define-syntax where
    (lambda (form) (syntax-violation #f "misplaced auxiliary keyword" form)))

  ;; (match expression clause ...): the values of the body of the first clause whose pattern matches.
  (define-syntax match
    (lambda (form)
      (define (literal? id name) (and (identifier? id) (eq? (syntax->datum id) name)))
      ;; #(pattern variables body-name continues?) and the body's lambda expression
      (define (parse clause name)
        (syntax-case clause ()
          ((p (arrow next) b1 b2 ...) (literal? #'arrow '=>)
           (with-syntax (((v ...) (pattern-variables #'p)))
             (values (vector #'p #'(v ...) name #t)
                     #'(lambda (next v ...) b1 b2 ...))))
          ((p (w test ...) b1 b2 ...) (and (identifier? #'w) (free-identifier=? #'w #'where))
           (with-syntax (((v ...) (pattern-variables #'p)))
             (values (vector #'p #'(v ...) name #t)
                     #'(lambda (next v ...) (if (and test ...) (let () b1 b2 ...) (next))))))
          ((p b1 b2 ...)
           (with-syntax (((v ...) (pattern-variables #'p)))
             (values (vector #'p #'(v ...) name #f)
                     #'(lambda (v ...) b1 b2 ...))))
          (_ (syntax-violation 'match "a clause must be (pattern body ...)" form clause))))
      (syntax-case form ()
        ((_ expression clause ...)
         (let loop ((clauses #'(clause ...)) (names (generate-temporaries #'(clause ...))) (rows '()) (bodies '()))
           (if (pair? clauses)
               (let-values (((row body) (parse (car clauses) (car names))))
                 (loop (cdr clauses) (cdr names) (cons row rows) (cons (list (car names) body) bodies)))
               (with-syntax ((((name body) ...) (reverse bodies))
                             (tree (compile-match #'subject (reverse rows) #'(%match-failure subject))))
                 #'(let ((subject expression))
                     (let ((name body) ...) tree)))))))))

  ;; (match-lambda clause ...): a procedure of one argument that matches it.
  (define-syntax match-lambda
    (syntax-rules () ((_ clause ...) (lambda (x) (match x clause ...)))))

  ;; (match-lambda* clause ...): a procedure that matches the list of its arguments.
  (define-syntax match-lambda*
    (syntax-rules () ((_ clause ...) (lambda x (match x clause ...)))))

  ;; (match-let ((pattern expression) ...) body ...): all expressions are evaluated first. With a name in front, a
  ;; loop like that of let.
  (define-syntax match-let
    (lambda (form)
      (syntax-case form ()
        ((_ ((p e) ...) b1 b2 ...)
         (with-syntax (((t ...) (generate-temporaries #'(p ...))))
           #'(let ((t e) ...) (match-let* ((p t) ...) b1 b2 ...))))
        ((_ name ((p e) ...) b1 b2 ...) (identifier? #'name)
         (with-syntax (((t ...) (generate-temporaries #'(p ...))))
           #'(let name ((t e) ...) (match-let* ((p t) ...) b1 b2 ...)))))))

  ;; (match-let* ((pattern expression) ...) body ...): one after the other.
  (define-syntax match-let*
    (syntax-rules ()
      ((_ () b1 b2 ...) (let () b1 b2 ...))
      ((_ ((p e) more ...) b1 b2 ...) (match e (p (match-let* (more ...) b1 b2 ...))))))

  ;; (match-letrec ((pattern expression) ...) body ...): the expressions see all variables.
  (define-syntax match-letrec
    (syntax-rules ()
      ((_ ((p e) ...) b1 b2 ...) (let () (match-define p e) ... (let () b1 b2 ...)))))

  ;; (match-define pattern expression): defines the variables of the pattern.
  (define-syntax match-define
    (lambda (form)
      (syntax-case form ()
        ((_ p e)
         (with-syntax (((v ...) (pattern-variables #'p)))
           (with-syntax (((k ...) (let loop ((l #'(v ...)) (k 0))
                                    (if (pair? l) (cons k (loop (cdr l) (+ k 1))) '()))))
             #'(begin
                 (define values-of (match e (p (vector v ...))))
                 (define v (vector-ref values-of k)) ...))))))))
