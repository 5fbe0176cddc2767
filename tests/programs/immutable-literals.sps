;; SPDX-License-Identifier: MIT
;;
;; Literals of compiled programs are immutable, in their image as in what eval compiles; what is made is not.
(import (rnrs) (rnrs mutable-strings) (rnrs eval))

(define-syntax show
  (syntax-rules ()
    ((_ e)
     (begin
       (write (guard (c ((assertion-violation? c) (list (condition-who c) (condition-message c)))) e))
       (newline)))))

(define text "a literal")
(define wide "λiteral")
(define vec '#(1 #(2) "3"))
(define bytes #vu8(1 2 3))

(show (string-set! text 0 #\x))
(show (string-set! wide 0 #\x))
(show (string-fill! text #\x))
(show (string-set! (symbol->string 'name) 0 #\x))
(show (vector-set! vec 0 'x))
(show (vector-set! (vector-ref vec 1) 0 'x))
(show (string-set! (vector-ref vec 2) 0 #\x))
(show (vector-fill! vec 'x))
(show (bytevector-u8-set! bytes 0 7))
(show (bytevector-u16-set! bytes 0 7 (endianness big)))
(show (bytevector-ieee-single-native-set! #vu8(0 0 0 0) 0 1.0))
(show (let ((s (string-append text))) (string-set! s 0 #\λ) s))
(show (let ((v (vector-map values vec))) (vector-set! v 0 (vector->list vec)) v))
(show (let ((b (bytevector-copy bytes))) (bytevector-u8-set! b 0 7) b))
(show (eval '(string-set! "abc" 0 #\x) (environment '(rnrs) '(rnrs mutable-strings))))
(show (eval '(vector-set! '#(1 2) 0 1) (environment '(rnrs))))
(show (eval '(let ((v (vector 1 2))) (vector-set! v 0 3) v) (environment '(rnrs))))
(show (list text wide vec bytes))
