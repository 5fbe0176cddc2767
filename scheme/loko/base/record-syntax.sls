;; SPDX-License-Identifier: MIT
;;
;; define-record-type of R6RS (libraries 6.2). A record name is bound to a macro that hands its
;; descriptors to other macros: (name %rtd), (name %rcd) and (name %info k . arguments), which expands
;; to (k (rtd rcd maker fields default?) . arguments); fields is the list of numbers 0 … n-1, or #f if
;; the number of fields is not known at expansion (parent-rtd). So sizes and field indexes of
;; extensions are constants, and constructors are plain lambda expressions around %record.
(library (loko base record-syntax)
  (export define-record-type fields mutable immutable parent protocol sealed opaque nongenerative
          parent-rtd record-type-descriptor record-constructor-descriptor
          %rtd %rcd %info define-record-name)
  (import (for (loko core syntax) run expand)
          (for (loko core primitives) run expand)
          (for (loko base lists) expand)
          (for (only (loko base symbols) gensym) expand)
          (only (loko base violations) assertion-violation)
          (loko base records))

  (define-syntax define-auxiliary
    (syntax-rules ()
      ((_ name ...)
       (begin
         (define-syntax name
           (lambda (form) (syntax-violation #f "misplaced auxiliary keyword" form)))
         ...))))

  (define-auxiliary fields mutable immutable parent protocol sealed opaque nongenerative parent-rtd
    %rtd %rcd %info)

  ;; (record-type-descriptor name): the type that define-record-type bound to name.
  (define-syntax record-type-descriptor
    (syntax-rules () ((_ name) (name %rtd))))

  ;; (record-constructor-descriptor name): its constructor descriptor.
  (define-syntax record-constructor-descriptor
    (syntax-rules () ((_ name) (name %rcd))))

  ;; Binds a record name. all is a list of numbers or #f.
  (define-syntax define-record-name
    (syntax-rules ()
      ((_ name rtd rcd maker all default?)
       (define-syntax name
         (syntax-rules (%rtd %rcd %info)
           ((_ %rtd) rtd)
           ((_ %rcd) rcd)
           ((_ %info (k (... ...)) . arguments)
            (k (... ...) (rtd rcd maker all default?) . arguments)))))))

  ;; (define-record-type spec clause ...): see the report. The clauses are sorted here; a parent is
  ;; asked for its information, and define-record does the work.
  (define-syntax define-record-type
    (lambda (form)
      (define (violation message sub)
        (syntax-violation 'define-record-type message form sub))
      (define (suffix id . parts)
        (datum->syntax
         id
         (string->symbol
          (let loop ((parts parts))
            (if (pair? parts)
                (let ((part (car parts)))
                  (%string-append
                   (cond ((string? part) part)
                         (else (symbol->string (syntax->datum part))))
                   (loop (cdr parts))))
                "")))))
      ;; clause -> #f or its arguments as a list of syntax objects; checks that it occurs once
      (define (one name clauses)
        (let loop ((clauses clauses) (found #f))
          (if (pair? clauses)
              (syntax-case (car clauses) ()
                ((key . arguments)
                 (and (identifier? #'key) (free-identifier=? #'key name))
                 (if found
                     (violation "a clause occurs twice" (car clauses))
                     (loop (cdr clauses) (car clauses))))
                (_ (loop (cdr clauses) found)))
              found)))
      (define (check-clause clause)
        (syntax-case clause (fields mutable immutable parent protocol sealed opaque nongenerative parent-rtd)
          ((fields . _) #t)
          ((parent name) (identifier? #'name) #t)
          ((protocol expression) #t)
          ((sealed flag) (boolean? (syntax->datum #'flag)) #t)
          ((opaque flag) (boolean? (syntax->datum #'flag)) #t)
          ((nongenerative) #t)
          ((nongenerative uid) (identifier? #'uid) #t)
          ((parent-rtd rtd rcd) #t)
          (_ (violation "invalid record clause" clause))))
      ;; field specification -> (name accessor mutator-or-#f)
      (define (parse-field record spec)
        (syntax-case spec (mutable immutable)
          (name (identifier? #'name)
                (list #'name (suffix record record "-" #'name) #f))
          ((immutable name) (identifier? #'name)
           (list #'name (suffix record record "-" #'name) #f))
          ((mutable name) (identifier? #'name)
           (list #'name (suffix record record "-" #'name) (suffix record record "-" #'name "-set!")))
          ((immutable name accessor) (and (identifier? #'name) (identifier? #'accessor))
           (list #'name #'accessor #f))
          ((mutable name accessor mutator)
           (and (identifier? #'name) (identifier? #'accessor) (identifier? #'mutator))
           (list #'name #'accessor #'mutator))
          (_ (violation "invalid field specification" spec))))
      (define (list-of-clause clause)
        (syntax-case clause () ((_ x ...) #'(x ...))))
      (define (syntax->list s)
        (syntax-case s ()
          (() '())
          ((a . b) (cons #'a (syntax->list #'b)))))
      (define (expand record constructor predicate clauses)
        (%for-each1 check-clause clauses)
        (let* ((parent-clause (one #'parent clauses))
               (parent-rtd-clause (one #'parent-rtd clauses))
               (protocol-clause (one #'protocol clauses))
               (uid-clause (one #'nongenerative clauses))
               (fields-clause (one #'fields clauses))
               (sealed? (let ((c (one #'sealed clauses)))
                          (and c (syntax-case c () ((_ x) (syntax->datum #'x))))))
               (opaque? (let ((c (one #'opaque clauses)))
                          (and c (syntax-case c () ((_ x) (syntax->datum #'x))))))
               (specs (if fields-clause
                          (%map1 (lambda (spec) (parse-field record spec))
                                 (syntax-case fields-clause () ((_ . specs) (syntax->list #'specs))))
                          '())))
          (if (and parent-clause parent-rtd-clause)
              (violation "both parent and parent-rtd" parent-rtd-clause))
          (with-syntax
              ((record record)
               (constructor constructor)
               (predicate predicate)
               (uid (if uid-clause
                        (syntax-case uid-clause ()
                          ((_ uid) #'uid)
                          (_ (datum->syntax record (gensym))))
                        #f))
               (sealed? sealed?)
               (opaque? opaque?)
               ((spec ...) specs)
               (mutability (let loop ((l specs) (bit 1) (sum 0))
                             (if (pair? l)
                                 (loop (cdr l) (* 2 bit)
                                       (if (caddr (car l)) (+ sum bit) sum))
                                 sum)))
               ((maybe-protocol ...)
                (if protocol-clause
                    (syntax-case protocol-clause () ((_ expression) #'(expression)))
                    '())))
            (cond
              (parent-clause
               (with-syntax ((parent (syntax-case parent-clause () ((_ name) #'name))))
                 #'(parent %info (define-record) record constructor predicate
                           uid sealed? opaque? mutability (spec ...) (maybe-protocol ...))))
              (parent-rtd-clause
               (with-syntax (((rtd rcd) (syntax-case parent-rtd-clause () ((_ rtd rcd) #'(rtd rcd)))))
                 #'(define-record (rtd rcd #f #f #f) record constructor predicate
                     uid sealed? opaque? mutability (spec ...) (maybe-protocol ...))))
              (else
               #'(define-record (#f #f #f () #t) record constructor predicate
                   uid sealed? opaque? mutability (spec ...) (maybe-protocol ...)))))))
      (syntax-case form ()
        ((_ (record constructor predicate) clause ...)
         (and (identifier? #'record) (identifier? #'constructor) (identifier? #'predicate))
         (expand #'record #'constructor #'predicate (syntax->list #'(clause ...))))
        ((_ record clause ...)
         (identifier? #'record)
         (expand #'record (suffix #'record "make-" #'record) (suffix #'record #'record "?")
                 (syntax->list #'(clause ...))))
        (_ (violation "invalid syntax" #f)))))

  ;; The protocol that a clause's expression gave; #f stands for the default protocol, if there is one.
  (define (check-protocol protocol default-protocol)
    (cond ((procedure? protocol) protocol)
          ((and (not protocol) default-protocol))
          (else (assertion-violation 'define-record-type "expected a procedure as the protocol" protocol))))

  ;; What define-record-type expands to once the parent is known.
  (define-syntax define-record
    (lambda (form)
      (define (numbers from count)
        (let loop ((i count) (l '()))
          (if (fx=? i 0) l (loop (fx- i 1) (cons (fx+ from (fx- i 1)) l)))))
      (define (lambda-form? expression)
        (syntax-case expression (lambda)
          ((lambda . _) #t)
          (_ #f)))
      (syntax-case form ()
        ((_ (prtd prcd pmaker pall pdefault?) record constructor predicate
            uid sealed? opaque? mutability ((field accessor mutator) ...) maybe-protocol)
         (let* ((pall-datum (syntax->datum #'pall))
                (inherited (if pall-datum (length pall-datum) 0))
                (root? (not (syntax->datum #'prtd)))
                (pdefault (syntax->datum #'pdefault?))
                (accessors (syntax->datum #'(accessor ...)))
                (count (length accessors))
                ;; (protocol #f) is none, as in make-record-constructor-descriptor
                (protocol? (let ((d (syntax->datum #'maybe-protocol))) (and (pair? d) (car d) #t))))
           (with-syntax
               (((x ...) (generate-temporaries #'(field ...)))
                ((p ...) (generate-temporaries (numbers 0 inherited)))
                ((index ...) (numbers inherited count))
                ((k ...) (numbers 0 count))
                ((mutator-definition ...)
                 (let loop ((mutators #'(mutator ...)) (i 0))
                   (syntax-case mutators ()
                     (() '())
                     ((m . rest)
                      (if (syntax->datum #'m)
                          (with-syntax ((position (if pall-datum (fx+ i inherited) i)))
                            (cons
                             (if pall-datum
                                 #'(define (m r v) (%record-set-checked! r rtd position v 'm))
                                 #'(define m (record-mutator rtd position)))
                             (loop #'rest (fx+ i 1))))
                          (loop #'rest (fx+ i 1)))))))
                (type-definition
                 #'(define rtd (%make-rtd 'record prtd 'uid sealed? opaque? '#(field ...) mutability))))
             ;; what a protocol gets, around the builder b
             (define (around b)
               (with-syntax ((b b))
                 (cond
                   (root? #'b)
                   (pdefault #'(lambda (p ...) (lambda (x ...) (b p ... x ...))))
                   (else
                    #'(lambda parent-arguments
                        (lambda (x ...)
                          (%apply (pmaker (lambda (p ...) (b p ... x ...))) parent-arguments)))))))
             (cond
               ((not pall-datum)
                ;; the parent is known at run time only
                (with-syntax ((protocol (syntax-case #'maybe-protocol () ((e) #'e) (_ #f))))
                  #'(begin
                      type-definition
                      (define rcd (make-record-constructor-descriptor rtd prcd protocol))
                      (define constructor (record-constructor rcd))
                      (define (predicate r) (%record-is-a? r rtd))
                      (define accessor (record-accessor rtd k)) ...
                      mutator-definition ...
                      (define-record-name record rtd rcd #f #f #f))))
               ((and (not protocol?) (not root?) (not pdefault))
                (syntax-violation 'define-record-type
                                  "a protocol is needed because the parent has one" #'record))
               (else
                (with-syntax
                    (((all ...) (numbers 0 (fx+ inherited count)))
                     (default? (not protocol?)))
                  (with-syntax
                      (((constructor-definition ...)
                        (if protocol?
                            (with-syntax
                                ((protocol (syntax-case #'maybe-protocol () ((e) #'e)))
                                 (new (around #'(lambda (p ... x ...) (%record rtd p ... x ...))))
                                 (new-build (around #'build))
                                 (default-protocol
                                   (cond (root? #'(lambda (new) new))
                                         (pdefault #'(lambda (new) (lambda (p ... x ...) ((new p ...) x ...))))
                                         (else #'#f))))
                              (if (lambda-form? #'protocol)
                                  #'((define constructor (protocol new))
                                     (define (maker build) (protocol new-build)))
                                  #'((define the-protocol (check-protocol protocol default-protocol))
                                     (define constructor (the-protocol new))
                                     (define (maker build) (the-protocol new-build)))))
                            #'((define (constructor p ... x ...) (%record rtd p ... x ...))
                               (define (maker build) build)))))
                    #'(begin
                        type-definition
                        constructor-definition ...
                        (define rcd (%make-rcd rtd default? maker))
                        (define (predicate r) (%record-is-a? r rtd))
                        (define (accessor r) (%record-ref-checked r rtd index 'accessor)) ...
                        mutator-definition ...
                        (define-record-name record rtd rcd maker (all ...) default?)))))))))))))
