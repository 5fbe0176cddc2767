;; SPDX-License-Identifier: MIT
;; Imports each library whose name, a datum, is on a line of the input; prints the names of those that failed.
(import (rnrs) (rnrs eval))
(define (try name)
  (call/cc
   (lambda (leave)
     (with-exception-handler
      (lambda (c) (if (serious-condition? c) (leave #f) (values)))
      (lambda () (environment name) #t)))))
(let loop ((good 0))
  (let ((name (read)))
    (cond ((eof-object? name) (display good) (display " imported") (newline))
          ((try name) (loop (+ good 1)))
          (else (write name) (newline) (loop good)))))
