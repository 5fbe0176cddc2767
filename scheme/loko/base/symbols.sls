;; SPDX-License-Identifier: MIT
;;
;; Symbols and booleans: R6RS base 11.8 and 11.10, R7RS 6.3 and 6.5.
(library (loko base symbols)
  (export symbol? symbol->string string->symbol symbol=? boolean? boolean=? symbol<? symbol-append
          gensym not %gensym-count %set-gensym-count!)
  (import (loko core syntax) (loko core primitives)
          (loko base violations) (loko base lists))

  ;; An n-ary equality on objects of one type.
  (define-syntax define-same
    (syntax-rules ()
      ((_ name type? what)
       (define name
         (case-lambda
           ((a b)
            (if (type? a) #t (%type-violation 'name what a))
            (if (type? b) #t (%type-violation 'name what b))
            (eq? a b))
           ((a b . rest)
            (let loop ((l (cons b rest)) (same? #t))
              (if (pair? l)
                  (loop (cdr l) (and (name a (car l)) same?))
                  same?))))))))

  ;; (symbol=? symbol symbol ...): true iff all are the same symbol.
  (define-same symbol=? symbol? "a symbol")
  ;; (boolean=? boolean boolean ...): true iff all are the same boolean.
  (define-same boolean=? boolean? "a boolean")

  ;; (symbol<? symbol symbol ...): by the order of their names.
  (define symbol<?
    (case-lambda
      ((a b) (string<? (symbol->string a) (symbol->string b)))
      ((a b . rest)
       (let loop ((a a) (l (cons b rest)) (result #t))
         (if (pair? l)
             (loop (car l) (cdr l) (and (symbol<? a (car l)) result))
             result)))))

  ;; (symbol-append symbol ...): the symbol whose name is the names one after the other.
  (define (symbol-append . symbols)
    (string->symbol (%string-append-list (%map1 symbol->string symbols))))

  (define gensym-count 0)
  (define (%gensym-count) gensym-count)
  (define (%set-gensym-count! n) (set! gensym-count n))

  ;; (gensym [prefix]): a fresh uninterned symbol (manual 3.2); prefix is a string or symbol.
  (define gensym
    (case-lambda
      (() (gensym "g"))
      ((prefix)
       (set! gensym-count (fx+ gensym-count 1))
       (%make-uninterned-symbol
        (%string-append
         (if (symbol? prefix) (symbol->string prefix) prefix)
         (number->string gensym-count 10)))))))
