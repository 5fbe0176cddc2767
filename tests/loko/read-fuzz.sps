;; SPDX-License-Identifier: MIT
;; read on damaged and random text: a datum, the end of file or &lexical with the port's line; what was read is written and
;; read back equal. With the argument "long" many more rounds.
(import (rnrs))
(define seed 4711)
(define (random n) (set! seed (mod (+ (* seed 6364136223846793005) 1442695040888963407) 18446744073709551616)) (mod (div seed 4294967296) n))
(define pieces
  '#("(" ")" "[" "]" "'" "`" "," ",@" "#(" "#u8(" "#vu8(" " . " "#;" "#|" "|#" "|" "\"" "\\" "\\x41;" "#\\" "#\\space" "#\\x" "#t" "#false"
     "#!eof" "#!fold-case" "#!no-fold-case" "#!r6rs" "#0=" "#0#" "#1=" "#1#" "#&" "#'" "#`" "#," "1" "-" "+" "." "..." "1/2" "1e3" "1e400"
     "+inf.0" "-nan.0" "1+2i" "@" "#e1.5" "#x1F" "#b2" "a" "Abc" "\x3bb;" "\x1F600;" "\n" " " "\t" "\r" ";" "\x0;" "\xfeff;" "#" "!" "{" "}" "\\\n  " "x41;"))
(define (random-text)
  (let loop ((n (+ 1 (random 14))) (l '()))
    (if (= n 0) (apply string-append l) (loop (- n 1) (cons (vector-ref pieces (random (vector-length pieces))) l)))))
(define failed 0)
(define (complain what s) (set! failed (+ failed 1)) (display "FAIL: ") (display what) (display ": ") (write s) (newline))
(define rounds (if (member "long" (command-line)) 300000 6000))
(do ((i 0 (+ i 1))) ((= i rounds))
  (let* ((s (random-text)) (p (open-string-input-port s)))
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
