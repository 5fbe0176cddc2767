;; SPDX-License-Identifier: MIT
;;
;; SRFI 128: comparators (reduced). A comparator is four procedures; without ordering or hash function the field is #f and
;; the accessors give procedures that raise.
(library (srfi :128 comparators)
  (export comparator? comparator-ordered? comparator-hashable?
          make-comparator make-pair-comparator make-list-comparator make-vector-comparator make-eq-comparator
          make-eqv-comparator make-equal-comparator
          boolean-hash char-hash char-ci-hash string-hash string-ci-hash symbol-hash number-hash
          make-default-comparator default-hash comparator-register-default!
          comparator-type-test-predicate comparator-equality-predicate comparator-ordering-predicate
          comparator-hash-function comparator-test-type comparator-check-type comparator-hash
          hash-bound hash-salt
          =? <? >? <=? >=? comparator-if<=>)
  (import (rnrs) (only (loko base process-state) %state-changed!))

  (define-record-type (comparator %make-comparator comparator?)
    (fields (immutable type-test comparator-type-test-predicate)
            (immutable equality comparator-equality-predicate)
            (immutable ordering %ordering)
            (immutable hash %hash))
    (sealed #t))

  ;; (make-comparator type-test equality ordering hash): equality may be #t for one made of ordering; ordering and hash may be #f.
  (define (make-comparator type-test equality ordering hash)
    (define (check x ok who)
      (unless ok (assertion-violation 'make-comparator who x)))
    (check type-test (or (procedure? type-test) (eq? type-test #t)) "expected a type test")
    (check equality (or (procedure? equality) (and (eq? equality #t) (procedure? ordering))) "expected an equality predicate")
    (check ordering (or (procedure? ordering) (not ordering)) "expected an ordering predicate or #f")
    (check hash (or (procedure? hash) (not hash)) "expected a hash function or #f")
    (%make-comparator
     (if (eq? type-test #t) (lambda (x) #t) type-test)
     (if (eq? equality #t) (lambda (x y) (and (not (ordering x y)) (not (ordering y x)))) equality)
     ordering hash))

  (define (comparator-ordered? c) (and (%ordering c) #t))
  (define (comparator-hashable? c) (and (%hash c) #t))

  (define (comparator-ordering-predicate c)
    (or (%ordering c)
        (lambda (x y) (assertion-violation 'comparator-ordering-predicate "the comparator has no ordering" c))))
  (define (comparator-hash-function c)
    (or (%hash c)
        (lambda (x) (assertion-violation 'comparator-hash-function "the comparator has no hash function" c))))

  ;;; Hashes: exact non-negative integers

  (define-syntax hash-bound
    (syntax-rules () ((_) 33554432)))
  (define salt 16064047)
  (define-syntax hash-salt
    (syntax-rules () ((_) salt)))

  (define (boolean-hash b) (if b 1 0))
  (define (char-hash c) (char->integer c))
  (define (char-ci-hash c) (char->integer (char-foldcase c)))
  ;; Numbers that are = hash alike, whether exact or not.
  (define (number-hash n)
    (define (real-hash x) (equal-hash (if (and (inexact? x) (finite? x)) (exact x) x)))
    (let ((imaginary (imag-part n)))
      (if (zero? imaginary)
          (real-hash (real-part n))
          (combine (real-hash (real-part n)) (real-hash imaginary)))))

  (define (combine h more) (mod (+ (* 31 h) more 17) (hash-bound)))

  ;;; Comparators of containers

  (define (ordered . comparators) (for-all comparator-ordered? comparators))
  (define (hashable . comparators) (for-all comparator-hashable? comparators))

  (define (make-pair-comparator first rest)
    (make-comparator
     (lambda (x) (and (pair? x) (comparator-test-type first (car x)) (comparator-test-type rest (cdr x))))
     (lambda (x y) (and (=? first (car x) (car y)) (=? rest (cdr x) (cdr y))))
     (and (ordered first rest)
          (lambda (x y)
            (if (=? first (car x) (car y))
                (<? rest (cdr x) (cdr y))
                (<? first (car x) (car y)))))
     (and (hashable first rest)
          (lambda (x) (combine (comparator-hash first (car x)) (comparator-hash rest (cdr x)))))))

  ;; (make-list-comparator element [type-test empty? head tail])
  (define make-list-comparator
    (case-lambda
      ((element) (make-list-comparator element list? null? car cdr))
      ((element type-test empty? head tail)
       (make-comparator
        (lambda (x)
          (and (type-test x)
               (let loop ((x x))
                 (or (empty? x) (and (comparator-test-type element (head x)) (loop (tail x)))))))
        (lambda (x y)
          (let loop ((x x) (y y))
            (cond ((empty? x) (empty? y))
                  ((empty? y) #f)
                  (else (and (=? element (head x) (head y)) (loop (tail x) (tail y)))))))
        (and (comparator-ordered? element)
             (lambda (x y)
               (let loop ((x x) (y y))
                 (cond ((empty? y) #f)
                       ((empty? x) #t)
                       ((=? element (head x) (head y)) (loop (tail x) (tail y)))
                       (else (<? element (head x) (head y)))))))
        (and (comparator-hashable? element)
             (lambda (x)
               (let loop ((x x) (h 1))
                 (if (empty? x) h (loop (tail x) (combine h (comparator-hash element (head x))))))))))))

  ;; (make-vector-comparator element [type-test length ref]): shorter vectors come first.
  (define make-vector-comparator
    (case-lambda
      ((element) (make-vector-comparator element vector? vector-length vector-ref))
      ((element type-test size ref)
       (make-comparator
        (lambda (x)
          (and (type-test x)
               (let ((n (size x)))
                 (let loop ((i 0))
                   (or (= i n) (and (comparator-test-type element (ref x i)) (loop (+ i 1))))))))
        (lambda (x y)
          (let ((n (size x)))
            (and (= n (size y))
                 (let loop ((i 0))
                   (or (= i n) (and (=? element (ref x i) (ref y i)) (loop (+ i 1))))))))
        (and (comparator-ordered? element)
             (lambda (x y)
               (let ((n (size x)) (m (size y)))
                 (cond ((< n m) #t)
                       ((> n m) #f)
                       (else
                        (let loop ((i 0))
                          (cond ((= i n) #f)
                                ((=? element (ref x i) (ref y i)) (loop (+ i 1)))
                                (else (<? element (ref x i) (ref y i))))))))))
        (and (comparator-hashable? element)
             (lambda (x)
               (let ((n (size x)))
                 (let loop ((i 0) (h 3))
                   (if (= i n) h (loop (+ i 1) (combine h (comparator-hash element (ref x i)))))))))))))

  ;;; eq, eqv, equal: no ordering; their hash is the default one, since addresses move

  (define (make-eq-comparator) (make-comparator #t eq? #f default-hash))
  (define (make-eqv-comparator) (make-comparator #t eqv? #f default-hash))
  (define (make-equal-comparator) (make-comparator #t equal? #f default-hash))

  ;;; The default comparator

  (define registered '())   ; last registered last

  ;; (comparator-register-default! comparator): the default comparator uses it for objects that pass its type test.
  (define (comparator-register-default! c)
    (unless (comparator? c) (assertion-violation 'comparator-register-default! "expected a comparator" c))
    (%state-changed!)
    (set! registered (append registered (list c))))

  ;; The place of an object's type in the order of types; registered comparators follow the built-in ones.
  (define (rank x)
    (cond ((null? x) 0)
          ((pair? x) 1)
          ((boolean? x) 2)
          ((char? x) 3)
          ((string? x) 4)
          ((symbol? x) 5)
          ((number? x) 6)
          ((vector? x) 7)
          ((bytevector? x) 8)
          (else
           (let loop ((cs registered) (i 9))
             (cond ((null? cs) 1000000)
                   ((comparator-test-type (car cs) x) i)
                   (else (loop (cdr cs) (+ i 1))))))))

  (define (registered-for r)
    (and (< r 1000000) (list-ref registered (- r 9))))

  (define (number<? x y)
    (if (and (real? x) (real? y))
        (< x y)
        (or (< (real-part x) (real-part y))
            (and (= (real-part x) (real-part y)) (< (imag-part x) (imag-part y))))))

  (define (default= x y)
    (let ((r (rank x)))
      (and (= r (rank y))
           (case r
             ((0) #t)
             ((1) (and (default= (car x) (car y)) (default= (cdr x) (cdr y))))
             ((2) (eq? x y))
             ((3) (char=? x y))
             ((4) (string=? x y))
             ((5) (eq? x y))
             ((6) (= x y))
             ((7) (=? vectors x y))
             ((8) (bytevector=? x y))
             (else
              (let ((c (registered-for r)))
                (if c (=? c x y) (eqv? x y))))))))

  (define (default< x y)
    (let ((r (rank x)) (s (rank y)))
      (cond ((< r s) #t)
            ((> r s) #f)
            (else
             (case r
               ((0) #f)
               ((1) (if (default= (car x) (car y)) (default< (cdr x) (cdr y)) (default< (car x) (car y))))
               ((2) (and (not x) y))
               ((3) (char<? x y))
               ((4) (string<? x y))
               ((5) (string<? (symbol->string x) (symbol->string y)))
               ((6) (number<? x y))
               ((7) (<? vectors x y))
               ((8) (<? bytevectors x y))
               (else
                (let ((c (registered-for r)))
                  (if c
                      (<? c x y)
                      (assertion-violation '<? "the default comparator can't order these objects" x y)))))))))

  ;; (default-hash object): agrees with the default comparator's equality, so numbers that are = hash alike.
  (define (default-hash x)
    (case (rank x)
      ((0) 0)
      ((1) (let loop ((x x) (h 1))
             (if (pair? x) (loop (cdr x) (combine h (default-hash (car x)))) (combine h (default-hash x)))))
      ((2) (boolean-hash x))
      ((3) (char-hash x))
      ((4) (string-hash x))
      ((5) (symbol-hash x))
      ((6) (number-hash x))
      ((7) (comparator-hash vectors x))
      ((8) (equal-hash x))
      (else
       (let ((c (registered-for (rank x))))
         (if c (comparator-hash c x) (equal-hash x))))))

  (define (make-default-comparator) default)
  (define default (%make-comparator (lambda (x) #t) default= default< default-hash))
  (define vectors (make-vector-comparator default))
  (define bytevectors (make-vector-comparator default bytevector? bytevector-length bytevector-u8-ref))

  ;;; Use

  (define (comparator-test-type c x) ((comparator-type-test-predicate c) x))

  (define (comparator-check-type c x)
    (or (comparator-test-type c x)
        (assertion-violation 'comparator-check-type "the object does not pass the comparator's type test" x c)))

  (define (comparator-hash c x) ((comparator-hash-function c) x))

  ;; Whether a relation holds between each two neighbours.
  (define-syntax define-chain
    (syntax-rules ()
      ((_ name (c x y) test)
       (define name
         (case-lambda
           ((c x y) test)
           ((c x y . more)
            (let loop ((x x) (y y) (more more))
              (and test (or (null? more) (loop y (car more) (cdr more)))))))))))

  (define-chain =? (c x y) ((comparator-equality-predicate c) x y))
  (define-chain <? (c x y) ((comparator-ordering-predicate c) x y))
  (define-chain >? (c x y) ((comparator-ordering-predicate c) y x))
  (define-chain <=? (c x y) (not ((comparator-ordering-predicate c) y x)))
  (define-chain >=? (c x y) (not ((comparator-ordering-predicate c) x y)))

  ;; (comparator-if<=> [comparator] a b less equal greater)
  (define-syntax comparator-if<=>
    (syntax-rules ()
      ((_ a b less equal greater)
       (comparator-if<=> (make-default-comparator) a b less equal greater))
      ((_ comparator a b less equal greater)
       (let ((c comparator) (x a) (y b))
         (cond ((=? c x y) equal)
               ((<? c x y) less)
               (else greater)))))))
