;; SPDX-License-Identifier: MIT
;;
;; Prints a generated program: shapes.sps SHAPE N. Without arguments, the names of the shapes.
(import (rnrs) (only (rnrs programs) command-line))

(define (name prefix i) (string->symbol (string-append prefix (number->string i))))
(define (up n f) (let loop ((i (- n 1)) (l '())) (if (< i 0) l (loop (- i 1) (cons (f i) l)))))
(define (nest n f inner) (let loop ((i (- n 1)) (e inner)) (if (< i 0) e (loop (- i 1) (f i e)))))

(define shapes
  (list
   (cons "definitions"
         (lambda (n)
           (up n (lambda (i)
                   `(define (,(name "f" i) x y)
                      (cond ((< x ,i) (,(name "f" (mod (+ i 1) n)) (+ x 1) (list y)))
                            ((pair? y) (let loop ((l y) (s 0)) (if (pair? l) (loop (cdr l) (+ s 1)) (vector s x ,i))))
                            (else (,(name "f" (mod (* i 7) n)) x (cons x y)))))))))
   (cons "let" (lambda (n) `((define (f x) ,(nest n (lambda (i e) `(let ((,(name "v" i) (car x))) ,e)) `(list ,(name "v" 0) ,(name "v" (- n 1))))))))
   (cons "lambda" (lambda (n) `((define f ,(nest n (lambda (i e) `(lambda (,(name "v" i)) ,e)) `(list ,(name "v" 0) ,(name "v" (- n 1))))))))
   (cons "let-values" (lambda (n) `((define (f g) ,(nest n (lambda (i e) `(let-values (((a ,(name "v" i)) (g 1))) ,e)) 1)))))
   (cons "let*" (lambda (n) `((define (f x) (let* ((v0 x) ,@(cdr (up n (lambda (i) `(,(name "v" i) (cons x ,(name "v" (max 0 (- i 1))))))))) ,(name "v" (- n 1)))))))
   (cons "begin" (lambda (n) `((define (f x) (begin ,@(up n (lambda (i) `(set! x ,i)))) x))))
   (cons "body" (lambda (n) `((define (f x)
                                ,@(up n (lambda (i) `(define (,(name "g" i) y) (if (pair? y) (,(name "g" (mod (+ i 1) n)) (cdr y)) (,(name "g" (mod (* i 7) n)) x)))))
                                (g0 x)))))
   (cons "chain" (lambda (n) `(,@(up n (lambda (i) `(define (,(name "g" i) y) (cons ,i (,(name "g" (+ i 1)) y))))) (define (,(name "g" n) y) y))))
   (cons "case" (lambda (n) `((define (f x) (case x ,@(up n (lambda (i) `((,(name "s" i) ,i) ',(name "r" i)))) (else #f))))))
   (cons "cond" (lambda (n) `((define (f x) (cond ,@(up n (lambda (i) `((eq? x ,i) (display ,i)))) (else #f))))))
   (cons "closures" (lambda (n) `((define (f x y) (list ,@(up n (lambda (i) `(lambda (z) (if (eq? z x) (list y z) (lambda () (list x ,i z)))))))))))
   (cons "macros" (lambda (n) (up n (lambda (i) `(begin (define-syntax ,(name "m" i) (syntax-rules () ((_ a b) (let ((t a)) (if t (list t ,i) b)))))
                                                        (define ,(name "v" i) (,(name "m" i) 1 2)))))))
   (cons "records" (lambda (n) (up (div n 4) (lambda (i) `(define-record-type ,(name "r" i) (fields (mutable a) b))))))))

(define arguments (cdr (command-line)))
(if (null? arguments)
    (for-each (lambda (s) (display (car s)) (newline)) shapes)
    (for-each (lambda (form) (write form) (newline))
              (cons '(import (rnrs)) ((cdr (assoc (car arguments) shapes)) (string->number (cadr arguments))))))
