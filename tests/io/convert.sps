;; SPDX-License-Identifier: MIT
;; convert FROM TO HOW [EOL-IN EOL-OUT]: copies standard input to standard output through two transcoders, by characters, lines or
;; blocks.
(import (rnrs))
(define (codec name)
  (case (string->symbol name)
    ((utf-8) (utf-8-codec))
    ((utf-16) (utf-16-codec))
    (else (latin-1-codec))))
(define args (cdr (command-line)))
(define (eol k) (if (> (length args) k) (string->symbol (list-ref args k)) 'none))
(define in (transcoded-port (standard-input-port) (make-transcoder (codec (car args)) (eol 3) 'replace)))
(define out (transcoded-port (standard-output-port) (make-transcoder (codec (cadr args)) (eol 4) 'replace)))
(case (string->symbol (caddr args))
  ((chars) (let loop () (let ((c (get-char in))) (unless (eof-object? c) (put-char out c) (loop)))))
  ((lines) (let loop () (let ((s (get-line in))) (unless (eof-object? s) (put-string out s) (newline out) (loop)))))
  ((blocks) (let loop () (let ((s (get-string-n in 777))) (unless (eof-object? s) (put-string out s) (loop)))))
  (else (put-string out (get-string-all in))))
(close-port out)
