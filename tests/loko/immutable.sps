;; SPDX-License-Identifier: MIT
;;
;; What can't be changed: names of symbols (R6RS base 11.10; R7RS 6.5) and literal strings, vectors and bytevectors (R6RS base 5.10;
;; R7RS 3.4), in programs and in eval. Whatever else makes them makes ones that can.
(import (rnrs) (rnrs mutable-strings) (rnrs mutable-pairs) (rnrs r5rs) (rnrs eval) (loko) (loko fasl)
        (rename (only (scheme base) string-copy! string-copy string-fill! vector->string string-map open-input-string
                      read-line read-string read-bytevector! utf8->string vector-copy!
                      vector-copy vector-append bytevector bytevector-append bytevector-copy)
                (string-copy r7:string-copy) (bytevector-copy r7:bytevector-copy) (string-fill! r7:string-fill!) (string-map r7:string-map)
                (utf8->string r7:utf8->string))
        (rename (only (tests support checks) check-equal finish) (check-equal check)))

(define name-message "the string is immutable: a literal or the name of a symbol")

;; Hides what the compiler could know.
(define (hide x) (if (vector? (vector x)) x (car x)))

;; e is refused by who, which says why.
(define-syntax check-refused
  (syntax-rules ()
    ((_ who message e)
     (check (guard (c ((assertion-violation? c) (list (condition-who c) (condition-message c)))) e 'returned)
            (list who message)))))

;;; Names of symbols

(define narrow (symbol->string (hide 'abc)))
(define wide (symbol->string (hide 'aλc)))
(define empty (symbol->string (hide (string->symbol ""))))
(define unique (symbol->string (gensym "abc")))

(for-each
 (lambda (name)
   (check-refused 'string-set! name-message (string-set! name 0 #\x))
   (check-refused 'string-set! name-message (string-set! (hide name) 0 #\λ))
   (check-refused 'string-fill! name-message (string-fill! name #\x))
   (check-refused 'string-fill! name-message (r7:string-fill! name #\x 1 2))
   (check-refused 'string-copy! name-message (string-copy! name 0 "z"))
   (check-refused 'string-copy! name-message (string-copy! name 0 "λ"))
   (check-refused 'get-string-n! name-message (get-string-n! (open-string-input-port "xyz") name 0 3)))
 (list narrow wide unique))
(check-refused 'string-fill! name-message (string-fill! empty #\x))
(check-refused 'string-set! name-message (string-set! (symbol->string 'abc) 0 #\x))

;; Errors of arguments come first.
(check-refused 'string-set! "index is out of range" (string-set! narrow 3 #\x))
(check-refused 'string-set! "expected a character as the third argument" (string-set! narrow 0 (hide 7)))

;; They are strings like others.
(check (list narrow wide empty) '("abc" "aλc" ""))
(check (map string? (list narrow wide empty)) '(#t #t #t))
(check (string-length wide) 3)
(check (string-ref wide 1) #\λ)
(check (string-ref narrow 2) #\c)
(check (eq? (string->symbol narrow) 'abc) #t)
(check (eq? (symbol->string 'abc) narrow) #t)
(check (equal? narrow (string #\a #\b #\c)) #t)
(check (equal? (string #\a #\b #\c) narrow) #t)
(check (string=? narrow "abc") #t)
(check (string<? narrow wide) #t)
(check (= (equal-hash narrow) (equal-hash (string #\a #\b #\c))) #t)
(check (= (string-hash wide) (string-hash (string #\a #\λ #\c))) #t)
(check (let ((t (make-hashtable string-hash string=?)))
         (hashtable-set! t narrow 1)
         (hashtable-ref t (string #\a #\b #\c) #f))
       1)
(check (let ((t (make-hashtable equal-hash equal?)))
         (hashtable-set! t (list (string #\a #\λ #\c)) 1)
         (hashtable-ref t (list wide) #f))
       1)
(check (call-with-string-output-port (lambda (p) (write narrow p) (display wide p))) "\"abc\"aλc")
(check (string->list wide) '(#\a #\λ #\c))
(check (string->utf8 wide) #vu8(97 206 187 99))
(check-refused 'string-ref "index out of range" (string-ref narrow 3))
(check-refused 'symbol->string "expected a symbol" (symbol->string (hide "abc")))

;; Nothing has changed.
(check (map symbol->string '(abc aλc)) '("abc" "aλc"))

;;; Strings that are made can be changed, and changing them changes nothing else

(define-syntax check-fresh
  (syntax-rules ()
    ((_ e) (let ((s e)) (string-set! s 0 #\λ) (check (string-ref s 0) #\λ)))))

(for-each
 (lambda (s)
   (check-fresh (string-copy s))
   (check-fresh (r7:string-copy s 1))
   (check-fresh (substring s 0 (string-length s)))
   (check-fresh (string-append s))
   (check-fresh (string-append s ""))
   (check-fresh (string-append "" s))
   (check-fresh (apply string-append (list s)))
   (check-fresh (list->string (string->list s)))
   (check-fresh (vector->string (vector #\a #\b)))
   (check-fresh (string-upcase s))
   (check-fresh (string-downcase s))
   (check-fresh (string-foldcase s))
   (check-fresh (string-titlecase s))
   (check-fresh (string-normalize-nfc s))
   (check-fresh (string-normalize-nfd s))
   (check-fresh (string-normalize-nfkc s))
   (check-fresh (string-normalize-nfkd s))
   (check-fresh (r7:string-map (lambda (c) c) s))
   (check-fresh (utf8->string (string->utf8 s)))
   (check-fresh (r7:utf8->string (string->utf8 s) 1))
   (check-fresh (utf16->string (string->utf16 s) (endianness big)))
   (check-fresh (get-line (open-string-input-port s)))
   (check-fresh (read-line (open-input-string s)))
   (check-fresh (read-string 2 (open-input-string s)))
   (check-fresh (get-string-all (open-string-input-port s)))
   (check-fresh (get-string-n (open-string-input-port s) 3))
   (check-fresh (call-with-string-output-port (lambda (p) (put-string p s))))
   (check-fresh (let ((p (open-output-string))) (write s p) (get-output-string p))))
 (list narrow wide))
(check-fresh (number->string 12))
(check-fresh (number->string 1.5))
(check-fresh (number->string 7 2))
(check-fresh (string #\a))
(check-fresh (make-string 2 #\a))
(check-fresh (read (open-input-string "\"abc\"")))
(check-fresh (car (read (open-input-string "(\"abc\" x)"))))
(check (list narrow wide) '("abc" "aλc"))

;;; Literals

(define vector-message "the vector is an immutable literal")
(define bytevector-message "the bytevector is an immutable literal")

(define-syntax check-string-refused
  (syntax-rules ()
    ((_ e) (check-refused 'string-set! name-message (string-set! (hide e) 0 #\x)))))
(define-syntax check-vector-refused
  (syntax-rules ()
    ((_ e) (check-refused 'vector-set! vector-message (vector-set! (hide e) 0 'x)))))
(define-syntax check-bytevector-refused
  (syntax-rules ()
    ((_ e) (check-refused 'bytevector-u8-set! bytevector-message (bytevector-u8-set! (hide e) 0 7)))))

(check-string-refused "abc")
(check-string-refused "aλc")
(check-string-refused (quote "abc"))
(check-string-refused (car '("abc" x)))
(check-string-refused (vector-ref '#("abc") 0))
(check-string-refused (cdr '#0=("abc" . "def")))
(check-string-refused `"abc")
(check-string-refused (car `("abc" ,(hide 1))))
(check-string-refused (let-syntax ((m (syntax-rules () ((_ x) "abc")))) (m 1)))
(check-string-refused (let-syntax ((m (syntax-rules () ((_ x) x)))) (m "abc")))
(check-string-refused (let-syntax ((m (lambda (x) (datum->syntax #'k (string #\a #\b))))) (m)))
(check-string-refused (if (hide #t) "abc" "def"))
(check-vector-refused '#(1 2 3))
(check-vector-refused '#(a b (c)))
(check-vector-refused (car '(#(a) x)))
(check-vector-refused (vector-ref '#(#(a) #(b)) 1))
(check-vector-refused (cdr '(a . #1=#(a #1#))))
(check-vector-refused `#(1 2 x))
(check-vector-refused (car `(#(1 2 x) ,(hide 1))))
(check-vector-refused (let-syntax ((m (syntax-rules () ((_ x ...) '#(x ...))))) (m 1 2)))
(check-vector-refused (let-syntax ((m (syntax-rules () ((_ x ...) '#(x ... b))))) (m a)))
(check-vector-refused (let-syntax ((m (syntax-rules () ((_) '#(1 2))))) (m)))
(check-bytevector-refused #vu8(1 2 3))
(check-bytevector-refused '#vu8(1 2 3))
(check-bytevector-refused (car '(#vu8(1) x)))

;; Inside of vectors that were made by quasiquote, the parts that stood there are literals; the vector is not.
(check (let ((v `#(1 ,(hide 2)))) (vector-set! v 0 'x) v) '#(x 2))
(check-vector-refused (vector-ref `#(#(a) ,(hide 2)) 0))

;; Every mutator.
(define s "abcd")
(define v '#(a b c d))
(define b #vu8(1 2 3 4 5 6 7 8))
(check-refused 'string-fill! name-message (string-fill! s #\x))
(check-refused 'string-copy! name-message (string-copy! s 0 s 1))
(check-refused 'get-string-n! name-message (get-string-n! (open-string-input-port "xy") s 0 2))
(check-refused 'vector-set! vector-message (vector-set! v 3 1.5))
(check-refused 'vector-fill! vector-message (vector-fill! v 'x))
(check-refused 'vector-copy! vector-message (vector-copy! v 0 v 1))
(check-refused 'vector-sort! vector-message (vector-sort! < '#(2 1)))
(check-refused 'bytevector-u8-set! bytevector-message (bytevector-u8-set! b 0 1))
(check-refused 'bytevector-s8-set! bytevector-message (bytevector-s8-set! b 0 1))
(check-refused 'bytevector-u16-native-set! bytevector-message (bytevector-u16-native-set! b 0 1))
(check-refused 'bytevector-s16-native-set! bytevector-message (bytevector-s16-native-set! b 0 1))
(check-refused 'bytevector-u32-native-set! bytevector-message (bytevector-u32-native-set! b 0 1))
(check-refused 'bytevector-s32-native-set! bytevector-message (bytevector-s32-native-set! b 0 1))
(check-refused 'bytevector-u64-native-set! bytevector-message (bytevector-u64-native-set! b 0 1))
(check-refused 'bytevector-s64-native-set! bytevector-message (bytevector-s64-native-set! b 0 1))
(check-refused 'bytevector-u16-set! bytevector-message (bytevector-u16-set! b 0 1 (endianness big)))
(check-refused 'bytevector-s16-set! bytevector-message (bytevector-s16-set! b 0 1 (endianness big)))
(check-refused 'bytevector-u32-set! bytevector-message (bytevector-u32-set! b 0 1 (endianness big)))
(check-refused 'bytevector-s32-set! bytevector-message (bytevector-s32-set! b 0 1 (endianness big)))
(check-refused 'bytevector-u64-set! bytevector-message (bytevector-u64-set! b 0 1 (endianness big)))
(check-refused 'bytevector-s64-set! bytevector-message (bytevector-s64-set! b 0 1 (endianness big)))
(check-refused 'bytevector-uint-set! bytevector-message (bytevector-uint-set! b 0 1 (endianness big) 3))
(check-refused 'bytevector-sint-set! bytevector-message (bytevector-sint-set! b 0 1 (endianness little) 3))
(check-refused 'bytevector-ieee-single-native-set! bytevector-message (bytevector-ieee-single-native-set! b 0 1.0))
(check-refused 'bytevector-ieee-double-native-set! bytevector-message (bytevector-ieee-double-native-set! b 0 1.0))
(check-refused 'bytevector-ieee-single-set! bytevector-message (bytevector-ieee-single-set! b 0 1.0 (endianness big)))
(check-refused 'bytevector-ieee-double-set! bytevector-message (bytevector-ieee-double-set! b 0 1.0 (endianness big)))
(check-refused 'bytevector-fill! bytevector-message (bytevector-fill! b 0))
(check-refused 'bytevector-copy! bytevector-message (bytevector-copy! b 0 b 1 2))
(check-refused 'get-bytevector-n! bytevector-message (get-bytevector-n! (open-bytevector-input-port b) b 0 2))
(check-refused 'read-bytevector! bytevector-message (read-bytevector! b (open-bytevector-input-port b)))
(check s (string #\a #\b #\c #\d))
(check v (vector 'a 'b 'c 'd))
(check b (u8-list->bytevector '(1 2 3 4 5 6 7 8)))

;; A test of the bit after the vector's type is known, and in a loop.
(define (exchange! v i j)
  (let ((x (vector-ref v i)))
    (vector-set! v i (vector-ref v j))
    (vector-set! v j x)))
(check (let ((v (vector 1 2 3))) (exchange! v 0 2) v) '#(3 2 1))
(check-refused 'vector-set! vector-message (exchange! v 0 2))
(define (fill! v x) (do ((i 0 (+ i 1))) ((= i (vector-length v)) v) (vector-set! v i x)))
(check (fill! (make-vector 3 0) 1) '#(1 1 1))
(check-refused 'vector-set! vector-message (fill! (hide v) 1))
(define (either x) (let ((u (if (hide x) '#(1 2) (vector 1 2)))) (vector-set! u 0 'x) u))
(check (either #f) '#(x 2))
(check-refused 'vector-set! vector-message (either #t))

;; They are vectors and bytevectors like others.
(check (list (vector? v) (bytevector? b) (string? s) (vector? s) (string? v) (bytevector? v) (vector? b)) '(#t #t #t #f #f #f #f))
(check (list (vector-length v) (bytevector-length b) (vector-ref v 3) (bytevector-u8-ref b 7)) '(4 8 d 8))
(check (= (equal-hash v) (equal-hash (vector 'a 'b 'c 'd))) #t)
(check (= (equal-hash b) (equal-hash (u8-list->bytevector '(1 2 3 4 5 6 7 8)))) #t)
(check (vector-map (lambda (x) x) v) v)
(check (bytevector=? b (bytevector-copy b)) #t)
(check (bytevector-u64-ref b 0 (endianness big)) #x0102030405060708)
(check (let ((t (make-eqv-hashtable))) (hashtable-set! t v 1) (hashtable-ref t v #f)) 1)

;; Copies can be changed.
(define-syntax check-fresh-vector
  (syntax-rules () ((_ e) (let ((u e)) (vector-set! u 0 (list 1)) (check (vector-ref u 0) '(1))))))
(define-syntax check-fresh-bytevector
  (syntax-rules () ((_ e) (let ((u e)) (bytevector-u8-set! u 0 77) (check (bytevector-u8-ref u 0) 77)))))
(check-fresh-vector (vector-copy v))
(check-fresh-vector (vector-append v))
(check-fresh-vector (vector-append v v))
(check-fresh-vector (vector-map (lambda (x) x) v))
(check-fresh-vector (list->vector (vector->list v)))
(check-fresh-vector (vector-sort < '#(2 1)))
(check-fresh-vector (read (open-input-string "#(1 2)")))
(check-fresh-vector (syntax->datum #'#(1 2)))
(check-fresh-bytevector (bytevector-copy b))
(check-fresh-bytevector (r7:bytevector-copy b 1))
(check-fresh-bytevector (bytevector-append b))
(check-fresh-bytevector (bytevector 1 2))
(check-fresh-bytevector (string->utf8 s))
(check-fresh-bytevector (read (open-input-string "#vu8(1 2)")))
(check-fresh (fasl->datum (datum->fasl s)))
(check-fresh (fasl->datum (datum->fasl (symbol->string 'abc))))
(check-fresh-vector (fasl->datum (datum->fasl v)))
(check-fresh-bytevector (fasl->datum (datum->fasl b)))
(check-fresh (list-ref (list (string-copy s)) 0))
(check v (vector 'a 'b 'c 'd))

;; Pairs of literals have no room for the bit.
(check (let ((p (list 1))) (set-car! p 2) p) '(2))

;;; eval

(define env (environment '(rnrs) '(rnrs mutable-strings)))
(define-syntax check-eval-refused
  (syntax-rules ()
    ((_ who message datum) (check-refused who message (eval datum env)))))

(check-eval-refused 'string-set! name-message '(string-set! "abc" 0 #\x))
(check-eval-refused 'string-set! name-message (read (open-input-string "(string-set! \"abc\" 0 #\\x)")))
(check-eval-refused 'vector-set! vector-message '(vector-set! '#(1 2) 0 'x))
(check-eval-refused 'bytevector-u8-set! bytevector-message (read (open-input-string "(bytevector-u8-set! #vu8(1 2) 0 1)")))
(check (let ((made (string #\a)))
         (list (guard (c ((assertion-violation? c) 'refused)) (eval (list 'string-set! made 0 #\x) env)) made))
       '(refused "a"))
;; quote gives the caller's own object, which can be changed as before.
(check (let ((made (vector 1 2))) (eval (list 'vector-set! (list 'quote made) 0 ''x) env) made) '#(x 2))
(check (let ((made (string #\a))) (eq? made (eval (list 'quote made) env))) #t)

(finish)
