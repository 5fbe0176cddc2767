;; SPDX-License-Identifier: MIT
;;
;; SRFI 113: sets and bags. Both are a comparator (SRFI 128) and a hash table from elements to (element . count); in a set each
;; count is 1. Procedures that differ only in their name are defined once, for collections; those with ! change their first
;; collection.
(library (srfi :113 sets-and-bags)
  (export set set-unfold set? set-contains? set-empty? set-disjoint? set-member set-element-comparator
          set-adjoin set-adjoin! set-replace set-replace! set-delete set-delete! set-delete-all set-delete-all!
          set-search! set-size set-find set-count set-any? set-every?
          set-map set-for-each set-fold set-filter set-filter! set-remove set-remove! set-partition set-partition!
          set-copy set->list list->set list->set!
          set=? set<? set>? set<=? set>=?
          set-union set-intersection set-difference set-xor set-union! set-intersection! set-difference! set-xor!
          set-comparator
          bag bag-unfold bag? bag-contains? bag-empty? bag-disjoint? bag-member bag-element-comparator
          bag-adjoin bag-adjoin! bag-replace bag-replace! bag-delete bag-delete! bag-delete-all bag-delete-all!
          bag-search! bag-size bag-find bag-count bag-any? bag-every?
          bag-map bag-for-each bag-fold bag-filter bag-filter! bag-remove bag-remove! bag-partition bag-partition!
          bag-copy bag->list list->bag list->bag!
          bag=? bag<? bag>? bag<=? bag>=?
          bag-union bag-intersection bag-difference bag-xor bag-union! bag-intersection! bag-difference! bag-xor!
          bag-comparator
          bag-sum bag-sum! bag-product bag-product! bag-unique-size bag-element-count bag-for-each-unique
          bag-fold-unique bag-increment! bag-decrement! bag->set set->bag set->bag! bag->alist alist->bag)
  (import (except (rnrs) string-hash string-ci-hash symbol-hash) (rnrs mutable-pairs) (srfi :128 comparators)
          (only (srfi :125 hashtables) make-hash-table))

  (define-record-type collection (fields comparator table))
  (define-record-type (<set> make-set set?) (parent collection) (sealed #t))
  (define-record-type (<bag> make-bag bag?) (parent collection) (sealed #t))

  ;; An empty collection of the same kind and comparator, or with another comparator.
  (define empty-like
    (case-lambda
      ((c) (empty-like c (collection-comparator c)))
      ((c comparator) ((if (set? c) make-set make-bag) comparator (make-hash-table comparator)))))
  (define (empty-set comparator) (make-set comparator (make-hash-table comparator)))
  (define (empty-bag comparator) (make-bag comparator (make-hash-table comparator)))

  (define (same-comparator who a b)
    (unless (eq? (collection-comparator a) (collection-comparator b))
      (assertion-violation who "the collections have different comparators" a b)))

  ;;; Entries

  (define (entry-of c x) (hashtable-ref (collection-table c) x #f))
  (define (count-of c x) (let ((e (entry-of c x))) (if e (cdr e) 0)))
  ;; Adds n of x; in a set there is one at most, and the one that is there stays.
  (define (add! c x n)
    (comparator-check-type (collection-comparator c) x)
    (let ((e (entry-of c x)))
      (cond ((not e) (when (> n 0) (hashtable-set! (collection-table c) x (cons x (if (set? c) 1 n)))))
            ((bag? c) (set-count! c x (+ n (cdr e)))))))
  (define (set-count! c x n)
    (let ((e (entry-of c x)))
      (if (<= n 0)
          (hashtable-delete! (collection-table c) x)
          (set-cdr! e n))))
  ;; Calls f with each different element and its count.
  (define (each-entry f c)
    (let-values (((keys entries) (hashtable-entries (collection-table c))))
      (vector-for-each (lambda (e) (f (car e) (cdr e))) entries)))
  (define (fold-unique f seed c)
    (let ((state seed))
      (each-entry (lambda (x n) (set! state (f x n state))) c)
      state))

  ;;; Constructors

  (define (adjoin-list! c l)
    (for-each (lambda (x) (add! c x 1)) l)
    c)
  (define (set comparator . l) (adjoin-list! (empty-set comparator) l))
  (define (bag comparator . l) (adjoin-list! (empty-bag comparator) l))
  (define (list->set comparator l) (adjoin-list! (empty-set comparator) l))
  (define (list->bag comparator l) (adjoin-list! (empty-bag comparator) l))
  (define (list->set! c l) (adjoin-list! c l))
  (define (list->bag! c l) (adjoin-list! c l))
  (define (unfold-into! c stop? mapper successor seed)
    (let loop ((seed seed))
      (cond ((stop? seed) c)
            (else (add! c (mapper seed) 1) (loop (successor seed))))))
  (define (set-unfold comparator stop? mapper successor seed)
    (unfold-into! (empty-set comparator) stop? mapper successor seed))
  (define (bag-unfold comparator stop? mapper successor seed)
    (unfold-into! (empty-bag comparator) stop? mapper successor seed))
  (define (copy c)
    (let ((new (empty-like c)))
      (each-entry (lambda (x n) (add! new x n)) c)
      new))

  ;; (define-both (set-name bag-name) value)
  (define-syntax define-both
    (syntax-rules ()
      ((_ (a b) value) (begin (define a value) (define b a)))))

  (define-both (set-copy bag-copy) copy)

  ;;; Predicates and accessors

  (define-both (set-contains? bag-contains?) (lambda (c x) (and (entry-of c x) #t)))
  (define-both (set-empty? bag-empty?) (lambda (c) (= 0 (hashtable-size (collection-table c)))))
  (define-both (set-disjoint? bag-disjoint?)
    (lambda (a b)
      (same-comparator 'set-disjoint? a b)
      (call/cc (lambda (return)
                 (each-entry (lambda (x n) (when (entry-of b x) (return #f))) a)
                 #t))))
  (define-both (set-member bag-member)
    (lambda (c x default) (let ((e (entry-of c x))) (if e (car e) default))))
  (define-both (set-element-comparator bag-element-comparator) collection-comparator)

  ;;; Updaters

  (define-both (set-adjoin! bag-adjoin!) (lambda (c . l) (adjoin-list! c l)))
  (define-both (set-adjoin bag-adjoin) (lambda (c . l) (adjoin-list! (copy c) l)))
  (define (replace! c x)
    (let ((n (count-of c x)))
      (when (> n 0)
        (hashtable-delete! (collection-table c) x)
        (add! c x n))
      c))
  (define-both (set-replace! bag-replace!) replace!)
  (define-both (set-replace bag-replace) (lambda (c x) (replace! (copy c) x)))
  ;; Of a bag one element is removed for each in the list.
  (define (delete-list! c l)
    (for-each (lambda (x) (when (entry-of c x) (set-count! c x (- (count-of c x) 1)))) l)
    c)
  (define-both (set-delete! bag-delete!) (lambda (c . l) (delete-list! c l)))
  (define-both (set-delete bag-delete) (lambda (c . l) (delete-list! (copy c) l)))
  (define-both (set-delete-all! bag-delete-all!) delete-list!)
  (define-both (set-delete-all bag-delete-all) (lambda (c l) (delete-list! (copy c) l)))

  ;; (set-search! set element failure success): failure gets insert and ignore, success the element, update and remove.
  (define-both (set-search! bag-search!)
    (lambda (c x failure success)
      (let ((e (entry-of c x)))
        (if e
            (success (car e)
                     (lambda (new result)
                       (set-count! c x (- (cdr e) 1))
                       (add! c new 1)
                       (values c result))
                     (lambda (result)
                       (set-count! c x (- (cdr e) 1))
                       (values c result)))
            (failure (lambda (result) (add! c x 1) (values c result))
                     (lambda (result) (values c result)))))))

  ;;; The whole

  (define (size c)
    (if (set? c)
        (hashtable-size (collection-table c))
        (fold-unique (lambda (x n total) (+ n total)) 0 c)))
  (define-both (set-size bag-size) size)
  (define (find-in test c failure)
    ((call/cc (lambda (return)
                (each-entry (lambda (x n) (when (test x) (return (lambda () x)))) c)
                failure))))
  (define-both (set-find bag-find) find-in)
  (define-both (set-count bag-count)
    (lambda (test c) (fold-unique (lambda (x n total) (if (test x) (+ n total) total)) 0 c)))
  (define-both (set-any? bag-any?)
    (lambda (test c) (call/cc (lambda (return) (each-entry (lambda (x n) (when (test x) (return #t))) c) #f))))
  (define-both (set-every? bag-every?)
    (lambda (test c) (call/cc (lambda (return) (each-entry (lambda (x n) (unless (test x) (return #f))) c) #t))))

  ;;; Mapping and folding

  (define-both (set-map bag-map)
    (lambda (comparator f c)
      (let ((new (empty-like c comparator)))
        (each-entry (lambda (x n) (do ((i 0 (+ i 1))) ((= i n)) (add! new (f x) 1))) c)
        new)))
  (define-both (set-for-each bag-for-each)
    (lambda (f c) (each-entry (lambda (x n) (do ((i 0 (+ i 1))) ((= i n)) (f x))) c)))
  (define (fold f seed c)
    (fold-unique (lambda (x n state)
                   (let loop ((i 0) (state state)) (if (= i n) state (loop (+ i 1) (f x state)))))
                 seed c))
  (define-both (set-fold bag-fold) fold)
  (define (filtered test c)
    (let ((new (empty-like c)))
      (each-entry (lambda (x n) (when (test x) (add! new x n))) c)
      new))
  (define (filter! test c)
    (each-entry (lambda (x n) (unless (test x) (set-count! c x 0))) c)
    c)
  (define (complement test) (lambda (x) (not (test x))))
  (define-both (set-filter bag-filter) filtered)
  (define-both (set-filter! bag-filter!) filter!)
  (define-both (set-remove bag-remove) (lambda (test c) (filtered (complement test) c)))
  (define-both (set-remove! bag-remove!) (lambda (test c) (filter! (complement test) c)))
  (define-both (set-partition bag-partition)
    (lambda (test c)
      (let ((yes (empty-like c)) (no (empty-like c)))
        (each-entry (lambda (x n) (add! (if (test x) yes no) x n)) c)
        (values yes no))))
  (define-both (set-partition! bag-partition!)
    (lambda (test c)
      (let ((no (empty-like c)))
        (each-entry (lambda (x n) (unless (test x) (add! no x n) (set-count! c x 0))) c)
        (values c no))))
  (define-both (set->list bag->list) (lambda (c) (fold cons '() c)))

  ;;; Comparison: a relation of neighbours

  (define (subset? a b)
    (call/cc (lambda (return)
               (each-entry (lambda (x n) (unless (<= n (count-of b x)) (return #f))) a)
               #t)))
  (define-syntax define-relation
    (syntax-rules ()
      ((_ (set-name bag-name) (a b) test)
       (define-both (set-name bag-name)
         (lambda (first . more)
           (let loop ((a first) (more more))
             (or (null? more)
                 (let ((b (car more)))
                   (same-comparator 'set-name a b)
                   (and test (loop b (cdr more)))))))))))
  (define-relation (set=? bag=?) (a b) (and (= (size a) (size b)) (subset? a b)))
  (define-relation (set<=? bag<=?) (a b) (subset? a b))
  (define-relation (set>=? bag>=?) (a b) (subset? b a))
  (define-relation (set<? bag<?) (a b) (and (< (size a) (size b)) (subset? a b)))
  (define-relation (set>? bag>?) (a b) (and (> (size a) (size b)) (subset? b a)))

  ;;; Algebra: b is merged into a

  (define (union! a b)
    (same-comparator 'set-union! a b)
    (each-entry (lambda (x n) (let ((m (count-of a x))) (when (> n m) (add! a x (- n m))))) b)
    a)
  (define (intersection! a b)
    (same-comparator 'set-intersection! a b)
    (each-entry (lambda (x n) (set-count! a x (min n (count-of b x)))) a)
    a)
  (define (difference! a b)
    (same-comparator 'set-difference! a b)
    (each-entry (lambda (x n) (when (entry-of a x) (set-count! a x (- (count-of a x) n)))) b)
    a)
  (define (xor! a b)
    (same-comparator 'set-xor! a b)
    (each-entry
     (lambda (x n)
       (let ((m (count-of a x)))
         (if (= m 0) (add! a x n) (set-count! a x (abs (- m n))))))
     (if (eq? a b) (copy b) b))
    a)
  (define (sum! a b)
    (same-comparator 'bag-sum! a b)
    (each-entry (lambda (x n) (add! a x n)) b)
    a)
  (define-syntax define-algebra
    (syntax-rules ()
      ((_ merge! (pure ...) (linear ...))
       (begin
         (define (pure a . more) (fold-left merge! (copy a) more)) ...
         (define (linear a . more) (fold-left merge! a more)) ...))))
  (define-algebra union! (set-union bag-union) (set-union! bag-union!))
  (define-algebra intersection! (set-intersection bag-intersection) (set-intersection! bag-intersection!))
  (define-algebra difference! (set-difference bag-difference) (set-difference! bag-difference!))
  (define-algebra sum! (bag-sum) (bag-sum!))
  (define-both (set-xor bag-xor) (lambda (a b) (xor! (copy a) b)))
  (define-both (set-xor! bag-xor!) xor!)

  ;;; Bags only

  (define (bag-product! n c)
    (unless (and (integer? n) (exact? n) (>= n 0))
      (assertion-violation 'bag-product "expected an exact non-negative integer" n))
    (each-entry (lambda (x m) (set-count! c x (* n m))) c)
    c)
  (define (bag-product n c) (bag-product! n (copy c)))
  (define (bag-unique-size c) (hashtable-size (collection-table c)))
  (define (bag-element-count c x) (count-of c x))
  (define (bag-for-each-unique f c) (each-entry f c))
  (define (bag-fold-unique f seed c) (fold-unique f seed c))
  (define (bag-increment! c x n) (add! c x n) c)
  (define (bag-decrement! c x n)
    (when (entry-of c x) (set-count! c x (- (count-of c x) n)))
    c)
  (define (bag->set c)
    (let ((new (empty-set (collection-comparator c))))
      (each-entry (lambda (x n) (add! new x 1)) c)
      new))
  (define (set->bag c) (set->bag! (empty-bag (collection-comparator c)) c))
  (define (set->bag! b c)
    (each-entry (lambda (x n) (add! b x n)) c)
    b)
  (define (bag->alist c) (fold-unique (lambda (x n l) (cons (cons x n) l)) '() c))
  (define (alist->bag comparator l)
    (let ((new (empty-bag comparator)))
      (for-each (lambda (entry) (unless (entry-of new (car entry)) (add! new (car entry) (cdr entry)))) l)
      new))

  ;;; Comparators of sets and of bags; there is an order only by size and contents' hashes, so none is given

  (define (collection-hash c)
    (fold-unique (lambda (x n h) (mod (+ h (* n (comparator-hash (collection-comparator c) x))) (hash-bound))) 0 c))
  (define set-comparator (make-comparator set? set=? #f collection-hash))
  (define bag-comparator (make-comparator bag? bag=? #f collection-hash)))
