;; SPDX-License-Identifier: MIT
;;
;; Task procedures: procedures that can be sent. In: an expression that is written where it is used, or a library and a name.
;; Out: a record of data, from which a worker makes the procedure again.
;; A *site* is the code of such an expression, closed: its free lexical variables are parameters, whose values travel as data
;; (%closed-expression, src/syntax/lifted_lambda.cpp). For a variable of a library or program it is the procedure that is its value.
;; Sites are numbered when they are first evaluated.
;; INVARIANT(site): a process knows the sites that its creator had numbered when it was started, and no others: its copy of the
;; table is that of the creator then. Whatever a site's code takes for granted (that variables of the program have been
;; initialized, their types) was so when the site was first evaluated, and so is true in every process that knows it.
(library (loko loci pool tasks)
  (export task-lambda task-expression task-procedure task-procedure? task-procedure->procedure
          task-name newest-site site-count)
  (import (rnrs) (loko loci channels)
          (only (loko core syntax) %closed-expression)
          (only (loko base eval) environment eval))

  ;; site: a number, and details is the list of values for the closed code; or #f, and details is (library . export).
  (define-record-type (task-procedure-record make-task-procedure task-procedure?)
    (nongenerative loko-task-procedure-1) (sealed #t)
    (fields (immutable name task-name)        ; for people: a symbol
            (immutable site task-site)
            (immutable details task-details)))

  ;;; Sites

  (define numbers (make-eq-hashtable))        ; key of a site -> number
  (define codes (make-eqv-hashtable))         ; number -> closed code

  ;; How many sites this process knows; the next one gets this number.
  (define (site-count) (hashtable-size codes))

  (define (site-number! key code)
    (or (hashtable-ref numbers key #f)
        (let ((n (site-count)))
          (hashtable-set! numbers key n)
          (hashtable-set! codes n code)
          n)))

  ;; The greatest number of a site in the objects; -1 if there is none. Looks into task procedures, not into other data.
  (define (newest-site objects)
    (fold-left
     (lambda (n x)
       (if (and (task-procedure? x) (task-site x))
           (max n (task-site x) (newest-site (task-details x)))
           n))
     -1 objects))

  ;;; Making

  (define (plain? x)
    (or (number? x) (symbol? x) (boolean? x) (char? x) (null? x) (string? x) (bytevector? x)))

  ;; closed: what %closed-expression gave. &assertion with who and the variable if the value of a variable can't be sent.
  (define (make-task who name closed)
    (for-each
     (lambda (entry)
       (if (not (or (plain? (cdr entry)) (locus-message-allowed? (cdr entry))))
           (assertion-violation who "the value of this variable can't be sent to a locus" (car entry) (cdr entry))))
     (cddr closed))
    (make-task-procedure name (site-number! (car closed) (cadr closed)) (map cdr (cddr closed))))

  ;; (task-expression who expression): the task procedure for an expression, which the worker evaluates; it must give a
  ;; procedure or a task procedure.
  (define-syntax task-expression
    (lambda (x)
      (syntax-case x ()
        ((_ who e)
         (identifier? #'e)
         #'(variable-task 'who 'e e (%closed-expression e)))
        ((_ who e)
         (with-syntax ((name (syntax-case #'e ()
                               ((head . rest) (identifier? #'head) #'head)
                               (_ #'procedure))))
           #'(make-task 'who 'name (%closed-expression e)))))))

  ;; For a variable: the task procedure that is its value, or, if that is a procedure and the variable is not lexical, the same one
  ;; wherever it is used: the key is the procedure.
  (define (variable-task who name value closed)
    (cond ((task-procedure? value) value)
          ((and (procedure? value) (null? (cddr closed)))
           (make-task-procedure name (site-number! value (lambda () value)) '()))
          (else (make-task who name closed))))

  ;; (task-lambda formals body ...): a task procedure, a value that can be kept, passed on and sent. The values of free lexical
  ;; variables are copied now; variables of libraries, of the program and of the REPL are those of the worker.
  (define-syntax task-lambda
    (syntax-rules ()
      ((_ formals body0 body ...)
       (task-expression task-lambda (lambda formals body0 body ...)))))

  (define (exported who library name)
    (let ((v (eval name (environment library))))
      (if (not (procedure? v)) (assertion-violation who "the export is not a procedure" name library v))
      v))

  ;; (task-procedure library name): the procedure that a library exports. What is missing or no procedure is a condition, at once.
  (define (task-procedure library name)
    (if (not (pair? library)) (assertion-violation 'task-procedure "expected a library name" library))
    (if (not (symbol? name)) (assertion-violation 'task-procedure "expected a symbol" name))
    (exported 'task-procedure library name)
    (make-task-procedure name #f (cons library name)))

  ;;; Using

  ;; (task-procedure->procedure object): the procedure, in any process that knows the site; a procedure is itself.
  (define (task-procedure->procedure t)
    (cond ((procedure? t) t)
          ((not (task-procedure? t))
           (assertion-violation 'task-procedure->procedure "expected a procedure or a task procedure" t))
          ((task-site t)
           (let ((code (hashtable-ref codes (task-site t) #f)))
             (if (not code)
                 (assertion-violation 'task-procedure->procedure
                                      "this process is older than the procedure" (task-name t)))
             (task-procedure->procedure (apply code (task-details t)))))
          (else (exported 'task-procedure->procedure (car (task-details t)) (cdr (task-details t)))))))
