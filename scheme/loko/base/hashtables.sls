;; SPDX-License-Identifier: MIT
;;
;; Hash tables (R6RS libraries 13): eq, eqv, equal, custom, and eq with weak keys.
;; Chains of entries #(key value next hash). Growing and shrinking move a few buckets per insertion or deletion, so that no
;; operation takes time in proportion to the table: src/runtime/data/hash_tables.cpp, which knows fields, types and entries, too.
;; Keys without a stable hash are hashed by address. The collector moves objects, so such a table remembers the epochs
;; of its last rehash and lists its entries whose keys were young then: after a minor collection only
;; these are put into their new chains, at the next access.
;; Flooding: when a chain gets so long that keys must have been chosen to collide (or have a pattern that the plain
;; hash does not spread), the table takes a random seed and hashes anew under it; until then its order is
;; the same in every run. Addresses are no input of anybody, and custom hash functions can't be helped.
;; INVARIANT(chain): an entry is in the bucket of its stored hash, even while that is out of date. The hash of a deleted
;; entry is #f.
;; INVARIANT(epoch): between reading the epoch and hashing there is no safepoint, and a key that was not
;; found is looked up again if the epoch has changed meanwhile: by %table-find, which no collection can interrupt.
;; INVARIANT(version): while procedures of the user run, anything may happen to the table: if its version is another one
;; afterwards, what was found before is looked up again. Otherwise no fiber is switched here: this is atomic code.
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
        (mutable addressed) (mutable seed) (mutable limit) (mutable mask) (mutable grow-at)
        (mutable version))))

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
  (define-field 11 t-limit t-limit!)            ; number of buckets
  (define-field 12 t-mask t-mask!)              ; a power of two >= limit, less 1; #f if the table is flat
  (define-field 13 t-grow-at t-grow-at!)        ; with so many entries, insertions add buckets
  (define-field 14 t-version t-version!)        ; changes when entries are deleted or get other buckets

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

  ;;; Buckets. A flat table has them in one vector, whose length is a power of two up to largest-flat, a large one in a
  ;;; vector of vectors of length segment-size.

  (define-syntax segment-bits (identifier-syntax 11))
  (define-syntax segment-size (identifier-syntax 2048))
  (define-syntax largest-flat (identifier-syntax 8192))
  (define-syntax large? (syntax-rules () ((_ t) (t-mask t))))

  ;; Evaluates the body with the vector that holds the bucket of a hash, and the bucket's index in it.
  (define-syntax with-flat-bucket
    (syntax-rules ()
      ((_ (holder at) t h body)
       (let* ((holder (t-buckets t)) (at (fxand h (fx- (%vector-length holder) 1)))) body))))

  ;; A bucket that is not below the limit is still part of the one that it will be split from.
  (define-syntax with-large-bucket
    (syntax-rules ()
      ((_ (holder at) t h body)
       (let* ((mask (t-mask t)) (i (fxand h mask))
              (j (if (fx<? i (t-limit t)) i (fxand i (%fxsra mask 1))))
              (holder (%vector-ref (t-buckets t) (%fxsra j segment-bits)))
              (at (fxand j (fx- segment-size 1))))
         body))))

  ;; The first entry of the bucket of a hash, or #f.
  (define-syntax first-entry
    (syntax-rules ()
      ((_ t h)
       (if (large? t)
           (%table-chain t h)
           (with-flat-bucket (holder at) t h (%vector-ref holder at))))))

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

  (define (make-flat type n hash same)
    (%record hashtable-rtd type (make-vector n #f) 0 hash same #t (nursery-epoch) (%address-epoch) '() #f #f n #f n 0))

  (define (make-small type hash same) (make-flat type minimum-size hash same))

  (define (make type k hash same)
    (let ((n (size-for k)))
      (if (fx<=? n largest-flat)
          (make-flat type n hash same)
          (let ((t (make-small type hash same)))
            (%table-clear! t n)
            t))))

  (define (check-size who k)
    (if (and (fixnum? k) (fx>=? k 0))
        (fxmin k 1000000)
        (if (or (not k) (and (number? k) (exact? k) (integer? k) (> k 0)))
            minimum-size
            (%type-violation who "a non-negative exact integer" k))))

  ;; (make-eq-hashtable [k])
  (define make-eq-hashtable
    (case-lambda
      (() (make-small EQ #f eq?))
      ((k) (make EQ (check-size 'make-eq-hashtable k) #f eq?))))

  ;; (make-eqv-hashtable [k])
  (define make-eqv-hashtable
    (case-lambda
      (() (make-small EQV #f eqv?))
      ((k) (make EQV (check-size 'make-eqv-hashtable k) #f eqv?))))

  ;; (make-equal-hashtable [k]): a table with equal? and equal-hash.
  (define make-equal-hashtable
    (case-lambda
      (() (make-small EQUAL equal-hash equal?))
      ((k) (make EQUAL (check-size 'make-equal-hashtable k) equal-hash equal?))))

  ;; (make-symbol-hashtable [k]): an eq table; symbols have stored hashes anyway.
  (define make-symbol-hashtable make-eq-hashtable)

  ;; (make-weak-eq-hashtable [k]): keys are held weakly. A value must not refer to its key.
  (define make-weak-eq-hashtable
    (case-lambda
      (() (make-small WEAK #f eq?))
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

  (define (by-address? t key)
    (if (stable? key)
        #f
        (let ((type (base-type t)))
          (or (eq? type EQ)
              (eq? type WEAK)
              (and (eq? type EQV) (not (number-object? key)))
              (and (eq? type EQUAL) (not (structured? key)))))))

  ;;; Lookup

  ;; (name t key h): the entry of a key with hash h, or #f. Those of large tables apart: the others need no frame.
  ;; Buckets of large tables are found by C++, except for eq?.
  (define-syntax define-finder
    (syntax-rules ()
      ((_ name name-large key h e same?)
       (begin
         (define (name t key h)
           (if (large? t)
               (name-large t key h)
               (with-flat-bucket (holder at) t h
                 (let loop ((e (%vector-ref holder at)))
                   (if e
                       (if same? e (loop (e-next e)))
                       #f)))))
         (define (name-large t key h)
           (let loop ((e (%table-chain t h)))
             (if e
                 (if same? e (loop (e-next e)))
                 #f)))))))

  (define (find-eq t key h)
    (if (large? t)
        (find-eq-large t key h)
        (with-flat-bucket (holder at) t h
          (let loop ((e (%vector-ref holder at)))
            (if e
                (if (eq? (e-key e) key) e (loop (e-next e)))
                #f)))))
  (define (find-eq-large t key h)
    (with-large-bucket (holder at) t h
      (let loop ((e (%vector-ref holder at)))
        (if e
            (if (eq? (e-key e) key) e (loop (e-next e)))
            #f))))

  (define-finder find-weak find-weak-large key h e (eq? (%weak-car (e-key e)) key))
  (define-finder find-eqv find-eqv-large key h e (and (eq? (e-hash e) h) (eqv? (e-key e) key)))
  (define-finder find-equal find-equal-large key h e (and (eq? (e-hash e) h) (equal? (e-key e) key)))

  ;; An entry that was deleted meanwhile is none.
  (define (find-custom t key h)
    (let ((same (t-same t)))
      (let loop ((e (first-entry t h)))
        (if e
            (if (and (eq? (e-hash e) h) (same (e-key e) key) (e-hash e)) e (loop (e-next e)))
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
            ((eq? (base-type t) CUSTOM) (find-or-add-custom! t key #f #f))
            (else
             (let ((h (hash-of t type key)))
               (if h (find-hashed t key h) (find-addressed t key)))))))

  ;; The entry of a key that is not hashed by address, in a table that is not custom.
  (define (find-hashed t key h)
    (let ((type (base-type t)))
      (cond ((eq? type WEAK) (find-weak t key h))
            ((or (eq? type EQ) (stable? key)) (find-eq t key h))
            ((eq? type EQV) (find-eqv t key h))
            (else (find-equal t key h)))))

  (define (seeded-hash t key)
    (if (and (eq? (base-type t) CUSTOM) (not (string? key)))
        (custom-hash t key)                 ; raises
        (%seeded-hash key (t-seed t))))

  ;;; Insertion

  ;; The hash of a key in a table of some type that is not custom; #f if it is hashed by address.
  (define (hash-of t type key)
    (cond ((fx>=? type 8) (if (by-address? t key) #f (seeded-hash t key)))
          ((stable? key) (stable-hash key))
          ((eq? type EQUAL) (if (structured? key) (equal-hash key) #f))
          ((eq? type EQV) (if (number-object? key) (%number-hash key) #f))
          (else #f)))

  ;; The entry of key; if there is none, one is added and the result is #f.
  (define (find-or-add! t key value)
    (let ((type (t-type t)))
      (cond ((and (eq? type EQ) (stable? key))
             (let ((h (stable-hash key)))
               (or (find-eq t key h)
                   (begin (insert! t key value h) #f))))
            ((eq? (base-type t) CUSTOM) (find-or-add-custom! t key #t value))
            ((hash-of t type key)
             => (lambda (h)
                  (or (find-hashed t key h)
                      (begin
                        (insert! t (if (eq? type WEAK) (%weak-cons key #f) key) value h)
                        #f))))
            (else (find-or-add-addressed! t key value)))))

  ;; One more entry: grows the table by a step when it is time to.
  (define-syntax count-insertion!
    (syntax-rules ()
      ((_ t)
       (begin
         (if (fx>=? (t-count t) (t-grow-at t)) (%table-grow! t))
         (t-count! t (fx+ (t-count t) 1))))))

  ;; key: or a weak pair
  (define (insert! t key value h)
    (count-insertion! t)
    (if (large? t)
        (%table-add! t (vector key value #f h))
        (with-flat-bucket (holder at) t h
          (%vector-set! holder at (vector key value (%vector-ref holder at) h))))
    (let ((e (first-entry t h)))
      (if (and (e-next e) (long-chain? e) (seedable? t)) (%table-seed! t (random-seed)))))

  (define (find-or-add-addressed! t key value)
    (or (find-addressed t key)
        (begin
          (count-insertion! t)
          (%table-link! t (vector (if (eq? (t-type t) WEAK) (%weak-cons key #f) key) value #f 0))
          #f)))

  ;; The procedures of the user may change the table.
  (define (find-or-add-custom! t key add? value)
    (let again ()
      (let* ((h (if (seeded? t) (seeded-hash t key) (custom-hash t key)))
             (version (t-version t))
             (e (find-custom t key h)))
        (cond (e e)
              ((not (eq? version (t-version t))) (again))
              (add?
               (t-version! t (fx+ version 1))
               (insert! t key value h)
               #f)
              (else #f)))))

  (define longest-chain 24)

  (define (long-chain? e)
    (let loop ((e (e-next e)) (n 1))
      (and e (or (fx>? n longest-chain) (loop (e-next e) (fx+ n 1))))))

  (define (seedable? t)
    (let ((type (t-type t)))
      (or (fx<=? type EQUAL)
          (and (eq? type CUSTOM) (eq? (t-hash t) string-hash)))))

  ;; A random fixnum, from the kernel if it has getrandom.
  (define (random-seed)
    (let ((b (make-bytevector 8 0)) (now (%os-clock 1)))
      (%os-syscall 318 b 8 0)
      (let loop ((i 0) (n (cdr now)))
        (if (fx<? i 7)
            (loop (fx+ i 1) (fxxor (%fxsll n 7) (bytevector-u8-ref b i)))
            (nonnegative n)))))

  ;;; Interface

  ;; (hashtable-size hashtable): number of associations.
  (define (hashtable-size t)
    (check hashtable-size t)
    (if (eq? (t-type t) WEAK) (%table-purge! t))
    (t-count t))

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
    (let ((e (find-or-add! t key value)))
      (if e (e-value! e value))
      (%void)))

  ;; (hashtable-delete! hashtable key)
  (define (hashtable-delete! t key)
    (check-mutable hashtable-delete! t)
    (let ((e (find t key)))
      (if e (%table-delete! t e))
      (%void)))

  ;; (hashtable-update! hashtable key proc default): the value becomes (proc value).
  (define (hashtable-update! t key proc default)
    (check-mutable hashtable-update! t)
    (if (procedure? proc) #t (%type-violation 'hashtable-update! "a procedure" proc))
    (let ((e (find t key)))
      (if e
          (let* ((version (t-version t)) (value (proc (e-value e))))
            (if (eq? version (t-version t))
                (e-value! e value)
                (hashtable-set! t key value)))
          (hashtable-set! t key (proc default)))
      (%void)))

  ;; (hashtable-cell hashtable key default): the pair (key . value) that is kept as the value of key.
  ;; Use it only for tables all of whose values are made by it.
  (define (hashtable-cell t key default)
    (check-mutable hashtable-cell t)
    (let* ((cell (cons key default)) (e (find-or-add! t key cell)))
      (if e (e-value e) cell)))

  ;; (hashtable-copy hashtable [mutable?])
  (define hashtable-copy
    (case-lambda
      ((t) (hashtable-copy t #f))
      ((t mutable?)
       (check hashtable-copy t)
       (let ((new (make (t-type t) (t-count t) (t-hash t) (t-same t))))
         (t-seed! new (t-seed t))
         (%table-fill-from! new t)
         (t-mutable! new (if mutable? #t #f))
         new))))

  ;; (hashtable-clear! hashtable [k])
  (define hashtable-clear!
    (case-lambda
      ((t) (hashtable-clear! t #f))
      ((t k)
       (check-mutable hashtable-clear! t)
       (%table-clear! t (if k (size-for (check-size 'hashtable-clear! k)) minimum-size))
       (%void))))

  ;; (hashtable-keys hashtable): vector of the keys.
  (define (hashtable-keys t)
    (check hashtable-keys t)
    (%table-contents t 0))

  ;; (hashtable-values hashtable): vector of the values.
  (define (hashtable-values t)
    (check hashtable-values t)
    (%table-contents t 1))

  ;; Calls (proc i key value) for the associations as of now, i counting down to 0. They are kept, so that none gets lost.
  (define-syntax for-contents
    (syntax-rules ()
      ((_ t (n start) body (i key value) each)
       (let* ((all (%table-contents t 2)) (n (fxquotient (vector-length all) 2)) . start)
         (let loop ((i (fx- n 1)))
           (if (fx>=? i 0)
               (let ((key (vector-ref all (fx* 2 i))) (value (vector-ref all (fx+ 1 (fx* 2 i)))))
                 each
                 (loop (fx- i 1)))
               body))))))

  ;; (hashtable-entries hashtable): vector of keys and vector of values, in the same order.
  (define (hashtable-entries t)
    (check hashtable-entries t)
    (for-contents t (n ((keys (make-vector n #f)) (values* (make-vector n #f))))
      (values keys values*)
      (i key value)
      (begin
        (vector-set! keys i key)
        (vector-set! values* i value))))

  ;; (hashtable-cells hashtable): vector of pairs (key . value), fresh.
  (define (hashtable-cells t)
    (check hashtable-cells t)
    (for-contents t (n ((cells (make-vector n #f))))
      cells
      (i key value)
      (vector-set! cells i (cons key value))))

  ;; (hashtable->alist hashtable)
  (define (hashtable->alist t)
    (check hashtable->alist t)
    (vector->list (hashtable-cells t)))

  ;; (hashtable-for-each proc hashtable): calls proc with each key and value; proc may change the table.
  (define (hashtable-for-each proc t)
    (check hashtable-for-each t)
    (for-each (lambda (p) (proc (car p) (cdr p))) (hashtable->alist t)))

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
