;; SPDX-License-Identifier: MIT
;; symbolic: unification of terms
(import (scheme base) (scheme write))
(define (variable? x) (and (symbol? x) (char=? #\? (string-ref (symbol->string x) 0))))
(define (walk x s) (let ((b (and (variable? x) (assq x s)))) (if b (walk (cdr b) s) x)))
(define (unify a b s)
  (and s
       (let ((a (walk a s)) (b (walk b s)))
         (cond ((eqv? a b) s)
               ((variable? a) (cons (cons a b) s))
               ((variable? b) (cons (cons b a) s))
               ((and (pair? a) (pair? b)) (unify (cdr a) (cdr b) (unify (car a) (car b) s)))
               (else #f)))))
(define (subst x s) (let ((x (walk x s))) (if (pair? x) (cons (subst (car x) s) (subst (cdr x) s)) x)))
(define p '(f (g ?x (h ?y)) (k ?z ?x) (l ?y ?w)))
(define q '(f (g (a b) (h c)) (k (m ?y) (a b)) (l c ?v)))
(do ((i 0 (+ i 1)) (r #f (subst p (unify p q '())))) ((= i 250000) (write r)))
