;; SPDX-License-Identifier: MIT
;;
;; Writes consecutive numbers for ever, or says that it reads, and does: for ending.py.
(import (rnrs))
(define out (current-output-port))
(define (write-from n)
  (put-string out (number->string n))
  (newline out)
  (write-from (+ n 1)))
(if (pair? (cdr (command-line)))
    (begin
      (put-string out "reading")
      (flush-output-port out)
      (get-line (current-input-port)))
    (write-from 1000000))
