;; SPDX-License-Identifier: MIT
;; text: characters of a string port, counted by kind
(import (scheme base) (scheme char) (scheme write))
(define text (let ((out (open-output-string))) (do ((i 0 (+ i 1))) ((= i 20000) (get-output-string out)) (write-string "(define x" out) (write i out) (write-char #\) out) (newline out))))
(define (count s)
  (let ((in (open-input-string s)))
    (let loop ((letters 0) (digits 0) (others 0))
      (let ((c (read-char in)))
        (cond ((eof-object? c) (list letters digits others))
              ((char-alphabetic? c) (loop (+ letters 1) digits others))
              ((char-numeric? c) (loop letters (+ digits 1) others))
              (else (loop letters digits (+ others 1))))))))
(do ((i 0 (+ i 1)) (r #f (count text))) ((= i 40) (write r)))
