;; SPDX-License-Identifier: MIT
;;
;; Record types: the procedural layer and inspection (R6RS libraries 6.3 and 6.4). Layout: RtdField
;; in src/tables/abi.h.
;;
;; A constructor descriptor has a `maker`: a procedure that, given a builder (one argument per field,
;; inherited ones first), gives the constructor with all protocols applied. So the chain of protocols
;; is composed without knowledge of the number of fields of the parents.
(library (loko base records)
  (export make-record-type-descriptor record-type-descriptor?
          make-record-constructor-descriptor record-constructor-descriptor? record-constructor record-predicate
          record-accessor record-mutator
          record? record-rtd record-type-name record-type-parent record-type-uid
          record-type-generative? record-type-sealed? record-type-opaque?
          record-type-field-names record-field-mutable?
          %make-rtd %make-rcd %rcd-maker %rcd-default? %rtd-size %rtd-is-a?
          %nongenerative-types %set-nongenerative-types! %rcd-rtd %record-type-field-names-all %wrong-record %wrong-record-message)
  (import (loko core syntax) (loko core primitives)
          (loko base violations) (only (loko base lists) append list-tail))

  (define base-rtd (%base-rtd))

  ;; (record-type-descriptor? object).
  (define (record-type-descriptor? object)
    (%record-is-a? object base-rtd))

  (define-syntax check-rtd
    (syntax-rules ()
      ((_ who rtd)
       (if (record-type-descriptor? rtd)
           #t
           (%type-violation 'who "a record-type descriptor" rtd)))))

  ;; Fields of an rtd that was checked.
  (define-syntax define-fields
    (syntax-rules ()
      ((_ (name index) ...)
       (begin (define-syntax name (syntax-rules () ((_ rtd) (%record-ref rtd index)))) ...))))

  (define-fields
    (rtd-size 0) (rtd-name 1) (rtd-parent 2) (rtd-uid 3) (rtd-flags 4) (rtd-depth 5)
    (rtd-ancestors 6) (rtd-field-names 7) (rtd-mutability 8) (rtd-extra 9))

  ;; Number of fields of instances, inherited ones included.
  (define (%rtd-size rtd) (rtd-size rtd))

  ;; True iff the type rtd is `ancestor` or extends it.
  (define (%rtd-is-a? rtd ancestor)
    (and rtd (or (eq? rtd ancestor) (%rtd-is-a? (rtd-parent rtd) ancestor))))

  ;;; Types

  ;; Nongenerative types: list of rtds.
  (define nongenerative-types '())

  ;; The list of them.
  (define (%nongenerative-types) nongenerative-types)
  ;; In a process that has got those of another one.
  (define (%set-nongenerative-types! types) (set! nongenerative-types types))

  (define (find-uid uid)
    (let loop ((l nongenerative-types))
      (if (pair? l)
          (if (eq? (rtd-uid (car l)) uid) (car l) (loop (cdr l)))
          #f)))

  ;; The elements 0 to d of v and rtd behind them.
  (define (extend-ancestors v rtd)
    (let* ((n (vector-length v)) (w (make-vector (fx+ n 1) rtd)))
      (let loop ((i 0))
        (if (fx<? i n)
            (begin
              (vector-set! w i (vector-ref v i))
              (loop (fx+ i 1)))
            w))))

  ;; (%make-rtd name parent uid sealed? opaque? names mutability): no checks on names and mutability
  ;; (bit i set iff field i is mutable). For expansions of define-record-type.
  (define (%make-rtd name parent uid sealed? opaque? names mutability)
    (if parent
        (if (record-type-descriptor? parent)
            (if (fx=? (fxand (rtd-flags parent) 1) 0)
                #t
                (assertion-violation 'make-record-type-descriptor "the parent type is sealed" parent))
            (%type-violation 'make-record-type-descriptor "a record-type descriptor or #f" parent)))
    (let ((flags (fxior (if sealed? 1 0)
                        (if (or opaque? (and parent (fx=? (fxand (rtd-flags parent) 2) 2))) 2 0)))
          (old (and uid (find-uid uid))))
      (if old
          (if (and (eq? (rtd-parent old) parent)
                   (fx=? (rtd-flags old) flags)
                   (eqv? (rtd-mutability old) mutability)
                   (same-names? (rtd-field-names old) names))
              old
              (assertion-violation 'make-record-type-descriptor
                                   "the type differs from an earlier one with the same uid" uid))
          (let ((rtd (%record base-rtd
                              (fx+ (vector-length names) (if parent (rtd-size parent) 0))
                              name parent uid flags
                              (if parent (fx+ 1 (rtd-depth parent)) 0)
                              #f names mutability #f)))
            (%record-set! rtd 6 (extend-ancestors (if parent (rtd-ancestors parent) '#()) rtd))
            (if uid (set! nongenerative-types (cons rtd nongenerative-types)))
            rtd))))

  (define (same-names? a b)
    (let ((n (vector-length a)))
      (and (fx=? n (vector-length b))
           (let loop ((i 0))
             (or (fx=? i n)
                 (and (eq? (vector-ref a i) (vector-ref b i))
                      (loop (fx+ i 1))))))))

  ;; (make-record-type-descriptor name parent uid sealed? opaque? fields): a record type. fields is a
  ;; vector of (mutable name) and (immutable name). With a uid that is in use the old type is returned
  ;; if the arguments agree, else &assertion.
  (define (make-record-type-descriptor name parent uid sealed? opaque? fields)
    (if (symbol? name) #t (%type-violation 'make-record-type-descriptor "a symbol" name))
    (if (or (eq? uid #f) (symbol? uid)) #t (%type-violation 'make-record-type-descriptor "a symbol or #f" uid))
    (if (boolean? sealed?) #t (%type-violation 'make-record-type-descriptor "a boolean" sealed?))
    (if (boolean? opaque?) #t (%type-violation 'make-record-type-descriptor "a boolean" opaque?))
    (if (vector? fields) #t (%type-violation 'make-record-type-descriptor "a vector of fields" fields))
    (let* ((n (vector-length fields)) (names (make-vector n #f)))
      (let loop ((i 0) (mutability 0) (bit 1))
        (if (fx<? i n)
            (let ((field (vector-ref fields i)))
              (if (and (pair? field)
                       (or (eq? (car field) 'mutable) (eq? (car field) 'immutable))
                       (pair? (cdr field))
                       (symbol? (car (cdr field)))
                       (null? (cdr (cdr field))))
                  #t
                  (%type-violation 'make-record-type-descriptor
                                   "a field specification (mutable name) or (immutable name)" field))
              (vector-set! names i (car (cdr field)))
              (loop (fx+ i 1)
                    (if (eq? (car field) 'mutable) (+ mutability bit) mutability)
                    (* bit 2)))
            (%make-rtd name parent uid sealed? opaque? names mutability)))))

  ;;; Inspection

  ;; (record? object): true of records whose type is not opaque.
  (define (record? object)
    (and (%record? object)
         (fx=? (fxand (rtd-flags (%record-rtd object)) 2) 0)))

  ;; (record-rtd record): its type; &assertion if the type is opaque.
  (define (record-rtd record)
    (if (record? record)
        (%record-rtd record)
        (%type-violation 'record-rtd "a record of a type that is not opaque" record)))

  ;; (record-type-name rtd).
  (define (record-type-name rtd) (check-rtd record-type-name rtd) (rtd-name rtd))
  ;; (record-type-parent rtd): rtd or #f.
  (define (record-type-parent rtd) (check-rtd record-type-parent rtd) (rtd-parent rtd))
  ;; (record-type-uid rtd): symbol or #f.
  (define (record-type-uid rtd) (check-rtd record-type-uid rtd) (rtd-uid rtd))
  ;; (record-type-generative? rtd).
  (define (record-type-generative? rtd) (check-rtd record-type-generative? rtd) (not (rtd-uid rtd)))
  ;; (record-type-sealed? rtd).
  (define (record-type-sealed? rtd)
    (check-rtd record-type-sealed? rtd)
    (fx=? (fxand (rtd-flags rtd) 1) 1))
  ;; (record-type-opaque? rtd).
  (define (record-type-opaque? rtd)
    (check-rtd record-type-opaque? rtd)
    (fx=? (fxand (rtd-flags rtd) 2) 2))

  (define (copy-vector v)
    (let* ((n (vector-length v)) (w (make-vector n #f)))
      (let loop ((i 0))
        (if (fx<? i n)
            (begin (vector-set! w i (vector-ref v i)) (loop (fx+ i 1)))
            w))))

  ;; (record-type-field-names rtd): vector of symbols, inherited ones not included.
  (define (record-type-field-names rtd)
    (check-rtd record-type-field-names rtd)
    (copy-vector (rtd-field-names rtd)))

  ;; All field names as a list, inherited ones first (for printers).
  (define (%record-type-field-names-all rtd)
    (let loop ((rtd rtd) (names '()))
      (if rtd
          (loop (rtd-parent rtd)
                (let ((v (rtd-field-names rtd)))
                  (let inner ((i (fx- (vector-length v) 1)) (names names))
                    (if (fx<? i 0)
                        names
                        (inner (fx- i 1) (cons (vector-ref v i) names))))))
          names)))

  (define (check-index who rtd k)
    (if (and (fixnum? k) (fx>=? k 0) (fx<? k (vector-length (rtd-field-names rtd))))
        #t
        (assertion-violation who "no such field" rtd k)))

  (define (mutable? rtd k)
    (let loop ((mutability (rtd-mutability rtd)) (k k))
      (if (fx=? k 0)
          (odd? mutability)
          (loop (div mutability 2) (fx- k 1)))))

  ;; (record-field-mutable? rtd k): true iff own field k is mutable.
  (define (record-field-mutable? rtd k)
    (check-rtd record-field-mutable? rtd)
    (check-index 'record-field-mutable? rtd k)
    (mutable? rtd k))

  ;;; Access

  ;; Index of own field 0 among all fields.
  (define (first-index rtd)
    (fx- (rtd-size rtd) (vector-length (rtd-field-names rtd))))

  ;; What is wrong with an object that is no record of the type.
  (define (%wrong-record-message rtd object)
    (let ((expected (%string-append "expected a record of type " (%symbol-name (rtd-name rtd)))))
      (if (record? object)
          (%string-append
           expected
           (%string-append ", got one of type " (%symbol-name (rtd-name (%record-rtd object)))))
          expected)))

  ;; Raises &assertion: object is no record of the type.
  (define (%wrong-record who rtd object)
    (assertion-violation who (%wrong-record-message rtd object) object))

  ;; (record-predicate rtd): a procedure that tells records of the type.
  (define (record-predicate rtd)
    (check-rtd record-predicate rtd)
    (lambda (object) (%record-is-a? object rtd)))

  (define (field-procedure-name rtd k suffix)
    (string->symbol
     (%string-append
      (%symbol-name (rtd-name rtd))
      (%string-append
       "-" (%string-append (%symbol-name (vector-ref (rtd-field-names rtd) k)) suffix)))))

  ;; (record-accessor rtd k): a procedure that gives own field k of records of the type.
  (define (record-accessor rtd k)
    (check-rtd record-accessor rtd)
    (check-index 'record-accessor rtd k)
    (let ((index (fx+ (first-index rtd) k)) (who (field-procedure-name rtd k "")))
      (lambda (record)
        (if (%record-is-a? record rtd)
            (%record-ref record index)
            (%wrong-record who rtd record)))))

  ;; (record-mutator rtd k): a procedure that stores into own field k of records of the type.
  (define (record-mutator rtd k)
    (check-rtd record-mutator rtd)
    (check-index 'record-mutator rtd k)
    (if (mutable? rtd k) #t (assertion-violation 'record-mutator "the field is immutable" rtd k))
    (let ((index (fx+ (first-index rtd) k)) (who (field-procedure-name rtd k "-set!")))
      (lambda (record object)
        (if (%record-is-a? record rtd)
            (%record-set! record index object)
            (assertion-violation who (%wrong-record-message rtd record) record object)))))

  ;;; Construction

  (define rcd-rtd
    (%make-rtd 'record-constructor-descriptor #f #f #t #t '#(rtd default? maker) 0))

  (define %rcd-rtd rcd-rtd)

  ;; (record-constructor-descriptor? object).
  (define (record-constructor-descriptor? object)
    (%record-is-a? object rcd-rtd))

  ;; (%make-rcd rtd default? maker).
  (define (%make-rcd rtd default? maker)
    (%record rcd-rtd rtd default? maker))

  ;; The maker of a constructor descriptor.
  (define (%rcd-maker rcd)
    (if (%record-is-a? rcd rcd-rtd)
        (%record-ref rcd 2)
        (%type-violation 'record-constructor "a record-constructor descriptor" rcd)))

  ;; True iff no protocol is involved.
  (define (%rcd-default? rcd) (%record-ref rcd 1))

  ;; A builder for the type: takes one argument per field.
  (define (builder rtd)
    (let ((n (rtd-size rtd)))
      (case n
        ((0) (lambda () (%record rtd)))
        ((1) (lambda (a) (%record rtd a)))
        ((2) (lambda (a b) (%record rtd a b)))
        ((3) (lambda (a b c) (%record rtd a b c)))
        ((4) (lambda (a b c d) (%record rtd a b c d)))
        ((5) (lambda (a b c d e) (%record rtd a b c d e)))
        ((6) (lambda (a b c d e f) (%record rtd a b c d e f)))
        (else
         (lambda fields
           (let ((record (%make-record rtd n)))
             (let loop ((i 0) (rest fields))
               (if (pair? rest)
                   (if (fx<? i n)
                       (begin
                         (%record-set! record i (car rest))
                         (loop (fx+ i 1) (cdr rest)))
                       (wrong-count rtd fields))
                   (if (fx=? i n) record (wrong-count rtd fields))))))))))

  (define (wrong-count rtd fields)
    (%apply %violation
            (cons 'assertion
                  (cons (rtd-name rtd)
                        (cons "wrong number of arguments to the constructor" fields)))))

  ;; (make-record-constructor-descriptor rtd parent-rcd protocol): &assertion if the arguments don't
  ;; belong together.
  (define (make-record-constructor-descriptor rtd parent-rcd protocol)
    (check-rtd make-record-constructor-descriptor rtd)
    (if (or (eq? protocol #f) (procedure? protocol))
        #t
        (%type-violation 'make-record-constructor-descriptor "a procedure or #f" protocol))
    (let ((parent (rtd-parent rtd)))
      (if parent-rcd
          (begin
            (if (record-constructor-descriptor? parent-rcd)
                #t
                (%type-violation 'make-record-constructor-descriptor
                                 "a record-constructor descriptor or #f" parent-rcd))
            (if (eq? (%record-ref parent-rcd 0) parent)
                #t
                (assertion-violation 'make-record-constructor-descriptor
                                     "the parent constructor descriptor is not one of the parent type"
                                     parent-rcd rtd))
            (if (or protocol (%rcd-default? parent-rcd))
                #t
                (assertion-violation 'make-record-constructor-descriptor
                                     "a protocol is needed because the parent has one" rtd parent-rcd))))
      (if protocol
          (%make-rcd
           rtd #f
           (if parent
               (let ((parent-maker
                      (if parent-rcd (%rcd-maker parent-rcd) (lambda (build) build)))
                     (parent-size (rtd-size parent)))
                 (lambda (build)
                   (protocol
                    (lambda parent-arguments
                      (lambda own-fields
                        (%apply (parent-maker
                                 (if (fx=? parent-size 0)
                                     (lambda () (%apply build own-fields))
                                     (lambda parent-fields
                                       (%apply build (append parent-fields own-fields)))))
                                parent-arguments))))))
               (lambda (build) (protocol build))))
          (%make-rcd rtd #t (lambda (build) build)))))

  ;; (record-constructor rcd): the constructor that the protocols make.
  (define (record-constructor rcd)
    ((%rcd-maker rcd) (builder (%record-ref rcd 0)))))
