;; SPDX-License-Identifier: MIT
;;
;; Continuations of deep stacks: generators below thousands of frames of all sizes, re-entry of every level,
;; captures that return normally, multiple values through pieces, escapes out of deep recursion.
(import (rnrs) (only (loko core primitives) %call/cc %continue %reinstate))

;; A generator of 0 … n-1, entered again for each item; #f at the end.
(define (make-generator n)
  (define return #f)
  (define (body)
    (let loop ((i 0))
      (if (< i n)
          (begin (call/cc (lambda (k) (set! resume (lambda () (k #f))) (return i)))
                 (loop (+ i 1)))
          (return #f))))
  (define resume body)
  (lambda () (call/cc (lambda (k) (set! return k) (resume)))))

(define (sum-generated n)
  (let ((g (make-generator n)))
    (let loop ((s 0))
      (let ((x (g))) (if x (loop (+ s x)) s)))))

;; Frames of growing size: calls thunk below n of them.
(define (below n thunk)
  (if (zero? n)
      (thunk)
      (let* ((a (list n)) (b (vector n a)) (c (string-append "x" (number->string n))))
        (let ((r (below (- n 1) thunk)))
          (if (and (eq? (vector-ref b 1) a) (= (vector-ref b 0) (car a)) (string=? c (string-append "x" (number->string n))))
              (+ r 1)
              'broken)))))

(for-each
 (lambda (depth) (write (below depth (lambda () (sum-generated 200)))) (newline))
 '(0 1 2 3 5 8 13 21 34 55 89 144 1000 20000))

;; Each level's continuation is entered twice more after the recursion has ended.
(define (levels n)
  (let ((ks '()) (again 0) (total 0))
    (define (down i)
      (if (= i 0)
          0
          (let ((x (call/cc (lambda (k) (set! ks (cons k ks)) 1))))
            (+ x (down (- i 1))))))
    (let ((r (down n)))
      (set! total (+ total r))
      (if (pair? ks)
          (let ((k (car ks)))
            (set! ks (cdr ks))
            (set! again (+ again 1))
            (if (< again 300) (k 2)))))
    (list again total)))
(write (levels 40)) (newline)

;; Capturing at every level and returning normally.
(define (noop-captures n)
  (if (= n 0) 0 (+ 1 (call/cc (lambda (k) (noop-captures (- n 1)))))))
(write (noop-captures 100000)) (newline)

;; Values through a continuation, escape from deep recursion.
(define (escape n)
  (call-with-values
    (lambda ()
      (call/cc (lambda (k)
        (let deep ((i n)) (if (= i 0) (k 1 2 3) (+ 1 (deep (- i 1))))))))
    list))
(write (escape 10)) (write (escape 300000)) (newline)

;; Two computations that switch by the raw primitives.
(define (ping-pong n)
  (define other #f)
  (define count 0)
  (define (switch!)
    (%call/cc (lambda (k) (let ((o other)) (set! other k) (%continue o #t)))))
  (%call/cc
   (lambda (done)
     (%call/cc (lambda (k)
                 (set! other k)
                 (let loop ((i 0)) (if (< i n) (begin (set! count (+ count 1)) (switch!) (loop (+ i 1)))))
                 (%continue done #f)))
     (let loop () (set! count (+ count 1)) (switch!) (loop))))
  count)
(write (ping-pong 1000)) (newline)
(call-with-values (lambda () (%call/cc (lambda (k) (%reinstate k '(1 2))))) (lambda (a b) (write (list a b)) (newline)))
