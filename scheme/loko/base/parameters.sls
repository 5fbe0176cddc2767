;; SPDX-License-Identifier: MIT
;;
;; Parameter objects (manual 3.2, R7RS 4.2.6). Bindings are an association list in the context word
;; `params`, which belongs to the dynamic state of a continuation: no winders are involved. A
;; binding is shared by all who captured it, so assignments (p v) are seen after re-entry.
(library (loko base parameters)
  (export make-parameter parameterize %limit %make-lazy-parameter %parameter-binding %call-with-bindings)
  (import (loko core syntax) (loko core primitives)
          (loko base violations) (only (loko base lists) append))

  ;; (%limit who): the fender of a parameter who that is a number of things.
  (define (%limit who)
    (lambda (n)
      (if (and (fixnum? n) (fx>=? n 0)) n (%type-violation who "a non-negative fixnum" n))))

  ;; As first of two arguments it asks a parameter to convert the second.
  (define convert-key (cons 'convert '()))

  ;; (make-parameter value [fender]): a procedure that returns its value without arguments and changes it
  ;; with one. Values, the initial one too, are replaced by what fender returns.
  (define make-parameter
    (case-lambda
      ((value) (make value #f #f))
      ((value fender)
       (if (procedure? fender) #t (%type-violation 'make-parameter "a procedure" fender))
       (make (fender value) fender #f))))

  ;; A parameter whose first value is that of the thunk `initial` when it is first needed; it is not converted.
  (define (%make-lazy-parameter initial fender) (make convert-key fender initial))

  (define (make value fender initial)
    (letrec ((parameter
              (case-lambda
                (()
                 (let loop ((l (%params)))
                   (if (pair? l)
                       (let ((binding (car l)))
                         (if (eq? (car binding) parameter)
                             (cdr binding)
                             (loop (cdr l))))
                       (begin
                         (if (eq? value convert-key) (set! value (initial)))
                         value))))
                ((new)
                 (let ((new (if fender (fender new) new)))
                   (let loop ((l (%params)))
                     (if (pair? l)
                         (let ((binding (car l)))
                           (if (eq? (car binding) parameter)
                               (set-cdr! binding new)
                               (loop (cdr l))))
                         (set! value new)))))
                ((key new)
                 (if (eq? key convert-key)
                     (if fender (fender new) new)
                     (assertion-violation 'parameter "wrong number of arguments" key new))))))
      parameter))

  ;; A binding of a parameter to a value that is still to be converted.
  (define (%parameter-binding parameter value)
    (if (procedure? parameter) #t (%type-violation 'parameterize "a parameter" parameter))
    (cons parameter (parameter convert-key value)))

  ;; Calls thunk with more bindings.
  (define (%call-with-bindings bindings thunk)
    (let ((outer (%params)))
      (%set-params! (if (pair? outer) (append bindings outer) bindings))
      (call-with-values thunk
        (case-lambda
          ((x) (%set-params! outer) x)
          (xs (%set-params! outer) (%values-list xs))))))

  ;; (parameterize ((parameter value) ...) body ...): body with other values of the parameters.
  (define-syntax parameterize
    (syntax-rules ()
      ((_ () b1 b2 ...) (let () b1 b2 ...))
      ((_ ((parameter value) ...) b1 b2 ...)
       (%call-with-bindings (list (%parameter-binding parameter value) ...)
                            (lambda () b1 b2 ...))))))
