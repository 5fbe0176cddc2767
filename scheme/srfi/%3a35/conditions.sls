;; SPDX-License-Identifier: MIT
;;
;; SRFI 35: conditions. A condition type is a list of its fields below a supertype; a condition holds one alist of field values
;; for each of its types. The standard types of the SRFI are recognized in R6RS conditions, too, so that a handler written
;; for SRFI 35 understands what the system raises.
(library (srfi :35 conditions)
  (export make-condition-type condition-type? make-condition condition? condition-has-type? condition-ref
          make-compound-condition extract-condition define-condition-type condition
          &condition &message message-condition? condition-message
          &serious serious-condition? &error error?)
  (import (except (rnrs) condition condition? message-condition? condition-message serious-condition? error?
                  define-condition-type &condition &message &serious &error)
          (prefix (only (rnrs) condition? message-condition? condition-message serious-condition? error?) r6:))

  (define-record-type (<condition-type> %make-type condition-type?)
    (fields (immutable id type-id) (immutable super type-super) (immutable fields type-own-fields)))

  (define-record-type (<condition> %make-condition own-condition?)
    (fields (immutable parts parts)))          ; list of (type . alist of fields)

  ;; (make-condition-type id supertype field-names)
  (define (make-condition-type id super fields)
    (unless (symbol? id) (assertion-violation 'make-condition-type "expected a symbol" id))
    (unless (condition-type? super) (assertion-violation 'make-condition-type "expected a condition type" super))
    (for-each (lambda (field)
                (when (memq field (all-fields super))
                  (assertion-violation 'make-condition-type "the supertype has a field of this name" field)))
              fields)
    (%make-type id super fields))

  (define (all-fields type)
    (if type (append (type-own-fields type) (all-fields (type-super type))) '()))
  (define (subtype? type of)
    (and type (or (eq? type of) (subtype? (type-super type) of))))

  (define &condition (%make-type '&condition #f '()))
  (define &message (make-condition-type '&message &condition '(message)))
  (define &serious (make-condition-type '&serious &condition '()))
  (define &error (make-condition-type '&error &serious '()))

  ;; (make-condition type field value ...)
  (define (make-condition type . plist)
    (let ((alist (let loop ((l plist))
                   (cond ((null? l) '())
                         ((null? (cdr l)) (assertion-violation 'make-condition "a field without a value" (car l)))
                         (else (cons (cons (car l) (cadr l)) (loop (cddr l))))))))
      (check-fields 'make-condition type (map car alist))
      (%make-condition (list (cons type alist)))))

  (define (check-fields who type names)
    (unless (and (= (length names) (length (all-fields type)))
                 (for-all (lambda (f) (memq f names)) (all-fields type)))
      (assertion-violation who "the fields are not those of the condition type" names (all-fields type))))

  (define (condition? x) (or (own-condition? x) (r6:condition? x)))

  ;; What an R6RS condition is in terms of the types here.
  (define (foreign-parts c)
    (append (if (r6:error? c) (list (list &error)) (if (r6:serious-condition? c) (list (list &serious)) '()))
            (if (r6:message-condition? c) (list (list &message (cons 'message (r6:condition-message c)))) '())
            (list (list &condition))))
  (define (parts-of c)
    (cond ((own-condition? c) (parts c))
          ((r6:condition? c) (foreign-parts c))
          (else (assertion-violation 'condition-ref "expected a condition" c))))

  (define (condition-has-type? c type)
    (exists (lambda (part) (subtype? (car part) type)) (parts-of c)))

  ;; (condition-ref condition field)
  (define (condition-ref c field)
    (let loop ((ps (parts-of c)))
      (if (null? ps)
          (assertion-violation 'condition-ref "the condition has no such field" field c)
          (let ((entry (assq field (cdar ps))))
            (if entry (cdr entry) (loop (cdr ps)))))))

  ;; The field of the first part of a type.
  (define (type-field-ref c type field)
    (let loop ((ps (parts-of c)))
      (cond ((null? ps) (assertion-violation 'condition-ref "the condition is not of the type" c (type-id type)))
            ((subtype? (caar ps) type) (cdr (assq field (cdar ps))))
            (else (loop (cdr ps))))))

  ;; (make-compound-condition condition ...)
  (define (make-compound-condition c . more)
    (%make-condition (apply append (map parts-of (cons c more)))))

  ;; (extract-condition condition type): a condition of just this type with its fields.
  (define (extract-condition c type)
    (let loop ((ps (parts-of c)))
      (cond ((null? ps) (assertion-violation 'extract-condition "the condition is not of the type" c (type-id type)))
            ((subtype? (caar ps) type)
             (%make-condition (list (cons type (map (lambda (f) (assq f (cdar ps))) (all-fields type))))))
            (else (loop (cdr ps))))))

  ;; (define-condition-type type supertype predicate (field accessor) ...)
  (define-syntax define-condition-type
    (syntax-rules ()
      ((_ type super test (field get) ...)
       (begin
         (define type (make-condition-type 'type super '(field ...)))
         (define (test x) (and (condition? x) (condition-has-type? x type)))
         (define (get c) (type-field-ref c type 'field)) ...))))

  ;; (condition (type (field expression) ...) ...): fields shared by several types may be given once.
  (define-syntax condition
    (syntax-rules ()
      ((_ (type (field e) ...) ...)
       (type-field-alist->condition (list (cons type (list (cons 'field e) ...)) ...)))))

  (define (type-field-alist->condition given)
    (let ((all (apply append (map cdr given))))
      (%make-condition
       (map (lambda (part)
              (let ((type (car part)))
                (for-each (lambda (entry)
                            (unless (memq (car entry) (all-fields type))
                              (assertion-violation 'condition "the condition type has no such field" (car entry) (type-id type))))
                          (cdr part))
                (cons type
                      (map (lambda (f)
                             (or (assq f (cdr part)) (assq f all)
                                 (assertion-violation 'condition "a field has no value" f (type-id type))))
                           (all-fields type)))))
            given))))

  (define (message-condition? x) (and (condition? x) (condition-has-type? x &message)))
  (define (condition-message c) (type-field-ref c &message 'message))
  (define (serious-condition? x) (and (condition? x) (condition-has-type? x &serious)))
  (define (error? x) (and (condition? x) (condition-has-type? x &error))))
