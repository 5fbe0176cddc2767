;; SPDX-License-Identifier: MIT
;;
;; Checks in the notation of the reports' examples: the expected values are literals, NaNs are the same and inexact numbers
;; may differ in the last digits.
(library (tests support report-examples)
  (export check check-raises any? finish)
  (import (rnrs) (only (tests support checks) count-check finish))

  (define (same? a b)
    (cond ((and (pair? a) (pair? b)) (and (same? (car a) (car b)) (same? (cdr a) (cdr b))))
          ((and (number? a) (number? b))
           (or (eqv? a b)
               (and (not (= a a)) (not (= b b)))
               (and (inexact? a) (inexact? b) (< (magnitude (- a b)) 1e-12))))
          (else (equal? a b))))

  (define (run form thunk expected)
    (let ((got (guard (c (#t (list 'raised c))) (call-with-values thunk list))))
      (count-check (same? got expected) form got expected)))

  (define (run-raises form thunk good?)
    (let ((got (guard (c ((good? c) 'good) (#t (list 'raised c))) (thunk) 'returned)))
      (count-check (eq? got 'good) form got good?)))

  (define (any? c) #t)

  ;; (check expression => value ...)
  (define-syntax check
    (syntax-rules (=>)
      ((_ e => v ...) (run 'e (lambda () e) '(v ...)))))

  ;; (check-raises expression predicate)
  (define-syntax check-raises
    (syntax-rules ()
      ((_ e good?) (run-raises 'e (lambda () e) good?)))))
