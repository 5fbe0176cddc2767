;; SPDX-License-Identifier: MIT
;;
;; Checks for test programs: each is counted, a failed one is shown, (finish) prints the counts and exits. The forms differ in
;; what stands for a condition that was raised; programs rename the one they want to `check`.
(library (tests support checks)
  (export check check-message check-who check-equal check-true check-values check-raises message-of count-check finish)
  (import (rnrs))

  (define passed 0)
  (define failed 0)

  ;; Counts a check: it passed if good?, else the form is shown with what it gave and what was expected.
  (define (count-check good? form got expected)
    (if good?
        (set! passed (+ passed 1))
        (begin
          (set! failed (+ failed 1))
          (display "FAILED ") (write form)
          (display "\n  got      ") (write got)
          (display "\n  expected ") (write expected)
          (newline))))

  (define (irritants-of c) (if (irritants-condition? c) (condition-irritants c) '()))
  (define (message-of c) (list 'raised (if (message-condition? c) (condition-message c) c)))
  (define (message-and-irritants-of c) (append (message-of c) (list (irritants-of c))))
  (define (who-and-irritants-of c) (list 'raised (and (who-condition? c) (condition-who c)) (irritants-of c)))
  (define (raised c) (list 'raised c))

  (define (run describe form thunk expected)
    (let ((got (guard (c (#t (describe c))) (thunk))))
      (count-check (equal? got expected) form got expected)))

  (define (run-true form thunk)
    (let ((got (guard (c (#t (write c) (newline) #f)) (thunk))))
      (count-check got form got 'true)))

  (define (run-raises form thunk good?)
    (let ((got (guard (c ((good? c) 'good) (#t (raised c))) (list 'returned (thunk)))))
      (count-check (eq? got 'good) form got good?)))

  ;; (check expression => expected); a condition is (raised message irritants)
  (define-syntax check
    (syntax-rules (=>)
      ((_ e => v) (run message-and-irritants-of 'e (lambda () e) v))))

  ;; (check-message expression => expected); a condition is (raised message)
  (define-syntax check-message
    (syntax-rules (=>)
      ((_ e => v) (run message-of 'e (lambda () e) v))))

  ;; (check-who expression => expected); a condition is (raised who irritants)
  (define-syntax check-who
    (syntax-rules (=>)
      ((_ e => v) (run who-and-irritants-of 'e (lambda () e) v))))

  ;; (check-equal expression [expected]), #t by default; a condition is (raised condition)
  (define-syntax check-equal
    (syntax-rules ()
      ((_ e) (check-equal e #t))
      ((_ e v) (run raised 'e (lambda () e) v))))

  ;; (check-true expression): not #f, nothing raised
  (define-syntax check-true
    (syntax-rules ()
      ((_ e) (run-true 'e (lambda () e)))))

  ;; (check-values expression => (expected ...))
  (define-syntax check-values
    (syntax-rules (=>)
      ((_ e => v) (check (call-with-values (lambda () e) list) => v))))

  ;; (check-raises predicate expression)
  (define-syntax check-raises
    (syntax-rules ()
      ((_ good? e) (run-raises 'e (lambda () e) good?))))

  (define (finish)
    (display passed) (display " passed, ") (display failed) (display " failed") (newline)
    (exit (if (= failed 0) 0 1))))
