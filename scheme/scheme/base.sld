;; SPDX-License-Identifier: MIT
;;
;; (scheme base): R7RS 4 to 6.
(define-library (scheme base)
  (export * + - ... / < <= = => > >= _ abs and append apply assoc assq assv begin binary-port? boolean=? boolean?
          bytevector bytevector-append bytevector-copy bytevector-copy! bytevector-length
          bytevector-u8-ref bytevector-u8-set! bytevector? caar cadr call-with-current-continuation
          call-with-port call-with-values call/cc car case cdar cddr cdr ceiling char->integer
          char-ready? char<=? char<? char=? char>=? char>? char? close-input-port close-output-port
          close-port complex? cond cond-expand cons current-error-port current-input-port
          current-output-port define define-record-type define-syntax define-values denominator do
          dynamic-wind else eof-object eof-object? eq? equal? eqv? error error-object-irritants
          error-object-message error-object? even? exact exact-integer-sqrt exact-integer? exact? expt
          features file-error? floor floor-quotient floor-remainder floor/ flush-output-port for-each
          gcd get-output-bytevector get-output-string guard if include include-ci inexact inexact?
          input-port-open? input-port? integer->char integer? lambda lcm length let let* let*-values
          let-syntax let-values letrec letrec* letrec-syntax list list->string list->vector list-copy
          list-ref list-set! list-tail list? make-bytevector make-list make-parameter make-string
          make-vector map max member memq memv min modulo negative? newline not null? number->string
          number? numerator odd? open-input-bytevector open-input-string open-output-bytevector
          open-output-string or output-port-open? output-port? pair? parameterize peek-char peek-u8
          port? positive? procedure? quasiquote quote quotient raise raise-continuable rational?
          rationalize read-bytevector read-bytevector! read-char read-error? read-line read-string
          read-u8 real? remainder reverse round set! set-car! set-cdr! square string string->list
          string->number string->symbol string->utf8 string->vector string-append string-copy
          string-copy! string-fill! string-for-each string-length string-map string-ref string-set!
          string<=? string<? string=? string>=? string>? string? substring symbol->string symbol=?
          symbol? syntax-error syntax-rules textual-port? truncate truncate-quotient truncate-remainder
          truncate/ u8-ready? unless unquote unquote-splicing utf8->string values vector vector->list
          vector->string vector-append vector-copy vector-copy! vector-fill! vector-for-each
          vector-length vector-map vector-ref vector-set! vector? when with-exception-handler
          write-bytevector write-char write-string write-u8 zero?)
  (import (only (loko base bytevector-ports7) get-output-bytevector open-input-bytevector open-output-bytevector)
          (rename (only (loko base bytevectors) bytevector bytevector-append bytevector-copy bytevector-length bytevector-u8-ref bytevector-u8-set!
                       bytevector? make-bytevector string->utf8 utf8->string r7:bytevector-copy!)
                  (r7:bytevector-copy! bytevector-copy!))
          (only (loko base chars) char->integer char<=? char<? char=? char>=? char>? char? integer->char)
          (only (loko base control) apply call-with-current-continuation call-with-values call/cc dynamic-wind procedure? values)
          (only (loko base equality) eq? equal? eqv?)
          (only (loko base eval) features)
          (rename (only (loko base exceptions) error-object-irritants error-object-message error-object? file-error? guard raise raise-continuable
                       read-error? with-exception-handler r7:error)
                  (r7:error error))
          (rename (only (loko base files) peek-char peek-u8 read-bytevector read-bytevector! read-char read-line read-string read-u8
                       write-bytevector write-string r7:char-ready? r7:flush-output-port r7:u8-ready?)
                  (r7:char-ready? char-ready?) (r7:flush-output-port flush-output-port) (r7:u8-ready? u8-ready?))
          (rename (only (loko base lists) append assq assv caar cadr cdar cddr length list list-copy list-ref list-set! list-tail list? make-list
                       memq memv reverse r7:assoc r7:for-each r7:map r7:member)
                  (r7:assoc assoc) (r7:for-each for-each) (r7:map map) (r7:member member))
          (only (loko base numbers) * + - / < <= = > >= abs ceiling complex? denominator even? exact exact-integer-sqrt exact-integer?
                exact? expt floor floor-quotient floor-remainder floor/ gcd inexact inexact? integer?
                lcm max min modulo negative? number->string number? numerator odd? positive? quotient
                rational? rationalize real? remainder round square string->number truncate
                truncate-quotient truncate-remainder truncate/ zero?)
          (only (loko base parameters) make-parameter parameterize)
          (only (loko base ports) binary-port? call-with-port close-input-port close-output-port close-port input-port-open? input-port?
                output-port-open? output-port? port? textual-port?)
          (only (loko base printer) newline write-char write-u8)
          (only (loko base records7) define-record-type)
          (only (loko base stdio) current-error-port current-input-port current-output-port)
          (rename (only (loko base strings) list->string make-string string string->list string->vector string-append string-copy string-copy!
                       string-fill! string-length string-map string-ref string-set! string<=? string<?
                       string=? string>=? string>? string? substring vector->string r7:string-for-each)
                  (r7:string-for-each string-for-each))
          (only (loko base symbols) boolean=? boolean? not string->symbol symbol->string symbol=? symbol?)
          (rename (only (loko base textual-ports) open-input-string open-output-string r7:get-output-string)
                  (r7:get-output-string get-output-string))
          (rename (only (loko base vectors) list->vector make-vector vector vector->list vector-append vector-copy vector-copy! vector-fill!
                       vector-length vector-ref vector-set! vector? r7:vector-for-each r7:vector-map)
                  (r7:vector-for-each vector-for-each) (r7:vector-map vector-map))
          (only (loko core primitives) car cdr cons eof-object eof-object? null? pair? set-car! set-cdr!)
          (rename (loko base syntax7) (r7:let-syntax let-syntax) (r7:letrec-syntax letrec-syntax))
          (only (loko core syntax) ... => _ and begin case cond cond-expand define define-syntax define-values do else if include
                include-ci lambda let let* let*-values let-values letrec letrec*
                or quasiquote quote set! syntax-error syntax-rules unless unquote
                unquote-splicing when)))
