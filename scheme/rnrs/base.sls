;; SPDX-License-Identifier: MIT
;;
;; (rnrs base (6)): R6RS chapter 11.
(library (rnrs base (6))
  (export
    ;; 11.2–11.6, 11.16–11.19: syntax
    define define-syntax quote lambda if set! cond case and or let let* letrec letrec*
    let-values let*-values begin quasiquote unquote unquote-splicing
    let-syntax letrec-syntax syntax-rules identifier-syntax assert
    else => _ ...
    ;; 11.5 equivalence
    eqv? eq? equal?
    ;; 11.6 procedures
    procedure?
    ;; 11.7 arithmetic
    number? complex? real? rational? integer? real-valued? rational-valued? integer-valued?
    exact? inexact? inexact exact = < > <= >= zero? positive? negative? odd? even?
    finite? infinite? nan? max min + * - / abs
    div-and-mod div mod div0-and-mod0 div0 mod0
    gcd lcm numerator denominator floor ceiling truncate round rationalize
    exp log sin cos tan asin acos atan sqrt exact-integer-sqrt expt
    make-rectangular make-polar real-part imag-part magnitude angle
    number->string string->number
    ;; 11.8 booleans
    not boolean? boolean=?
    ;; 11.9 pairs and lists
    pair? cons car cdr
    caar cadr cdar cddr caaar caadr cadar caddr cdaar cdadr cddar cdddr
    caaaar caaadr caadar caaddr cadaar cadadr caddar cadddr
    cdaaar cdaadr cdadar cdaddr cddaar cddadr cdddar cddddr
    null? list? list length append reverse list-tail list-ref map for-each
    ;; 11.10 symbols
    symbol? symbol->string symbol=? string->symbol
    ;; 11.11 characters
    char? char->integer integer->char char=? char<? char>? char<=? char>=?
    ;; 11.12 strings
    string? make-string string string-length string-ref
    string=? string<? string>? string<=? string>=?
    substring string-append string->list list->string string-for-each string-copy
    ;; 11.13 vectors
    vector? make-vector vector vector-length vector-ref vector-set!
    vector->list list->vector vector-fill! vector-map vector-for-each
    ;; 11.14 errors
    error assertion-violation
    ;; 11.15 control
    apply call-with-current-continuation call/cc values call-with-values dynamic-wind)
  (import (for (loko core syntax) run expand) (loko core primitives)
          (loko base violations) (loko base equality) (loko base lists) (loko base symbols) (loko base chars)
          (loko base strings) (loko base vectors) (loko base control) (loko base numbers)
          (only (loko base errors))))
