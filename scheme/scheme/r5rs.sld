;; SPDX-License-Identifier: MIT
;;
;; (scheme r5rs): R7RS appendix A.
(define-library (scheme r5rs)
  (export * + - ... / < <= = => > >= _ abs acos and angle append apply asin assoc assq assv atan begin boolean?
          caaaar caaadr caaar caadar caaddr caadr caar cadaar cadadr cadar caddar cadddr caddr cadr
          call-with-current-continuation call-with-input-file call-with-output-file call-with-values car
          case cdaaar cdaadr cdaar cdadar cdaddr cdadr cdar cddaar cddadr cddar cdddar cddddr cdddr cddr
          cdr ceiling char->integer char-alphabetic? char-ci<=? char-ci<? char-ci=? char-ci>=? char-ci>?
          char-downcase char-lower-case? char-numeric? char-ready? char-upcase char-upper-case?
          char-whitespace? char<=? char<? char=? char>=? char>? char? close-input-port close-output-port
          complex? cond cons cos current-input-port current-output-port define define-syntax delay
          denominator display do dynamic-wind else eof-object? eq? equal? eqv? eval even? exact->inexact
          exact? exp expt floor for-each force gcd if imag-part inexact->exact inexact? input-port?
          integer->char integer? interaction-environment lambda lcm length let let* let-syntax letrec
          letrec-syntax list list->string list->vector list-ref list-tail list? load log magnitude
          make-polar make-rectangular make-string make-vector map max member memq memv min modulo
          negative? newline not null-environment null? number->string number? numerator odd?
          open-input-file open-output-file or output-port? pair? peek-char positive? procedure?
          quasiquote quote quotient rational? rationalize read read-char real-part real? remainder
          reverse round scheme-report-environment set! set-car! set-cdr! sin sqrt string string->list
          string->number string->symbol string-append string-ci<=? string-ci<? string-ci=? string-ci>=?
          string-ci>? string-copy string-fill! string-length string-ref string-set! string<=? string<?
          string=? string>=? string>? string? substring symbol->string symbol? syntax-rules tan truncate
          values vector vector->list vector-fill! vector-length vector-ref vector-set! vector?
          with-input-from-file with-output-to-file write write-char zero?)
  (import (rename (only (loko base chars) char->integer char-alphabetic? char-ci<=? char-ci<? char-ci=? char-ci>=? char-ci>? char-downcase
                char-lower-case? r7:char-numeric? char-upcase char-upper-case? char-whitespace? char<=?
                char<? char=? char>=? char>? char? integer->char)
                  (r7:char-numeric? char-numeric?))
          (only (loko base control) apply call-with-current-continuation call-with-values dynamic-wind procedure? values)
          (only (loko base equality) eq? equal? eqv?)
          (only (loko base eval) eval interaction-environment load null-environment scheme-report-environment)
          (rename (only (loko base files) call-with-input-file open-input-file peek-char read-char with-input-from-file r7:call-with-output-file
                       r7:char-ready? r7:open-output-file r7:with-output-to-file)
                  (r7:call-with-output-file call-with-output-file) (r7:char-ready? char-ready?) (r7:open-output-file open-output-file) (r7:with-output-to-file with-output-to-file))
          (rename (only (loko base lists) append assq assv caaaar caaadr caaar caadar caaddr caadr caar cadaar cadadr cadar caddar cadddr caddr
                       cadr cdaaar cdaadr cdaar cdadar cdaddr cdadr cdar cddaar cddadr cddar cdddar
                       cddddr cdddr cddr length list list-ref list-tail list? memq memv reverse r7:assoc
                       r7:for-each r7:map r7:member)
                  (r7:assoc assoc) (r7:for-each for-each) (r7:map map) (r7:member member))
          (only (loko base numbers) * + - / < <= = > >= abs acos angle asin atan ceiling complex? cos denominator even? exact->inexact
                exact? exp expt floor gcd imag-part inexact->exact inexact? integer? lcm log magnitude
                make-polar make-rectangular max min modulo negative? number->string number? numerator
                odd? positive? quotient rational? rationalize real-part real? remainder round sin sqrt
                string->number tan truncate zero?)
          (only (loko base ports) close-input-port close-output-port input-port? output-port?)
          (only (loko base printer) display newline write write-char)
          (only (loko base promises) delay force)
          (only (loko base reader) read)
          (only (loko base stdio) current-input-port current-output-port)
          (only (loko base strings) list->string make-string string string->list string-append string-ci<=? string-ci<? string-ci=?
                string-ci>=? string-ci>? string-copy string-fill! string-length string-ref string-set!
                string<=? string<? string=? string>=? string>? string? substring)
          (only (loko base symbols) boolean? not string->symbol symbol->string symbol?)
          (only (loko base vectors) list->vector make-vector vector vector->list vector-fill! vector-length vector-ref vector-set! vector?)
          (only (loko core primitives) car cdr cons eof-object? null? pair? set-car! set-cdr!)
          (rename (loko base syntax7) (r7:let-syntax let-syntax) (r7:letrec-syntax letrec-syntax))
          (only (loko core syntax) ... => _ and begin case cond define define-syntax do else if lambda let let* letrec
                or quasiquote quote set! syntax-rules)))
