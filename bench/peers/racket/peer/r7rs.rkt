#!r6rs
;; SPDX-License-Identifier: MIT
;;
;; What R7RS programs need of Racket beyond its R6RS, as far as benchmarks go; Racket's own procedures where they do what R7RS says.
(library (peer r7rs)
  (export this-scheme-implementation-name report-statistics define-record-type define-values parameterize make-parameter
    current-jiffy jiffies-per-second current-second square exact-integer? exact-integer-sqrt boolean=? error
    error-object? error-object-message error-object-irritants assoc member list-copy list-set! make-list
    vector-map vector-for-each vector-append vector-copy vector-copy! vector-fill! vector->list string->vector vector->string
    string->list string-copy string-copy! string-map bytevector bytevector-append bytevector-copy bytevector-copy!
    utf8->string string->utf8 floor/ floor-quotient floor-remainder truncate/ truncate-quotient truncate-remainder
    read-line read-string read-u8 peek-u8 write-string write-u8 write display newline write-char read-char peek-char write-simple write-shared
    char-ready?
    open-input-string open-output-string get-output-string open-input-bytevector open-binary-input-file
    open-output-file call-with-output-file flush-output-port digit-value guard symbol=?)
  (import
    (rename (except (rnrs) write display newline write-char read-char peek-char)
      (define-record-type r6:define-record-type) (error r6:error) (assoc r6:assoc) (member r6:member)
      (vector-fill! r6:vector-fill!) (vector->list r6:vector->list) (string->list r6:string->list)
      (string-copy r6:string-copy) (bytevector-copy r6:bytevector-copy) (bytevector-copy! r6:bytevector-copy!)
      (utf8->string r6:utf8->string) (string->utf8 r6:string->utf8) (flush-output-port r6:flush-output-port)
      (call-with-output-file r6:call-with-output-file) (open-output-file r6:open-output-file))
    (for (only (rnrs) lambda define syntax-case syntax map with-syntax quote) expand)
    (rnrs mutable-pairs) (rnrs mutable-strings) (rnrs r5rs)
    (only (racket base) parameterize make-parameter define-values current-inexact-milliseconds print-mpair-curly-braces char-ready?
      open-input-string open-output-string get-output-string read-line read-string write-string
      write display newline write-char read-char peek-char
      flush-output vector-copy! string-copy! delete-file))

  (define (this-scheme-implementation-name) "racket")
  (define (report-statistics) #f)
  (define-syntax define-record-type
    (lambda (x)
      (define field
        (lambda (spec)
          (syntax-case spec ()
            [(name get) #'(immutable name get)]
            [(name get put!) #'(mutable name get put!)])))
      (syntax-case x ()
        [(_ type (make argument ...) test (name more ...) ...)
         (with-syntax ([(spec ...) (map field #'((name more ...) ...))])
           #'(r6:define-record-type (type make test)
               (fields spec ...)
               (protocol (lambda (new) (let ([name #f] ...) (lambda (argument ...) (new name ...)))))))])))
  (define (current-jiffy) (exact (floor (* 1000.0 (current-inexact-milliseconds)))))
  (define (jiffies-per-second) 1000000)
  (define (current-second) (/ (current-inexact-milliseconds) 1000.0))
  (define (square x) (* x x))
  (define (exact-integer? x) (and (integer? x) (exact? x)))
  (define (error message . irritants) (apply r6:error #f message irritants))
  (define (error-object? x) (and (condition? x) (message-condition? x)))
  (define error-object-message condition-message)
  (define error-object-irritants condition-irritants)
  (define assoc
    (case-lambda
      [(x l) (r6:assoc x l)]
      [(x l same?) (assp (lambda (y) (same? x y)) l)]))
  (define member
    (case-lambda
      [(x l) (r6:member x l)]
      [(x l same?) (memp (lambda (y) (same? x y)) l)]))
  (define (list-copy l) (if (pair? l) (cons (car l) (list-copy (cdr l))) l))
  (define (list-set! l k x) (set-car! (list-tail l k) x))
  (define make-list
    (case-lambda
      [(n) (make-list n #f)]
      [(n x) (do ([n n (- n 1)] [l '() (cons x l)]) ((<= n 0) l))]))
  (define vector->list
    (case-lambda
      [(v) (r6:vector->list v)]
      [(v start) (vector->list v start (vector-length v))]
      [(v start end) (do ([i (- end 1) (- i 1)] [l '() (cons (vector-ref v i) l)]) ((< i start) l))]))
  (define string->list
    (case-lambda
      [(s) (r6:string->list s)]
      [(s start) (string->list s start (string-length s))]
      [(s start end) (do ([i (- end 1) (- i 1)] [l '() (cons (string-ref s i) l)]) ((< i start) l))]))
  (define vector-copy
    (case-lambda
      [(v) (vector-copy v 0 (vector-length v))]
      [(v start) (vector-copy v start (vector-length v))]
      [(v start end) (let ([result (make-vector (- end start))]) (vector-copy! result 0 v start end) result)]))
  (define vector-fill!
    (case-lambda
      [(v x) (r6:vector-fill! v x)]
      [(v x start) (vector-fill! v x start (vector-length v))]
      [(v x start end) (do ([i start (+ i 1)]) ((>= i end)) (vector-set! v i x))]))
  (define (vector-append . vectors)
    (let ([result (make-vector (apply + (map vector-length vectors)))])
      (let loop ([vectors vectors] [at 0])
        (if (null? vectors)
            result
            (begin
              (vector-copy! result at (car vectors))
              (loop (cdr vectors) (+ at (vector-length (car vectors)))))))))
  (define string-copy
    (case-lambda
      [(s) (r6:string-copy s)]
      [(s start) (substring s start (string-length s))]
      [(s start end) (substring s start end)]))
  (define (string->vector s) (list->vector (string->list s)))
  (define (vector->string v) (list->string (vector->list v)))
  (define (string-map f s . more) (list->string (apply map f (string->list s) (map string->list more))))
  (define (bytevector . bytes) (u8-list->bytevector bytes))
  (define bytevector-copy
    (case-lambda
      [(bv) (r6:bytevector-copy bv)]
      [(bv start) (bytevector-copy bv start (bytevector-length bv))]
      [(bv start end)
       (let ([result (make-bytevector (- end start))])
         (r6:bytevector-copy! bv start result 0 (- end start))
         result)]))
  (define bytevector-copy!
    (case-lambda
      [(to at from) (bytevector-copy! to at from 0 (bytevector-length from))]
      [(to at from start) (bytevector-copy! to at from start (bytevector-length from))]
      [(to at from start end) (r6:bytevector-copy! from start to at (- end start))]))
  (define (bytevector-append . bvs)
    (let ([result (make-bytevector (apply + (map bytevector-length bvs)))])
      (let loop ([bvs bvs] [at 0])
        (if (null? bvs)
            result
            (begin
              (bytevector-copy! result at (car bvs))
              (loop (cdr bvs) (+ at (bytevector-length (car bvs)))))))))
  (define utf8->string
    (case-lambda
      [(bv) (r6:utf8->string bv)]
      [(bv start) (r6:utf8->string (bytevector-copy bv start))]
      [(bv start end) (r6:utf8->string (bytevector-copy bv start end))]))
  (define string->utf8
    (case-lambda
      [(s) (r6:string->utf8 s)]
      [(s start) (r6:string->utf8 (string-copy s start))]
      [(s start end) (r6:string->utf8 (string-copy s start end))]))
  (define (floor/ n d) (let ([q (floor (/ n d))]) (values q (- n (* d q)))))
  (define (floor-quotient n d) (floor (/ n d)))
  (define floor-remainder modulo)
  (define (truncate/ n d) (values (quotient n d) (remainder n d)))
  (define truncate-quotient quotient)
  (define truncate-remainder remainder)
  (define read-u8 (case-lambda [() (get-u8 (current-input-port))] [(p) (get-u8 p)]))
  (define peek-u8 (case-lambda [() (lookahead-u8 (current-input-port))] [(p) (lookahead-u8 p)]))
  (define write-u8 (case-lambda [(u) (put-u8 (current-output-port) u)] [(u p) (put-u8 p u)]))
  (define write-simple write)
  (define write-shared write)
  (define (open-input-bytevector bv) (open-bytevector-input-port bv))
  (define (open-binary-input-file name) (open-file-input-port name))
  ;; R7RS truncates an existing file, R6RS raises an error.
  (define (open-output-file name)
    (when (file-exists? name) (delete-file name))
    (r6:open-output-file name))
  (define (call-with-output-file name f)
    (when (file-exists? name) (delete-file name))
    (r6:call-with-output-file name f))
  (define flush-output-port
    (case-lambda [() (r6:flush-output-port (current-output-port))] [(p) (r6:flush-output-port p)]))
  (define (digit-value c) (and (char-numeric? c) (- (char->integer c) 48)))
  (print-mpair-curly-braces #f))
