;; SPDX-License-Identifier: MIT
;;
;; SRFI 37: args-fold, a processor of program arguments.
(library (srfi :37 args-fold)
  (export args-fold (rename (make-option option)) option? option-names option-required-arg? option-optional-arg?
          option-processor)
  (import (rnrs))

  ;; (option names required-arg? optional-arg? processor): names are characters (-c) and strings (--long).
  (define-record-type (option make-option option?)
    (fields (immutable names option-names) (immutable required-arg? option-required-arg?)
            (immutable optional-arg? option-optional-arg?) (immutable processor option-processor)))

  (define (find-option name options)
    (find (lambda (o) (exists (lambda (n) (equal? n name)) (option-names o))) options))

  (define (index-of c s)
    (let loop ((i 0))
      (cond ((= i (string-length s)) #f)
            ((char=? (string-ref s i) c) i)
            (else (loop (+ i 1))))))

  ;; (args-fold args options unrecognized-option-proc operand-proc seed ...): processors take option, name, argument and the
  ;; seeds, give new seeds.
  (define (args-fold args options unrecognized operand . seeds)
    (define (unknown name) (make-option (list name) #f #f unrecognized))

    (define (call processor option name argument args seeds)
      (call-with-values (lambda () (apply processor option name argument seeds))
        (lambda seeds (scan args seeds))))

    (define (scan args seeds)
      (if (null? args)
          (apply values seeds)
          (let* ((arg (car args)) (rest (cdr args)) (n (string-length arg)))
            (cond ((string=? arg "--") (operands rest seeds))
                  ((and (> n 2) (char=? (string-ref arg 0) #\-) (char=? (string-ref arg 1) #\-))
                   (long arg rest seeds))
                  ((and (> n 1) (char=? (string-ref arg 0) #\-)) (shorts arg 1 rest seeds))
                  (else
                   (call-with-values (lambda () (apply operand arg seeds))
                     (lambda seeds (scan rest seeds))))))))

    (define (operands args seeds)
      (if (null? args)
          (apply values seeds)
          (call-with-values (lambda () (apply operand (car args) seeds))
            (lambda seeds (operands (cdr args) seeds)))))

    ;; --name, --name=argument, --name argument
    (define (long arg rest seeds)
      (let* ((equals (index-of #\= arg))
             (name (substring arg 2 (or equals (string-length arg))))
             (value (and equals (substring arg (+ equals 1) (string-length arg))))
             (option (or (find-option name options) (unknown name))))
        (cond (value (call (option-processor option) option name value rest seeds))
              ((and (option-required-arg? option) (pair? rest))
               (call (option-processor option) option name (car rest) (cdr rest) seeds))
              (else (call (option-processor option) option name #f rest seeds)))))

    ;; -abc, -cargument, -c argument; i is the index of the next character
    (define (shorts arg i rest seeds)
      (if (= i (string-length arg))
          (scan rest seeds)
          (let* ((name (string-ref arg i))
                 (option (or (find-option name options) (unknown name)))
                 (more (substring arg (+ i 1) (string-length arg))))
            (cond ((and (or (option-required-arg? option) (option-optional-arg? option)) (not (string=? more "")))
                   (call (option-processor option) option name more rest seeds))
                  ((and (option-required-arg? option) (pair? rest))
                   (call (option-processor option) option name (car rest) (cdr rest) seeds))
                  (else
                   (call-with-values (lambda () (apply (option-processor option) option name #f seeds))
                     (lambda seeds (shorts arg (+ i 1) rest seeds))))))))

    (scan args seeds)))
