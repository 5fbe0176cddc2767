;; SPDX-License-Identifier: MIT
;; Code that eval makes is garbage when nothing refers to it: its bytes stay bounded, and what is referred to goes on working:
;; from procedures, closures, frames, continuations, weak tables, guardians and objects of the image.
(import (rnrs) (rnrs eval) (loko) (only (loko core primitives) %collect %collections %verify-heap
                                             %make-guardian %guardian-register! %guardian-get!)
        (only (loko base time) collection-statistics) (only (scheme process-context) get-environment-variable) (tests support checks))

(define (collect-garbage)
  (let ((before (%collections)))
    (%collect #t)
    (let spin ((i 0)) (if (and (= (%collections) before) (< i 100000)) (spin (+ i 1))))))

(define (statistic name) (cdr (assq name (collection-statistics))))
(define long? (get-environment-variable "LOKO_TEST_LONG"))
(define env (environment '(rnrs)))

(define (eval-many n)
  (do ((i 0 (+ i 1))) ((= i n))
    (let ((f (eval `(lambda (x) (cons (+ x ,i) "done")) env)))
      (unless (equal? (f 1) (cons (+ 1 i) "done"))
        (check (list i (f 1)) => 'right)))))

;; Bytes of code stay flat.
(eval-many 500)
(let ((n (if long? 1000000 20000)))
  (eval-many n)
  (check-true (< (statistic 'bytes-of-evaluated-code) 8000000)))
(collect-garbage)
(check-true (< (statistic 'bytes-of-evaluated-code) 100000))

;; What is kept works after its neighbours were freed and others took their place.
(define kept (make-vector 500))
(define table (make-eq-hashtable))
(do ((i 0 (+ i 1))) ((= i 500))
  (vector-set! kept i (eval `(lambda (x) (vector ',(list i "constant") (* x ,i) 1.5e300)) env))
  (hashtable-set! table (vector-ref kept i) i)
  (eval-many 2))
(collect-garbage)
(eval-many 500)
(collect-garbage)
(do ((i 0 (+ i 1))) ((= i 500))
  (unless (and (equal? ((vector-ref kept i) 7) (vector (list i "constant") (* 7 i) 1.5e300))
               (eqv? (hashtable-ref table (vector-ref kept i) #f) i))
    (check i => 'kept)))

;; Closures with free variables hold their code; so do the closures that they make.
(define adders (map (lambda (i) (eval `(lambda (n) (lambda (x) (+ x n ,i))) env)) '(1 2 3)))
(define made (map (lambda (make n) (make n)) adders '(10 20 30)))
(set! adders #f)
(collect-garbage)
(eval-many 300)
(check (map (lambda (f) (f 100)) made) => '(111 122 133))

;; Running code, and code in continuations.
(define (call-later thunk) (collect-garbage) (eval-many 500) (collect-garbage) (thunk))
(check ((eval '(lambda (later g) (+ 1 (later (lambda () (g 5))))) env) call-later (lambda (x) (* x 2))) => 11)
(define resume #f)
(define seen '())
(define result
  ((eval '(lambda (save) (let* ((a (list 1 2 3)) (k (call/cc save))) (cons k a))) env)
   (lambda (k) (set! resume k) 'first)))
(set! seen (cons result seen))
(collect-garbage)
(eval-many 300)
(collect-garbage)
(if (< (length seen) 3) (resume (length seen)))
(check (reverse seen) => '((first 1 2 3) (1 1 2 3) (2 1 2 3)))

;; Recursion through evaluated code while it is collected around.
(check ((eval '(lambda (f n) (let loop ((n n)) (if (= n 0) 0 (begin (f n) (+ 1 (loop (- n 1))))))) env)
        (lambda (n) (if (= 0 (mod n 1000)) (collect-garbage) (if (= 0 (mod n 50)) (eval-many 1)))) 5000)
       => 5000)

;; Weak references to procedures without free variables break when their code goes; guardians deliver them before.
(define weak (make-weak-eq-hashtable))
(define guardian (%make-guardian))
(define (delivered) (%guardian-get! guardian))
(define (register! i)
  (let ((f (eval `(lambda () ,i) env)))
    (hashtable-set! weak f i)
    (%guardian-register! guardian f f)))
(for-each register! '(1 2 3))
(collect-garbage)
(let ((all (list (delivered) (delivered) (delivered))))
  (check (list-sort < (map (lambda (f) (f)) all)) => '(1 2 3)))
(collect-garbage)
(collect-garbage)
(check (hashtable-size weak) => 0)
(check-true (not (procedure? (delivered))))

;; Variables of the interaction environment: redefinition frees what was there, and what others captured stays.
(define ie (interaction-environment))
(eval '(define (first-of x) (list 'old (car x))) ie)
(define old (eval 'first-of ie))
(do ((i 0 (+ i 1))) ((= i 500)) (eval `(define (first-of x) (list ,i (car x))) ie))
(collect-garbage)
(check (old '(a)) => '(old a))
(check (eval '(first-of '(b)) ie) => '(499 b))
(eval '(define-syntax twice (lambda (stx) (syntax-case stx () ((_ e) #'(list e e))))) ie)
(collect-garbage)
(eval-many 300)
(collect-garbage)
(check (eval '(twice (first-of '(c))) ie) => '((499 c) (499 c)))

;; An object of the image refers to evaluated code: a parameter of the library.
(define p (make-parameter #f))
(p (eval '(lambda () 'from-parameter) env))
(collect-garbage)
(collect-garbage)
(eval-many 300)
(collect-garbage)
(check ((p)) => 'from-parameter)
(check (with-exception-handler
        (lambda (c) 10)
        (eval '(lambda () (+ 1 (raise-continuable 'oops))) env))
       => 11)
(%verify-heap)
(finish)
