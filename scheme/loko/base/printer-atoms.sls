;; SPDX-License-Identifier: MIT
;;
;; External representations of numbers, strings, characters and symbols (R6RS 4.2, R7RS 2.1, 6.13.3) onto textual ports. What needs
;; no escapes goes to the port's buffer in bulk.
(library (loko base printer-atoms)
  (export put-text put-fixnum put-hex write-text write-character write-symbol bytevector-prefix %set-write-dialect!)
  (import (loko core syntax) (loko core primitives)
          (loko base port-records) (loko base textual-ports))

  (define (put-text p s) (%put-substring p s 0 (string-length s)))

  ;; Where the two reports differ, the program's standard decides: bytevectors, symbols, names of characters.
  (define r7? #f)

  ;; (%set-write-dialect! symbol): r6rs or r7rs.
  (define (%set-write-dialect! standard) (set! r7? (eq? standard 'r7rs)))

  ;; What comes before the octets of a bytevector.
  (define (bytevector-prefix) (if r7? "#u8(" "#vu8("))

  ;;; Numbers

  (define (put-fixnum p n)
    (if (not (%port-put-fixnum! p n)) (put-text p (number->string n))))

  ;;; Strings and characters

  ;; The letter of a string escape, or #f.
  (define (escape-letter n)
    (case n
      ((7) 97)
      ((8) 98)
      ((9) 116)
      ((10) 110)
      ((11) (if r7? #f 118))
      ((12) (if r7? #f 102))
      ((13) 114)
      ((34) 34)
      ((92) 92)
      (else #f)))

  ;; True of code points that are written as they are inside strings.
  (define (plain? n)
    (if (fx<? n 127)
        (and (fx>=? n 32) (not (fx=? n 34)) (not (fx=? n 92)))
        (and (fx>=? n 161)
             (not (fx=? n 173))
             (or (fx<? n 768) (%char-graphic? (integer->char n))))))

  ;; n in hexadecimal, in capital letters. Not by string-upcase: that would keep the Unicode tables in each program.
  (define (put-hex p n)
    (if (fx>? n 15) (put-hex p (fxarithmetic-shift-right n 4)))
    (let ((digit (fxand n 15)))
      (%put-byte p (fx+ digit (if (fx<? digit 10) 48 55)))))

  (define (put-hex-escape p n)
    (put-text p "\\x")
    (put-hex p n)
    (%put-byte p 59))

  (define (write-text p s)
    (%put-byte p 34)
    (let ((n (string-length s)))
      (let loop ((start 0) (i 0))
        (if (fx<? i n)
            (let ((c (char->integer (string-ref s i))))
              (if (plain? c)
                  (loop start (fx+ i 1))
                  (begin
                    (%put-substring p s start i)
                    (let ((letter (escape-letter c)))
                      (if letter
                          (begin
                            (%put-byte p 92)
                            (%put-byte p letter))
                          (put-hex-escape p c)))
                    (loop (fx+ i 1) (fx+ i 1)))))
            (%put-substring p s start n))))
    (%put-byte p 34))

  (define (write-character p c)
    (let ((n (char->integer c)))
      (put-text p "#\\")
      (case n
        ((0) (put-text p (if r7? "null" "nul")))
        ((7) (put-text p "alarm"))
        ((8) (put-text p "backspace"))
        ((9) (put-text p "tab"))
        ((10) (put-text p "newline"))
        ((11) (put-text p (if r7? "xB" "vtab")))
        ((12) (put-text p (if r7? "xC" "page")))
        ((13) (put-text p "return"))
        ((27) (put-text p (if r7? "escape" "esc")))
        ((32) (put-text p "space"))
        ((127) (put-text p "delete"))
        (else
         (if (or (plain? n) (fx=? n 34) (fx=? n 92))
             (put-char p c)
             (begin
               (%put-byte p 120)
               (put-hex p n)))))))

  ;;; Symbols

  ;; True of characters that an identifier may contain without bars.
  (define (symbol-char? n)
    (if (fx<? n 128)
        (or (and (fx>=? n 97) (fx<=? n 122))
            (and (fx>=? n 63) (fx<=? n 90))       ; ? @ A-Z
            (and (fx>=? n 45) (fx<=? n 58))       ; - . / 0-9 :
            (case n
              ((33 35 36 37 38 42 43 60 61 62 94 95 126) #t)
              (else #f)))
        (plain? n)))

  ;; What keeps a name from being written as it is: #f nothing, 'first its first character, 'inside some character.
  (define (symbol-trouble s)
    (let ((n (string-length s)))
      (if (fx=? n 0)
          'inside
          (let loop ((i 0))
            (if (fx<? i n)
                (if (symbol-char? (char->integer (string-ref s i))) (loop (fx+ i 1)) 'inside)
                (let ((c (string-ref s 0)))
                  (cond ((or (digit? c) (char=? c #\+) (char=? c #\-) (char=? c #\.))
                         (if (fx=? n 1)
                             (if (or (char=? c #\+) (char=? c #\-)) #f 'first)
                             (if (or (number-like? s n) (string->number s)) 'first #f)))
                        ((or (char=? c #\#) (char=? c #\@)) 'first)
                        (else #f))))))))

  (define (digit? c) (and (char>=? c #\0) (char<=? c #\9)))

  ;; Tokens that begin with a digit (perhaps signed) are no symbols, but 1+ and -1+ and their like.
  (define (number-like? s n)
    (let* ((start (if (digit? (string-ref s 0)) 0 1))
           (end (let loop ((i start)) (if (and (fx<? i n) (digit? (string-ref s i))) (loop (fx+ i 1)) i))))
      (and (fx>? end start)
           (not (and (fx=? end (fx- n 1))
                     (or (char=? (string-ref s end) #\+) (char=? (string-ref s end) #\-)))))))

  ;; Most names go to the buffer at once.
  (define (write-symbol p x)
    (let ((s (%symbol-name x)))
      (if (not (%port-put-identifier! p s)) (put-name p s (symbol-trouble s)))))

  ;; R7RS has bars, R6RS only hexadecimal escapes (but nothing for the empty name).
  (define (put-name p s trouble)
    (cond ((not trouble) (put-text p s))
          ((or r7? (fx=? (string-length s) 0)) (put-between-bars p s))
          (else (put-with-escapes p s trouble))))

  (define (put-with-escapes p s trouble)
    (let ((n (string-length s)))
      (let loop ((i 0))
        (if (fx<? i n)
            (let ((c (char->integer (string-ref s i))))
              (if (and (symbol-char? c)
                       (or (fx>? i 0)
                           (not (or (eq? trouble 'first) (fx=? c 35) (fx=? c 64)
                                    (digit? (string-ref s 0)) (fx=? c 43) (fx=? c 45) (fx=? c 46)))))
                  (put-char p (string-ref s i))
                  (put-hex-escape p c))
              (loop (fx+ i 1)))))))

  (define (put-between-bars p s)
    (%put-byte p 124)
    (let ((n (string-length s)))
      (let loop ((i 0))
        (if (fx<? i n)
            (let ((c (char->integer (string-ref s i))))
              (cond ((fx=? c 124) (put-text p "\\|"))
                    ((fx=? c 34) (%put-byte p c))
                    ((plain? c) (put-char p (integer->char c)))
                    ((fx=? c 32) (%put-byte p c))
                    ((escape-letter c)
                     => (lambda (letter)
                          (%put-byte p 92)
                          (%put-byte p letter)))
                    (else (put-hex-escape p c)))
              (loop (fx+ i 1))))))
    (%put-byte p 124)))
