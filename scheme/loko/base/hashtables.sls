;; SPDX-License-Identifier: MIT
;;
;; Hash tables (R6RS libraries 13): eq, eqv, equal, custom, and eq with weak keys.
;; Chains of entries #(key value next hash) in a vector whose length is a power of two. Keys without a
;; stable hash are hashed by address. The collector moves objects, so such a table remembers the epochs
;; of its last rehash and lists its entries whose keys were young then: after a minor collection only
;; these are put into their new chains, at the next access.
;; Flooding: when a chain gets so long that keys must have been chosen to collide (or have a pattern that the plain
;; hash does not spread), the table takes a random seed and hashes anew under it; until then its order is
;; the same in every run. Addresses are no input of anybody, and custom hash functions can't be helped.
;; INVARIANT(chain): an entry is in the chain of its stored hash, even while that is out of date.
;; INVARIANT(epoch): between reading the epoch and hashing there is no safepoint, and a key that was not
;; found is looked up again if the epoch has changed meanwhile: by %table-find, which no collection can
;; interrupt (src/runtime/data/address_tables.cpp, which also knows the fields, types and entries).
(library (loko base hashtables)
  (export make-eq-hashtable make-eqv-hashtable make-equal-hashtable make-hashtable
          make-weak-eq-hashtable make-weak-eqv-hashtable make-symbol-hashtable
          hashtable? hashtable-size hashtable-ref hashtable-set! hashtable-delete!
          hashtable-contains? hashtable-update! hashtable-copy hashtable-clear!
          hashtable-keys hashtable-entries hashtable-values hashtable-cells
          hashtable-cell hashtable-for-each hashtable-walk hashtable->alist
          hashtable-equivalence-function hashtable-hash-function hashtable-mutable?
          hashtable-weak? hashtable-rtd
          equal-hash string-hash string-ci-hash symbol-hash eq-hash eqv-hash)
  (import (loko core syntax) (loko core primitives)
          (loko base violations)
          (only (loko base lists) for-each)
          (only (loko base records) make-record-type-descriptor))

  (define hashtable-rtd
    (make-record-type-descriptor
     'hashtable #f #f #t #t
     '#((mutable type) (mutable buckets) (mutable count) (immutable hash) (immutable same)
        (immutable mutable?) (mutable nursery-epoch) (mutable address-epoch) (mutable young)
        (mutable addressed) (mutable seed))))

  (define-syntax define-field
    (syntax-rules ()
      ((_ index get set)
       (begin
         (define-syntax get (syntax-rules () ((_ t) (%object-ref t index))))
         (define-syntax set (syntax-rules () ((_ t v) (%object-set! t index v))))))))

  (define-field 0 t-type t-type!)               ; EQ … WEAK
  (define-field 1 t-buckets t-buckets!)
  (define-field 2 t-count t-count!)
  (define-field 3 t-hash t-hash!)               ; CUSTOM: the procedures of the user
  (define-field 4 t-same t-same!)
  (define-field 5 t-mutable t-mutable!)
  (define-field 6 t-nursery t-nursery!)
  (define-field 7 t-address t-address!)
  (define-field 8 t-young t-young!)             ; list of entries
  (define-field 9 t-addressed t-addressed!)     ; has there been a key hashed by address?
  (define-field 10 t-seed t-seed!)              ; fixnum, or #f: see Flooding

  (define-syntax EQ (identifier-syntax 0))
  (define-syntax EQV (identifier-syntax 1))
  (define-syntax EQUAL (identifier-syntax 2))
  (define-syntax CUSTOM (identifier-syntax 3))
  (define-syntax WEAK (identifier-syntax 4))    ; eq; the key of an entry is a weak pair

  ;; The type of a table with a seed is one of these and 8.
  (define-syntax base-type (syntax-rules () ((_ t) (fxand (t-type t) 7))))
  (define-syntax seeded? (syntax-rules () ((_ t) (fx>=? (t-type t) 8))))

  ;; Entries
  (define-syntax e-key (syntax-rules () ((_ e) (%vector-ref e 0))))
  (define-syntax e-value (syntax-rules () ((_ e) (%vector-ref e 1))))
  (define-syntax e-next (syntax-rules () ((_ e) (%vector-ref e 2))))
  (define-syntax e-hash (syntax-rules () ((_ e) (%vector-ref e 3))))
  (define-syntax e-value! (syntax-rules () ((_ e v) (%vector-set! e 1 v))))
  (define-syntax e-next! (syntax-rules () ((_ e v) (%vector-set! e 2 v))))
  (define-syntax e-hash! (syntax-rules () ((_ e v) (%vector-set! e 3 v))))

  (define-syntax bucket-index
    (syntax-rules ()
      ((_ buckets h) (fxand h (fx- (%vector-length buckets) 1)))))

  ;;; Hashing. Results are fixnums, perhaps negative.

  ;; The word nursery_epoch of the context page (src/tables/abi.h), in line: every access reads it.
  (define-syntax nursery-epoch
    (syntax-rules () ((_) (%ref64 #x10000110))))

  (define-syntax mix
    (syntax-rules ()
      ((_ h) (let ((x h)) (fxxor x (fxxor (%fxsra x 7) (%fxsra x 16)))))))

  (define-syntax address-hash
    (syntax-rules () ((_ x) (mix (%fxsra (%eq-address x) 3)))))

  ;; True if eq? on x does not depend on its address and its hash doesn't either.
  (define-syntax stable?
    (syntax-rules () ((_ x) (or (fixnum? x) (symbol? x) (%immediate? x)))))

  (define-syntax stable-hash
    (syntax-rules ()
      ((_ x) (if (symbol? x) (%symbol-hash x) (address-hash x)))))

  (define-syntax number-object?
    (syntax-rules ()
      ((_ x) (or (flonum? x) (and (%typed? x) (number? x))))))

  ;; True of objects that equal? compares by their parts.
  (define (structured? x)
    (or (pair? x) (string? x) (vector? x) (bytevector? x) (number-object? x)))

  (define-syntax nonnegative
    (syntax-rules () ((_ h) (fxand h (greatest-fixnum)))))

  ;; The hash functions of eq and eqv tables can't be had (R6RS); these stand for them in custom tables.
  (define (eq-hash x) (if (stable? x) (nonnegative (stable-hash x)) 7))
  (define (eqv-hash x) (if (number-object? x) (nonnegative (%number-hash x)) (eq-hash x)))

  ;;; Construction

  (define minimum-size 8)

  (define (size-for k)
    (let loop ((n minimum-size))
      (if (fx<? n k) (loop (fx* n 2)) n)))

  (define (make type k hash same)
    (%record hashtable-rtd type (make-vector (size-for k) #f) 0 hash same #t
             (nursery-epoch) (%address-epoch) '() #f #f))

  (define (check-size who k)
    (if (and (fixnum? k) (fx>=? k 0))
        (fxmin k 1000000)
        (if (or (not k) (and (number? k) (exact? k) (integer? k) (> k 0)))
            minimum-size
            (%type-violation who "a non-negative exact integer" k))))

  ;; (make-eq-hashtable [k])
  (define make-eq-hashtable
    (case-lambda
      (() (make EQ minimum-size #f eq?))
      ((k) (make EQ (check-size 'make-eq-hashtable k) #f eq?))))

  ;; (make-eqv-hashtable [k])
  (define make-eqv-hashtable
    (case-lambda
      (() (make EQV minimum-size #f eqv?))
      ((k) (make EQV (check-size 'make-eqv-hashtable k) #f eqv?))))

  ;; (make-equal-hashtable [k]): a table with equal? and equal-hash.
  (define make-equal-hashtable
    (case-lambda
      (() (make EQUAL minimum-size equal-hash equal?))
      ((k) (make EQUAL (check-size 'make-equal-hashtable k) equal-hash equal?))))

  ;; (make-symbol-hashtable [k]): an eq table; symbols have stored hashes anyway.
  (define make-symbol-hashtable make-eq-hashtable)

  ;; (make-weak-eq-hashtable [k]): keys are held weakly. A value must not refer to its key.
  (define make-weak-eq-hashtable
    (case-lambda
      (() (make WEAK minimum-size #f eq?))
      ((k) (make WEAK (check-size 'make-weak-eq-hashtable k) #f eq?))))

  ;; (make-weak-eqv-hashtable [k]): keys must not be numbers outside the fixnum range.
  (define make-weak-eqv-hashtable make-weak-eq-hashtable)

  ;; (make-hashtable hash-function equiv [k]). Known pairs of procedures get a known type of table.
  (define make-hashtable
    (case-lambda
      ((hash same) (make-hashtable hash same minimum-size))
      ((hash same k)
       (if (procedure? hash) #t (%type-violation 'make-hashtable "a procedure" hash))
       (if (procedure? same) #t (%type-violation 'make-hashtable "a procedure" same))
       (let ((k (check-size 'make-hashtable k)))
         (cond ((and (eq? hash equal-hash) (eq? same equal?)) (make EQUAL k hash same))
               (else (make CUSTOM k hash same)))))))

  ;; (hashtable? object)
  (define (hashtable? x) (%record-is-a? x hashtable-rtd))

  (define-syntax check
    (syntax-rules ()
      ((_ who t)
       (if (%record-is-a? t hashtable-rtd) #t (%type-violation 'who "a hashtable" t)))))

  (define-syntax check-mutable
    (syntax-rules ()
      ((_ who t)
       (if (and (%record-is-a? t hashtable-rtd) (t-mutable t))
           #t
           (%type-violation 'who "a mutable hashtable" t)))))

  ;;; Chains

  ;; The present key of an entry, or the broken mark if it was collected.
  (define-syntax entry-key
    (syntax-rules ()
      ((_ weak? e) (if weak? (%weak-car (e-key e)) (e-key e)))))

  (define (link! buckets e h)
    (let ((i (bucket-index buckets h)))
      (e-hash! e h)
      (e-next! e (%vector-ref buckets i))
      (%vector-set! buckets i e)))

  (define (unlink! buckets e)
    (let* ((i (bucket-index buckets (e-hash e))) (first (%vector-ref buckets i)))
      (if (eq? first e)
          (%vector-set! buckets i (e-next e))
          (let loop ((p first))
            (if p
                (let ((n (e-next p)))
                  (if (eq? n e)
                      (e-next! p (e-next e))
                      (loop n))))))))

  (define (by-address? t key)
    (if (stable? key)
        #f
        (let ((type (base-type t)))
          (or (eq? type EQ)
              (eq? type WEAK)
              (and (eq? type EQV) (not (number-object? key)))
              (and (eq? type EQUAL) (not (structured? key)))))))

  (define-syntax broken?
    (syntax-rules () ((_ e) (%weak-broken? (e-key e)))))

  ;;; Lookup

  ;; The entry of a key with stable hash h, by eq?.
  (define (find-eq t key h)
    (let ((buckets (t-buckets t)))
      (let loop ((e (%vector-ref buckets (bucket-index buckets h))))
        (if e
            (if (eq? (e-key e) key) e (loop (e-next e)))
            #f))))

  (define (find-weak t key h)
    (let ((buckets (t-buckets t)))
      (let loop ((e (%vector-ref buckets (bucket-index buckets h))))
        (if e
            (if (eq? (%weak-car (e-key e)) key) e (loop (e-next e)))
            #f))))

  (define (find-eqv t key h)
    (let ((buckets (t-buckets t)))
      (let loop ((e (%vector-ref buckets (bucket-index buckets h))))
        (if e
            (if (and (eq? (e-hash e) h) (eqv? (e-key e) key)) e (loop (e-next e)))
            #f))))

  (define (find-equal t key h)
    (let ((buckets (t-buckets t)))
      (let loop ((e (%vector-ref buckets (bucket-index buckets h))))
        (if e
            (if (and (eq? (e-hash e) h) (equal? (e-key e) key)) e (loop (e-next e)))
            #f))))

  (define (find-custom t key h)
    (let ((buckets (t-buckets t)) (same (t-same t)))
      (let loop ((e (%vector-ref buckets (bucket-index buckets h))))
        (if e
            (if (and (eq? (e-hash e) h) (same (e-key e) key)) e (loop (e-next e)))
            #f))))

  (define (find-addressed t key)
    (let ((epoch (nursery-epoch)))
      (if (eq? epoch (t-nursery t))
          (let* ((h (address-hash key))
                 (e (if (eq? (t-type t) WEAK) (find-weak t key h) (find-eq t key h))))
            (if (or e (eq? epoch (nursery-epoch)) (not (t-addressed t)))
                e
                (%table-find t key)))
          (if (t-addressed t)
              (%table-find t key)
              #f))))

  (define (custom-hash t key)
    (let ((h ((t-hash t) key)))
      (cond ((fixnum? h) h)
            ((and (number? h) (exact? h) (integer? h)) (bitwise-and h (greatest-fixnum)))
            (else
             (%type-violation 'hashtable "an exact integer from the hash function" h)))))

  ;; The entry of key, or #f.
  (define (find t key)
    (let ((type (t-type t)))
      (cond ((eq? type EQ)
             (if (stable? key)
                 (find-eq t key (stable-hash key))
                 (find-addressed t key)))
            ((eq? type EQUAL)
             (cond ((stable? key) (find-eq t key (stable-hash key)))
                   ((structured? key) (find-equal t key (equal-hash key)))
                   (else (find-addressed t key))))
            ((eq? type EQV)
             (cond ((stable? key) (find-eq t key (stable-hash key)))
                   ((number-object? key) (find-eqv t key (%number-hash key)))
                   (else (find-addressed t key))))
            ((eq? type CUSTOM) (find-custom t key (custom-hash t key)))
            ((seeded? t) (find-seeded t key))
            ((stable? key) (find-weak t key (stable-hash key)))
            (else (find-addressed t key)))))

  (define (find-seeded t key)
    (if (by-address? t key)
        (find-addressed t key)
        (let ((h (seeded-hash t key)) (type (base-type t)))
          (cond ((eq? type EQ) (find-eq t key h))
                ((eq? type EQV) (find-eqv t key h))
                ((eq? type EQUAL) (find-equal t key h))
                (else (find-custom t key h))))))

  (define (seeded-hash t key)
    (if (and (eq? (base-type t) CUSTOM) (not (string? key)))
        (custom-hash t key)                 ; raises
        (%seeded-hash key (t-seed t))))

  ;; Adds an entry for a key that is not in the table.
  (define (add! t key value)
    (if (fx>? (t-count t) (%vector-length (t-buckets t))) (grow! t))
    (let ((type (t-type t)))
      (t-count! t (fx+ (t-count t) 1))
      (if (by-address? t key)
          (add-addressed! t key value)
          (let ((h (cond ((fx>=? type 8) (seeded-hash t key))
                         ((eq? type CUSTOM) (custom-hash t key))
                         ((stable? key) (stable-hash key))
                         ((eq? type EQUAL) (equal-hash key))
                         (else (%number-hash key)))))
            (let ((e (vector (if (eq? type WEAK) (%weak-cons key #f) key) value #f h)))
              (link! (t-buckets t) e h)
              (if (and (long-chain? e) (seedable? t)) (seed! t))
              e)))))

  (define longest-chain 24)

  (define (long-chain? e)
    (let loop ((e (e-next e)) (n 1))
      (and e (or (fx>? n longest-chain) (loop (e-next e) (fx+ n 1))))))

  (define (seedable? t)
    (let ((type (t-type t)))
      (or (fx<=? type EQUAL)
          (and (eq? type CUSTOM) (eq? (t-hash t) string-hash)))))

  ;; From now on the keys are hashed under a seed. The entries stay in their old chains until %table-rehash!, which
  ;; does not look at their hashes to find them.
  (define (seed! t)
    (let ((seed (random-seed)) (buckets (t-buckets t)))
      (t-seed! t seed)
      (t-type! t (fx+ (t-type t) 8))
      (let loop ((i 0))
        (if (fx<? i (%vector-length buckets))
            (begin
              (let chain ((e (%vector-ref buckets i)))
                (if e
                    (begin
                      (if (not (by-address? t (e-key e)))
                          (e-hash! e (%seeded-hash (e-key e) seed)))
                      (chain (e-next e)))))
              (loop (fx+ i 1)))))
      (%table-rehash! t buckets)))

  ;; A random fixnum, from the kernel if it has getrandom.
  (define (random-seed)
    (let ((b (make-bytevector 8 0)) (now (%os-clock 1)))
      (%os-syscall 318 b 8 0)
      (let loop ((i 0) (n (cdr now)))
        (if (fx<? i 7)
            (loop (fx+ i 1) (fxxor (%fxsll n 7) (bytevector-u8-ref b i)))
            (nonnegative n)))))

  (define (add-addressed! t key value)
    (let ((e (vector (if (eq? (t-type t) WEAK) (%weak-cons key #f) key) value #f 0)))
      (%table-link! t e)
      e))

  (define (grow! t)
    (%table-rehash! t (make-vector (fx* 2 (%vector-length (t-buckets t))) #f)))

  ;;; Interface

  ;; (hashtable-size hashtable): number of associations.
  (define (hashtable-size t)
    (check hashtable-size t)
    (if (eq? (t-type t) WEAK) (purge! t))
    (t-count t))

  (define (purge! t)
    (%table-rehash! t (t-buckets t)))

  ;; (hashtable-ref hashtable key default)
  (define (hashtable-ref t key default)
    (check hashtable-ref t)
    (let ((e (find t key)))
      (if e (e-value e) default)))

  ;; (hashtable-contains? hashtable key)
  (define (hashtable-contains? t key)
    (check hashtable-contains? t)
    (if (find t key) #t #f))

  ;; (hashtable-set! hashtable key object)
  (define (hashtable-set! t key value)
    (check-mutable hashtable-set! t)
    (let ((e (find t key)))
      (if e
          (e-value! e value)
          (add! t key value))
      (%void)))

  ;; (hashtable-delete! hashtable key)
  (define (hashtable-delete! t key)
    (check-mutable hashtable-delete! t)
    (let ((e (find t key)))
      (if e
          (begin
            (unlink! (t-buckets t) e)
            (e-hash! e #f)
            (t-count! t (fx- (t-count t) 1))))
      (%void)))

  ;; (hashtable-update! hashtable key proc default): the value becomes (proc value).
  (define (hashtable-update! t key proc default)
    (check-mutable hashtable-update! t)
    (if (procedure? proc) #t (%type-violation 'hashtable-update! "a procedure" proc))
    (let ((e (find t key)))
      (if e
          (let ((value (proc (e-value e))))
            ;; proc may have changed the table
            (if (e-hash e)
                (e-value! e value)
                (hashtable-set! t key value)))
          (hashtable-set! t key (proc default)))
      (%void)))

  ;; (hashtable-cell hashtable key default): the pair (key . value) that is kept as the value of key.
  ;; Use it only for tables all of whose values are made by it.
  (define (hashtable-cell t key default)
    (check-mutable hashtable-cell t)
    (let ((e (find t key)))
      (if e
          (e-value e)
          (let ((cell (cons key default)))
            (add! t key cell)
            cell))))

  ;; (hashtable-copy hashtable [mutable?])
  (define hashtable-copy
    (case-lambda
      ((t) (hashtable-copy t #f))
      ((t mutable?)
       (check hashtable-copy t)
       (let ((new (make (t-type t) (t-count t) (t-hash t) (t-same t))))
         (t-seed! new (t-seed t))
         (walk t (lambda (key value) (add! new key value)))
         (t-mutable! new (if mutable? #t #f))
         new))))

  ;; (hashtable-clear! hashtable [k])
  (define hashtable-clear!
    (case-lambda
      ((t) (hashtable-clear! t #f))
      ((t k)
       (check-mutable hashtable-clear! t)
       (t-buckets! t (make-vector
                      (if k
                          (size-for (check-size 'hashtable-clear! k))
                          minimum-size)
                      #f))
       (t-count! t 0)
       (t-young! t '())
       (t-addressed! t #f)
       (%void))))

  ;; Calls proc with every key and value as of now.
  (define (walk t proc)
    (let ((buckets (t-buckets t)) (weak? (eq? (t-type t) WEAK)))
      (let loop ((i 0))
        (if (fx<? i (%vector-length buckets))
            (begin
              (let chain ((e (%vector-ref buckets i)))
                (if e
                    (let ((key (entry-key weak? e)))
                      (if (not (and weak? (broken? e)))
                          (proc key (e-value e)))
                      (chain (e-next e)))))
              (loop (fx+ i 1)))))))

  ;; List of results of proc on all keys and values.
  (define (collect t proc)
    (let ((l '()))
      (walk t (lambda (key value) (set! l (cons (proc key value) l))))
      l))

  (define (list->vector* l)
    (let* ((n (let loop ((l l) (n 0)) (if (pair? l) (loop (cdr l) (fx+ n 1)) n)))
           (v (make-vector n #f)))
      (let loop ((l l) (i 0))
        (if (pair? l)
            (begin
              (vector-set! v i (car l))
              (loop (cdr l) (fx+ i 1)))
            v))))

  ;; (hashtable-keys hashtable): vector of the keys.
  (define (hashtable-keys t)
    (check hashtable-keys t)
    (list->vector* (collect t (lambda (key value) key))))

  ;; (hashtable-values hashtable): vector of the values.
  (define (hashtable-values t)
    (check hashtable-values t)
    (list->vector* (collect t (lambda (key value) value))))

  ;; (hashtable-entries hashtable): vector of keys and vector of values, in the same order.
  (define (hashtable-entries t)
    (check hashtable-entries t)
    (let ((l (collect t cons)))
      (let ((keys (list->vector* l)) (values* (list->vector* l)))
        (let loop ((i 0))
          (if (fx<? i (vector-length keys))
              (begin
                (vector-set! keys i (car (vector-ref keys i)))
                (vector-set! values* i (cdr (vector-ref values* i)))
                (loop (fx+ i 1)))
              (values keys values*))))))

  ;; (hashtable-cells hashtable): vector of pairs (key . value), fresh.
  (define (hashtable-cells t)
    (check hashtable-cells t)
    (list->vector* (collect t cons)))

  ;; (hashtable->alist hashtable)
  (define (hashtable->alist t)
    (check hashtable->alist t)
    (collect t cons))

  ;; (hashtable-for-each proc hashtable): calls proc with each key and value; proc may change the table.
  (define (hashtable-for-each proc t)
    (check hashtable-for-each t)
    (for-each (lambda (p) (proc (car p) (cdr p))) (collect t cons)))

  ;; (hashtable-walk hashtable proc): the same.
  (define (hashtable-walk t proc) (hashtable-for-each proc t))

  ;; (hashtable-equivalence-function hashtable)
  (define (hashtable-equivalence-function t)
    (check hashtable-equivalence-function t)
    (t-same t))

  ;; (hashtable-hash-function hashtable): #f for eq and eqv tables.
  (define (hashtable-hash-function t)
    (check hashtable-hash-function t)
    (t-hash t))

  ;; (hashtable-mutable? hashtable)
  (define (hashtable-mutable? t)
    (check hashtable-mutable? t)
    (t-mutable t))

  ;; (hashtable-weak? hashtable)
  (define (hashtable-weak? t)
    (check hashtable-weak? t)
    (eq? (t-type t) WEAK)))
