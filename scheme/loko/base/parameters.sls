;; SPDX-License-Identifier: MIT
;;
;; Parameter objects (manual 3.2, R7RS 4.2.6). Bindings are an association list in the context word
;; `params`, which belongs to the dynamic state of a continuation: no winders are involved. A
;; binding is shared by all who captured it, so assignments (p v) are seen after re-entry.
;; Where nothing binds a parameter, an assignment is the running fiber's own (ADR 16): until the first fiber there is one value for all;
;; then (loko system fibers parameters) knows what each has assigned or inherited. INVARIANT(end): a list of bindings ends with its fiber, or with () in
;; the main program.
(library (loko base parameters)
  (export make-parameter parameterize %limit %make-lazy-parameter %parameter-binding %call-with-bindings
          %parameters-per-fiber!)
  (import (loko core syntax) (loko core primitives)
          (loko base violations) (only (loko base lists) append) (loko base process-state))

  ;; (%limit who): the fender of a parameter who that is a number of things.
  (define (%limit who)
    (lambda (n)
      (if (and (fixnum? n) (fx>=? n 0)) n (%type-violation who "a non-negative fixnum" n))))

  ;; As first of two arguments it asks a parameter to convert the second. As value it says that the value is elsewhere.
  (define convert-key (cons 'convert '()))

  (define own-value #f)
  (define own-value! #f)

  ;; (%parameters-per-fiber! get set): from now on assignments are the running fiber's own. (get parameter default end) is what the fiber
  ;; with that end of bindings has, (set parameter value new? end) changes it; new? if nobody has assigned the parameter before.
  (define (%parameters-per-fiber! get set)
    (set! own-value get)
    (set! own-value! set))

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

  ;; value: for all fibers, until one assigns its own; then default is that of the others. Both are the key until a lazy one is known.
  (define (make value fender initial)
    (letrec ((default convert-key)
             (parameter
              (case-lambda
                (()
                 (let loop ((l (%params)))
                   (if (pair? l)
                       (let ((binding (car l)))
                         (if (eq? (car binding) parameter)
                             (cdr binding)
                             (loop (cdr l))))
                       (if (eq? value convert-key)
                           (let ((own (if own-value (own-value parameter default l) default)))
                             (if (eq? own convert-key)
                                 (let ((first (initial)))    ; another fiber may have been faster
                                   (if (eq? default convert-key) (set! default first))
                                   default)
                                 own))
                           value))))
                ((new)
                 (let ((new (if fender (fender new) new)))
                   (let loop ((l (%params)))
                     (if (pair? l)
                         (let ((binding (car l)))
                           (if (eq? (car binding) parameter)
                               (set-cdr! binding new)
                               (loop (cdr l))))
                         (if own-value!
                             (let ((new? (not (eq? value convert-key))))
                               (if new?
                                   (begin
                                     (set! default value)
                                     (set! value convert-key)))
                               (own-value! parameter new new? l))
                             (begin
                               (set! value new)
                               (%state-changed!)))))))     ; it may be one of the image
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
