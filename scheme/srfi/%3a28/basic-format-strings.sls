;; SPDX-License-Identifier: MIT
;;
;; SRFI 28: basic format strings.
(library (srfi :28 basic-format-strings)
  (export format)
  (import (loko core syntax) (loko core primitives)
          (loko base violations) (loko base textual-ports) (loko base printer))

  ;; (format control object ...): ~a displays, ~s writes, ~% is a newline, ~~ a tilde.
  (define (format control . objects)
    (let ((n (string-length control)) (out (open-output-string)))
      (define (next objects)
        (if (pair? objects)
            (car objects)
            (assertion-violation 'format "too few objects" control)))
      (let loop ((i 0) (objects objects))
        (if (fx<? i n)
            (let ((c (string-ref control i)))
              (if (char=? c #\~)
                  (let ((d (if (fx<? (fx+ i 1) n) (string-ref control (fx+ i 1)) #\nul)))
                    (case d
                      ((#\a #\A) (display (next objects) out) (loop (fx+ i 2) (cdr objects)))
                      ((#\s #\S) (write (next objects) out) (loop (fx+ i 2) (cdr objects)))
                      ((#\%) (put-char out #\newline) (loop (fx+ i 2) objects))
                      ((#\~) (put-char out #\~) (loop (fx+ i 2) objects))
                      (else (assertion-violation 'format "unknown escape" control))))
                  (begin
                    (put-char out c)
                    (loop (fx+ i 1) objects))))
            (get-output-string out))))))
