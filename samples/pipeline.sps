;; SPDX-License-Identifier: MIT
;;
;; A pipeline of filters: each stage is a fiber that reads from a channel and writes to the next. Words of the standard
;; input are counted. usage: pipeline.sps < TEXT
(import (rnrs) (loko system fibers))

;; A stage: (proc get put) runs in a fiber; get answers the next item or the end-of-file object, which ends a stream.
(define (stage in proc)
  (let ((out (make-buffered-channel 16)))
    (spawn-fiber
     (lambda ()
       (proc (lambda () (get-message in)) (lambda (x) (put-message out x)))
       (put-message out (eof-object))))
    out))

(define (source proc)
  (let ((out (make-buffered-channel 16)))
    (spawn-fiber (lambda () (proc (lambda (x) (put-message out x))) (put-message out (eof-object))))
    out))

(define (for-each-item get f)
  (let loop ()
    (let ((x (get)))
      (if (not (eof-object? x)) (begin (f x) (loop))))))

(define (lines put)
  (let loop ()
    (let ((line (get-line (current-input-port))))
      (if (string? line) (begin (put line) (loop))))))

(define (words get put)
  (for-each-item get
    (lambda (line)
      (let loop ((chars (string->list line)) (word '()))
        (define (end) (if (pair? word) (put (list->string (reverse word)))))
        (cond ((null? chars) (end))
              ((char-alphabetic? (car chars)) (loop (cdr chars) (cons (char-downcase (car chars)) word)))
              (else (end) (loop (cdr chars) '())))))))

(define (count get put)
  (let ((table (make-hashtable string-hash string=?)))
    (for-each-item get (lambda (word) (hashtable-update! table word (lambda (n) (+ n 1)) 0)))
    (let-values (((keys values) (hashtable-entries table)))
      (vector-for-each (lambda (k v) (put (cons k v))) keys values))))

(define (sort get put)
  (let ((items '()))
    (for-each-item get (lambda (x) (set! items (cons x items))))
    (for-each put (list-sort (lambda (a b) (or (> (cdr a) (cdr b)) (and (= (cdr a) (cdr b)) (string<? (car a) (car b))))) items))))

(let ((out (stage (stage (stage (source lines) words) count) sort)))
  (for-each-item (lambda () (get-message out))
                 (lambda (x) (display (cdr x)) (display " ") (display (car x)) (newline))))
