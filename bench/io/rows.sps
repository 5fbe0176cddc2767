;; SPDX-License-Identifier: MIT
;; The rows of rows.py: rows ROW DIRECTORY. R6RS only, so that other systems run it as it is.
(import (rnrs))

(define row (string->symbol (cadr (command-line))))
(define directory (caddr (command-line)))
(define (in name tc) (open-file-input-port (string-append directory "/" name) (file-options) (buffer-mode block) tc))
(define (out tc) (open-file-output-port "/dev/null" (file-options no-fail) (buffer-mode block) tc))
(define utf-8 (make-transcoder (utf-8-codec) (eol-style none)))

;;; Copies

(define (copy-characters from to)
  (let loop ((n 0))
    (let ((c (get-char from)))
      (if (eof-object? c) n (begin (put-char to c) (loop (+ n 1)))))))
(define (copy-lines from to)
  (let loop ((n 0))
    (let ((line (get-line from)))
      (if (eof-object? line) n (begin (put-string to line) (put-char to #\newline) (loop (+ n 1)))))))
(define (copy-blocks from to)
  (let loop ((n 0))
    (let ((block (get-bytevector-n from 65536)))
      (if (eof-object? block) n (begin (put-bytevector to block) (loop (+ n (bytevector-length block))))))))
(define (copy procedure tc)
  (let* ((from (in "text" tc)) (to (out tc)) (n (procedure from to)))
    (close-port from)
    (close-port to)
    n))

;;; Words

;; Runs of characters that are no white space.
(define (count-words p)
  (let loop ((lines 0) (words 0) (characters 0) (in? #f))
    (let ((c (get-char p)))
      (cond ((eof-object? c) (list lines words characters))
            ((char-whitespace? c) (loop (if (char=? c #\newline) (+ lines 1) lines) words (+ characters 1) #f))
            (in? (loop lines words (+ characters 1) #t))
            (else (loop lines (+ words 1) (+ characters 1) #t))))))
;; As Kernighan and Van Wyk have it: two characters end words.
(define (count-words/wc p)
  (let loop ((lines 0) (words 0) (characters 0) (in? #f))
    (let ((c (get-char p)))
      (cond ((eof-object? c) (list lines words characters))
            ((char=? c #\space) (loop lines words (+ characters 1) #f))
            ((char=? c #\newline) (loop (+ lines 1) words (+ characters 1) #f))
            (else (loop lines (if in? words (+ words 1)) (+ characters 1) #t))))))
(define (count-words/predicate p in-word?)
  (let loop ((c (get-char p)) (words 0) (characters 0) (in? #f))
    (cond ((eof-object? c) (list words characters))
          ((in-word? c) (loop (get-char p) (if in? words (+ words 1)) (+ characters 1) #t))
          (else (loop (get-char p) words (+ characters 1) #f)))))

;;; Data

(define (read-all name)
  (let ((p (in name utf-8)))
    (let loop ((l '()))
      (let ((x (get-datum p)))
        (if (eof-object? x) (begin (close-port p) l) (loop (cons x l)))))))
(define (count-data)
  (let ((p (in "data" utf-8)))
    (let loop ((n 0)) (if (eof-object? (get-datum p)) (begin (close-port p) n) (loop (+ n 1))))))
(define (write-all data)
  (let ((p (out utf-8)))
    (for-each (lambda (x) (put-datum p x)) data)
    (close-port p)))
(define (decimals)
  (call-with-string-output-port
   (lambda (p) (do ((i 0 (+ i 1))) ((= i 300000)) (put-datum p (/ (+ (* i 7919) 0.123) 1000.0)) (newline p)))))
(define (count-decimals s)
  (let ((p (open-string-input-port s)))
    (let loop ((n 0)) (if (eof-object? (get-datum p)) n (loop (+ n 1))))))
(define (repeat n thunk) (if (= n 1) (thunk) (begin (thunk) (repeat (- n 1) thunk))))

(write
 (case row
   ((copy-characters) (copy copy-characters utf-8))
   ((copy-lines) (copy copy-lines utf-8))
   ((copy-blocks) (copy copy-blocks #f))
   ((words) (count-words (in "text" utf-8)))
   ((words-wc) (count-words/wc (in "text" utf-8)))
   ((words-predicate)
    (count-words/predicate (in "text" utf-8) (cdr (assq row (list (cons 'words-predicate char-alphabetic?) (cons 'other char-numeric?))))))
   ((data) (length (read-all "data")))
   ((read) (let ((data (read-all "data"))) (repeat 4 count-data) (length data)))
   ((read-kept) (let ((data (read-all "data"))) (length (append data (repeat 4 (lambda () (read-all "data")))))))
   ((write) (let ((data (read-all "data"))) (repeat 4 (lambda () (write-all data))) (length data)))
   ((decimals) (string-length (decimals)))
   ((read-decimals) (repeat 2 (let ((s (decimals))) (lambda () (count-decimals s)))))
   (else (error 'rows "there is no such row" row))))
(newline)
