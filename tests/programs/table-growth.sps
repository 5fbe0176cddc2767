;; SPDX-License-Identifier: MIT
;;
;; Hash tables of all types that grow and shrink by steps (src/runtime/data/hash_tables.cpp), looked at while half of the
;; buckets are split or joined; copies, contents and procedures that change the table in between. The tests of collections
;; run this with many of them.
(import (rnrs) (only (loko) make-weak-eq-hashtable collections))

(define n 20000)
(define-syntax repeat
  (syntax-rules () ((_ (i from to step) body ...) (do ((i from (+ i step))) ((>= i to)) body ...))))

;; The number of keys for which the table does not say what it should: (present? i) and then the value (value i).
(define (wrong-answers t key present? value)
  (let loop ((i 0) (wrong 0))
    (if (= i n)
        wrong
        (loop (+ i 1)
              (if (eqv? (hashtable-ref t (key i) 'none) (if (present? i) (value i) 'none)) wrong (+ wrong 1))))))

;; Are the contents as large as the table says, without repetition, and do they agree with lookups?
(define (contents-right? t)
  (let-values (((ks vs) (hashtable-entries t)))
    (and (= (vector-length ks) (hashtable-size t) (vector-length (hashtable-keys t)))
         (let ((seen (make-eqv-hashtable)))
           (vector-for-each (lambda (v) (hashtable-set! seen v #t)) vs)
           (= (hashtable-size seen) (vector-length vs)))
         (for-all (lambda (i) (eqv? (hashtable-ref t (vector-ref ks i) #f) (vector-ref vs i)))
                  (let loop ((i 0) (l '())) (if (< i (vector-length ks)) (loop (+ i 977) (cons i l)) l))))))

(define (exercise name t make-key)
  (define keys (make-vector n #f))
  (define (key i) (vector-ref keys i))
  (define (identity i) i)
  (define checks '())
  (define (note x) (set! checks (cons x checks)))
  (repeat (i 0 n 1) (vector-set! keys i (make-key i)))
  ;; Growing: 9000, 10000 and 17000 are amid the steps from 8192 to 16384 buckets and on.
  (repeat (i 0 n 1)
    (hashtable-set! t (key i) i)
    (when (memv i '(7 500 9000 10000 17000))
      (note (wrong-answers t key (lambda (j) (<= j i)) identity))
      (note (contents-right? t))))
  (note (hashtable-size t))
  ;; A copy has the same, and is independent.
  (let ((copy (hashtable-copy t #t)))
    (repeat (i 0 n 2) (hashtable-delete! copy (key i)))
    (note (wrong-answers copy key odd? identity))
    (note (hashtable-size copy))
    (note (contents-right? copy))
    (note (hashtable-mutable? (hashtable-copy copy))))
  ;; Shrinking, with updates.
  (repeat (i 0 n 1)
    (if (= 0 (mod i 100))
        (hashtable-update! t (key i) - 'none)
        (hashtable-delete! t (key i)))
    (when (memv i '(9000 15000 16500 18000 19500))
      (note (wrong-answers t key (lambda (j) (or (> j i) (= 0 (mod j 100)))) (lambda (j) (if (> j i) j (- j)))))
      (note (contents-right? t))))
  (note (hashtable-size t))
  ;; Growing again, then clearing.
  (repeat (i 0 n 1) (hashtable-set! t (key i) i))
  (note (wrong-answers t key (lambda (j) #t) identity))
  (hashtable-clear! t)
  (note (hashtable-size t))
  (note (wrong-answers t key (lambda (j) #f) identity))
  (write (cons name (reverse checks)))
  (newline))

(exercise 'eq-fixnums (make-eq-hashtable) (lambda (i) i))
(exercise 'eq-pairs (make-eq-hashtable) list)
(exercise 'weak (make-weak-eq-hashtable) list)
(exercise 'eqv-flonums (make-eqv-hashtable) (lambda (i) (* 1.5 i)))
(exercise 'equal-mixed (make-hashtable equal-hash equal?)
          (lambda (i) (case (mod i 3) ((0) (list i)) ((1) (number->string i)) (else (lambda () i)))))
(exercise 'strings (make-hashtable string-hash string=?) number->string)
(exercise 'custom (make-hashtable (lambda (x) (* 7 x)) =) (lambda (i) i))
(exercise 'presized (make-eqv-hashtable 100000) (lambda (i) (expt 2 (+ 64 (mod i 7) (* 8 (div i 7))))))

;; Weak keys that die while the table is large.
(let ((t (make-weak-eq-hashtable)) (kept '()))
  (repeat (i 0 n 1)
    (let ((k (list i)))
      (hashtable-set! t k i)
      (if (= 0 (mod i 10)) (set! kept (cons k kept)))))
  (let wait ((c (collections)) (l '()))
    (if (< (collections) (+ c 8)) (wait c (vector-map (lambda (x) l) (make-vector 1000 0)))))
  (write (list (<= (length kept) (hashtable-size t) n)
               (for-all (lambda (k) (eqv? (hashtable-ref t k #f) (car k))) kept)))
  (newline))

;; Procedures of update! that change the table.
(define (update-after change)
  (let ((t (make-eqv-hashtable)))
    (hashtable-set! t 1 'one)
    (hashtable-update! t 1 (lambda (x) (change t) (list x)) #f)
    (list (hashtable-ref t 1 #f) (hashtable-size t))))
(write (list (update-after (lambda (t) (hashtable-clear! t)))
             (update-after (lambda (t) (hashtable-delete! t 1)))
             (update-after (lambda (t) (hashtable-delete! t 1) (hashtable-set! t 1 'another)))
             (update-after (lambda (t) (repeat (i 2 30000 1) (hashtable-set! t i i))))))
(newline)

;; An equivalence that makes its own table grow or deletes what it compares, the first time that it is called.
(define (meddling change)
  (letrec* ((once #t)
            (t (make-hashtable (lambda (x) (mod x 5))
                               (lambda (a b)
                                 (if once (begin (set! once #f) (change t)))
                                 (= a b)))))
    (set! once #f)
    (repeat (i 0 20 1) (hashtable-set! t i i))
    (set! once #t)
    (let ((found (hashtable-ref t 3 'none)))
      (set! once #t)
      (hashtable-set! t 21 21)
      (list found (hashtable-ref t 21 'none) (hashtable-size t)))))
(write (list (meddling (lambda (t) (repeat (i 100 300 1) (hashtable-set! t i i))))
             (meddling (lambda (t) (hashtable-delete! t 3)))
             (meddling (lambda (t) (hashtable-clear! t)))
             (meddling (lambda (t) (hashtable-set! t 21 'earlier)))))
(newline)
