;; SPDX-License-Identifier: MIT
;;
;; Counting checks for the tests of loci, and the number of descriptors that this process has open.
(library (checks)
  (export check report descriptors message-of)
  (import (rnrs))

  (define passed 0)
  (define failed 0)

  (define-syntax check
    (syntax-rules (=>)
      ((_ expr => expected) (count! 'expr (lambda () expr) expected))))

  (define (message-of c) (list 'raised (if (message-condition? c) (condition-message c) c)))

  (define (count! form thunk expected)
    (let ((got (guard (c (#t (message-of c))) (thunk))))
      (if (equal? got expected)
          (set! passed (+ passed 1))
          (begin
            (set! failed (+ failed 1))
            (write form) (display " failed: got ") (write got) (display ", expected ") (write expected) (newline)))))

  (define (descriptors)
    (let loop ((i 0) (n 0))
      (if (= i 512)
          n
          (loop (+ i 1) (if (file-exists? (string-append "/proc/self/fd/" (number->string i))) (+ n 1) n)))))

  (define (report)
    (display passed) (display " passed, ") (display failed) (display " failed") (newline)
    (exit (if (= failed 0) 0 1))))
