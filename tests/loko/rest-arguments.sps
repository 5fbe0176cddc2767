;; SPDX-License-Identifier: MIT
;;
;; Rest arguments that are only looked at are no lists in known calls; nobody may notice.
(import (rnrs) (rename (only (tests support checks) check-equal check-raises finish) (check-equal check)))

(define trace '())
(define (note x) (set! trace (cons x trace)) x)
(define (traced thunk) (set! trace '()) (let ((r (thunk))) (list r (reverse trace))))

;; Optional arguments in recursion, with each count, and operands in order.
(define (walk l . options)
  (let ((step (if (pair? options) (car options) 1))
        (last (if (and (pair? options) (pair? (cdr options))) (cadr options) 'end)))
    (cond ((null? l) last)
          ((= step 1) (cons (car l) (walk (cdr l) 1 last)))
          (else (cons step (walk (cdr l) (- step 1) last))))))
(check (walk '(a b c)) '(a b c . end))
(check (walk '(a b c) 3) '(3 2 c . end))
(check (walk '(a b c) 2 'x) '(2 b c . x))
(check (traced (lambda () (walk (list (note 1)) (note 2) (note 3)))) '((2 . 3) (1 2 3)))

;; apply: passed on whole, in part, with more before it, and taken apart by another procedure.
(define (sum x . r) (if (null? r) x (+ x (apply sum r))))
(check (sum 1) 1)
(check (sum 1 2 3 4) 10)
(check (sum 1 2 3 4 5 6 7 8 9 10 11 12) 78)
(define (wrap . r) (if (= (length r) 5) r (apply wrap 'x r)))
(check (wrap) '(x x x x x))
(check (wrap 1 2) '(x x x 1 2))
(define (less a b . more) (and (< a b) (or (null? more) (apply less b more))))
(check (list (less 1 2) (less 1 2 3 4 5) (less 1 2 2 4)) '(#t #t #f))
(define (swapped a b . r) (if (null? r) (list b a) (cons (car r) (apply swapped b a (cdr r)))))
(check (swapped 1 2 3 4) '(3 4 2 1))
(check (apply list 1 2 (list 3 4)) '(1 2 3 4))
(check (apply (lambda (a . r) (list a r)) '(1 2 3)) '(1 (2 3)))
(check-raises assertion-violation? (apply list '(1 2 . 3)))
(check-raises assertion-violation? (apply sum '()))

;; A list that is kept, compared or changed is a list, and a fresh one.
(define (kept . r) (if (> (length r) 3) r (apply kept 0 r)))
(check (kept 1) '(0 0 0 1))
(check (let ((l (list 1 2 3 4))) (eq? l (apply kept l))) #f)
(define (same? n . r) (if (= n 0) (eq? r r) (apply same? (- n 1) r)))
(check (same? 2 1) #t)
(define (shifting . r) (if (null? r) '() (begin (set! r (cdr r)) (if (null? r) 'one (apply shifting r)))))
(check (list (shifting) (shifting 1 2 3)) '(() one))

;; Errors of what is not there.
(define (second . r) (if (procedure? r) (second r) (cadr r)))
(check (second 1 2) 2)
(check-raises assertion-violation? (second 1))
(check-raises assertion-violation? (second))
(define (count-down n . r) (if (= n 0) (car r) (count-down (- n 1))))
(check (count-down 0 'x) 'x)
(check-raises assertion-violation? (count-down 2 'x))

;; case-lambda chooses at compile time, also among its own calls.
(define range
  (case-lambda
    ((end) (range 0 end))
    ((start end) (range start end 1))
    ((start end step . more) (if (>= start end) (apply list more) (cons start (apply range (+ start step) end step more))))))
(check (range 3) '(0 1 2))
(check (range 1 3) '(1 2))
(check (range 0 5 2 'x 'y) '(0 2 4 x y))

;; Continuations entered again: each entry has its own elements.
(define saved #f)
(define times 0)
(define (gather n . r)
  (if (= n 0) (cons (call/cc (lambda (k) (if (not saved) (set! saved k)) 'first)) (if (pair? r) (car r) 'none)) (gather (- n 1) n (car r))))
(check (let ((r (gather 2 'a 'b))) (set! times (+ times 1)) (if (< times 3) (saved times) (list times r))) '(3 (2 . 1)))
(finish)
