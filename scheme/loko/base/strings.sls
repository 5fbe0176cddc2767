;; SPDX-License-Identifier: MIT
;;
;; Strings: R6RS base 11.12, R6RS libraries 1.2 and 18, R7RS 6.7. What touches whole strings is in the runtime
;; (src/runtime/data); here are the procedures of any number of arguments and those that call procedures.
(library (loko base strings)
  (export string? make-string string string-length string-ref string-set!
          string=? string<? string>? string<=? string>=?
          string-ci=? string-ci<? string-ci>? string-ci<=? string-ci>=?
          substring string-append string-copy string-copy! string-fill!
          string->list list->string string->vector vector->string
          string-for-each r7:string-for-each string-map string-count
          string-upcase string-downcase string-titlecase string-foldcase
          string-normalize-nfd string-normalize-nfkd string-normalize-nfc string-normalize-nfkc
          string-prefix? string-suffix? string-join string-contains string-index
          %string-split)
  (import (loko core syntax) (loko core primitives)
          (loko base violations) (loko base lists))

  ;; (string char ...): a fresh string of the characters.
  (define string
    (case-lambda
      ((a) (make-string 1 a))
      (chars (list->string chars))))

  ;; (string-append string ...).
  (define string-append
    (case-lambda
      ((a b) (%string-append a b))
      (() (make-string 0))
      (strings (%string-append-list strings))))

  (define-syntax define-chain
    (syntax-rules ()
      ((_ name ...)
       (begin
         (define-primitive-procedure name
           (case-lambda
             ((a b) (name a b))
             ((a) (name a a) #t)
             ((a b . rest)
              (let loop ((b b) (rest rest) (result (name a b)))
                (if (pair? rest)
                    (let ((next (name b (car rest))))
                      (loop (car rest) (cdr rest) (and result next)))
                    result)))))
         ...))))

  ;; (string=? string string ...) and so on: lexicographic by scalar values. All arguments are checked.
  (define-chain string=? string<? string>? string<=? string>=?
    string-ci=? string-ci<? string-ci>? string-ci<=? string-ci>=?)

  ;;; Mapping

  (define (check-strings who strings)
    (if (pair? strings)
        (begin
          (if (string? (car strings)) #t (%type-violation who "a string" (car strings)))
          (check-strings who (cdr strings)))))

  (define (equal-length who first rest)
    (check-strings who (cons first rest))
    (let ((n (string-length first)))
      (let loop ((l rest))
        (if (pair? l)
            (if (fx=? (string-length (car l)) n)
                (loop (cdr l))
                (%apply %violation
                        (cons* 'assertion who "the strings differ in length" first rest)))
            n))))

  (define (shortest-length who first rest)
    (check-strings who (cons first rest))
    (let loop ((n (string-length first)) (l rest))
      (if (pair? l)
          (loop (fxmin n (string-length (car l))) (cdr l))
          n)))

  (define (refs strings i)
    (if (pair? strings)
        (cons (string-ref (car strings) i) (refs (cdr strings) i))
        '()))

  (define-syntax define-string-for-each
    (syntax-rules ()
      ((_ name who common-length)
       (define name
         (case-lambda
           ((proc s)
            (let ((n (string-length s)))
              (let loop ((i 0))
                (if (fx<? i n)
                    (begin
                      (proc (string-ref s i))
                      (loop (fx+ i 1)))))))
           ((proc s . more)
            (let ((n (common-length who s more)) (strings (cons s more)))
              (let loop ((i 0))
                (if (fx<? i n)
                    (begin
                      (%apply proc (refs strings i))
                      (loop (fx+ i 1))))))))))))

  ;; (string-for-each proc string1 string2 ...): calls proc in order; &assertion if lengths differ.
  (define-string-for-each string-for-each 'string-for-each equal-length)
  ;; (r7:string-for-each proc string1 string2 ...): up to the end of the shortest.
  (define-string-for-each r7:string-for-each 'string-for-each shortest-length)

  ;; (string-map proc string1 string2 ...): the string of the results, up to the end of the shortest (R7RS).
  (define string-map
    (case-lambda
      ((proc s)
       (let ((n (string-length s)))
         (let loop ((i 0) (results '()))
           (if (fx<? i n)
               (loop (fx+ i 1) (cons (proc (string-ref s i)) results))
               (list->string (reverse results))))))
      ((proc s . more)
       (let ((n (shortest-length 'string-map s more)) (strings (cons s more)))
         (let loop ((i 0) (results '()))
           (if (fx<? i n)
               (loop (fx+ i 1) (cons (%apply proc (refs strings i)) results))
               (list->string (reverse results))))))))

  ;; (string-count string proc): how many characters satisfy proc.
  (define (string-count s proc)
    (let ((n (string-length s)))
      (let loop ((i 0) (count 0))
        (if (fx<? i n)
            (loop (fx+ i 1) (if (proc (string-ref s i)) (fx+ count 1) count))
            count))))

  ;;; Helpers for the library

  ;; (string-prefix? prefix string).
  (define (string-prefix? prefix s)
    (let ((n (string-length prefix)))
      (and (fx<=? n (string-length s))
           (let loop ((i 0))
             (or (fx=? i n)
                 (and (char=? (string-ref prefix i) (string-ref s i))
                      (loop (fx+ i 1))))))))

  ;; (string-suffix? suffix string).
  (define (string-suffix? suffix s)
    (let* ((n (string-length suffix)) (d (fx- (string-length s) n)))
      (and (fx>=? d 0)
           (let loop ((i 0))
             (or (fx=? i n)
                 (and (char=? (string-ref suffix i) (string-ref s (fx+ i d)))
                      (loop (fx+ i 1))))))))

  ;; (string-join strings [delimiter]): the strings with the delimiter, a space by default, between them.
  (define string-join
    (case-lambda
      ((strings) (string-join strings " "))
      ((strings delimiter)
       (if (pair? strings)
           (%string-append-list
            (cons (car strings)
                  (let loop ((l (cdr strings)))
                    (if (pair? l)
                        (cons delimiter (cons (car l) (loop (cdr l))))
                        '()))))
           (make-string 0)))))

  ;; (string-contains string pattern): index of the first occurrence, else #f.
  (define (string-contains s pattern)
    (%string-search-forward pattern s 0))

  ;; (string-index string char-or-proc): index of the first such character, else #f.
  (define (string-index s x)
    (let ((n (string-length s)))
      (let loop ((i 0))
        (if (fx<? i n)
            (if (if (char? x) (char=? x (string-ref s i)) (x (string-ref s i)))
                i
                (loop (fx+ i 1)))
            #f))))

  ;; (%string-split string char): the parts between the characters; one more than there are of them.
  (define (%string-split s c)
    (let loop ((i (fx- (string-length s) 1)) (end (string-length s)) (parts '()))
      (cond ((fx<? i 0) (cons (substring s 0 end) parts))
            ((eq? (string-ref s i) c) (loop (fx- i 1) i (cons (substring s (fx+ i 1) end) parts)))
            (else (loop (fx- i 1) end parts))))))
