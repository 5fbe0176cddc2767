;; SPDX-License-Identifier: MIT
;;
;; Hash tables whose keys are hashed by address, while collections move the keys (the tests of collections run this with one at
;; every safepoint): eq, eqv, equal and weak tables against an association list.
(import (rnrs) (only (loko) make-weak-eq-hashtable))

(define seed 7)
(define (random n) (set! seed (mod (+ (* seed 1103515245) 12345) 2147483648)) (mod (div seed 65536) n))

(define (make-key i)
  (case (mod i 4)
    ((0) (list i))
    ((1) (vector i))
    ((2) (lambda () i))
    (else (string->symbol (string-append "k" (number->string i))))))

(define (model-ref l k) (let ((p (assq k l))) (and p (cdr p))))
(define (model-delete l k) (remp (lambda (p) (eq? (car p) k)) l))

;; n random operations on a table and the model; the number of disagreements.
(define (run make n keys)
  (define ks (let loop ((i 0)) (if (= i keys) '() (cons (make-key i) (loop (+ i 1))))))
  (define kv (list->vector ks))
  (let ((t (make)))
    (let loop ((i 0) (model '()) (wrong 0))
      (if (= i n)
          (list wrong (= (hashtable-size t) (length model)))
          (let ((k (vector-ref kv (random keys))))
            (case (random 4)
              ((0 1)
               (hashtable-set! t k i)
               (loop (+ i 1) (cons (cons k i) (model-delete model k)) wrong))
              ((2)
               (hashtable-delete! t k)
               (loop (+ i 1) (model-delete model k) wrong))
              (else
               (loop (+ i 1) model
                     (if (equal? (hashtable-ref t k #f) (model-ref model k)) wrong (+ wrong 1))))))))))

;; Keys that equal? compares by identity, for equal tables.
(define (run-equal)
  (let ((t (make-hashtable equal-hash equal?)) (p (lambda () 1)) (q (make-eq-hashtable)))
    (hashtable-set! t p 'p)
    (hashtable-set! t q 'q)
    (hashtable-set! t (list 1 "x") 'l)
    (list (hashtable-ref t p #f) (hashtable-ref t q #f) (hashtable-ref t (list 1 "x") #f) (hashtable-ref t car #f))))

(write (run make-eq-hashtable 150 20)) (newline)
(write (run make-eqv-hashtable 150 20)) (newline)
(write (run make-weak-eq-hashtable 150 20)) (newline)
(write (run-equal)) (newline)
