;; SPDX-License-Identifier: MIT
;;
;; (rnrs arithmetic flonums) above the primitives: R6RS libraries 11.3. The condition types of that library are
;; in (loko base conditions); we represent infinities and NaNs, so nothing raises them.
(library (loko base flonums)
  (export flonum? real->flonum fixnum->flonum
          fl=? fl<? fl<=? fl>? fl>=?
          flinteger? flzero? flpositive? flnegative? flodd? fleven? flfinite? flinfinite? flnan?
          flmax flmin fl+ fl* fl- fl/ flabs
          fldiv-and-mod fldiv flmod fldiv0-and-mod0 fldiv0 flmod0
          flnumerator fldenominator flfloor flceiling fltruncate flround
          flexp fllog flsin flcos fltan flasin flacos flatan flsqrt flexpt)
  (import (loko core syntax) (loko core primitives))

  (define-syntax define-comparison
    (syntax-rules ()
      ((_ compare)
       (define-primitive-procedure compare
         (case-lambda
           ((a b) (compare a b))
           ((a) (begin (compare a 0.0) #t))
           ((a b . rest)
            (let loop ((holds (compare a b)) (b b) (rest rest))
              (if (pair? rest)
                  (let ((c (car rest)))
                    (loop (if (compare b c) holds #f) c (cdr rest)))
                  holds))))))))

  ;; (fl=? fl1 fl2 fl3 ...) …: whether each operand and the next one compare so.
  (define-comparison fl=?)
  (define-comparison fl<?)
  (define-comparison fl<=?)
  (define-comparison fl>?)
  (define-comparison fl>=?)

  (define-syntax define-extreme
    (syntax-rules ()
      ((_ op)
       (define-primitive-procedure op
         (case-lambda
           ((a b) (op a b))
           ((a) (op a a))
           ((a b . rest)
            (let loop ((value (op a b)) (rest rest))
              (if (pair? rest) (loop (op value (car rest)) (cdr rest)) value))))))))

  ;; (flmax fl1 fl2 ...), (flmin fl1 fl2 ...): NaN if any operand is.
  (define-extreme flmax)
  (define-extreme flmin)

  ;; (fl+ fl ...)
  (define-primitive-procedure fl+
    (case-lambda
      ((a b) (fl+ a b))
      ((a) (fl+ a -0.0))
      (() 0.0)
      ((a b . rest)
       (let loop ((sum (fl+ a b)) (rest rest))
         (if (pair? rest) (loop (fl+ sum (car rest)) (cdr rest)) sum)))))

  ;; (fl* fl ...)
  (define-primitive-procedure fl*
    (case-lambda
      ((a b) (fl* a b))
      ((a) (fl* a 1.0))
      (() 1.0)
      ((a b . rest)
       (let loop ((product (fl* a b)) (rest rest))
         (if (pair? rest) (loop (fl* product (car rest)) (cdr rest)) product)))))

  ;; (fl- fl), (fl- fl1 fl2 ...)
  (define-primitive-procedure fl-
    (case-lambda
      ((a b) (fl- a b))
      ((a) (fl- a))
      ((a b . rest)
       (let loop ((difference (fl- a b)) (rest rest))
         (if (pair? rest) (loop (fl- difference (car rest)) (cdr rest)) difference)))))

  ;; (fl/ fl), (fl/ fl1 fl2 ...)
  (define-primitive-procedure fl/
    (case-lambda
      ((a b) (fl/ a b))
      ((a) (fl/ a))
      ((a b . rest)
       (let loop ((quotient (fl/ a b)) (rest rest))
         (if (pair? rest) (loop (fl/ quotient (car rest)) (cdr rest)) quotient)))))

  (define (odd who x)
    (if (flinteger? x)
        (let ((half (fl/ x 2.0)))
          (if (fl=? half (flfloor half)) #f #t))
        (%raise-assertion who "expected an integer" (cons x '()))))

  ;; (flodd? ifl): whether an integer is odd.
  (define (flodd? ifl) (odd 'flodd? ifl))

  ;; (fleven? ifl): whether an integer is even.
  (define (fleven? ifl) (not (odd 'fleven? ifl)))

  ;; (fldiv-and-mod fl1 fl2)
  (define (fldiv-and-mod fl1 fl2)
    (let ((n (fldiv fl1 fl2)))
      (values n (flmod fl1 fl2))))

  ;; (fldiv0-and-mod0 fl1 fl2)
  (define (fldiv0-and-mod0 fl1 fl2)
    (let ((n (fldiv0 fl1 fl2)))
      (values n (flmod0 fl1 fl2)))))
