;; SPDX-License-Identifier: MIT
;; read on damaged and random text: a datum, the end of file or &lexical with the port's line; what was read is written and
;; read back equal. Text that comes in pieces of a few characters gives the same data and the same errors in the same places: what
;; lies in a buffer is read in bulk, what is cut off by its end is not. Arguments: "long" for many more rounds, and a seed.
(import (rnrs) (rnrs mutable-strings))
(define seed (or (find values (map string->number (command-line))) 4711))
(define (random n) (set! seed (mod (+ (* seed 6364136223846793005) 1442695040888963407) 18446744073709551616)) (mod (div seed 4294967296) n))
(define pieces
  '#("(" ")" "[" "]" "'" "`" "," ",@" "#(" "#u8(" "#vu8(" " . " "#;" "#|" "|#" "|" "\"" "\\" "\\x41;" "#\\" "#\\space" "#\\x" "#t" "#false"
     "#!eof" "#!fold-case" "#!no-fold-case" "#!r6rs" "#0=" "#0#" "#1=" "#1#" "#&" "#'" "#`" "#," "1" "-" "+" "." "..." "1/2" "1e3" "1e400" "1.5" "-2.5e-3" "-1/3" "1/0" "+i" "1@2" ".5" "-.5" "1+" "-a" "->" "12345678901234567890" "1.5|7" "1e" "1_"
     "+inf.0" "-nan.0" "1+2i" "@" "#e1.5" "#x1F" "#b2" "a" "Abc" "\x3bb;" "\x1F600;" "\n" " " "\t" "\r" ";" "\x0;" "\xfeff;" "#" "!" "{" "}" "\\\n  " "x41;"))
(define (random-text)
  (let loop ((n (+ 1 (random 14))) (l '()))
    (if (= n 0) (apply string-append l) (loop (- n 1) (cons (vector-ref pieces (random (vector-length pieces))) l)))))
(define failed 0)
(define (complain what s) (set! failed (+ failed 1)) (display "FAIL: ") (display what) (display ": ") (write s) (newline))
(define rounds (if (member "long" (command-line)) 300000 6000))
(define (written x) (call-with-string-output-port (lambda (o) (write x o))))
;; All data of a port, written, and the error that ends them, with its place.
(define (outline p)
  (let loop ((n 0) (l '()))
    (let ((x (guard (c ((lexical-violation? c) (list 'error (condition-message c) (written (cdr (condition-irritants c))))) (#t (list 'other c))) (list (read p)))))
      (cond ((pair? (cdr x)) (reverse (cons x l)))
            ((or (eof-object? (car x)) (= n 50)) (reverse l))
            (else (loop (+ n 1) (cons (written (car x)) l)))))))
(define (in-pieces s)
  (let ((at 0) (end (string-length s)))
    (make-custom-textual-input-port "string"
      (lambda (to start count)
        (let ((n (min count (- end at) (+ 1 (random 3)))))
          (do ((i 0 (+ i 1))) ((= i n)) (string-set! to (+ start i) (string-ref s (+ at i))))
          (set! at (+ at n))
          n))
      #f #f #f)))
(define (same-in-pieces? s) (equal? (outline (open-string-input-port s)) (outline (in-pieces s))))

(do ((i 0 (+ i 1))) ((= i rounds))
  (let* ((s (random-text)) (p (open-string-input-port s)))
    (if (not (same-in-pieces? s)) (complain "differs in pieces" s))
    (let loop ((n 0))
      (if (< n 50)
          (let ((x (guard (c ((and (lexical-violation? c) (i/o-read-error? c) (i/o-port-error? c) (eq? p (i/o-error-port c))) 'lexical-error)
                             (#t (complain (if (condition? c) (condition-message c) c) s) 'lexical-error))
                     (read p))))
            (cond ((eof-object? x) #t)
                  ((eq? x 'lexical-error) #t)
                  (else
                   (let* ((text (call-with-string-output-port (lambda (o) (write x o))))
                          (y (guard (c (#t (complain "not read back" (list s text)) x)) (read (open-string-input-port text)))))
                     (if (not (equal? text (call-with-string-output-port (lambda (o) (write y o))))) (complain "differs" (list s text))))
                   (loop (+ n 1)))))))))
(display (if (= failed 0) 1 0)) (display " passed, ") (display failed) (display " failed") (newline)
(exit (= failed 0))
