;; SPDX-License-Identifier: MIT
;; Driven by hangup.py: reads from or writes to a terminal that is hung up, and says in a file how that was seen.
(import (rnrs))
(define mode (string->symbol (cadr (command-line))))
(define file (caddr (command-line)))
(define (say x) (call-with-port (open-file-output-port file (file-options no-fail) (buffer-mode block) (native-transcoder)) (lambda (p) (write x p))))
(define (outcome thunk)
  (guard (c ((and (i/o-port-error? c) (or (i/o-read-error? c) (i/o-write-error? c)) (message-condition? c)) (condition-message c))) (thunk)))
(display "ready\n")
(case mode
  ((read) (say (outcome (lambda () (let loop ((n 0)) (if (eof-object? (get-line (current-input-port))) 'eof (loop (+ n 1))))))))
  ((bytes) (say (outcome (lambda () (let ((p (standard-input-port))) (let loop () (if (eof-object? (get-u8 p)) 'eof (loop))))))))
  ((write) (get-line (current-input-port)) (say (outcome (lambda () (let loop ((n 0)) (display "more\n") (loop (+ n 1))))))
           (exit 3))
  ((die) (display "unfinished") (get-line (current-input-port)) (say 'went-on)))
