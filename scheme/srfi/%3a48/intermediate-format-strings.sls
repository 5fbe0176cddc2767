;; SPDX-License-Identifier: MIT
;;
;; SRFI 48: intermediate format strings.
(library (srfi :48 intermediate-format-strings)
  (export format)
  (import (rnrs) (only (loko) pretty-print) (only (scheme write) write-shared))

  ;; (format [destination] format-string object ...): destination is a port, #t for the current output port, #f for a string.
  (define (format . arguments)
    (when (null? arguments)
      (assertion-violation 'format "expected a format string"))
    (let ((first (car arguments)))
      (cond ((string? first) (to-string first (cdr arguments)))
            ((null? (cdr arguments)) (assertion-violation 'format "expected a format string" first))
            ((not (string? (cadr arguments))) (assertion-violation 'format "expected a format string" (cadr arguments)))
            ((eq? first #f) (to-string (cadr arguments) (cddr arguments)))
            ((eq? first #t) (put-string (current-output-port) (to-string (cadr arguments) (cddr arguments))))
            ((output-port? first) (put-string first (to-string (cadr arguments) (cddr arguments))))
            (else (assertion-violation 'format "expected a port or a boolean" first)))))

  (define (to-string control arguments)
    (let-values (((port get) (open-string-output-port)))
      (let ((rest (run control arguments port (lambda (c) #f))))
        (unless (null? rest)
          (assertion-violation 'format "more arguments than the format string uses" control rest)))
      (get)))

  (define (complain message . irritants) (apply assertion-violation 'format message irritants))

  ;; Writes to port what control says; gives the arguments that are left.
  (define (run control arguments port note)
    (define n (string-length control))
    (define last #f)   ; the character that was written last, for ~&; at the beginning it is not known to be a newline
    (define (out-char c) (set! last c) (put-char port c))
    (define (out s)
      (unless (string=? s "")
        (set! last (string-ref s (- (string-length s) 1))))
      (put-string port s))
    (define (text-of write-it x) (call-with-string-output-port (lambda (p) (write-it x p))))
    (define (in-radix x radix)
      (if (number? x) (number->string x radix) (text-of display x)))
    (let loop ((i 0) (args arguments))
      (define (next)
        (when (null? args) (complain "too few arguments for the format string" control))
        (car args))
      (cond
        ((= i n) args)
        ((not (char=? (string-ref control i) #\~))
         (out-char (string-ref control i))
         (loop (+ i 1) args))
        ((= (+ i 1) n) (complain "a format string can't end with a tilde" control))
        (else
         (let* ((c (string-ref control (+ i 1))) (j (+ i 2)))
           (case (char-downcase c)
             ((#\a) (out (text-of display (next))) (loop j (cdr args)))
             ((#\s) (out (text-of write (next))) (loop j (cdr args)))
             ((#\w) (out (text-of write-shared (next))) (loop j (cdr args)))
             ((#\y) (out (text-of pretty-print (next))) (loop j (cdr args)))
             ((#\d) (out (in-radix (next) 10)) (loop j (cdr args)))
             ((#\x) (out (in-radix (next) 16)) (loop j (cdr args)))
             ((#\o) (out (in-radix (next) 8)) (loop j (cdr args)))
             ((#\b) (out (in-radix (next) 2)) (loop j (cdr args)))
             ((#\c)
              (unless (char? (next)) (complain "~c expects a character" (next)))
              (out-char (next))
              (loop j (cdr args)))
             ((#\f) (out (fixed (next) 0 #f)) (loop j (cdr args)))
             ((#\? #\k)
              (unless (and (pair? args) (pair? (cdr args)) (string? (car args)) (list? (cadr args)))
                (complain "~? expects a format string and a list of arguments" args))
              (let ((rest '()))
                (out (call-with-string-output-port
                      (lambda (p) (set! rest (run (car args) (cadr args) p note)))))
                (unless (null? rest) (complain "more arguments than the format string uses" (car args) rest)))
              (loop j (cddr args)))
             ((#\%) (out-char #\newline) (loop j args))
             ((#\&) (unless (eqv? last #\newline) (out-char #\newline)) (loop j args))
             ((#\t) (out-char #\tab) (loop j args))
             ((#\_) (out-char #\space) (loop j args))
             ((#\~) (out-char #\~) (loop j args))
             ((#\h) (out help) (loop j args))
             (else
              (if (char-numeric? c)
                  (let*-values (((width j) (digits control (+ i 1)))
                                ((decimals j) (if (and (< j n) (char=? (string-ref control j) #\,))
                                                  (digits control (+ j 1))
                                                  (values #f j))))
                    (unless (and (< j n) (char=? (char-downcase (string-ref control j)) #\f))
                      (complain "expected ~w,dF" control))
                    (out (fixed (next) width decimals))
                    (loop (+ j 1) (cdr args)))
                  (complain "unknown escape in the format string" c control)))))))))

  ;; The number at i and the index behind it.
  (define (digits s i)
    (let loop ((j i))
      (if (and (< j (string-length s)) (char<=? #\0 (string-ref s j) #\9))
          (loop (+ j 1))
          (begin
            (when (= i j) (complain "expected digits in the format string" s))
            (values (string->number (substring s i j)) j)))))

  ;; A number with so many decimals, or a string, in a field of width, to the right.
  (define (fixed x width decimals)
    (let ((text (cond ((string? x) x)
                      ((not (number? x)) (complain "~f expects a number or a string" x))
                      ((not decimals) (number->string x))
                      ((real? x) (real->fixed x decimals))
                      (else
                       (let ((im (real->fixed (imag-part x) decimals)))
                         (string-append (real->fixed (real-part x) decimals)
                                        (if (memv (string-ref im 0) '(#\- #\+)) "" "+")
                                        im "i"))))))
      (let ((n (string-length text)))
        (if (< n width) (string-append (make-string (- width n) #\space) text) text))))

  ;; Rounds to even at so many decimals, exactly.
  (define (real->fixed x decimals)
    (if (or (nan? (inexact x)) (infinite? (inexact x)))
        (number->string x)
        (let* ((e (exact x))
               (scaled (number->string (abs (round (* e (expt 10 decimals))))))
               (padded (if (<= (string-length scaled) decimals)
                           (string-append (make-string (- (+ decimals 1) (string-length scaled)) #\0) scaled)
                           scaled))
               (point (- (string-length padded) decimals)))
          (string-append (if (negative? e) "-" "")
                         (substring padded 0 point)
                         (if (= decimals 0) "" ".")
                         (substring padded point (string-length padded))))))

  (define help
    "(format [<port>] <format-string> [<arg>...]) -- <port> is #t, #f or an output-port
OPTION  [MNEMONIC]      DESCRIPTION
~H      [Help]          this text
~A      [Any]           (display arg)
~S      [Slashified]    (write arg)
~W      [WriteCircular] like ~S, with labels for shared structure
~~      [Tilde]         a tilde
~T      [Tab]           a tab character
~%      [Newline]       a newline character
~&      [Freshline]     a newline unless the last character was one
~D ~X ~O ~B             number in decimal, hexadecimal, octal, binary
~w,dF   [Fixed]         number in a field of width w with d decimals
~C      [Character]     (write-char arg)
~_      [Space]         a space
~Y      [Yuppify]       (pretty-print arg)
~?      [Indirection]   a format string and a list of arguments; ~K is the same
"))
