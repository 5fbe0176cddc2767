;; SPDX-License-Identifier: MIT
;;
;; pretty-print: layout of the standard forms; what it writes is read back as the same datum, and written the same again.
(import (rnrs) (loko))
(define passed 0)
(define failed 0)
(define (text x) (call-with-string-output-port (lambda (p) (pretty-print x p))))
(define (read-text s) (get-datum (open-string-input-port s)))
(define (note good? what)
  (if good?
      (set! passed (+ passed 1))
      (begin
        (set! failed (+ failed 1))
        (display "FAILED ")
        (display what)
        (newline))))
(define (check-layout x . lines)
  (let ((got (text x)) (expected (string-append (string-join lines "\n") "\n")))
    (note (string=? got expected) got)))
(define (check-stable x)
  (let ((once (text x)))
    (note (and (equal? (read-text once) x) (string=? (text (read-text once)) once)) once)))

(check-layout '(define (f x) x) "(define (f x) x)")
(check-layout
 '(define (map-tree procedure tree) (cond ((null? tree) '()) ((pair? tree) (cons (map-tree procedure (car tree)) (map-tree procedure (cdr tree)))) (else (procedure tree))))
 "(define (map-tree procedure tree)"
 "  (cond ((null? tree) '())"
 "        ((pair? tree)"
 "         (cons (map-tree procedure (car tree))"
 "               (map-tree procedure (cdr tree))))"
 "        (else (procedure tree))))")
(check-layout
 '(let loop ((i 0) (accumulator '())) (if (= i 100) (reverse accumulator) (loop (+ i 1) (cons (* i i) accumulator))))
 "(let loop ((i 0) (accumulator '()))"
 "  (if (= i 100)"
 "      (reverse accumulator)"
 "      (loop (+ i 1) (cons (* i i) accumulator))))")
(check-layout
 '(define-record-type (point make-point point?) (fields (immutable x point-x) (mutable y point-y set-point-y!)) (sealed #t))
 "(define-record-type (point make-point point?)"
 "  (fields (immutable x point-x) (mutable y point-y set-point-y!))"
 "  (sealed #t))")
(check-layout
 '(define-syntax swap! (syntax-rules () ((_ first second) (let ((temporary first)) (set! first second) (set! second temporary)))))
 "(define-syntax swap!"
 "  (syntax-rules ()"
 "    ((_ first second)"
 "     (let ((temporary first)) (set! first second) (set! second temporary)))))")
(check-layout
 '(guard (condition ((file-error? condition) (display "no such file")) (else (raise condition))) (call-with-input-file "name" read))
 "(guard (condition ((file-error? condition) (display \"no such file\"))"
 "                  (else (raise condition)))"
 "  (call-with-input-file \"name\" read))")
(check-layout
 '(library (stack) (export make-stack stack? stack-push! stack-pop! stack-empty? stack->list list->stack stack-size) (import (rnrs)) (define x 1))
 "(library (stack)"
 "  (export make-stack stack? stack-push! stack-pop! stack-empty? stack->list"
 "          list->stack stack-size)"
 "  (import (rnrs))"
 "  (define x 1))")
(check-layout
 '(do ((vec (make-vector 5)) (i 0 (+ i 1))) ((= i 5) vec) (vector-set! vec i (* i some-long-variable-name)))
 "(do ((vec (make-vector 5)) (i 0 (+ i 1))) ((= i 5) vec)"
 "  (vector-set! vec i (* i some-long-variable-name)))")
(check-layout
 '(case-lambda ((first-argument) (do-something-with first-argument)) ((first-argument second-argument) (list first-argument second-argument)))
 "(case-lambda"
 "  ((first-argument) (do-something-with first-argument))"
 "  ((first-argument second-argument) (list first-argument second-argument)))")

(for-each check-stable
 '(() a "string with \"quotes\" and \\ and \n newline" #\a #\space 1.5 #(1 2 3) #vu8(1 2 3) (a . b) (quote a) '(quasiquote (a (unquote b) (unquote-splicing c)))
   #'(syntax x) |odd symbol| (quote) (quote a b) (lambda) (let) (define . x) (if . (a . b)) (cond) ((()) ((()))) #(#(#()))
   (let ((a 1)) . b) (lambda x . y)))

;; whole programs
(define (check-file name)
  (for-each check-stable
            (call-with-input-file name
              (lambda (p)
                (let loop ((forms '()))
                  (let ((x (read p)))
                    (if (eof-object? x) (reverse forms) (loop (cons x forms)))))))))
(for-each check-file
          '("tests/programs/json.sps" "tests/programs/brainfuck.sps" "scheme/loko/base/records.sls" "scheme/loko/editor.sls"
            "scheme/loko/base/pretty.sls" "scheme/loko/base/hashtables.sls"))
(display passed) (display " passed, ") (display failed) (display " failed") (newline)
(exit (if (= failed 0) 0 1))
