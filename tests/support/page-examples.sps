;; SPDX-License-Identifier: MIT
;;
;; Runs the examples of a documentation page, the argument: the ```scheme blocks, in one environment. After a form `; => datum` is
;; what it must give, `; => raises predicate` what it must raise.
(import (rnrs) (rnrs eval) (only (loko) interaction-environment) (tests support checks))

(define file (cadr (command-line)))
(define arrow '==>)

(define (starts-with? s prefix) (and (>= (string-length s) (string-length prefix)) (string=? prefix (substring s 0 (string-length prefix)))))

;; The line with "; => " replaced by the arrow.
(define (with-arrow line)
  (let loop ((i 0))
    (cond ((starts-with? (substring line i (string-length line)) "; => ")
           (string-append (substring line 0 i) " ==> " (substring line (+ i 5) (string-length line))))
          ((= i (string-length line)) line)
          (else (loop (+ i 1))))))

(define (blocks port)
  (let loop ((inside? #f) (text ""))
    (let ((line (get-line port)))
      (cond ((eof-object? line) text)
            ((starts-with? line "```") (loop (starts-with? line "```scheme") text))
            (inside? (loop #t (string-append text (with-arrow line) "\n")))
            (else (loop #f text))))))

(define (evaluate form) (eval form (interaction-environment)))

;; Evaluates the form; expected is a thunk for what it must be.
(define (run form port)
  (let ((next (get-datum port)))
    (if (eq? next arrow)
        (let ((expected (get-datum port)))
          (if (eq? expected 'raises)
              (let* ((predicate (evaluate (get-datum port)))
                     (got (guard (c ((predicate c) 'raised) (#t (list 'raised c))) (list 'returned (evaluate form)))))
                (count-check (eq? got 'raised) form got 'raised))
              (let ((got (guard (c (#t (list 'raised c))) (evaluate form))))
                (count-check (equal? got expected) form got expected)))
          (get-datum port))
        (begin
          (evaluate form)
          next))))

(let ((port (open-string-input-port (call-with-input-file file blocks))))
  (let loop ((form (get-datum port)))
    (if (not (eof-object? form))
        (loop (run form port)))))
(finish)
