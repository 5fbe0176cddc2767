;; SPDX-License-Identifier: MIT
;;
;; Checks for the tests of the SRFIs: each is counted, a failed one is shown, (finish) prints the counts and exits.
(library (checks)
  (export check check-raises check-values finish)
  (import (rnrs))

  (define passed 0)
  (define failed 0)

  (define (note form got expected)
    (set! failed (+ failed 1))
    (display "FAILED ") (write form)
    (display "\n  got      ") (write got)
    (display "\n  expected ") (write expected)
    (newline))

  (define (run form thunk expected)
    (let ((got (guard (c (#t (list 'raised (if (message-condition? c) (condition-message c) c)
                                   (if (irritants-condition? c) (condition-irritants c) '()))))
                 (thunk))))
      (if (equal? got expected)
          (set! passed (+ passed 1))
          (note form got expected))))

  (define (run-raises form thunk good?)
    (let ((got (guard (c (#t (if (good? c) good? (list 'raised c)))) (list 'returned (thunk)))))
      (if (eq? got good?) (set! passed (+ passed 1)) (note form got good?))))

  ;; (check expression => expected)
  (define-syntax check
    (syntax-rules (=>)
      ((_ e => v) (run 'e (lambda () e) v))))

  ;; (check-values expression => (expected ...))
  (define-syntax check-values
    (syntax-rules (=>)
      ((_ e => v) (run 'e (lambda () (call-with-values (lambda () e) list)) v))))

  ;; (check-raises predicate expression)
  (define-syntax check-raises
    (syntax-rules ()
      ((_ good? e) (run-raises 'e (lambda () e) good?))))

  (define (finish)
    (display passed) (display " passed, ") (display failed) (display " failed") (newline)
    (exit (if (= failed 0) 0 1))))
