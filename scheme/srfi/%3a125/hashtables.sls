;; SPDX-License-Identifier: MIT
;;
;; SRFI 125: intermediate hash tables. They are R6RS hash tables, as those of SRFI 69 are; a comparator (SRFI 128) says
;; how keys are compared.
(library (srfi :125 hashtables)
  (export make-hash-table hash-table hash-table-unfold alist->hash-table
          hash-table? hash-table-contains? hash-table-exists? hash-table-empty? hash-table=? hash-table-mutable?
          hash-table-ref hash-table-ref/default
          hash-table-set! hash-table-delete! hash-table-intern! hash-table-update! hash-table-update!/default
          hash-table-pop! hash-table-clear!
          hash-table-size hash-table-keys hash-table-values hash-table-entries hash-table-find hash-table-count
          hash-table-map hash-table-for-each hash-table-walk hash-table-map! hash-table-map->list hash-table-fold
          hash-table-prune!
          hash-table-copy hash-table-empty-copy hash-table->alist
          hash-table-union! hash-table-merge! hash-table-intersection! hash-table-difference! hash-table-xor!
          hash string-hash string-ci-hash hash-by-identity
          hash-table-equivalence-function hash-table-hash-function)
  (import (except (rnrs) string-hash string-ci-hash)
          (only (srfi :128 comparators) comparator? comparator-equality-predicate comparator-hashable?
                comparator-hash-function =?)
          (only (srfi :69 basic-hash-tables) hash string-hash string-ci-hash hash-by-identity
                hash-table-equivalence-function hash-table-hash-function)
          (rename (only (srfi :69 basic-hash-tables) make-hash-table) (make-hash-table make-69)))

  ;; (make-hash-table comparator argument ...) or, as in SRFI 69, (make-hash-table equal? [hash] argument ...).
  ;; Arguments such as a capacity are accepted and ignored.
  (define (make-hash-table key . arguments)
    (cond ((comparator? key)
           (let ((same? (comparator-equality-predicate key)))
             (cond ((eq? same? eq?) (make-eq-hashtable))
                   ((eq? same? eqv?) (make-eqv-hashtable))
                   ((comparator-hashable? key) (make-hashtable (comparator-hash-function key) same?))
                   (else (assertion-violation 'make-hash-table "the comparator has no hash function" key)))))
          ((and (pair? arguments) (procedure? (car arguments))) (make-69 key (car arguments)))
          (else (make-69 key))))

  ;; (hash-table comparator key value ...): an immutable table; a key twice is an error.
  (define (hash-table comparator . keys-and-values)
    (let ((t (make-hash-table comparator)))
      (let loop ((l keys-and-values))
        (cond ((null? l) (hashtable-copy t))
              ((null? (cdr l)) (assertion-violation 'hash-table "a key without a value" (car l)))
              ((hashtable-contains? t (car l)) (assertion-violation 'hash-table "the key occurs twice" (car l)))
              (else (hashtable-set! t (car l) (cadr l)) (loop (cddr l)))))))

  ;; (hash-table-unfold stop? mapper successor seed comparator argument ...): mapper gives key and value.
  (define (hash-table-unfold stop? mapper successor seed . how)
    (let ((t (apply make-hash-table how)))
      (let loop ((seed seed))
        (if (stop? seed)
            t
            (let-values (((key value) (mapper seed)))
              (hashtable-set! t key value)
              (loop (successor seed)))))))

  ;; (alist->hash-table alist comparator argument ...): the first of several associations counts.
  (define (alist->hash-table alist . how)
    (let ((t (apply make-hash-table how)))
      (for-each (lambda (entry)
                  (unless (hashtable-contains? t (car entry)) (hashtable-set! t (car entry) (cdr entry))))
                alist)
      t))

  (define (hash-table? x) (hashtable? x))
  (define (hash-table-contains? t key) (hashtable-contains? t key))
  (define (hash-table-exists? t key) (hashtable-contains? t key))
  (define (hash-table-empty? t) (= 0 (hashtable-size t)))
  (define (hash-table-mutable? t) (hashtable-mutable? t))

  ;; (hash-table=? value-comparator t1 t2)
  (define (hash-table=? comparator a b)
    (and (= (hashtable-size a) (hashtable-size b))
         (let-values (((keys values) (hashtable-entries a)))
           (let loop ((i 0))
             (or (= i (vector-length keys))
                 (let ((v (hashtable-ref b (vector-ref keys i) none)))
                   (and (not (eq? v none)) (=? comparator (vector-ref values i) v) (loop (+ i 1)))))))))

  (define none (list 'none))

  ;; (hash-table-ref table key [failure [success]])
  (define hash-table-ref
    (case-lambda
      ((t key)
       (let ((v (hashtable-ref t key none)))
         (if (eq? v none) (assertion-violation 'hash-table-ref "no association for the key" key) v)))
      ((t key failure)
       (let ((v (hashtable-ref t key none)))
         (if (eq? v none) (failure) v)))
      ((t key failure success)
       (let ((v (hashtable-ref t key none)))
         (if (eq? v none) (failure) (success v))))))
  (define (hash-table-ref/default t key default) (hashtable-ref t key default))

  ;; (hash-table-set! table key value ...)
  (define hash-table-set!
    (case-lambda
      ((t key value) (hashtable-set! t key value))
      ((t . keys-and-values)
       (let loop ((l keys-and-values))
         (unless (null? l)
           (when (null? (cdr l)) (assertion-violation 'hash-table-set! "a key without a value" (car l)))
           (hashtable-set! t (car l) (cadr l))
           (loop (cddr l)))))))

  ;; (hash-table-delete! table key ...): the number of associations deleted.
  (define (hash-table-delete! t . keys)
    (let ((n (hashtable-size t)))
      (for-each (lambda (key) (hashtable-delete! t key)) keys)
      (- n (hashtable-size t))))

  ;; (hash-table-intern! table key failure): the value, made and stored by failure if there is none.
  (define (hash-table-intern! t key failure)
    (let ((v (hashtable-ref t key none)))
      (if (eq? v none)
          (let ((v (failure))) (hashtable-set! t key v) v)
          v)))

  ;; (hash-table-update! table key updater [failure [success]])
  (define hash-table-update!
    (case-lambda
      ((t key updater) (hashtable-set! t key (updater (hash-table-ref t key))))
      ((t key updater failure) (hashtable-set! t key (updater (hash-table-ref t key failure))))
      ((t key updater failure success) (hashtable-set! t key (updater (hash-table-ref t key failure success))))))
  (define (hash-table-update!/default t key updater default) (hashtable-update! t key updater default))

  ;; (hash-table-pop! table): removes some association, gives key and value.
  (define (hash-table-pop! t)
    (let-values (((keys values*) (hashtable-entries t)))
      (when (= 0 (vector-length keys)) (assertion-violation 'hash-table-pop! "the hash table is empty" t))
      (hashtable-delete! t (vector-ref keys 0))
      (values (vector-ref keys 0) (vector-ref values* 0))))

  (define (hash-table-clear! t) (hashtable-clear! t))

  (define (hash-table-size t) (hashtable-size t))
  (define (hash-table-keys t) (vector->list (hashtable-keys t)))
  (define (hash-table-values t) (fold (lambda (k v l) (cons v l)) '() t))
  (define (hash-table-entries t)
    (let-values (((keys values*) (hashtable-entries t)))
      (values (vector->list keys) (vector->list values*))))

  ;; (hash-table-find procedure table failure): the first true result of (procedure key value).
  (define (hash-table-find f t failure)
    (let-values (((keys values) (hashtable-entries t)))
      (let loop ((i 0))
        (if (= i (vector-length keys))
            (failure)
            (or (f (vector-ref keys i) (vector-ref values i)) (loop (+ i 1)))))))

  ;; (hash-table-count predicate table)
  (define (hash-table-count f t) (fold (lambda (k v n) (if (f k v) (+ n 1) n)) 0 t))

  (define (fold f seed t)
    (let-values (((keys values) (hashtable-entries t)))
      (let ((n (vector-length keys)))
        (let loop ((i 0) (seed seed))
          (if (= i n) seed (loop (+ i 1) (f (vector-ref keys i) (vector-ref values i) seed)))))))

  ;; (hash-table-fold procedure seed table); the order (table procedure seed) of SRFI 69 is accepted.
  (define (hash-table-fold a b c)
    (if (hashtable? a) (fold b c a) (fold a b c)))

  ;; (hash-table-map procedure comparator table): a new table of the results of (procedure value).
  (define (hash-table-map f comparator t)
    (let ((new (make-hash-table comparator)))
      (fold (lambda (k v x) (hashtable-set! new k (f v))) #f t)
      new))
  ;; (hash-table-for-each procedure table)
  (define (hash-table-for-each a b)
    (let-values (((f t) (if (hashtable? a) (values b a) (values a b))))
      (let-values (((keys values) (hashtable-entries t)))
        (vector-for-each f keys values))))
  (define (hash-table-walk t f) (hash-table-for-each f t))
  ;; (hash-table-map! procedure table): each value becomes (procedure key value).
  (define (hash-table-map! f t)
    (hash-table-for-each (lambda (k v) (hashtable-set! t k (f k v))) t))
  ;; (hash-table-map->list procedure table)
  (define (hash-table-map->list f t) (fold (lambda (k v l) (cons (f k v) l)) '() t))
  ;; (hash-table-prune! predicate table): deletes the associations that satisfy it.
  (define (hash-table-prune! f t)
    (hash-table-for-each (lambda (k v) (when (f k v) (hashtable-delete! t k))) t))

  ;; (hash-table-copy table [mutable?])
  (define hash-table-copy
    (case-lambda
      ((t) (hashtable-copy t))
      ((t mutable?) (hashtable-copy t mutable?))))
  (define (hash-table-empty-copy t)
    (let ((new (hashtable-copy t #t))) (hashtable-clear! new) new))
  (define (hash-table->alist t) (fold (lambda (k v l) (cons (cons k v) l)) '() t))

  ;;; Tables as sets: the first table is changed and returned

  (define (hash-table-union! a b)
    (hash-table-for-each (lambda (k v) (unless (hashtable-contains? a k) (hashtable-set! a k v))) b)
    a)
  (define (hash-table-merge! a b) (hash-table-union! a b))
  (define (hash-table-intersection! a b)
    (hash-table-for-each (lambda (k v) (unless (hashtable-contains? b k) (hashtable-delete! a k))) a)
    a)
  (define (hash-table-difference! a b)
    (hash-table-for-each (lambda (k v) (when (hashtable-contains? b k) (hashtable-delete! a k))) a)
    a)
  (define (hash-table-xor! a b)
    (hash-table-for-each
     (lambda (k v) (if (hashtable-contains? a k) (hashtable-delete! a k) (hashtable-set! a k v)))
     b)
    a))
