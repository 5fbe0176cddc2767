;; SPDX-License-Identifier: MIT
;;
;; The examples of the R6RS standard libraries.
;; Left out: (string-titlecase "r6rs"), for which the report has "R6Rs" and the word breaks of UAX #29 that it
;; asks for give "R6rs".
(import (rnrs) (rnrs eval) (rnrs mutable-pairs) (rnrs mutable-strings) (rnrs r5rs) (tests support report-examples))
(define standard (environment '(rnrs) '(rnrs eval) '(rnrs mutable-pairs) '(rnrs mutable-strings) '(rnrs r5rs)))

;; 1.1  Characters
(check (char-upcase #\i) => #\I)
(check (char-downcase #\i) => #\i)
(check (char-titlecase #\i) => #\I)
(check (char-foldcase #\i) => #\i)
(check (char-upcase #\ß) => #\ß)
(check (char-downcase #\ß) => #\ß)
(check (char-titlecase #\ß) => #\ß)
(check (char-foldcase #\ß) => #\ß)
(check (char-upcase #\Σ) => #\Σ)
(check (char-downcase #\Σ) => #\σ)
(check (char-titlecase #\Σ) => #\Σ)
(check (char-foldcase #\Σ) => #\σ)
(check (char-upcase #\ς) => #\Σ)
(check (char-downcase #\ς) => #\ς)
(check (char-titlecase #\ς) => #\Σ)
(check (char-foldcase #\ς) => #\σ)
(check (char-ci<? #\z #\Z) => #f)
(check (char-ci=? #\z #\Z) => #t)
(check (char-ci=? #\ς #\σ) => #t)
(check (char-alphabetic? #\a) => #t)
(check (char-numeric? #\1) => #t)
(check (char-whitespace? #\space) => #t)
(check (char-whitespace? #\x00A0) => #t)
(check (char-upper-case? #\Σ) => #t)
(check (char-lower-case? #\σ) => #t)
(check (char-lower-case? #\x00AA) => #t)
(check (char-title-case? #\I) => #f)
(check (char-title-case? #\x01C5) => #t)
(check (char-general-category #\a) => Ll)
(check (char-general-category #\space) => Zs)
(check (char-general-category #\x10FFFF) => Cn)

;; 1.2  Strings
(check (string-upcase "Hi") => "HI")
(check (string-downcase "Hi") => "hi")
(check (string-foldcase "Hi") => "hi")
(check (string-upcase "Straße") => "STRASSE")
(check (string-downcase "Straße") => "straße")
(check (string-foldcase "Straße") => "strasse")
(check (string-downcase "STRASSE") => "strasse")
(check (string-downcase "Σ") => "σ")
(check (string-upcase "XAOΣ") => "XAOΣ")
(check (string-titlecase "kNock KNoCK") => "Knock Knock")
(check (string-titlecase "who's there?") => "Who's There?")
(check (string-ci<? "z" "Z") => #f)
(check (string-ci=? "z" "Z") => #t)
(check (string-ci=? "Straße" "Strasse") => #t)
(check (string-ci=? "Straße" "STRASSE") => #t)
(check (string-normalize-nfd "\xE9;") => "\x65;\x301;")
(check (string-normalize-nfc "\xE9;") => "\xE9;")
(check (string-normalize-nfd "\x65;\x301;") => "\x65;\x301;")
(check (string-normalize-nfc "\x65;\x301;") => "\xE9;")

;; Chapter 2
(check #vu8(12 23 123) => #vu8(12 23 123))

;; 2.2  General operations
(check (let ((b (u8-list->bytevector '(1 2 3 4 5 6 7 8))))
         (bytevector-copy! b 0 b 3 4)
         (bytevector->u8-list b)) => (1 2 3 1 2 3 4 8))

;; 2.3  Operations on bytes and octets
(check (let ((b1 (make-bytevector 16 -127))
             (b2 (make-bytevector 16 255)))
         (list
           (bytevector-s8-ref b1 0)
           (bytevector-u8-ref b1 0)
           (bytevector-s8-ref b2 0)
           (bytevector-u8-ref b2 0))) => (-127 129 -1 255))

;; 2.4  Operations on integers of arbitrary size
(check (let ()
         (define b (make-bytevector 16 -127))
         (bytevector-uint-set! b 0 (- (expt 2 128) 3)
                          (endianness big) 16)
         (bytevector-uint-ref b 0 (endianness big) 16)) => #xfffffffffffffffffffffffffffffffd)
(check (let ()
         (define b (make-bytevector 16 -127))
         (let ((b (u8-list->bytevector '(1 2 3 255 1 2 1 2))))
           (bytevector->sint-list b (endianness little) 2))) => (513 -253 513 513))
(check (let ()
         (define b (make-bytevector 16 -127))
         (let ((b (u8-list->bytevector '(1 2 3 255 1 2 1 2))))
           (bytevector->uint-list b (endianness little) 2))) => (513 65283 513 513))

;; 2.5  Operations on 16-bit integers
(check (let ()
         (define b
           (u8-list->bytevector
             '(255 255 255 255 255 255 255 255
               255 255 255 255 255 255 255 253)))
         (bytevector-u16-ref b 14 (endianness little))) => 65023)
(check (let ()
         (define b
           (u8-list->bytevector
             '(255 255 255 255 255 255 255 255
               255 255 255 255 255 255 255 253)))
         (bytevector-s16-ref b 14 (endianness little))) => -513)
(check (let ()
         (define b
           (u8-list->bytevector
             '(255 255 255 255 255 255 255 255
               255 255 255 255 255 255 255 253)))
         (bytevector-u16-ref b 14 (endianness big))) => 65533)
(check (let ()
         (define b
           (u8-list->bytevector
             '(255 255 255 255 255 255 255 255
               255 255 255 255 255 255 255 253)))
         (bytevector-s16-ref b 14 (endianness big))) => -3)
(check (let ()
         (define b
           (u8-list->bytevector
             '(255 255 255 255 255 255 255 255
               255 255 255 255 255 255 255 253)))
         (bytevector-u16-set! b 0 12345 (endianness little))
         (bytevector-u16-ref b 0 (endianness little))) => 12345)
(check (let ()
         (define b
           (u8-list->bytevector
             '(255 255 255 255 255 255 255 255
               255 255 255 255 255 255 255 253)))
         (bytevector-u16-native-set! b 0 12345)
         (bytevector-u16-native-ref b 0)) => 12345)

;; 2.6  Operations on 32-bit integers
(check (let ()
         (define b
           (u8-list->bytevector
             '(255 255 255 255 255 255 255 255
               255 255 255 255 255 255 255 253)))
         (bytevector-u32-ref b 12 (endianness little))) => 4261412863)
(check (let ()
         (define b
           (u8-list->bytevector
             '(255 255 255 255 255 255 255 255
               255 255 255 255 255 255 255 253)))
         (bytevector-s32-ref b 12 (endianness little))) => -33554433)
(check (let ()
         (define b
           (u8-list->bytevector
             '(255 255 255 255 255 255 255 255
               255 255 255 255 255 255 255 253)))
         (bytevector-u32-ref b 12 (endianness big))) => 4294967293)
(check (let ()
         (define b
           (u8-list->bytevector
             '(255 255 255 255 255 255 255 255
               255 255 255 255 255 255 255 253)))
         (bytevector-s32-ref b 12 (endianness big))) => -3)

;; 2.7  Operations on 64-bit integers
(check (let ()
         (define b
           (u8-list->bytevector
             '(255 255 255 255 255 255 255 255
               255 255 255 255 255 255 255 253)))
         (bytevector-u64-ref b 8 (endianness little))) => 18302628885633695743)
(check (let ()
         (define b
           (u8-list->bytevector
             '(255 255 255 255 255 255 255 255
               255 255 255 255 255 255 255 253)))
         (bytevector-s64-ref b 8 (endianness little))) => -144115188075855873)
(check (let ()
         (define b
           (u8-list->bytevector
             '(255 255 255 255 255 255 255 255
               255 255 255 255 255 255 255 253)))
         (bytevector-u64-ref b 8 (endianness big))) => 18446744073709551613)
(check (let ()
         (define b
           (u8-list->bytevector
             '(255 255 255 255 255 255 255 255
               255 255 255 255 255 255 255 253)))
         (bytevector-s64-ref b 8 (endianness big))) => -3)

;; Chapter 3
(check (find even? '(3 1 4 1 5 9)) => 4)
(check (find even? '(3 1 5 1 5 9)) => #f)
(check (for-all even? '(3 1 4 1 5 9)) => #f)
(check (for-all even? '(3 1 4 1 5 9 . 2)) => #f)
(check (for-all even? '(2 4 14)) => #t)
(check-raises (for-all even? '(2 4 14 . 9)) assertion-violation?)
(check (for-all (lambda (n) (and (even? n) n))
                '(2 4 14)) => 14)
(check (for-all < '(1 2 3) '(2 3 4)) => #t)
(check (for-all < '(1 2 4) '(2 3 4)) => #f)
(check (exists even? '(3 1 4 1 5 9)) => #t)
(check (exists even? '(3 1 1 5 9)) => #f)
(check-raises (exists even? '(3 1 1 5 9 . 2)) assertion-violation?)
(check (exists (lambda (n) (and (even? n) n)) '(2 1 4 14)) => 2)
(check (exists < '(1 2 4) '(2 3 4)) => #t)
(check (exists > '(1 2 3) '(2 3 4)) => #f)
(check (filter even? '(3 1 4 1 5 9 2 6)) => (4 2 6))
(check (partition even? '(3 1 4 1 5 9 2 6)) => (4 2 6) (3 1 1 5 9))
(check (fold-left + 0 '(1 2 3 4 5)) => 15)
(check (fold-left (lambda (a e) (cons e a)) '()
                  '(1 2 3 4 5)) => (5 4 3 2 1))
(check (fold-left (lambda (count x)
                    (if (odd? x) (+ count 1) count))
                  0
                  '(3 1 4 1 5 9 2 6 5 3)) => 7)
(check (fold-left (lambda (max-len s)
                    (max max-len (string-length s)))
                  0
                  '("longest" "long" "longer")) => 7)
(check (fold-left cons '(q) '(a b c)) => ((((q) . a) . b) . c))
(check (fold-left + 0 '(1 2 3) '(4 5 6)) => 21)
(check (fold-right + 0 '(1 2 3 4 5)) => 15)
(check (fold-right cons '() '(1 2 3 4 5)) => (1 2 3 4 5))
(check (fold-right (lambda (x l)
                     (if (odd? x) (cons x l) l))
                   '()
                   '(3 1 4 1 5 9 2 6 5)) => (3 1 1 5 9 5))
(check (fold-right cons '(q) '(a b c)) => (a b c q))
(check (fold-right + 0 '(1 2 3) '(4 5 6)) => 21)
(check (remp even? '(3 1 4 1 5 9 2 6 5)) => (3 1 1 5 9 5))
(check (remove 1 '(3 1 4 1 5 9 2 6 5)) => (3 4 5 9 2 6 5))
(check (remv 1 '(3 1 4 1 5 9 2 6 5)) => (3 4 5 9 2 6 5))
(check (remq 'foo '(bar foo baz)) => (bar baz))
(check (memp even? '(3 1 4 1 5 9 2 6 5)) => (4 1 5 9 2 6 5))
(check (memq 'a '(a b c)) => (a b c))
(check (memq 'b '(a b c)) => (b c))
(check (memq 'a '(b c d)) => #f)
(check (memq (list 'a) '(b (a) c)) => #f)
(check (member (list 'a)
               '(b (a) c)) => ((a) c))
(check (memv 101 '(100 101 102)) => (101 102))
(check (let ()
         (define d '((3 a) (1 b) (4 c)))
         (assp even? d)) => (4 c))
(check (let ()
         (define d '((3 a) (1 b) (4 c)))
         (assp odd? d)) => (3 a))
(check (let ()
         (define e '((a 1) (b 2) (c 3)))
         (assq 'a e)) => (a 1))
(check (let ()
         (define e '((a 1) (b 2) (c 3)))
         (assq 'b e)) => (b 2))
(check (let ()
         (define d '((3 a) (1 b) (4 c)))
         (define e '((a 1) (b 2) (c 3)))
         (assq 'd e)) => #f)
(check (assq (list 'a) '(((a)) ((b)) ((c)))) => #f)
(check (assoc (list 'a) '(((a)) ((b)) ((c)))) => ((a)))
(check (assv 5 '((2 3) (5 7) (11 13))) => (5 7))
(check (cons* 1 2 '(3 4 5)) => (1 2 3 4 5))
(check (cons* 1 2 3) => (1 2 . 3))
(check (cons* 1) => 1)

;; Chapter 4
(check (list-sort < '(3 5 2 1)) => (1 2 3 5))
(check (vector-sort < '#(3 5 2 1)) => #(1 2 3 5))

;; Chapter 5
(check (when (> 3 2) 'greater) => greater)
(check (unless (< 3 2) 'less) => less)
(check (do ((vec (make-vector 5))
            (i 0 (+ i 1)))
           ((= i 5) vec)
         (vector-set! vec i i)) => #(0 1 2 3 4))
(check (let ((x '(1 3 5 7 9)))
         (do ((x x (cdr x))
              (sum 0 (+ sum (car x))))
             ((null? x) sum))) => 25)
(check (let ()
         (define foo
           (case-lambda
            (() 'zero)
            ((x) (list 'one x))
            ((x y) (list 'two x y))
            ((a b c d . e) (list 'four a b c d e))
            (rest (list 'rest rest))))
         (foo)) => zero)
(check (let ()
         (define foo
           (case-lambda
            (() 'zero)
            ((x) (list 'one x))
            ((x y) (list 'two x y))
            ((a b c d . e) (list 'four a b c d e))
            (rest (list 'rest rest))))
         (foo 1)) => (one 1))
(check (let ()
         (define foo
           (case-lambda
            (() 'zero)
            ((x) (list 'one x))
            ((x y) (list 'two x y))
            ((a b c d . e) (list 'four a b c d e))
            (rest (list 'rest rest))))
         (foo 1 2)) => (two 1 2))
(check (let ()
         (define foo
           (case-lambda
            (() 'zero)
            ((x) (list 'one x))
            ((x y) (list 'two x y))
            ((a b c d . e) (list 'four a b c d e))
            (rest (list 'rest rest))))
         (foo 1 2 3)) => (rest (1 2 3)))
(check (let ()
         (define foo
           (case-lambda
            (() 'zero)
            ((x) (list 'one x))
            ((x y) (list 'two x y))
            ((a b c d . e) (list 'four a b c d e))
            (rest (list 'rest rest))))
         (foo 1 2 3 4)) => (four 1 2 3 4 ()))

;; 6.2  Syntactic layer
(check (let ()
         (define-record-type (ex1 make-ex1 ex1?)
           (protocol (lambda (p) (lambda a (p a))))
           (fields (immutable f ex1-f)))
         (define ex1-i1 (make-ex1 1 2 3))
         (ex1-f ex1-i1)) => (1 2 3))
(check (let ()
         (define-record-type (ex2 make-ex2 ex2?)
           (protocol
             (lambda (p) (lambda (a . b) (p a b))))
           (fields (immutable a ex2-a)
                   (immutable b ex2-b)))
         (define ex2-i1 (make-ex2 1 2 3))
         (ex2-a ex2-i1)) => 1)
(check (let ()
         (define-record-type (ex2 make-ex2 ex2?)
           (protocol
             (lambda (p) (lambda (a . b) (p a b))))
           (fields (immutable a ex2-a)
                   (immutable b ex2-b)))
         (define ex2-i1 (make-ex2 1 2 3))
         (ex2-b ex2-i1)) => (2 3))

;; 6.3  Procedural layer
(check (let ()
         (define :point
           (make-record-type-descriptor
             'point #f
             #f #f #f
             '#((mutable x) (mutable y))))
         (define :point-cd
           (make-record-constructor-descriptor :point #f #f))
         (define make-point (record-constructor :point-cd))
         (define point? (record-predicate :point))
         (define p1 (make-point 1 2))
         (point? p1)) => #t)
(check (let ()
         (define :point
           (make-record-type-descriptor
             'point #f
             #f #f #f
             '#((mutable x) (mutable y))))
         (define :point-cd
           (make-record-constructor-descriptor :point #f #f))
         (define make-point (record-constructor :point-cd))
         (define point-x (record-accessor :point 0))
         (define p1 (make-point 1 2))
         (point-x p1)) => 1)
(check (let ()
         (define :point
           (make-record-type-descriptor
             'point #f
             #f #f #f
             '#((mutable x) (mutable y))))
         (define :point-cd
           (make-record-constructor-descriptor :point #f #f))
         (define make-point (record-constructor :point-cd))
         (define point-y (record-accessor :point 1))
         (define p1 (make-point 1 2))
         (point-y p1)) => 2)
(check (let ()
         (define :point
           (make-record-type-descriptor
             'point #f
             #f #f #f
             '#((mutable x) (mutable y))))
         (define :point-cd
           (make-record-constructor-descriptor :point #f #f))
         (define make-point (record-constructor :point-cd))
         (define point-x (record-accessor :point 0))
         (define point-x-set! (record-mutator :point 0))
         (define p1 (make-point 1 2))
         (point-x-set! p1 5)
         (point-x p1)) => 5)
(check (let ()
         (define :point
           (make-record-type-descriptor
             'point #f
             #f #f #f
             '#((mutable x) (mutable y))))
         (define point? (record-predicate :point))
         (define :point2
           (make-record-type-descriptor
             'point2 :point
             #f #f #f '#((mutable x) (mutable y))))
         (define make-point2
           (record-constructor
             (make-record-constructor-descriptor :point2
               #f #f)))
         (define p2 (make-point2 1 2 3 4))
         (point? p2)) => #t)
(check (let ()
         (define :point
           (make-record-type-descriptor
             'point #f
             #f #f #f
             '#((mutable x) (mutable y))))
         (define point-x (record-accessor :point 0))
         (define :point2
           (make-record-type-descriptor
             'point2 :point
             #f #f #f '#((mutable x) (mutable y))))
         (define make-point2
           (record-constructor
             (make-record-constructor-descriptor :point2
               #f #f)))
         (define p2 (make-point2 1 2 3 4))
         (point-x p2)) => 1)
(check (let ()
         (define :point
           (make-record-type-descriptor
             'point #f
             #f #f #f
             '#((mutable x) (mutable y))))
         (define point-y (record-accessor :point 1))
         (define :point2
           (make-record-type-descriptor
             'point2 :point
             #f #f #f '#((mutable x) (mutable y))))
         (define make-point2
           (record-constructor
             (make-record-constructor-descriptor :point2
               #f #f)))
         (define p2 (make-point2 1 2 3 4))
         (point-y p2)) => 2)
(check (let ()
         (define :point
           (make-record-type-descriptor
             'point #f
             #f #f #f
             '#((mutable x) (mutable y))))
         (define :point2
           (make-record-type-descriptor
             'point2 :point
             #f #f #f '#((mutable x) (mutable y))))
         (define make-point2
           (record-constructor
             (make-record-constructor-descriptor :point2
               #f #f)))
         (define point2-xx (record-accessor :point2 0))
         (define p2 (make-point2 1 2 3 4))
         (point2-xx p2)) => 3)
(check (let ()
         (define :point
           (make-record-type-descriptor
             'point #f
             #f #f #f
             '#((mutable x) (mutable y))))
         (define :point2
           (make-record-type-descriptor
             'point2 :point
             #f #f #f '#((mutable x) (mutable y))))
         (define make-point2
           (record-constructor
             (make-record-constructor-descriptor :point2
               #f #f)))
         (define point2-yy (record-accessor :point2 1))
         (define p2 (make-point2 1 2 3 4))
         (point2-yy p2)) => 4)

;; 7.2.1  Condition objects
(check (let ()
         (define-record-type (&cond1 make-cond1 real-cond1?)
           (parent &condition)
           (fields
            (immutable x real-cond1-x)))
         (define foo (make-cond1 'foo))
         (condition? foo)) => #t)
(check (let ()
         (define-record-type (&cond1 make-cond1 real-cond1?)
           (parent &condition)
           (fields
            (immutable x real-cond1-x)))
         (define cond1?
           (condition-predicate
             (record-type-descriptor &cond1)))
         (define foo (make-cond1 'foo))
         (cond1? foo)) => #t)
(check (let ()
         (define-record-type (&cond1 make-cond1 real-cond1?)
           (parent &condition)
           (fields
            (immutable x real-cond1-x)))
         (define cond1-x
           (condition-accessor
             (record-type-descriptor &cond1)
             real-cond1-x))
         (define foo (make-cond1 'foo))
         (cond1-x foo)) => foo)
(check (let ()
         (define-record-type (&cond1 make-cond1 real-cond1?)
           (parent &condition)
           (fields
            (immutable x real-cond1-x)))
         (define foo (make-cond1 'foo))
         (define-record-type (&cond2 make-cond2 real-cond2?)
           (parent &condition)
           (fields
            (immutable y real-cond2-y)))
         (define bar (make-cond2 'bar))
         (condition? (condition foo bar))) => #t)
(check (let ()
         (define-record-type (&cond1 make-cond1 real-cond1?)
           (parent &condition)
           (fields
            (immutable x real-cond1-x)))
         (define cond1?
           (condition-predicate
             (record-type-descriptor &cond1)))
         (define foo (make-cond1 'foo))
         (define-record-type (&cond2 make-cond2 real-cond2?)
           (parent &condition)
           (fields
            (immutable y real-cond2-y)))
         (define bar (make-cond2 'bar))
         (cond1? (condition foo bar))) => #t)
(check (let ()
         (define-record-type (&cond1 make-cond1 real-cond1?)
           (parent &condition)
           (fields
            (immutable x real-cond1-x)))
         (define foo (make-cond1 'foo))
         (define-record-type (&cond2 make-cond2 real-cond2?)
           (parent &condition)
           (fields
            (immutable y real-cond2-y)))
         (define cond2?
           (condition-predicate
             (record-type-descriptor &cond2)))
         (define bar (make-cond2 'bar))
         (cond2? (condition foo bar))) => #t)
(check (let ()
         (define-record-type (&cond1 make-cond1 real-cond1?)
           (parent &condition)
           (fields
            (immutable x real-cond1-x)))
         (define cond1?
           (condition-predicate
             (record-type-descriptor &cond1)))
         (define foo (make-cond1 'foo))
         (cond1? (condition foo))) => #t)
(check (let ()
         (define-record-type (&cond1 make-cond1 real-cond1?)
           (parent &condition)
           (fields
            (immutable x real-cond1-x)))
         (define foo (make-cond1 'foo))
         (define-record-type (&cond2 make-cond2 real-cond2?)
           (parent &condition)
           (fields
            (immutable y real-cond2-y)))
         (define bar (make-cond2 'bar))
         (real-cond1? (condition foo bar))) => #f)
(check (let ()
         (define-record-type (&cond1 make-cond1 real-cond1?)
           (parent &condition)
           (fields
            (immutable x real-cond1-x)))
         (define foo (make-cond1 'foo))
         (define-record-type (&cond2 make-cond2 real-cond2?)
           (parent &condition)
           (fields
            (immutable y real-cond2-y)))
         (define bar (make-cond2 'bar))
         (equal? (simple-conditions (condition foo bar))
                 (list foo bar))) => #t)
(check (let ()
         (define-record-type (&cond1 make-cond1 real-cond1?)
           (parent &condition)
           (fields
            (immutable x real-cond1-x)))
         (define foo (make-cond1 'foo))
         (define-record-type (&cond2 make-cond2 real-cond2?)
           (parent &condition)
           (fields
            (immutable y real-cond2-y)))
         (define bar (make-cond2 'bar))
         (equal? (simple-conditions
                   (condition foo (condition bar)))
                 (list foo bar))) => #t)
(check (let ()
         (define-record-type (&cond1 make-cond1 real-cond1?)
           (parent &condition)
           (fields
            (immutable x real-cond1-x)))
         (define-record-type (&cond2 make-cond2 real-cond2?)
           (parent &condition)
           (fields
            (immutable y real-cond2-y)))
         (define-condition-type &c &condition
           make-c c?
           (x c-x))
         (define-condition-type &c1 &c
           make-c1 c1?
           (a c1-a))
         (define v1 (make-c1 "V1" "a1"))
         (c? v1)) => #t)
(check (let ()
         (define-record-type (&cond1 make-cond1 real-cond1?)
           (parent &condition)
           (fields
            (immutable x real-cond1-x)))
         (define-record-type (&cond2 make-cond2 real-cond2?)
           (parent &condition)
           (fields
            (immutable y real-cond2-y)))
         (define-condition-type &c &condition
           make-c c?
           (x c-x))
         (define-condition-type &c1 &c
           make-c1 c1?
           (a c1-a))
         (define v1 (make-c1 "V1" "a1"))
         (c1? v1)) => #t)
(check (let ()
         (define-record-type (&cond1 make-cond1 real-cond1?)
           (parent &condition)
           (fields
            (immutable x real-cond1-x)))
         (define-record-type (&cond2 make-cond2 real-cond2?)
           (parent &condition)
           (fields
            (immutable y real-cond2-y)))
         (define-condition-type &c &condition
           make-c c?
           (x c-x))
         (define-condition-type &c1 &c
           make-c1 c1?
           (a c1-a))
         (define-condition-type &c2 &c
           make-c2 c2?
           (b c2-b))
         (define v1 (make-c1 "V1" "a1"))
         (c2? v1)) => #f)
(check (let ()
         (define-record-type (&cond1 make-cond1 real-cond1?)
           (parent &condition)
           (fields
            (immutable x real-cond1-x)))
         (define-record-type (&cond2 make-cond2 real-cond2?)
           (parent &condition)
           (fields
            (immutable y real-cond2-y)))
         (define-condition-type &c &condition
           make-c c?
           (x c-x))
         (define-condition-type &c1 &c
           make-c1 c1?
           (a c1-a))
         (define v1 (make-c1 "V1" "a1"))
         (c-x v1)) => "V1")
(check (let ()
         (define-record-type (&cond1 make-cond1 real-cond1?)
           (parent &condition)
           (fields
            (immutable x real-cond1-x)))
         (define-record-type (&cond2 make-cond2 real-cond2?)
           (parent &condition)
           (fields
            (immutable y real-cond2-y)))
         (define-condition-type &c &condition
           make-c c?
           (x c-x))
         (define-condition-type &c1 &c
           make-c1 c1?
           (a c1-a))
         (define v1 (make-c1 "V1" "a1"))
         (c1-a v1)) => "a1")
(check (let ()
         (define-record-type (&cond1 make-cond1 real-cond1?)
           (parent &condition)
           (fields
            (immutable x real-cond1-x)))
         (define-record-type (&cond2 make-cond2 real-cond2?)
           (parent &condition)
           (fields
            (immutable y real-cond2-y)))
         (define-condition-type &c &condition
           make-c c?
           (x c-x))
         (define-condition-type &c2 &c
           make-c2 c2?
           (b c2-b))
         (define v2 (make-c2 "V2" "b2"))
         (c? v2)) => #t)
(check (let ()
         (define-record-type (&cond1 make-cond1 real-cond1?)
           (parent &condition)
           (fields
            (immutable x real-cond1-x)))
         (define-record-type (&cond2 make-cond2 real-cond2?)
           (parent &condition)
           (fields
            (immutable y real-cond2-y)))
         (define-condition-type &c &condition
           make-c c?
           (x c-x))
         (define-condition-type &c1 &c
           make-c1 c1?
           (a c1-a))
         (define-condition-type &c2 &c
           make-c2 c2?
           (b c2-b))
         (define v2 (make-c2 "V2" "b2"))
         (c1? v2)) => #f)
(check (let ()
         (define-record-type (&cond1 make-cond1 real-cond1?)
           (parent &condition)
           (fields
            (immutable x real-cond1-x)))
         (define-record-type (&cond2 make-cond2 real-cond2?)
           (parent &condition)
           (fields
            (immutable y real-cond2-y)))
         (define-condition-type &c &condition
           make-c c?
           (x c-x))
         (define-condition-type &c2 &c
           make-c2 c2?
           (b c2-b))
         (define v2 (make-c2 "V2" "b2"))
         (c2? v2)) => #t)
(check (let ()
         (define-record-type (&cond1 make-cond1 real-cond1?)
           (parent &condition)
           (fields
            (immutable x real-cond1-x)))
         (define-record-type (&cond2 make-cond2 real-cond2?)
           (parent &condition)
           (fields
            (immutable y real-cond2-y)))
         (define-condition-type &c &condition
           make-c c?
           (x c-x))
         (define-condition-type &c2 &c
           make-c2 c2?
           (b c2-b))
         (define v2 (make-c2 "V2" "b2"))
         (c-x v2)) => "V2")
(check (let ()
         (define-record-type (&cond1 make-cond1 real-cond1?)
           (parent &condition)
           (fields
            (immutable x real-cond1-x)))
         (define-record-type (&cond2 make-cond2 real-cond2?)
           (parent &condition)
           (fields
            (immutable y real-cond2-y)))
         (define-condition-type &c &condition
           make-c c?
           (x c-x))
         (define-condition-type &c2 &c
           make-c2 c2?
           (b c2-b))
         (define v2 (make-c2 "V2" "b2"))
         (c2-b v2)) => "b2")
(check (let ()
         (define-record-type (&cond1 make-cond1 real-cond1?)
           (parent &condition)
           (fields
            (immutable x real-cond1-x)))
         (define-record-type (&cond2 make-cond2 real-cond2?)
           (parent &condition)
           (fields
            (immutable y real-cond2-y)))
         (define-condition-type &c &condition
           make-c c?
           (x c-x))
         (define-condition-type &c1 &c
           make-c1 c1?
           (a c1-a))
         (define-condition-type &c2 &c
           make-c2 c2?
           (b c2-b))
         (define v3 (condition
                      (make-c1 "V3/1" "a3")
                      (make-c2 "V3/2" "b3")))
         (c? v3)) => #t)
(check (let ()
         (define-record-type (&cond1 make-cond1 real-cond1?)
           (parent &condition)
           (fields
            (immutable x real-cond1-x)))
         (define-record-type (&cond2 make-cond2 real-cond2?)
           (parent &condition)
           (fields
            (immutable y real-cond2-y)))
         (define-condition-type &c &condition
           make-c c?
           (x c-x))
         (define-condition-type &c1 &c
           make-c1 c1?
           (a c1-a))
         (define-condition-type &c2 &c
           make-c2 c2?
           (b c2-b))
         (define v3 (condition
                      (make-c1 "V3/1" "a3")
                      (make-c2 "V3/2" "b3")))
         (c1? v3)) => #t)
(check (let ()
         (define-record-type (&cond1 make-cond1 real-cond1?)
           (parent &condition)
           (fields
            (immutable x real-cond1-x)))
         (define-record-type (&cond2 make-cond2 real-cond2?)
           (parent &condition)
           (fields
            (immutable y real-cond2-y)))
         (define-condition-type &c &condition
           make-c c?
           (x c-x))
         (define-condition-type &c1 &c
           make-c1 c1?
           (a c1-a))
         (define-condition-type &c2 &c
           make-c2 c2?
           (b c2-b))
         (define v3 (condition
                      (make-c1 "V3/1" "a3")
                      (make-c2 "V3/2" "b3")))
         (c2? v3)) => #t)
(check (let ()
         (define-record-type (&cond1 make-cond1 real-cond1?)
           (parent &condition)
           (fields
            (immutable x real-cond1-x)))
         (define-record-type (&cond2 make-cond2 real-cond2?)
           (parent &condition)
           (fields
            (immutable y real-cond2-y)))
         (define-condition-type &c &condition
           make-c c?
           (x c-x))
         (define-condition-type &c1 &c
           make-c1 c1?
           (a c1-a))
         (define-condition-type &c2 &c
           make-c2 c2?
           (b c2-b))
         (define v3 (condition
                      (make-c1 "V3/1" "a3")
                      (make-c2 "V3/2" "b3")))
         (c-x v3)) => "V3/1")
(check (let ()
         (define-record-type (&cond1 make-cond1 real-cond1?)
           (parent &condition)
           (fields
            (immutable x real-cond1-x)))
         (define-record-type (&cond2 make-cond2 real-cond2?)
           (parent &condition)
           (fields
            (immutable y real-cond2-y)))
         (define-condition-type &c &condition
           make-c c?
           (x c-x))
         (define-condition-type &c1 &c
           make-c1 c1?
           (a c1-a))
         (define-condition-type &c2 &c
           make-c2 c2?
           (b c2-b))
         (define v3 (condition
                      (make-c1 "V3/1" "a3")
                      (make-c2 "V3/2" "b3")))
         (c1-a v3)) => "a3")
(check (let ()
         (define-record-type (&cond1 make-cond1 real-cond1?)
           (parent &condition)
           (fields
            (immutable x real-cond1-x)))
         (define-record-type (&cond2 make-cond2 real-cond2?)
           (parent &condition)
           (fields
            (immutable y real-cond2-y)))
         (define-condition-type &c &condition
           make-c c?
           (x c-x))
         (define-condition-type &c1 &c
           make-c1 c1?
           (a c1-a))
         (define-condition-type &c2 &c
           make-c2 c2?
           (b c2-b))
         (define v3 (condition
                      (make-c1 "V3/1" "a3")
                      (make-c2 "V3/2" "b3")))
         (c2-b v3)) => "b3")
(check (let ()
         (define-record-type (&cond1 make-cond1 real-cond1?)
           (parent &condition)
           (fields
            (immutable x real-cond1-x)))
         (define-record-type (&cond2 make-cond2 real-cond2?)
           (parent &condition)
           (fields
            (immutable y real-cond2-y)))
         (define-condition-type &c &condition
           make-c c?
           (x c-x))
         (define-condition-type &c1 &c
           make-c1 c1?
           (a c1-a))
         (define-condition-type &c2 &c
           make-c2 c2?
           (b c2-b))
         (define v1 (make-c1 "V1" "a1"))
         (define v2 (make-c2 "V2" "b2"))
         (define v4 (condition v1 v2))
         (c? v4)) => #t)
(check (let ()
         (define-record-type (&cond1 make-cond1 real-cond1?)
           (parent &condition)
           (fields
            (immutable x real-cond1-x)))
         (define-record-type (&cond2 make-cond2 real-cond2?)
           (parent &condition)
           (fields
            (immutable y real-cond2-y)))
         (define-condition-type &c &condition
           make-c c?
           (x c-x))
         (define-condition-type &c1 &c
           make-c1 c1?
           (a c1-a))
         (define-condition-type &c2 &c
           make-c2 c2?
           (b c2-b))
         (define v1 (make-c1 "V1" "a1"))
         (define v2 (make-c2 "V2" "b2"))
         (define v4 (condition v1 v2))
         (c1? v4)) => #t)
(check (let ()
         (define-record-type (&cond1 make-cond1 real-cond1?)
           (parent &condition)
           (fields
            (immutable x real-cond1-x)))
         (define-record-type (&cond2 make-cond2 real-cond2?)
           (parent &condition)
           (fields
            (immutable y real-cond2-y)))
         (define-condition-type &c &condition
           make-c c?
           (x c-x))
         (define-condition-type &c1 &c
           make-c1 c1?
           (a c1-a))
         (define-condition-type &c2 &c
           make-c2 c2?
           (b c2-b))
         (define v1 (make-c1 "V1" "a1"))
         (define v2 (make-c2 "V2" "b2"))
         (define v4 (condition v1 v2))
         (c2? v4)) => #t)
(check (let ()
         (define-record-type (&cond1 make-cond1 real-cond1?)
           (parent &condition)
           (fields
            (immutable x real-cond1-x)))
         (define-record-type (&cond2 make-cond2 real-cond2?)
           (parent &condition)
           (fields
            (immutable y real-cond2-y)))
         (define-condition-type &c &condition
           make-c c?
           (x c-x))
         (define-condition-type &c1 &c
           make-c1 c1?
           (a c1-a))
         (define-condition-type &c2 &c
           make-c2 c2?
           (b c2-b))
         (define v1 (make-c1 "V1" "a1"))
         (define v2 (make-c2 "V2" "b2"))
         (define v4 (condition v1 v2))
         (c-x v4)) => "V1")
(check (let ()
         (define-record-type (&cond1 make-cond1 real-cond1?)
           (parent &condition)
           (fields
            (immutable x real-cond1-x)))
         (define-record-type (&cond2 make-cond2 real-cond2?)
           (parent &condition)
           (fields
            (immutable y real-cond2-y)))
         (define-condition-type &c &condition
           make-c c?
           (x c-x))
         (define-condition-type &c1 &c
           make-c1 c1?
           (a c1-a))
         (define-condition-type &c2 &c
           make-c2 c2?
           (b c2-b))
         (define v1 (make-c1 "V1" "a1"))
         (define v2 (make-c2 "V2" "b2"))
         (define v4 (condition v1 v2))
         (c1-a v4)) => "a1")
(check (let ()
         (define-record-type (&cond1 make-cond1 real-cond1?)
           (parent &condition)
           (fields
            (immutable x real-cond1-x)))
         (define-record-type (&cond2 make-cond2 real-cond2?)
           (parent &condition)
           (fields
            (immutable y real-cond2-y)))
         (define-condition-type &c &condition
           make-c c?
           (x c-x))
         (define-condition-type &c1 &c
           make-c1 c1?
           (a c1-a))
         (define-condition-type &c2 &c
           make-c2 c2?
           (b c2-b))
         (define v1 (make-c1 "V1" "a1"))
         (define v2 (make-c2 "V2" "b2"))
         (define v4 (condition v1 v2))
         (c2-b v4)) => "b2")
(check (let ()
         (define-record-type (&cond1 make-cond1 real-cond1?)
           (parent &condition)
           (fields
            (immutable x real-cond1-x)))
         (define-record-type (&cond2 make-cond2 real-cond2?)
           (parent &condition)
           (fields
            (immutable y real-cond2-y)))
         (define-condition-type &c &condition
           make-c c?
           (x c-x))
         (define-condition-type &c1 &c
           make-c1 c1?
           (a c1-a))
         (define-condition-type &c2 &c
           make-c2 c2?
           (b c2-b))
         (define v2 (make-c2 "V2" "b2"))
         (define v3 (condition
                      (make-c1 "V3/1" "a3")
                      (make-c2 "V3/2" "b3")))
         (define v5 (condition v2 v3))
         (c? v5)) => #t)
(check (let ()
         (define-record-type (&cond1 make-cond1 real-cond1?)
           (parent &condition)
           (fields
            (immutable x real-cond1-x)))
         (define-record-type (&cond2 make-cond2 real-cond2?)
           (parent &condition)
           (fields
            (immutable y real-cond2-y)))
         (define-condition-type &c &condition
           make-c c?
           (x c-x))
         (define-condition-type &c1 &c
           make-c1 c1?
           (a c1-a))
         (define-condition-type &c2 &c
           make-c2 c2?
           (b c2-b))
         (define v2 (make-c2 "V2" "b2"))
         (define v3 (condition
                      (make-c1 "V3/1" "a3")
                      (make-c2 "V3/2" "b3")))
         (define v5 (condition v2 v3))
         (c1? v5)) => #t)
(check (let ()
         (define-record-type (&cond1 make-cond1 real-cond1?)
           (parent &condition)
           (fields
            (immutable x real-cond1-x)))
         (define-record-type (&cond2 make-cond2 real-cond2?)
           (parent &condition)
           (fields
            (immutable y real-cond2-y)))
         (define-condition-type &c &condition
           make-c c?
           (x c-x))
         (define-condition-type &c1 &c
           make-c1 c1?
           (a c1-a))
         (define-condition-type &c2 &c
           make-c2 c2?
           (b c2-b))
         (define v2 (make-c2 "V2" "b2"))
         (define v3 (condition
                      (make-c1 "V3/1" "a3")
                      (make-c2 "V3/2" "b3")))
         (define v5 (condition v2 v3))
         (c2? v5)) => #t)
(check (let ()
         (define-record-type (&cond1 make-cond1 real-cond1?)
           (parent &condition)
           (fields
            (immutable x real-cond1-x)))
         (define-record-type (&cond2 make-cond2 real-cond2?)
           (parent &condition)
           (fields
            (immutable y real-cond2-y)))
         (define-condition-type &c &condition
           make-c c?
           (x c-x))
         (define-condition-type &c1 &c
           make-c1 c1?
           (a c1-a))
         (define-condition-type &c2 &c
           make-c2 c2?
           (b c2-b))
         (define v2 (make-c2 "V2" "b2"))
         (define v3 (condition
                      (make-c1 "V3/1" "a3")
                      (make-c2 "V3/2" "b3")))
         (define v5 (condition v2 v3))
         (c-x v5)) => "V2")
(check (let ()
         (define-record-type (&cond1 make-cond1 real-cond1?)
           (parent &condition)
           (fields
            (immutable x real-cond1-x)))
         (define-record-type (&cond2 make-cond2 real-cond2?)
           (parent &condition)
           (fields
            (immutable y real-cond2-y)))
         (define-condition-type &c &condition
           make-c c?
           (x c-x))
         (define-condition-type &c1 &c
           make-c1 c1?
           (a c1-a))
         (define-condition-type &c2 &c
           make-c2 c2?
           (b c2-b))
         (define v2 (make-c2 "V2" "b2"))
         (define v3 (condition
                      (make-c1 "V3/1" "a3")
                      (make-c2 "V3/2" "b3")))
         (define v5 (condition v2 v3))
         (c1-a v5)) => "a3")
(check (let ()
         (define-record-type (&cond1 make-cond1 real-cond1?)
           (parent &condition)
           (fields
            (immutable x real-cond1-x)))
         (define-record-type (&cond2 make-cond2 real-cond2?)
           (parent &condition)
           (fields
            (immutable y real-cond2-y)))
         (define-condition-type &c &condition
           make-c c?
           (x c-x))
         (define-condition-type &c1 &c
           make-c1 c1?
           (a c1-a))
         (define-condition-type &c2 &c
           make-c2 c2?
           (b c2-b))
         (define v2 (make-c2 "V2" "b2"))
         (define v3 (condition
                      (make-c1 "V3/1" "a3")
                      (make-c2 "V3/2" "b3")))
         (define v5 (condition v2 v3))
         (c2-b v5)) => "b2")

;; 8.2.5  End-of-file object
(check (eqv? (eof-object) (eof-object)) => #t)
(check (eq? (eof-object) (eof-object)) => #t)

;; 11.2  Fixnums
(check (fxfirst-bit-set 0) => -1)
(check (fxfirst-bit-set 1) => 0)
(check (fxfirst-bit-set -4) => 2)
(check (fxreverse-bit-field #b1010010 1 4) => 88)

;; 11.3  Flonums
(check (flnegative? -0.0) => #f)
(check (flfinite? +inf.0) => #f)
(check (flfinite? 5.0) => #t)
(check (flinfinite? 5.0) => #f)
(check (flinfinite? +inf.0) => #t)
(check (fl+ +inf.0 -inf.0) => +nan.0)
(check (fl- +inf.0 +inf.0) => +nan.0)
(check (fl/ 1.0 0.0) => +inf.0)
(check (fl/ -1.0 0.0) => -inf.0)
(check (fl/ 0.0 0.0) => +nan.0)
(check (flnumerator +inf.0) => +inf.0)
(check (flnumerator -inf.0) => -inf.0)
(check (fldenominator +inf.0) => 1.0)
(check (fldenominator -inf.0) => 1.0)
(check (flnumerator 0.75) => 3.0)
(check (fldenominator 0.75) => 4.0)
(check (flnumerator -0.0) => -0.0)
(check (flfloor +inf.0) => +inf.0)
(check (flceiling -inf.0) => -inf.0)
(check (fltruncate +nan.0) => +nan.0)
(check (flexp +inf.0) => +inf.0)
(check (flexp -inf.0) => 0.0)
(check (fllog +inf.0) => +inf.0)
(check (fllog 0.0) => -inf.0)
(check (fllog -inf.0) => +nan.0)
(check (flatan -inf.0) => -1.5707963267948965)
(check (flatan +inf.0) => 1.5707963267948965)
(check (flsqrt +inf.0) => +inf.0)
(check (flsqrt -0.0) => -0.0)

;; 11.4  Exact bitwise arithmetic
(check (bitwise-first-bit-set 0) => -1)
(check (bitwise-first-bit-set 1) => 0)
(check (bitwise-first-bit-set -4) => 2)
(check (bitwise-arithmetic-shift -6 -1) => -3)
(check (bitwise-arithmetic-shift -5 -1) => -3)
(check (bitwise-arithmetic-shift -4 -1) => -2)
(check (bitwise-arithmetic-shift -3 -1) => -2)
(check (bitwise-arithmetic-shift -2 -1) => -1)
(check (bitwise-arithmetic-shift -1 -1) => -1)
(check (bitwise-reverse-bit-field #b1010010 1 4) => 88)

;; 12.4  Parsing input and producing output
(check (let ()
         (define p (cons 4 5))
         (define-syntax p.car
           (lambda (x)
             (syntax-case x ()
               [(_ . rest) #'((car p) . rest)]
               [_  #'(car p)])))
         p.car) => 4)
(check-raises (eval '(let ()
                       (define p (cons 4 5))
                       (define-syntax p.car
                         (lambda (x)
                           (syntax-case x ()
                             [(_ . rest) #'((car p) . rest)]
                             [_  #'(car p)])))
                       (set! p.car 15)) standard) syntax-violation?)
(check (let ()
         (define p (cons 4 5))
         (define-syntax p.car
           (make-variable-transformer
             (lambda (x)
               (syntax-case x (set!)
                 [(set! _ e) #'(set-car! p e)]
                 [(_ . rest) #'((car p) . rest)]
                 [_  #'(car p)]))))
         (set! p.car 15)
         p.car) => 15)

;; 12.5  Identifier predicates
(check (let ()
         (define-syntax rec
           (lambda (x)
             (syntax-case x ()
               [(_ x e)
                (identifier? #'x)
                #'(letrec ([x e]) x)])))
         (map (rec fact
                (lambda (n)
                  (if (= n 0)
                      1
                      (* n (fact (- n 1))))))
              '(1 2 3 4 5))) => (1 2 6 24 120))
(check-raises (eval '(let ()
                       (define-syntax rec
                         (lambda (x)
                           (syntax-case x ()
                             [(_ x e)
                              (identifier? #'x)
                              #'(letrec ([x e]) x)])))
                       (rec 5 (lambda (x) x))) standard) syntax-violation?)
(check (let ([fred 17])
         (define-syntax a
           (lambda (x)
             (syntax-case x ()
               [(_ id) #'(b id fred)])))
         (define-syntax b
           (lambda (x)
             (syntax-case x ()
               [(_ id1 id2)
                #`(list
                    #,(free-identifier=? #'id1 #'id2)
                    #,(bound-identifier=? #'id1 #'id2))])))
         (a fred)) => (#t #f))
(check-raises (eval '(let ()
                       (define-syntax let
                         (lambda (x)
                           (define unique-ids?
                             (lambda (ls)
                               (or (null? ls)
                                   (and (let notmem?
                                               ([x (car ls)] [ls (cdr ls)])
                                          (or (null? ls)
                                              (and (not (bound-identifier=?
                                                          x (car ls)))
                                                   (notmem? x (cdr ls)))))
                                        (unique-ids? (cdr ls))))))
                           (syntax-case x ()
                             [(_ ((i v) ...) e1 e2 ...)
                              (unique-ids? #'(i ...))
                              #'((lambda (i ...) e1 e2 ...) v ...)])))
                       (let ([a 3] [a 4]) (+ a a))) standard) syntax-violation?)
(check-raises (eval '(let ()
                       (define-syntax let
                         (lambda (x)
                           (define unique-ids?
                             (lambda (ls)
                               (or (null? ls)
                                   (and (let notmem?
                                               ([x (car ls)] [ls (cdr ls)])
                                          (or (null? ls)
                                              (and (not (bound-identifier=?
                                                          x (car ls)))
                                                   (notmem? x (cdr ls)))))
                                        (unique-ids? (cdr ls))))))
                           (syntax-case x ()
                             [(_ ((i v) ...) e1 e2 ...)
                              (unique-ids? #'(i ...))
                              #'((lambda (i ...) e1 e2 ...) v ...)])))
                       (define-syntax case
                         (lambda (x)
                           (syntax-case x ()
                             [(_ e0 [(k ...) e1 e2 ...] ...
                                     [else-key else-e1 else-e2 ...])
                              (and (identifier? #'else-key)
                                   (free-identifier=? #'else-key #'else))
                              #'(let ([t e0])
                                  (cond
                                    [(memv t '(k ...)) e1 e2 ...]
                                    ...
                                    [else else-e1 else-e2 ...]))]
                             [(_ e0 [(ka ...) e1a e2a ...]
                                     [(kb ...) e1b e2b ...] ...)
                              #'(let ([t e0])
                                  (cond
                                    [(memv t '(ka ...)) e1a e2a ...]
                                    [(memv t '(kb ...)) e1b e2b ...]
                                    ...))])))
                       (let ([else #f])
                         (case 0 [else (write "oops")]))) standard) syntax-violation?)

;; 12.6  Syntax-object and datum conversions
(check (let ()
         (define-syntax loop
           (lambda (x)
             (syntax-case x ()
               [(k e ...)
                (with-syntax
                    ([break (datum->syntax #'k 'break)])
                  #'(call-with-current-continuation
                      (lambda (break)
                        (let f () e ... (f)))))])))
         (let ((n 3) (ls '()))
           (loop
             (if (= n 0) (break ls))
             (set! ls (cons 'a ls))
             (set! n (- n 1))))) => (a a a))

;; Chapter 14
(check (let* ((e (make-enumeration '(red green blue)))
              (i (enum-set-indexer e)))
         (list (i 'red) (i 'green) (i 'blue) (i 'yellow))) => (0 1 2 #f))
(check (let* ((e (make-enumeration '(red green blue)))
              (c (enum-set-constructor e)))
         (enum-set->list (c '(blue red)))) => (red blue))
(check (let* ((e (make-enumeration '(red green blue)))
              (c (enum-set-constructor e)))
         (list
          (enum-set-member? 'blue (c '(red blue)))
          (enum-set-member? 'green (c '(red blue)))
          (enum-set-subset? (c '(red blue)) e)
          (enum-set-subset? (c '(red blue)) (c '(blue red)))
          (enum-set-subset? (c '(red blue)) (c '(red)))
          (enum-set=? (c '(red blue)) (c '(blue red))))) => (#t #f #t #t #f #t))
(check (let* ((e (make-enumeration '(red green blue)))
              (c (enum-set-constructor e)))
         (enum-set->list
           (enum-set-complement (c '(red))))) => (green blue))
(check (let ()
         (define-enumeration color
           (black white purple maroon)
           color-set)
         (color black)) => black)
(check-raises (eval '(let ()
                       (define-enumeration color
                         (black white purple maroon)
                         color-set)
                       (color purpel)) standard) syntax-violation?)
(check (let ()
         (define-enumeration color
           (black white purple maroon)
           color-set)
         (enum-set->list (color-set))) => ())
(check (let ()
         (define-enumeration color
           (black white purple maroon)
           color-set)
         (enum-set->list
           (color-set maroon white))) => (white maroon))

;; Chapter 17
(check (let ((x (list 'a 'b 'c 'a))
             (y (list 'a 'b 'c 'a 'b 'c 'a)))
         (set-cdr! (list-tail x 2) x)
         (set-cdr! (list-tail y 5) y)
         (list
          (equal? x x)
          (equal? x y)
          (equal? (list x y 'a) (list y x 'b)))) => (#t #t #f))

;; Chapter 19
(check (modulo 13 4) => 1)
(check (remainder 13 4) => 1)
(check (modulo -13 4) => 3)
(check (remainder -13 4) => -1)
(check (modulo 13 -4) => -3)
(check (remainder 13 -4) => 1)
(check (modulo -13 -4) => -1)
(check (remainder -13 -4) => -1)
(check (remainder -13 -4.0) => -1.0)
(check (force (delay (+ 1 2))) => 3)
(check (let ((p (delay (+ 1 2))))
         (list (force p) (force p))) => (3 3))
(check (let ()
         (define a-stream
           (letrec ((next
                     (lambda (n)
                       (cons n (delay (next (+ n 1)))))))
             (next 0)))
         (define head car)
         (define tail
           (lambda (stream) (force (cdr stream))))
         (head (tail (tail a-stream)))) => 2)

;; Examples that share state, written by hand.
(check (string-downcase "\x3a7;\x391;\x39f;\x3a3;") => "\x3c7;\x3b1;\x3bf;\x3c2;")
(check (string-downcase "\x3a7;\x391;\x39f;\x3a3;\x3a3;") => "\x3c7;\x3b1;\x3bf;\x3c3;\x3c2;")
(check (string-downcase "\x3a7;\x391;\x39f;\x3a3; \x3a3;") => "\x3c7;\x3b1;\x3bf;\x3c2; \x3c3;")
(check (string-foldcase "\x3a7;\x391;\x39f;\x3a3;\x3a3;") => "\x3c7;\x3b1;\x3bf;\x3c3;\x3c3;")
(check (string-upcase "\x3c7;\x3b1;\x3bf;\x3c2;") => "\x3a7;\x391;\x39f;\x3a3;")
(check (string-upcase "\x3c7;\x3b1;\x3bf;\x3c3;") => "\x3a7;\x391;\x39f;\x3a3;")
(check (string-ci=? "\x3a7;\x391;\x39f;\x3a3;" "\x3c7;\x3b1;\x3bf;\x3c3;") => #t)
(check (let ((b (make-bytevector 16 -127)))
         (bytevector-uint-set! b 0 (- (expt 2 128) 3) (endianness little) 16)
         (list (bytevector-uint-ref b 0 (endianness little) 16)
               (bytevector-sint-ref b 0 (endianness little) 16)
               (bytevector->u8-list b)))
       => (#xfffffffffffffffffffffffffffffffd -3 (253 255 255 255 255 255 255 255 255 255 255 255 255 255 255 255)))
(check (let ((b (make-bytevector 16 -127)))
         (bytevector-uint-set! b 0 (- (expt 2 128) 3) (endianness big) 16)
         (list (bytevector-uint-ref b 0 (endianness big) 16)
               (bytevector-sint-ref b 0 (endianness big) 16)
               (bytevector->u8-list b)))
       => (#xfffffffffffffffffffffffffffffffd -3 (255 255 255 255 255 255 255 255 255 255 255 255 255 255 255 253)))
(check (let ((v (vector 3 5 2 1))) (vector-sort! < v) v) => #(1 2 3 5))
(check (let ()
         (define-record-type (point make-point point?)
           (fields (immutable x point-x)
                   (mutable y point-y set-point-y!))
           (nongenerative point-4893d957-e00b-11d9-817f-00111175eb9e))
         (define-record-type (cpoint make-cpoint cpoint?)
           (parent point)
           (protocol (lambda (n) (lambda (x y c) ((n x y) (color->rgb c)))))
           (fields (mutable rgb cpoint-rgb cpoint-rgb-set!)))
         (define (color->rgb c) (cons 'rgb c))
         (define p1 (make-point 1 2))
         (define p2 (make-cpoint 3 4 'red))
         (define *ex3-instance* #f)
         (define-record-type ex3
           (parent cpoint)
           (protocol
             (lambda (n)
               (lambda (x y t)
                 (let ((r ((n x y 'red) t)))
                   (set! *ex3-instance* r)
                   r))))
           (fields (mutable thickness))
           (sealed #t) (opaque #t))
         (define ex3-i1 (make-ex3 1 2 17))
         (set-point-y! p1 17)
         (let ((before (ex3-thickness ex3-i1)))
           (ex3-thickness-set! ex3-i1 18)
           (list (point? p1) (point? p2) (point? (vector)) (point? (cons 'a 'b)) (cpoint? p1) (cpoint? p2)
                 (point-x p1) (point-y p1) (point-x p2) (point-y p2) (cpoint-rgb p2)
                 (eq? (record-rtd p1) (record-type-descriptor point))
                 (ex3? ex3-i1) (cpoint-rgb ex3-i1) before (ex3-thickness ex3-i1)
                 (eq? *ex3-instance* ex3-i1) (record? ex3-i1))))
       => (#t #t #f #f #f #t 1 17 3 4 (rgb . red) #t #t (rgb . red) 17 18 #t #f))
(check (let ((f (lambda (x) (define-record-type r (fields a)) (if x r? (make-r 1))))) ((f #t) (f #f))) => #f)
(check (let ()
         (define :point
           (make-record-type-descriptor 'point #f #f #f #f '#((mutable x) (mutable y))))
         (define :point-cd (make-record-constructor-descriptor :point #f #f))
         (define point-x (record-accessor :point 0))
         (define :point-cd/abs
           (make-record-constructor-descriptor
             :point #f (lambda (new) (lambda (x y) (new (abs x) (abs y))))))
         (define make-point/abs (record-constructor :point-cd/abs))
         (define :cpoint (make-record-type-descriptor 'cpoint :point #f #f #f '#((mutable rgb))))
         (define (maker cd)
           (record-constructor
             (make-record-constructor-descriptor
               :cpoint cd (lambda (p) (lambda (x y c) ((p x y) (color->rgb c)))))))
         (define make-cpoint (maker :point-cd))
         (define make-cpoint/abs (maker :point-cd/abs))
         (define cpoint-rgb (record-accessor :cpoint 0))
         (define (color->rgb c) (cons 'rgb c))
         (list (point-x (make-point/abs -1 -2)) ((record-accessor :point 1) (make-point/abs -1 -2))
               (cpoint-rgb (make-cpoint -1 -3 'red))
               (point-x (make-cpoint -1 -3 'red)) (point-x (make-cpoint/abs -1 -3 'red))))
       => (1 2 (rgb . red) -1 1))
(define (printed thunk) ; what it prints, and its value
  (call-with-values (lambda () (call-with-string-output-port (lambda (port) (set! answer (thunk port))))) 
                    (lambda (text) (list text answer))))
(define answer #f)
(define (describe con port)
  (cond ((error? con) (display (condition-message con) port) 'error)
        (else (display "the program has a bug" port) 'violation)))
(check (printed (lambda (port)
         (guard (con ((error? con) (describe con port)) ((violation? con) (describe con port)))
           (raise (condition (make-error) (make-message-condition "I am an error"))))))
       => ("I am an error" error))
(check-raises (guard (con ((error? con) 'error))
                (raise (condition (make-violation) (make-message-condition "I am an error"))))
              violation?)
(check (printed (lambda (port)
         (guard (con ((error? con) (display "error opening file" port) #f))
           (call-with-input-file "no-such-foo.scm" read))))
       => ("error opening file" #f))
(check (printed (lambda (port)
         (with-exception-handler
           (lambda (con)
             (cond ((not (warning? con)) (raise con))
                   ((message-condition? con) (display (condition-message con) port))
                   (else (display "a warning has been issued" port)))
             42)
           (lambda ()
             (+ (raise-continuable (condition (make-warning) (make-message-condition "should be a number"))) 23)))))
       => ("should be a number" 65))
(check (list (fl=? +inf.0 +inf.0) (fl=? -inf.0 +inf.0) (fl=? -inf.0 -inf.0) (fl=? 0.0 -0.0) (fl<? 0.0 -0.0)
             (fl=? +nan.0 1.0) (fl<? +nan.0 1.0))
       => (#t #f #t #t #f #f #f))
(check (list (fl+ +nan.0 1.0) (fl* +nan.0 1.0)) => (+nan.0 +nan.0))
(check (let-syntax ([dolet (lambda (x)
                             (syntax-case x ()
                               [(_ b) #'(let ([a 3] [b 4]) (+ a b))]))])
         (dolet a))
       => 7)
(check (let ((h (make-eqv-hashtable)))
         (hashtable-set! h 1 'one)
         (hashtable-set! h 2 'two)
         (hashtable-set! h 3 'three)
         (let-values (((keys values) (hashtable-entries h)))
           (list-sort (lambda (a b) (< (car a) (car b))) (vector->list (vector-map cons keys values)))))
       => ((1 . one) (2 . two) (3 . three)))
(check (let ()
         (define count 0)
         (define x 5)
         (define p (delay (begin (set! count (+ count 1)) (if (> count x) count (force p)))))
         (let ((first (force p)))
           (set! x 10)
           (list first (force p))))
       => (6 6))

(finish)
