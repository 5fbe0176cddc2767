;; SPDX-License-Identifier: MIT
;;
;; Raising: the lowest library of the base. Everything above reports its errors through it.
;; Handlers are a list in the context word `handlers`; a handler runs with the rest of that list.
;; Condition objects are built by a procedure that (loko base errors) installs, because conditions
;; are records and records are built on lists. INVARIANT(order): before that, a violation exits.
;; R6RS base 11.14, R6RS libraries 7.1, R7RS 6.11.
(library (loko base violations)
  (export raise raise-continuable with-exception-handler
          error assertion-violation r7:error
          %violation %implementation-restriction
          %set-condition-builder! %set-uncaught! %uncaught %type-violation %range-violation %immutable-message %immutable-violation)
  (import (loko core syntax) (loko core primitives))

  ;; (builder kind who message irritants) -> condition; kind is a symbol that names the condition type.
  (define builder
    (lambda (kind who message irritants) (%exit 70)))

  ;; Installs the procedure that makes condition objects.
  (define (%set-condition-builder! procedure)
    (set! builder procedure))

  ;; Called with an object that was raised when no handler is installed.
  (define uncaught
    (lambda (object) (%exit 70)))

  ;; Replaces the procedure that gets objects raised without a handler.
  ;; It may return only for conditions that are not serious.
  (define (%set-uncaught! procedure)
    (set! uncaught procedure))

  ;; The present procedure for objects raised without a handler.
  (define (%uncaught) uncaught)

  ;; (with-exception-handler handler thunk): the values of thunk, called with handler installed.
  (define (with-exception-handler handler thunk)
    (if (procedure? handler) #t (%type-violation 'with-exception-handler "a procedure" handler))
    (if (procedure? thunk) #t (%type-violation 'with-exception-handler "a procedure" thunk))
    (let ((outer (%handlers)))
      (%set-handlers! (cons handler outer))
      (call-with-values thunk
        (case-lambda
          ((x) (%set-handlers! outer) x)
          (xs (%set-handlers! outer) (%values-list xs))))))

  ;; (raise object): calls the current handler, which must not return. If it does,
  ;; &non-continuable is raised in the handler's dynamic environment.
  (define (raise object)
    (let ((handlers (%handlers)))
      (if (pair? handlers)
          (let ((outer (cdr handlers)))
            (%set-handlers! outer)
            ((car handlers) object)
            (%set-handlers! outer)
            (raise (builder 'non-continuable 'raise "the exception handler returned" (list object))))
          (begin
            (uncaught object)
            (uncaught (builder 'non-continuable 'raise "the exception handler returned" (list object)))
            (%exit 70)))))

  ;; (raise-continuable object): the values of the current handler, called with object.
  (define (raise-continuable object)
    (let ((handlers (%handlers)))
      (if (pair? handlers)
          (begin
            (%set-handlers! (cdr handlers))
            (call-with-values (lambda () ((car handlers) object))
              (case-lambda
                ((x) (%set-handlers! handlers) x)
                (xs (%set-handlers! handlers) (%values-list xs)))))
          (uncaught object))))

  ;; R6RS 11.14: who is a string, a symbol or #f, and the message is a string. The violation shows all arguments.
  (define (check-message procedure who message irritants)
    (if (or (symbol? who) (string? who) (eq? who #f))
        (if (string? message)
            #t
            (raise (builder 'assertion procedure "expected a string as the message" (cons who (cons message irritants)))))
        (raise (builder 'assertion procedure "expected a symbol, a string or #f as the first argument"
                        (cons who (cons message irritants))))))

  ;; (error who message irritant ...): raises &error &who &message &irritants (R6RS).
  (define (error who message . irritants)
    (check-message 'error who message irritants)
    (raise (builder 'error who message irritants)))

  ;; (assertion-violation who message irritant ...): raises &assertion &who &message &irritants.
  (define (assertion-violation who message . irritants)
    (check-message 'assertion-violation who message irritants)
    (raise (builder 'assertion who message irritants)))

  ;; (error message irritant ...): R7RS. A first argument that is no string is taken as &who,
  ;; so that calls in the manner of R6RS come out right as well.
  (define (r7:error message . irritants)
    (if (and (or (symbol? message) (eq? message #f))
             (pair? irritants)
             (string? (car irritants)))
        (raise (builder 'error message (car irritants) (cdr irritants)))
        (raise (builder 'error #f message irritants))))

  ;; (%violation kind who message irritant ...): raises a condition of the named type.
  (define (%violation kind who message . irritants)
    (raise (builder kind who message irritants)))

  ;; Raises &implementation-restriction.
  (define (%implementation-restriction who message . irritants)
    (raise (builder 'implementation-restriction who message irritants)))

  ;; (%type-violation who expected object): "expected a list, got ..." with the object as irritant.
  (define (%type-violation who expected . irritants)
    (raise (builder 'assertion who (%string-append "expected " expected) irritants)))

  ;; (%immutable-message x): why x, a string, vector or bytevector, can't be changed. As runtime/data/check.h has it.
  (define (%immutable-message x)
    (cond ((string? x) "the string is immutable: a literal or the name of a symbol")
          ((vector? x) "the vector is an immutable literal")
          (else "the bytevector is an immutable literal")))

  ;; (%immutable-violation who object): a mutator got what can't be changed.
  (define (%immutable-violation who x)
    (%violation 'assertion who (%immutable-message x) x))

  ;; (%range-violation who object ...): an index out of range.
  (define (%range-violation who . irritants)
    (raise (builder 'assertion who "index out of range" irritants))))
