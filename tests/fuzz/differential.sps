;; SPDX-License-Identifier: MIT
;;
;; Prints a random program: differential.sps SEED COUNT MODE. It runs COUNT procedures and prints what each returns or
;; raises and what it logged: flonums by their exact values, conditions by their class.
;;   direct     each procedure is closed       eval  the same, each through eval
;;   libraries  the procedures call top-level procedures of three libraries       one  the same in one program
(import (rnrs) (tests fuzz expressions))

;; A procedure of what it may log and burn; definitions inside let the optimizer at them.
(define (closed-procedure)
  (fresh-names!)
  `(lambda (lg tick)
     (define-record-type point (fields x (mutable y)))
     ,@(closed-definitions)
     ,(gen (pick types) (+ 2 (random 4)) '())))
(define (closed-definitions)
  `((define (lim x)
      (cond ((and (number? x) (exact? x) (> (abs x) ,(expt 2 140))) (mod x ,(+ (expt 2 61) 7)))
            ((and (string? x) (> (string-length x) 100)) (substring x 0 7))
            ((and (list? x) (> (length x) 40)) '())
            (else x)))
    (define (whole x) (if (flonum? x) 1 x))
    (define (for-all-list l) (map (lambda (x) (if (number? x) (lim (+ x 1)) x)) l))))

(define prelude
  '((define entries '())
    (define fuel 0)
    (define (shown x d)
      (cond ((> d 6) 'deep)
            ((pair? x) (cons (shown (car x) d) (shown (cdr x) (+ d 1))))
            ((vector? x) (list->vector (map (lambda (y) (shown y (+ d 1))) (vector->list x))))
            ((procedure? x) 'procedure)
            ((flonum? x)
             (cond ((flnan? x) 'nan) ((flinfinite? x) (if (flpositive? x) 'inf 'minus-inf))
                   ((flzero? x) (if (fl=? (fl/ 1.0 x) +inf.0) 'zero 'minus-zero)) (else (list 'fl (exact x)))))
            ((condition? x)
             (cond ((non-continuable-violation? x) 'non-continuable)
                   ((violation? x) 'violation) ((condition? x) 'condition)))
            ((or (number? x) (boolean? x) (null? x) (symbol? x)) x)
            ((string? x) (cons 's (map char->integer (string->list x))))
            ((char? x) (list 'c (char->integer x)))
            ((record? x) 'record)
            (else 'other)))
    (define (lg x) (if (< (length entries) 60) (set! entries (cons (shown x 0) entries))))
    (define (tick) (set! fuel (+ fuel 1)) (if (> fuel 3000) (out-of-fuel 'fuel)))
    (define out-of-fuel #f)
    (define (run n f)
      (set! entries '())
      (set! fuel 0)
      (let ((result (call/cc (lambda (k)
                      (set! out-of-fuel k)
                      (with-exception-handler
                        (lambda (e) (k (list 'raised (shown e 0))))
                        (lambda () (shown (f lg tick) 0)))))))
        (write (list n result (reverse entries)))
        (newline)))))

;; A top-level procedure: base cases first, which neither call nor log, then anything.
(define (procedure-definition signature)
  (define parameters (map (lambda (type) (fresh-name "p")) (cddr signature)))
  (define env (map cons parameters (cddr signature)))
  (define (base-test)
    (let* ((b (pick env)) (p (car b)))
      (case (cdr b)
        ((small int) (pick `((< ,p 1) (= ,p 0) (<= ,p 2))))
        ((list) (pick `((null? ,p) (not (pair? ,p)))))
        ((float) `(< ,p 0.5))
        ((bool) p)
        (else `(number? ,p)))))
  `(define (,(car signature) ,@parameters)
     (cond (,(base-test) ,(leaf (cadr signature) env))
           ,@(if (chance? 40) `((,(base-test) ,(leaf (cadr signature) env))) '())
           (else (tick) (lim ,(gen (cadr signature) (+ 2 (random 3)) env))))))

(define name-count 0)
(define (fresh-name prefix)
  (set! name-count (+ name-count 1))
  (string->symbol (string-append prefix "." (number->string name-count))))

(define (signature)
  (define (type) (pick '(int small list list float bool record)))
  (cons* (fresh-name "g") (type) (type) (if (chance? 60) (list (type)) '())))

;; The forms of a program of libraries: (base definitions) (library-definitions ...) (program forms).
(define support
  `((define-record-type point (fields x (mutable y)))
    ,@(closed-definitions)))

(define (modules count)
  (let loop ((i 0) (known '()) (parts '()))
    (if (< i 3)
        (let* ((own (list (signature) (signature))) (all (append own known)))
          (loop (+ i 1) all
                (cons (cons (map car own)
                            (with-procedures all (lambda () (map procedure-definition own))))
                      parts)))
        (values (reverse parts)
                (with-procedures known
                  (lambda ()
                    (let runs ((i 0) (l '()))
                      (if (= i count)
                          (reverse l)
                          (runs (+ i 1)
                                (cons `(run ,i (lambda (lg tick) ,(procedure-call (pick known) 2 '()))) l))))))))))

(define (show form) (write form) (newline))

;; Top-level procedures that call each other, as libraries and a program, or all in one program.
(define (show-modules count libraries?)
  (let-values (((parts runs) (modules count)))
    (define imports '((rnrs) (rnrs r5rs) (fuzz base)))
    (define exports '(lg tick run lim whole for-all-list point make-point point? point-x point-y point-y-set!))
    (cond (libraries?
           (show `(library (fuzz base) (export ,@exports) (import (rnrs) (rnrs r5rs)) ,@prelude ,@support))
           (let loop ((parts parts) (i 0) (imports imports))
             (if (pair? parts)
                 (begin
                   (show `(library (fuzz ,(fresh-part i)) (export ,@(caar parts)) (import ,@imports) ,@(cdar parts)))
                   (loop (cdr parts) (+ i 1) (append imports `((fuzz ,(fresh-part i))))))
                 (show `(import ,@imports)))))
          (else
           (show '(import (rnrs) (rnrs r5rs)))
           (for-each show (append prelude support (apply append (map cdr parts))))))
    (for-each show runs)))
(define (fresh-part i) (string->symbol (string-append "part" (number->string i))))

;; Closed procedures, or the same through eval.
(define (show-closed count eval?)
  (show '(import (rnrs) (rnrs r5rs) (rnrs eval)))
  (for-each show prelude)
  (when eval? (show '(define env (environment '(rnrs) '(rnrs r5rs)))))
  (do ((i 0 (+ i 1))) ((= i count))
    (let ((f (closed-procedure)))
      (show (if eval? `(run ,i (eval ',f env)) `(run ,i ,f))))))

(let* ((arguments (cdr (command-line))) (mode (caddr arguments)) (count (string->number (cadr arguments))))
  (seed! (string->number (car arguments)))
  (case (string->symbol mode)
    ((direct) (show-closed count #f))
    ((eval) (show-closed count #t))
    ((libraries) (show-modules count #t))
    ((one) (show-modules count #f))))
