;; SPDX-License-Identifier: MIT
;;
;; (loko): what the REPL imports (manual 3.2). All exports of the R6RS libraries, SRFI 98, and what is expected of
;; a Scheme but in no report.
(library (loko)
  (export
    ;; (rnrs)
    define define-syntax quote lambda if set! cond case and or let let* letrec letrec* let-values
    let*-values begin quasiquote unquote unquote-splicing let-syntax letrec-syntax syntax-rules
    identifier-syntax assert else => _ ... eqv? eq? equal? procedure? number? complex? real? rational?
    integer? real-valued? rational-valued? integer-valued? exact? inexact? inexact exact = < > <= >=
    zero? positive? negative? odd? even? finite? infinite? nan? max min + * - / abs div-and-mod div mod
    div0-and-mod0 div0 mod0 gcd lcm numerator denominator floor ceiling truncate round rationalize exp
    log sin cos tan asin acos atan sqrt exact-integer-sqrt expt make-rectangular make-polar real-part
    imag-part magnitude angle number->string string->number not boolean? boolean=? pair? cons car cdr
    caar cadr cdar cddr caaar caadr cadar caddr cdaar cdadr cddar cdddr caaaar caaadr caadar caaddr
    cadaar cadadr caddar cadddr cdaaar cdaadr cdadar cdaddr cddaar cddadr cdddar cddddr null? list? list
    length append reverse list-tail list-ref map for-each symbol? symbol->string symbol=? string->symbol
    char? char->integer integer->char char=? char<? char>? char<=? char>=? string? make-string string
    string-length string-ref string=? string<? string>? string<=? string>=? substring string-append
    string->list list->string string-for-each string-copy vector? make-vector vector vector-length
    vector-ref vector-set! vector->list list->vector vector-fill! vector-map vector-for-each error
    assertion-violation apply call-with-current-continuation call/cc values call-with-values
    dynamic-wind endianness native-endianness bytevector? make-bytevector bytevector-length bytevector=?
    bytevector-fill! bytevector-copy! bytevector-copy bytevector-u8-ref bytevector-s8-ref
    bytevector-u8-set! bytevector-s8-set! bytevector->u8-list u8-list->bytevector bytevector-uint-ref
    bytevector-sint-ref bytevector-uint-set! bytevector-sint-set! bytevector->uint-list
    bytevector->sint-list uint-list->bytevector sint-list->bytevector bytevector-u16-ref
    bytevector-s16-ref bytevector-u16-native-ref bytevector-s16-native-ref bytevector-u16-set!
    bytevector-s16-set! bytevector-u16-native-set! bytevector-s16-native-set! bytevector-u32-ref
    bytevector-s32-ref bytevector-u32-native-ref bytevector-s32-native-ref bytevector-u32-set!
    bytevector-s32-set! bytevector-u32-native-set! bytevector-s32-native-set! bytevector-u64-ref
    bytevector-s64-ref bytevector-u64-native-ref bytevector-s64-native-ref bytevector-u64-set!
    bytevector-s64-set! bytevector-u64-native-set! bytevector-s64-native-set!
    bytevector-ieee-single-native-ref bytevector-ieee-single-ref bytevector-ieee-double-native-ref
    bytevector-ieee-double-ref bytevector-ieee-single-native-set! bytevector-ieee-single-set!
    bytevector-ieee-double-native-set! bytevector-ieee-double-set! string->utf8 string->utf16
    string->utf32 utf8->string utf16->string utf32->string condition simple-conditions condition?
    condition-predicate condition-accessor define-condition-type &condition &message
    make-message-condition message-condition? condition-message &warning make-warning warning? &serious
    make-serious-condition serious-condition? &error make-error error? &violation make-violation
    violation? &assertion make-assertion-violation assertion-violation? &irritants
    make-irritants-condition irritants-condition? condition-irritants &who make-who-condition
    who-condition? condition-who &non-continuable make-non-continuable-violation
    non-continuable-violation? &implementation-restriction make-implementation-restriction-violation
    implementation-restriction-violation? &lexical make-lexical-violation lexical-violation? &syntax
    make-syntax-violation syntax-violation? syntax-violation-form syntax-violation-subform &undefined
    make-undefined-violation undefined-violation? when unless do case-lambda make-enumeration
    enum-set-universe enum-set-indexer enum-set-constructor enum-set->list enum-set-member?
    enum-set-subset? enum-set=? enum-set-union enum-set-intersection enum-set-difference
    enum-set-complement enum-set-projection define-enumeration with-exception-handler guard raise
    raise-continuable file-exists? delete-file &i/o make-i/o-error i/o-error? &i/o-read
    make-i/o-read-error i/o-read-error? &i/o-write make-i/o-write-error i/o-write-error?
    &i/o-invalid-position make-i/o-invalid-position-error i/o-invalid-position-error? i/o-error-position
    &i/o-filename make-i/o-filename-error i/o-filename-error? i/o-error-filename &i/o-file-protection
    make-i/o-file-protection-error i/o-file-protection-error? &i/o-file-is-read-only
    make-i/o-file-is-read-only-error i/o-file-is-read-only-error? &i/o-file-already-exists
    make-i/o-file-already-exists-error i/o-file-already-exists-error? &i/o-file-does-not-exist
    make-i/o-file-does-not-exist-error i/o-file-does-not-exist-error? &i/o-port make-i/o-port-error
    i/o-port-error? i/o-error-port make-eq-hashtable make-eqv-hashtable make-hashtable hashtable?
    hashtable-size hashtable-ref hashtable-set! hashtable-delete! hashtable-contains? hashtable-update!
    hashtable-copy hashtable-clear! hashtable-keys hashtable-entries hashtable-equivalence-function
    hashtable-hash-function hashtable-mutable? equal-hash string-hash string-ci-hash symbol-hash find
    for-all exists filter partition fold-left fold-right remp remove remv remq memp member memv memq
    assp assoc assv assq cons* command-line exit list-sort vector-sort vector-sort! syntax-case syntax
    quasisyntax unsyntax unsyntax-splicing with-syntax make-variable-transformer identifier?
    bound-identifier=? free-identifier=? syntax->datum datum->syntax generate-temporaries
    syntax-violation char-upcase char-downcase char-titlecase char-foldcase char-ci=? char-ci<?
    char-ci>? char-ci<=? char-ci>=? char-alphabetic? char-numeric? char-whitespace? char-upper-case?
    char-lower-case? char-title-case? char-general-category string-upcase string-downcase
    string-titlecase string-foldcase string-ci=? string-ci<? string-ci>? string-ci<=? string-ci>=?
    string-normalize-nfd string-normalize-nfkd string-normalize-nfc string-normalize-nfkc fixnum?
    fixnum-width least-fixnum greatest-fixnum fx=? fx>? fx<? fx>=? fx<=? fxzero? fxpositive? fxnegative?
    fxodd? fxeven? fxmax fxmin fx+ fx* fx- fxdiv-and-mod fxdiv fxmod fxdiv0-and-mod0 fxdiv0 fxmod0
    fx+/carry fx-/carry fx*/carry fxnot fxand fxior fxxor fxif fxbit-count fxlength fxfirst-bit-set
    fxbit-set? fxcopy-bit fxbit-field fxcopy-bit-field fxarithmetic-shift fxarithmetic-shift-left
    fxarithmetic-shift-right fxrotate-bit-field fxreverse-bit-field flonum? real->flonum fl=? fl<? fl<=?
    fl>? fl>=? flinteger? flzero? flpositive? flnegative? flodd? fleven? flfinite? flinfinite? flnan?
    flmax flmin fl+ fl* fl- fl/ flabs fldiv-and-mod fldiv flmod fldiv0-and-mod0 fldiv0 flmod0
    flnumerator fldenominator flfloor flceiling fltruncate flround flexp fllog flsin flcos fltan flasin
    flacos flatan flsqrt flexpt &no-infinities make-no-infinities-violation no-infinities-violation?
    &no-nans make-no-nans-violation no-nans-violation? fixnum->flonum bitwise-not bitwise-and
    bitwise-ior bitwise-xor bitwise-if bitwise-bit-count bitwise-length bitwise-first-bit-set
    bitwise-bit-set? bitwise-copy-bit bitwise-bit-field bitwise-copy-bit-field bitwise-arithmetic-shift
    bitwise-arithmetic-shift-left bitwise-arithmetic-shift-right bitwise-rotate-bit-field
    bitwise-reverse-bit-field &i/o-decoding make-i/o-decoding-error i/o-decoding-error? &i/o-encoding
    make-i/o-encoding-error i/o-encoding-error? i/o-encoding-error-char file-options buffer-mode
    buffer-mode? latin-1-codec utf-8-codec utf-16-codec eol-style native-eol-style error-handling-mode
    make-transcoder native-transcoder transcoder-codec transcoder-eol-style
    transcoder-error-handling-mode bytevector->string string->bytevector eof-object eof-object? port?
    port-transcoder textual-port? binary-port? transcoded-port port-has-port-position? port-position
    port-has-set-port-position!? set-port-position! close-port call-with-port input-port? port-eof?
    open-file-input-port open-bytevector-input-port open-string-input-port standard-input-port
    current-input-port make-custom-binary-input-port make-custom-textual-input-port get-u8 lookahead-u8
    get-bytevector-n get-bytevector-n! get-bytevector-some get-bytevector-all get-char lookahead-char
    get-string-n get-string-n! get-string-all get-line get-datum output-port? flush-output-port
    output-port-buffer-mode open-file-output-port open-bytevector-output-port
    call-with-bytevector-output-port open-string-output-port call-with-string-output-port
    standard-output-port standard-error-port current-output-port current-error-port
    make-custom-binary-output-port make-custom-textual-output-port put-u8 put-bytevector put-char
    put-string put-datum open-file-input/output-port make-custom-binary-input/output-port
    make-custom-textual-input/output-port call-with-input-file call-with-output-file
    with-input-from-file with-output-to-file open-input-file open-output-file close-input-port
    close-output-port read-char peek-char read write-char newline display write record? record-rtd
    record-type-name record-type-parent record-type-uid record-type-generative? record-type-sealed?
    record-type-opaque? record-type-field-names record-field-mutable? make-record-type-descriptor
    record-type-descriptor? make-record-constructor-descriptor record-constructor record-predicate
    record-accessor record-mutator define-record-type fields mutable immutable parent protocol sealed
    opaque nongenerative parent-rtd record-type-descriptor record-constructor-descriptor
    ;; (rnrs eval)
    eval environment
    ;; (rnrs mutable-pairs)
    set-car! set-cdr!
    ;; (rnrs mutable-strings)
    string-set! string-fill!
    ;; (rnrs r5rs)
    exact->inexact inexact->exact quotient remainder modulo delay force null-environment
    scheme-report-environment
    ;; (loko base eval)
    interaction-environment load library-directories library-extensions installed-libraries
    uninstall-library environment-symbols environment? expand expand/optimize load-program
    ;; (loko core primitives)
    void
    ;; (loko core syntax)
    include include-ci cond-expand module define-values named-lambda import library define-library
    export
    ;; (loko base system)
    cp0-size-limit cp0-effort-limit machine-type loko-version
    ;; (loko base time)
    time time-it time-it* collections bytes-allocated current-jiffy jiffies-per-second current-second
    ;; (loko base textual-ports)
    open-output-string get-output-string open-input-string char-ready?
    ;; (loko base ports)
    port-file-descriptor port-file-descriptor-set! port-closed? input-port-open? output-port-open?
    port-name
    ;; (loko base symbols)
    gensym symbol-append
    ;; (loko base parameters)
    make-parameter parameterize
    ;; (loko base process)
    get-environment-variable get-environment-variables putenv
    ;; (loko base backtraces)
    current-backtrace backtrace-frame? backtrace-frame-name backtrace-frame-file backtrace-frame-line
    backtrace-frame-column backtrace-frame-address backtrace-frame-library? print-backtrace
    condition-report-string
    ;; (loko commands)
    disassemble print-length-limit print-depth-limit
    ;; (loko base pretty)
    pretty-print
    ;; (loko base stdio)
    call-with-output-string call-with-input-string with-output-to-string with-input-from-string
    ;; (loko base hashtables)
    make-equal-hashtable make-weak-eq-hashtable hashtable-values hashtable-cells hashtable->alist
    ;; (loko base lists)
    iota list-head last-pair append-map filter-map list-index make-list list-copy
    ;; (loko base files)
    read-line read-string rename-file file-directory? create-directory delete-directory
    current-directory file-size write-string
    ;; (loko base control)
    emergency-exit
    ;; (loko base strings)
    string-index string-contains string-prefix? string-suffix? string-join)
  (import (rnrs)
          (rnrs eval)
          (rnrs mutable-pairs)
          (rnrs mutable-strings)
          (rnrs r5rs)
          (only (loko base eval)
                interaction-environment load library-directories library-extensions installed-libraries
                uninstall-library environment-symbols environment? expand expand/optimize load-program)
          (only (loko core primitives)
                void)
          (only (loko core syntax)
                include include-ci cond-expand module define-values named-lambda import library
                define-library export)
          (only (loko base system)
                cp0-size-limit cp0-effort-limit machine-type loko-version)
          (only (loko base time)
                time time-it time-it* collections bytes-allocated current-jiffy jiffies-per-second current-second)
          (only (loko base textual-ports)
                open-output-string get-output-string open-input-string char-ready?)
          (only (loko base ports)
                port-file-descriptor port-file-descriptor-set! port-closed? input-port-open?
                output-port-open? port-name)
          (only (loko base symbols)
                gensym symbol-append)
          (only (loko base parameters)
                make-parameter parameterize)
          (only (loko base process)
                get-environment-variable get-environment-variables putenv)
          (only (loko base backtraces)
                current-backtrace backtrace-frame? backtrace-frame-name backtrace-frame-file backtrace-frame-line
                backtrace-frame-column backtrace-frame-address backtrace-frame-library? print-backtrace
                condition-report-string)
          (only (loko commands)
                disassemble print-length-limit print-depth-limit)
          (only (loko base pretty)
                pretty-print)
          (only (loko base stdio)
                with-output-to-string with-input-from-string call-with-output-string call-with-input-string)
          (only (loko base hashtables)
                make-equal-hashtable make-weak-eq-hashtable hashtable-values hashtable-cells
                hashtable->alist)
          (only (loko base lists)
                iota list-head last-pair append-map filter-map list-index make-list list-copy)
          (only (loko base files)
                read-line read-string rename-file file-directory? create-directory delete-directory
                current-directory file-size write-string)
          (only (loko base control)
                emergency-exit)
          (only (loko base strings)
                string-index string-contains string-prefix? string-suffix? string-join)))
