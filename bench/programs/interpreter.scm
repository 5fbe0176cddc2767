;; SPDX-License-Identifier: MIT
;; symbolic: an evaluator of a small language
(import (scheme base) (scheme cxr) (scheme write))
(define (look-up name env) (let ((b (assq name env))) (if b (cdr b) (error "unbound" name))))
(define (evaluate e env)
  (cond ((symbol? e) (look-up e env))
        ((not (pair? e)) e)
        (else
         (case (car e)
           ((if) (evaluate (if (evaluate (cadr e) env) (caddr e) (cadddr e)) env))
           ((lambda) (lambda arguments (evaluate (caddr e) (append (map cons (cadr e) arguments) env))))
           ((letrec) (let* ((b (cons (cadr e) #f)) (env (cons b env))) (set-cdr! b (evaluate (caddr e) env)) (evaluate (cadddr e) env)))
           (else (apply (evaluate (car e) env) (map (lambda (e) (evaluate e env)) (cdr e))))))))
(define global (list (cons '+ +) (cons '- -) (cons '< <)))
(display (evaluate '(letrec fib (lambda (n) (if (< n 2) n (+ (fib (- n 1)) (fib (- n 2))))) (fib 29)) global))
