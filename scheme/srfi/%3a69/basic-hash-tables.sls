;; SPDX-License-Identifier: MIT
;;
;; SRFI 69: basic hash tables. They are R6RS hash tables, so (rnrs hashtables) and SRFI 125 work on them, too.
(library (srfi :69 basic-hash-tables)
  (export make-hash-table hash-table? alist->hash-table hash-table-equivalence-function hash-table-hash-function
          hash-table-ref hash-table-ref/default hash-table-set! hash-table-delete! hash-table-exists?
          hash-table-update! hash-table-update!/default hash-table-size hash-table-keys hash-table-values
          hash-table-walk hash-table-fold hash-table->alist hash-table-copy hash-table-merge!
          hash string-hash string-ci-hash hash-by-identity)
  (import (except (rnrs) string-hash string-ci-hash)
          (prefix (only (rnrs) string-hash string-ci-hash) r6:)
          (only (loko base hashtables) eq-hash))

  (define (bounded h bound) (if bound (mod h bound) h))

  ;; (hash object [bound])
  (define hash (case-lambda ((x) (equal-hash x)) ((x bound) (bounded (equal-hash x) bound))))
  ;; (string-hash string [bound])
  (define string-hash (case-lambda ((s) (r6:string-hash s)) ((s bound) (bounded (r6:string-hash s) bound))))
  ;; (string-ci-hash string [bound])
  (define string-ci-hash (case-lambda ((s) (r6:string-ci-hash s)) ((s bound) (bounded (r6:string-ci-hash s) bound))))
  ;; (hash-by-identity object [bound])
  (define hash-by-identity (case-lambda ((x) (eq-hash x)) ((x bound) (bounded (eq-hash x) bound))))

  ;; (make-hash-table [equal? [hash argument ...]]): the hash function may take a bound as second argument, or not.
  (define make-hash-table
    (case-lambda
      (() (make-hashtable equal-hash equal?))
      ((same?)
       (cond ((eq? same? eq?) (make-eq-hashtable))
             ((eq? same? eqv?) (make-eqv-hashtable))
             ((eq? same? equal?) (make-hashtable equal-hash equal?))
             ((eq? same? string=?) (make-hashtable r6:string-hash string=?))
             ((eq? same? string-ci=?) (make-hashtable r6:string-ci-hash string-ci=?))
             ((eq? same? =) (make-hashtable number-hash =))
             (else (make-hashtable equal-hash same?))))
      ((same? hash-function . options)
       (cond ((eq? same? eq?) (make-eq-hashtable))
             ((eq? same? eqv?) (make-eqv-hashtable))
             ((memv hash-function (list hash equal-hash)) (make-hashtable equal-hash same?))
             ((memv hash-function (list string-hash r6:string-hash)) (make-hashtable r6:string-hash same?))
             ((memv hash-function (list string-ci-hash r6:string-ci-hash)) (make-hashtable r6:string-ci-hash same?))
             (else (make-hashtable (one-argument hash-function) same?))))))

  ;; Numbers that are = hash alike.
  (define (number-hash n) (equal-hash (if (and (inexact? n) (rational? n)) (exact n) n)))

  (define bound 536870912)

  ;; SRFI 69's hash functions take a bound; many that programs give don't. The first call finds out.
  (define (one-argument f)
    (let ((with-bound? #f) (known? #f))
      (lambda (x)
        (cond ((not known?)
               (let ((h (guard (c ((assertion-violation? c) (set! with-bound? #t) (f x bound))) (f x))))
                 (set! known? #t)
                 h))
              (with-bound? (f x bound))
              (else (f x))))))

  (define (hash-table? x) (hashtable? x))
  (define (hash-table-equivalence-function t) (hashtable-equivalence-function t))
  (define (hash-table-hash-function t)
    (or (hashtable-hash-function t) hash-by-identity))

  ;; (alist->hash-table alist [equal? [hash argument ...]]): the first of several associations counts.
  (define (alist->hash-table alist . options)
    (let ((t (apply make-hash-table options)))
      (for-each (lambda (entry)
                  (unless (hashtable-contains? t (car entry)) (hashtable-set! t (car entry) (cdr entry))))
                alist)
      t))

  (define none (list 'none))

  ;; (hash-table-ref table key [thunk]): without thunk a missing key is an error.
  (define hash-table-ref
    (case-lambda
      ((t key)
       (hash-table-ref t key (lambda () (assertion-violation 'hash-table-ref "no association for the key" key))))
      ((t key fail)
       (let ((v (hashtable-ref t key none)))
         (if (eq? v none) (fail) v)))))

  (define (hash-table-ref/default t key default) (hashtable-ref t key default))
  (define (hash-table-set! t key value) (hashtable-set! t key value))
  (define (hash-table-delete! t key) (hashtable-delete! t key))
  (define (hash-table-exists? t key) (hashtable-contains? t key))

  ;; (hash-table-update! table key procedure [thunk])
  (define hash-table-update!
    (case-lambda
      ((t key f) (hashtable-set! t key (f (hash-table-ref t key))))
      ((t key f fail) (hashtable-set! t key (f (hash-table-ref t key fail))))))
  (define (hash-table-update!/default t key f default) (hashtable-update! t key f default))

  (define (hash-table-size t) (hashtable-size t))
  (define (hash-table-keys t) (vector->list (hashtable-keys t)))
  (define (hash-table-values t)
    (let-values (((keys values) (hashtable-entries t))) (vector->list values)))
  (define (hash-table-walk t f)
    (let-values (((keys values) (hashtable-entries t))) (vector-for-each f keys values)))
  ;; (hash-table-fold table f seed): f takes key, value and what was accumulated.
  (define (hash-table-fold t f seed)
    (let-values (((keys values) (hashtable-entries t)))
      (let ((n (vector-length keys)))
        (let loop ((i 0) (seed seed))
          (if (= i n) seed (loop (+ i 1) (f (vector-ref keys i) (vector-ref values i) seed)))))))
  (define (hash-table->alist t) (hash-table-fold t (lambda (k v l) (cons (cons k v) l)) '()))
  (define (hash-table-copy t) (hashtable-copy t #t))
  ;; (hash-table-merge! table other): the associations of other are added to table.
  (define (hash-table-merge! t other)
    (hash-table-walk other (lambda (k v) (hashtable-set! t k v)))
    t))
