;; SPDX-License-Identifier: MIT
;;
;; Numbers: R6RS base 11.7 and R7RS 6.2 above the primitives. The operators of compiled code take two operands;
;; here are the procedures of that name with any number of arguments (they are what `apply`, `map` and calls
;; with other counts get), and what returns several values. Errors are raised by the primitives called.
(library (loko base numbers)
  (export number? complex? real? rational? integer? real-valued? rational-valued? integer-valued?
          exact? inexact? exact-integer? exact inexact exact->inexact inexact->exact
          = < > <= >= zero? positive? negative? odd? even? finite? infinite? nan?
          max min + * - / abs square
          quotient remainder modulo
          floor/ floor-quotient floor-remainder truncate/ truncate-quotient truncate-remainder
          div mod div-and-mod div0 mod0 div0-and-mod0
          gcd lcm numerator denominator floor ceiling truncate round rationalize
          exp log sin cos tan asin acos atan sqrt exact-integer-sqrt expt
          make-rectangular make-polar real-part imag-part magnitude angle
          number->string string->number)
  (import (loko core syntax) (loko core primitives))

  ;;; Operators

  ;; (+ z ...): the sum; 0 of none.
  (define-primitive-procedure +
    (case-lambda
      ((a b) (+ a b))
      ((a) (if (number? a) a (%generic+ a 0)))
      (() 0)
      ((a b c) (+ (+ a b) c))
      ((a b . rest)
       (let loop ((sum (+ a b)) (rest rest))
         (if (pair? rest) (loop (+ sum (car rest)) (cdr rest)) sum)))))

  ;; (* z ...): the product; 1 of none.
  (define-primitive-procedure *
    (case-lambda
      ((a b) (* a b))
      ((a) (if (number? a) a (%generic* a 1)))
      (() 1)
      ((a b c) (* (* a b) c))
      ((a b . rest)
       (let loop ((product (* a b)) (rest rest))
         (if (pair? rest) (loop (* product (car rest)) (cdr rest)) product)))))

  ;; (- z), (- z1 z2 ...): the additive inverse, or the difference, associating to the left.
  (define-primitive-procedure -
    (case-lambda
      ((a b) (- a b))
      ((a) (%negate a))
      ((a b c) (- (- a b) c))
      ((a b . rest)
       (let loop ((difference (- a b)) (rest rest))
         (if (pair? rest) (loop (- difference (car rest)) (cdr rest)) difference)))))

  ;; (/ z), (/ z1 z2 ...): the multiplicative inverse, or the quotient, associating to the left.
  (define-primitive-procedure /
    (case-lambda
      ((a b) (/ a b))
      ((a) (/ 1 a))
      ((a b . rest)
       (let loop ((quotient (/ a b)) (rest rest))
         (if (pair? rest) (loop (/ quotient (car rest)) (cdr rest)) quotient)))))

  ;; All operands are checked, also behind the first pair that is out of order.
  (define-syntax define-comparison
    (syntax-rules ()
      ((_ compare)
       (define-primitive-procedure compare
         (case-lambda
           ((a b) (compare a b))
           ((a b c) (if (compare a b) (compare b c) (begin (compare b c) #f)))
           ((a) (begin (compare a 0) #t))
           ((a b . rest)
            (let loop ((holds (compare a b)) (b b) (rest rest))
              (if (pair? rest)
                  (let ((c (car rest)))
                    (loop (if (compare b c) holds #f) c (cdr rest)))
                  holds))))))))

  ;; (= z1 z2 ...), (< x1 x2 ...) …: whether each operand and the next one compare so.
  (define-comparison =)
  (define-comparison <)
  (define-comparison >)
  (define-comparison <=)
  (define-comparison >=)

  ;; (max x1 x2 ...): the greatest; inexact if any operand is, NaN if any is.
  (define-primitive-procedure max
    (case-lambda
      ((a b) (max a b))
      ((a) (max a a))
      ((a b . rest)
       (let loop ((greatest (max a b)) (rest rest))
         (if (pair? rest) (loop (max greatest (car rest)) (cdr rest)) greatest)))))

  ;; (min x1 x2 ...): the least; inexact if any operand is, NaN if any is.
  (define-primitive-procedure min
    (case-lambda
      ((a b) (min a b))
      ((a) (min a a))
      ((a b . rest)
       (let loop ((least (min a b)) (rest rest))
         (if (pair? rest) (loop (min least (car rest)) (cdr rest)) least)))))

  ;; (gcd n ...): the greatest common divisor, not negative; 0 of none.
  (define-primitive-procedure gcd
    (case-lambda
      ((a b) (gcd a b))
      (() 0)
      ((a) (gcd a 0))
      ((a b . rest)
       (let loop ((divisor (gcd a b)) (rest rest))
         (if (pair? rest) (loop (gcd divisor (car rest)) (cdr rest)) divisor)))))

  ;; (lcm n ...): the least common multiple, not negative; 1 of none.
  (define-primitive-procedure lcm
    (case-lambda
      ((a b) (lcm a b))
      (() 1)
      ((a) (lcm a 1))
      ((a b . rest)
       (let loop ((multiple (lcm a b)) (rest rest))
         (if (pair? rest) (loop (lcm multiple (car rest)) (cdr rest)) multiple)))))

  ;;; Small procedures

  ;; (square z): z times z (R7RS).
  (define (square z) (* z z))

  ;;; Division with two results

  ;; (div-and-mod x1 x2): x1 div x2 and x1 mod x2.
  (define (div-and-mod x1 x2)
    (let ((n (div x1 x2)))
      (values n (mod x1 x2))))

  ;; (div0-and-mod0 x1 x2): x1 div0 x2 and x1 mod0 x2.
  (define (div0-and-mod0 x1 x2)
    (let ((n (div0 x1 x2)))
      (values n (mod0 x1 x2))))

  ;; (floor/ n1 n2): the quotient rounded down, and the remainder, which has the sign of n2 (R7RS).
  (define (floor/ n1 n2)
    (let ((n (floor-quotient n1 n2)))
      (values n (floor-remainder n1 n2))))

  ;; (truncate/ n1 n2): the quotient rounded towards zero, and the remainder, which has the sign of n1 (R7RS).
  (define (truncate/ n1 n2)
    (let ((n (truncate-quotient n1 n2)))
      (values n (truncate-remainder n1 n2))))

  ;; (exact-integer-sqrt k): the root rounded down, and what is left of k.
  (define (exact-integer-sqrt k)
    (let ((result (%exact-integer-sqrt k)))
      (values (car result) (cdr result))))

  ;;; Simplest rational numbers

  ;; The simplest rational in [low, high], 0 < low <= high, all exact (by continued fractions).
  (define (simplest low high)
    (let ((whole (floor low)))
      (cond
        ((= whole low) whole)
        ((< whole (floor high)) (+ whole 1))
        (else (+ whole (/ 1 (simplest (/ 1 (- high whole)) (/ 1 (- low whole)))))))))

  (define (exact-rationalize x tolerance)
    (let ((low (- x tolerance)) (high (+ x tolerance)))
      (cond
        ((positive? low) (simplest low high))
        ((negative? high) (- 0 (simplest (- 0 high) (- 0 low))))
        (else 0))))

  ;; (rationalize x tolerance): the simplest rational that differs from x by at most the tolerance.
  (define (rationalize x tolerance)
    (if (real? x) #t (%raise-assertion 'rationalize "expected a real number" (cons x '())))
    (if (real? tolerance) #t (%raise-assertion 'rationalize "expected a real number" (cons tolerance '())))
    (cond
      ((if (exact? x) (exact? tolerance) #f) (exact-rationalize x (abs tolerance)))
      ((nan? x) x)
      ((nan? tolerance) tolerance)
      ((infinite? tolerance) (if (infinite? x) +nan.0 0.0))
      ((infinite? x) x)
      (else (inexact (exact-rationalize (exact x) (abs (exact tolerance))))))))
