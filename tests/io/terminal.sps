;; SPDX-License-Identifier: MIT
;; What terminal.py drives on a pseudo-terminal. The argument is a directory with the FIFO `wait`; `ready` is made there.
(import (rnrs) (only (loko) char-ready?))
(define directory (cadr (command-line)))
(define (in-directory name) (string-append directory "/" name))
(define (say . l) (for-each display l) (newline))
(define (shown x) (if (eof-object? x) "eof" x))

;; a prompt without a line end is seen before the program waits
(display "name? ")
(let ((name (get-line (current-input-port))))
  (say "hello, " name))
;; whole lines are seen at once, the rest not before something flushes it
(display "whole line\n")
(display "held back")
(call-with-output-file (in-directory "ready") (lambda (p) (display "now" p)))
(call-with-input-file (in-directory "wait") get-line)
(say "; shown")
;; nothing is there: not ready; then a line
(say "ready " (if (char-ready? (current-input-port)) "yes" "no"))
(let wait () (if (not (char-ready? (current-input-port))) (wait)))
(say "peeked " (lookahead-char (current-input-port)))
(say "line " (get-line (current-input-port)))
;; an end of file is read once; a peeked one stays to be read; then reading goes on
(display "first? ")
(say "got " (shown (get-line (current-input-port))))
(display "second? ")
(say "peeked " (shown (lookahead-char (current-input-port))) ", got " (shown (get-char (current-input-port))))
(display "third? ")
(say "got " (shown (get-line (current-input-port))))
(display "fourth? ")
(say "got " (shown (get-datum (current-input-port))) " and " (shown (get-line (current-input-port))))
;; bytes as they come, from a terminal in raw mode
(say "raw?")
(let* ((p (standard-input-port)) (a (get-u8 p)) (b (get-bytevector-n p 6)))
  (say "bytes " a " " b))
;; damaged text is replaced, what follows is not lost
(say "text?")
(say "codes " (map char->integer (string->list (get-string-n (current-input-port) 5))))
;; more than the terminal takes at once
(put-string (current-output-port) (make-string 20000 #\x))
(say "end")
(display "bye")
