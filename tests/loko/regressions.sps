;; SPDX-License-Identifier: MIT
;;
;; One check for each bug that was found by running other people's programs.
(import (rnrs)
        (only (rnrs mutable-pairs) set-cdr!) (only (loko) expand expand/optimize)
        (only (scheme base) input-port-open? output-port-open? read-line)
        (prefix (only (scheme base) let-syntax letrec-syntax) r7:)
        (prefix (scheme repl) r7:)
        (only (scheme base) cond-expand)
        (prefix (only (scheme char) char-numeric?) r7:)
        (rnrs eval) (only (tests support checks) check finish))

;; Ports of the other direction are no error.
(check (output-port-open? (open-string-input-port "a")) => #f)
(check (input-port-open? (open-file-output-port "/dev/null" (file-options no-fail))) => #f)

;; Lines and comments also end with a carriage return.
(check (let ((p (open-string-input-port "abc\rdef\r\nghi\njkl\r")))
         (let* ((a (read-line p)) (b (read-line p)) (c (read-line p)) (d (read-line p)))
           (list a b c d (eof-object? (read-line p)))))
       => '("abc" "def" "ghi" "jkl" #t))
(check (get-line (open-string-input-port "abc\rdef\n")) => "abc\rdef")
(check (get-datum (open-string-input-port "; comment\rdatum")) => 'datum)

;; let-syntax of R7RS has a body, that of R6RS is spliced.
(check (let ((x 13))
         (r7:let-syntax ((def (syntax-rules () ((_ n v) (define n v))))) (def x 56) x)
         x)
       => 13)
(check (let ((x 13))
         (let-syntax ((def (syntax-rules () ((_ n v) (define n v))))) (def x 56))
         x)
       => 56)

;; Programs find things in the interaction environment.
(check (eval '(+ 1 2) (r7:interaction-environment)) => 3)

;; Numeric is what has a digit's value in R7RS, and what has any number in R6RS.
(check (map r7:char-numeric? '(#\5 #\xBD #\a)) => '(#t #f #f))
(check (map char-numeric? '(#\5 #\xBD #\a)) => '(#t #t #f))

;; A SRFI that has a library is a feature, and its library has two names.
(check (cond-expand ((and srfi-1 (library (srfi 1)) (not srfi-99999)) 'yes) (else 'no)) => 'yes)

;; The greatest of zeros is the same one in line and in the runtime.
(check (map (lambda (op) (list (apply op (list 0.0 -0.0)) (apply op (list -0.0 0.0)))) (list max min))
       => (list (list (max 0.0 -0.0) (max -0.0 0.0)) (list (min 0.0 -0.0) (min -0.0 0.0))))
;; Too many arguments for apply are that, not a wrong list.
(check (guard (c ((implementation-restriction-violation? c) (condition-who c)))
         (apply + (vector->list (make-vector (+ (expt 2 20) 1) 1))))
       => 'apply)
(check (guard (c ((assertion-violation? c) (condition-message c))) (apply + 1 '(2 . 3)))
       => "expected a list as the last argument")
;; A circular import set is refused.
(check (guard (c ((condition? c) (condition-message c)))
         (let ((l (list 'only '(rnrs) 'car)))
           (set-cdr! (cddr l) l)
           (environment l)))
       => "an import set can't contain itself")
;; Circular data are literals, and no programs.
(check (let* ((l (list 1 2)) (e (list 'quote l)))
         (set-cdr! (cdr l) l)
         (list (caddr (eval e (environment '(rnrs))))
               (caddr (cadr (expand e)))
               (map (lambda (f) (guard (c ((syntax-violation? c) (condition-message c))) (f l)))
                    (list expand expand/optimize (lambda (x) (eval x (environment '(rnrs))))))))
       => '(1 1 ("only a literal may contain itself" "only a literal may contain itself"
                 "only a literal may contain itself")))

;; What a transformer raises reaches the handlers of eval as it is, and can be handled in the transformer.
(define (raised-in-transformer body)
  (guard (c ((condition? c) (list (syntax-violation? c) (assertion-violation? c) (condition-who c) (condition-message c)))
            (else (list 'raised c)))
    (eval `(let-syntax ((m (lambda (x) ,body))) (m 1))
          (environment '(rnrs) '(for (rnrs) expand) '(for (rnrs conditions) expand) '(for (rnrs exceptions) expand)))))
(check (raised-in-transformer '(vector-ref (vector 1 2) 5)) => '(#f #t vector-ref "index out of range"))
(check (raised-in-transformer '(syntax-violation 'm "not so" x)) => '(#t #f m "not so"))
(check (raised-in-transformer '(raise 'thing)) => '(raised thing))
(check (raised-in-transformer '(guard (c (#t #''handled)) (car 5))) => 'handled)
(check (raised-in-transformer '(with-exception-handler (lambda (c) #''again) (lambda () (raise-continuable (make-warning))))) => 'again)
(check (with-exception-handler
        (lambda (c) (list 'quote (if (warning? c) 'continued 'other)))
        (lambda ()
          (eval '(let-syntax ((m (lambda (x) (datum->syntax #'here (raise-continuable (make-warning)))))) (m))
                (environment '(rnrs)))))
       => 'continued)

(finish)
