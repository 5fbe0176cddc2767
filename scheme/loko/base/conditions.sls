;; SPDX-License-Identifier: MIT
;;
;; Conditions (R6RS libraries 7.2 and 7.3, the types of 8.1) and the &program-counter of the manual 4.1.2.
;; A simple condition is a record of a subtype of &condition; a compound condition is a record
;; with the list of its simple conditions.
(library (loko base conditions)
  (export condition simple-conditions condition? condition-predicate condition-accessor
          define-condition-type
          &condition %compound-condition-rtd
          &message make-message-condition message-condition? condition-message
          &warning make-warning warning?
          &serious make-serious-condition serious-condition?
          &error make-error error?
          &violation make-violation violation?
          &assertion make-assertion-violation assertion-violation?
          &irritants make-irritants-condition irritants-condition? condition-irritants
          &who make-who-condition who-condition? condition-who
          &non-continuable make-non-continuable-violation non-continuable-violation?
          &implementation-restriction make-implementation-restriction-violation
          implementation-restriction-violation?
          &lexical make-lexical-violation lexical-violation?
          &syntax make-syntax-violation syntax-violation? syntax-violation-form syntax-violation-subform
          &undefined make-undefined-violation undefined-violation?
          &no-infinities make-no-infinities-violation no-infinities-violation?
          &no-nans make-no-nans-violation no-nans-violation?
          &i/o make-i/o-error i/o-error?
          &i/o-read make-i/o-read-error i/o-read-error?
          &i/o-write make-i/o-write-error i/o-write-error?
          &i/o-invalid-position make-i/o-invalid-position-error i/o-invalid-position-error? i/o-error-position
          &i/o-filename make-i/o-filename-error i/o-filename-error? i/o-error-filename
          &i/o-file-protection make-i/o-file-protection-error i/o-file-protection-error?
          &i/o-file-is-read-only make-i/o-file-is-read-only-error i/o-file-is-read-only-error?
          &i/o-file-already-exists make-i/o-file-already-exists-error i/o-file-already-exists-error?
          &i/o-file-does-not-exist make-i/o-file-does-not-exist-error i/o-file-does-not-exist-error?
          &i/o-port make-i/o-port-error i/o-port-error? i/o-error-port
          &i/o-decoding make-i/o-decoding-error i/o-decoding-error?
          &i/o-encoding make-i/o-encoding-error i/o-encoding-error? i/o-encoding-error-char
          &program-counter make-program-counter-condition program-counter-condition? condition-program-counter
          &interrupted make-interrupted-condition interrupted-condition?)
  (import (loko core syntax) (loko core primitives)
          (loko base violations) (loko base lists) (loko base records) (loko base record-syntax))

  (define-record-type (&condition make-simple-condition simple-condition?))

  (define-record-type (compound-condition make-compound-condition compound-condition?)
    (fields (immutable components components))
    (sealed #t))
  (define %compound-condition-rtd (record-type-descriptor compound-condition))

  ;; (condition? object): true of simple and compound conditions.
  (define (condition? object)
    (or (simple-condition? object) (compound-condition? object)))

  ;; (simple-conditions condition): the list of its components.
  (define (simple-conditions c)
    (cond ((simple-condition? c) (list c))
          ((compound-condition? c) (components c))
          (else (%type-violation 'simple-conditions "a condition" c))))

  ;; (condition condition ...): a condition with all components of the arguments.
  (define (condition . conditions)
    (let ((all (let loop ((l conditions))
                 (if (pair? l)
                     (let ((c (car l)))
                       (cond ((simple-condition? c) (cons c (loop (cdr l))))
                             ((compound-condition? c) (append (components c) (loop (cdr l))))
                             (else (%type-violation 'condition "a condition" c))))
                     '()))))
      (if (and (pair? all) (null? (cdr all)))
          (car all)
          (make-compound-condition all))))

  (define (has-component? c rtd)
    (or (%record-is-a? c rtd)
        (and (compound-condition? c)
             (let loop ((l (components c)))
               (and (pair? l)
                    (or (%record-is-a? (car l) rtd)
                        (loop (cdr l))))))))

  ;; The first component of type rtd.
  (define (component who c rtd)
    (cond ((%record-is-a? c rtd) c)
          ((compound-condition? c)
           (let loop ((l (components c)))
             (if (pair? l)
                 (if (%record-is-a? (car l) rtd) (car l) (loop (cdr l)))
                 (wrong-condition who c rtd))))
          (else (wrong-condition who c rtd))))

  (define (wrong-condition who c rtd)
    (%type-violation (or who (record-type-name rtd))
                     (%string-append "a condition of type " (%symbol-name (record-type-name rtd)))
                     c))

  (define (check-condition-type who rtd)
    (if (and (record-type-descriptor? rtd) (%rtd-is-a? rtd (record-type-descriptor &condition)))
        #t
        (%type-violation who "the type descriptor of a condition type" rtd)))

  ;; (condition-predicate rtd): a procedure that tells conditions with a component of the type.
  (define (condition-predicate rtd)
    (check-condition-type 'condition-predicate rtd)
    (lambda (object) (has-component? object rtd)))

  ;; (condition-accessor rtd proc): a procedure that applies proc to the first component of the type.
  (define (condition-accessor rtd proc)
    (check-condition-type 'condition-accessor rtd)
    (if (procedure? proc) #t (%type-violation 'condition-accessor "a procedure" proc))
    (lambda (c) (proc (component #f c rtd))))

  ;; (define-condition-type name supertype constructor predicate (field accessor) ...).
  (define-syntax define-condition-type
    (syntax-rules ()
      ((_ name supertype constructor predicate (field accessor) ...)
       (define-condition-type-helper name supertype constructor predicate ((field accessor) ...) ()))))

  ;; Makes a hidden accessor of the simple condition for each field.
  (define-syntax define-condition-type-helper
    (syntax-rules ()
      ((_ name supertype constructor predicate ((field accessor) . more) (done ...))
       (define-condition-type-helper name supertype constructor predicate more
         (done ... (field accessor hidden))))
      ((_ name supertype constructor predicate () ((field accessor hidden) ...))
       (begin
         (define-record-type (name constructor simple?)
           (parent supertype)
           (fields (immutable field hidden) ...))
         (define (predicate object) (has-component? object (record-type-descriptor name)))
         (define (accessor c)
           (hidden (component 'accessor c (record-type-descriptor name))))
         ...))))

  (define-condition-type &message &condition
    make-message-condition message-condition?
    (message condition-message))
  (define-condition-type &warning &condition make-warning warning?)
  (define-condition-type &serious &condition make-serious-condition serious-condition?)
  (define-condition-type &error &serious make-error error?)
  (define-condition-type &violation &serious make-violation violation?)
  (define-condition-type &assertion &violation make-assertion-violation assertion-violation?)
  (define-condition-type &irritants &condition
    make-irritants-condition irritants-condition?
    (irritants condition-irritants))
  (define-condition-type &who &condition
    make-who-condition who-condition?
    (who condition-who))
  (define-condition-type &non-continuable &violation
    make-non-continuable-violation non-continuable-violation?)
  (define-condition-type &implementation-restriction &violation
    make-implementation-restriction-violation implementation-restriction-violation?)
  (define-condition-type &lexical &violation make-lexical-violation lexical-violation?)
  (define-condition-type &syntax &violation
    make-syntax-violation syntax-violation?
    (form syntax-violation-form)
    (subform syntax-violation-subform))
  (define-condition-type &undefined &violation make-undefined-violation undefined-violation?)

  (define-condition-type &no-infinities &implementation-restriction
    make-no-infinities-violation no-infinities-violation?)
  (define-condition-type &no-nans &implementation-restriction
    make-no-nans-violation no-nans-violation?)

  (define-condition-type &i/o &error make-i/o-error i/o-error?)
  (define-condition-type &i/o-read &i/o make-i/o-read-error i/o-read-error?)
  (define-condition-type &i/o-write &i/o make-i/o-write-error i/o-write-error?)
  (define-condition-type &i/o-invalid-position &i/o
    make-i/o-invalid-position-error i/o-invalid-position-error?
    (position i/o-error-position))
  (define-condition-type &i/o-filename &i/o
    make-i/o-filename-error i/o-filename-error?
    (filename i/o-error-filename))
  (define-condition-type &i/o-file-protection &i/o-filename
    make-i/o-file-protection-error i/o-file-protection-error?)
  (define-condition-type &i/o-file-is-read-only &i/o-file-protection
    make-i/o-file-is-read-only-error i/o-file-is-read-only-error?)
  (define-condition-type &i/o-file-already-exists &i/o-filename
    make-i/o-file-already-exists-error i/o-file-already-exists-error?)
  (define-condition-type &i/o-file-does-not-exist &i/o-filename
    make-i/o-file-does-not-exist-error i/o-file-does-not-exist-error?)
  (define-condition-type &i/o-port &i/o
    make-i/o-port-error i/o-port-error?
    (port i/o-error-port))
  (define-condition-type &i/o-decoding &i/o-port make-i/o-decoding-error i/o-decoding-error?)
  (define-condition-type &i/o-encoding &i/o-port
    make-i/o-encoding-error i/o-encoding-error?
    (char i/o-encoding-error-char))

  ;; Where the processor or a check failed (manual 4.1.2).
  (define-condition-type &program-counter &condition
    make-program-counter-condition program-counter-condition?
    (program-counter condition-program-counter))

  ;; The user wants the computation to stop (control-C).
  (define-condition-type &interrupted &serious make-interrupted-condition interrupted-condition?))
