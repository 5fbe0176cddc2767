;; SPDX-License-Identifier: MIT
;;
;; (scheme base) for Chez Scheme, as far as benchmarks need it: Chez's own procedures where they do what R7RS says, so that
;; its optimizer knows them, and small definitions where R7RS differs.
(library (scheme base)
  (export
    * + - / < <= = > >= abs and append apply assoc assq assv begin binary-port? boolean=? boolean? bytevector
    bytevector-append bytevector-copy bytevector-copy! bytevector-length bytevector-u8-ref bytevector-u8-set!
    bytevector? caar cadr call-with-current-continuation call-with-port call-with-values call/cc car case cdar cddr cdr
    ceiling char->integer char-ready? char<=? char<? char=? char>=? char>? char? close-input-port close-output-port
    close-port complex? cond cons current-error-port current-input-port current-output-port
    define define-record-type define-syntax define-values denominator do dynamic-wind else => eof-object eof-object?
    eq? equal? eqv? error error-object-irritants error-object-message error-object? even? exact exact-integer-sqrt
    exact-integer? exact? expt floor floor-quotient floor-remainder floor/ flush-output-port for-each
    gcd get-output-string guard if inexact inexact? input-port? integer->char integer? lambda lcm
    length let let* let*-values let-syntax let-values letrec letrec* letrec-syntax list list->string list->vector
    list-copy list-ref list-set! list-tail list? make-bytevector make-list make-parameter make-string make-vector map
    max member memq memv min modulo negative? newline not null? number->string number? numerator odd?
    open-input-string open-output-string or output-port? pair? parameterize
    peek-char peek-u8 port? positive? procedure? quasiquote quote quotient raise raise-continuable
    rational? rationalize read-char read-line read-string read-u8 real? remainder reverse round set! set-car!
    set-cdr! square string string->list string->number string->symbol string->utf8 string->vector string-append
    string-copy string-copy! string-fill! string-for-each string-length string-map string-ref string-set! string<=?
    string<? string=? string>=? string>? string? substring symbol->string symbol=? symbol? syntax-rules
    textual-port? truncate truncate-quotient truncate-remainder truncate/ u8-ready? unless unquote
    unquote-splicing utf8->string values vector vector->list vector->string vector-append vector-copy vector-copy!
    vector-fill! vector-for-each vector-length vector-map vector-ref vector-set! vector? when with-exception-handler
    write-char write-string write-u8 zero? ... _)
  (import
    (rename (except (chezscheme)
              bytevector)
      (assoc chez:assoc) (member chez:member) (error chez:error) (bytevector-copy! chez:bytevector-copy!)
      (bytevector-copy chez:bytevector-copy) (string-copy! chez:string-copy!) (string-copy chez:string-copy)
      (utf8->string chez:utf8->string) (string->utf8 chez:string->utf8) (vector->list chez:vector->list)
      (string->list chez:string->list) (vector-copy chez:vector-copy) (vector-fill! chez:vector-fill!)
      (define-record-type chez:define-record-type))
    (for (only (chezscheme) lambda define syntax-case syntax map with-syntax quote) expand))

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
           #'(chez:define-record-type (type make test)
               (fields spec ...)
               (protocol (lambda (new) (let ([name #f] ...) (lambda (argument ...) (new name ...)))))))])))

  (define square (lambda (x) (* x x)))
  (define exact-integer? (lambda (x) (and (integer? x) (exact? x))))
  (define assoc
    (case-lambda
      [(x l) (chez:assoc x l)]
      [(x l same?) (assp (lambda (y) (same? x y)) l)]))
  (define member
    (case-lambda
      [(x l) (chez:member x l)]
      [(x l same?) (memp (lambda (y) (same? x y)) l)]))
  (define error (lambda (message . irritants) (apply chez:error #f message irritants)))
  (define error-object? (lambda (x) (and (condition? x) (message-condition? x))))
  (define error-object-message condition-message)
  (define error-object-irritants condition-irritants)
  (define bytevector (lambda bytes (u8-list->bytevector bytes)))
  (define bytevector-append
    (lambda bvs
      (let ([result (make-bytevector (apply + (map bytevector-length bvs)))])
        (let loop ([bvs bvs] [at 0])
          (if (null? bvs)
              result
              (let ([n (bytevector-length (car bvs))])
                (chez:bytevector-copy! (car bvs) 0 result at n)
                (loop (cdr bvs) (+ at n))))))))
  (define bytevector-copy
    (case-lambda
      [(bv) (chez:bytevector-copy bv)]
      [(bv start) (bytevector-copy bv start (bytevector-length bv))]
      [(bv start end)
       (let ([result (make-bytevector (- end start))])
         (chez:bytevector-copy! bv start result 0 (- end start))
         result)]))
  (define bytevector-copy!
    (case-lambda
      [(to at from) (bytevector-copy! to at from 0 (bytevector-length from))]
      [(to at from start) (bytevector-copy! to at from start (bytevector-length from))]
      [(to at from start end) (chez:bytevector-copy! from start to at (- end start))]))
  (define string-copy
    (case-lambda
      [(s) (chez:string-copy s)]
      [(s start) (substring s start (string-length s))]
      [(s start end) (substring s start end)]))
  (define string-copy!
    (case-lambda
      [(to at from) (string-copy! to at from 0 (string-length from))]
      [(to at from start) (string-copy! to at from start (string-length from))]
      [(to at from start end) (chez:string-copy! from start to at (- end start))]))
  (define utf8->string
    (case-lambda
      [(bv) (chez:utf8->string bv)]
      [(bv start) (chez:utf8->string (bytevector-copy bv start))]
      [(bv start end) (chez:utf8->string (bytevector-copy bv start end))]))
  (define string->utf8
    (case-lambda
      [(s) (chez:string->utf8 s)]
      [(s start) (chez:string->utf8 (string-copy s start))]
      [(s start end) (chez:string->utf8 (substring s start end))]))
  (define vector->list
    (case-lambda
      [(v) (chez:vector->list v)]
      [(v start) (vector->list v start (vector-length v))]
      [(v start end)
       (let loop ([i (- end 1)] [l '()])
         (if (< i start) l (loop (- i 1) (cons (vector-ref v i) l))))]))
  (define string->list
    (case-lambda
      [(s) (chez:string->list s)]
      [(s start) (string->list s start (string-length s))]
      [(s start end)
       (let loop ([i (- end 1)] [l '()])
         (if (< i start) l (loop (- i 1) (cons (string-ref s i) l))))]))
  (define vector-copy
    (case-lambda
      [(v) (chez:vector-copy v)]
      [(v start) (vector-copy v start (vector-length v))]
      [(v start end)
       (let ([result (make-vector (- end start))])
         (vector-copy! result 0 v start end)
         result)]))
  (define vector-copy!
    (case-lambda
      [(to at from) (vector-copy! to at from 0 (vector-length from))]
      [(to at from start) (vector-copy! to at from start (vector-length from))]
      [(to at from start end)
       (if (and (eq? to from) (> at start))
           (do ([i (- end 1) (- i 1)]) ((< i start))
             (vector-set! to (+ at (- i start)) (vector-ref from i)))
           (do ([i start (+ i 1)] [j at (+ j 1)]) ((>= i end))
             (vector-set! to j (vector-ref from i))))]))
  (define vector-fill!
    (case-lambda
      [(v x) (chez:vector-fill! v x)]
      [(v x start) (vector-fill! v x start (vector-length v))]
      [(v x start end) (do ([i start (+ i 1)]) ((>= i end)) (vector-set! v i x))]))
  (define vector-append
    (lambda vectors
      (let ([result (make-vector (apply + (map vector-length vectors)))])
        (let loop ([vectors vectors] [at 0])
          (if (null? vectors)
              result
              (begin
                (vector-copy! result at (car vectors))
                (loop (cdr vectors) (+ at (vector-length (car vectors))))))))))
  (define string->vector (lambda (s) (list->vector (chez:string->list s))))
  (define vector->string (lambda (v) (list->string (chez:vector->list v))))
  (define string-map
    (lambda (f s . more) (list->string (apply map f (chez:string->list s) (map chez:string->list more)))))
  (define list-set! (lambda (l k x) (set-car! (list-tail l k) x)))
  (define floor/ (lambda (n d) (let ([q (floor (/ n d))]) (values q (- n (* d q))))))
  (define floor-quotient (lambda (n d) (floor (/ n d))))
  (define floor-remainder modulo)
  (define truncate/ (lambda (n d) (values (quotient n d) (remainder n d))))
  (define truncate-quotient quotient)
  (define truncate-remainder remainder)
  (define u8-ready? (lambda (port) (input-port-ready? port)))
  (define read-u8 (case-lambda [() (get-u8 (current-input-port))] [(p) (get-u8 p)]))
  (define peek-u8 (case-lambda [() (lookahead-u8 (current-input-port))] [(p) (lookahead-u8 p)]))
  (define write-u8 (case-lambda [(u) (put-u8 (current-output-port) u)] [(u p) (put-u8 p u)]))
  (define read-line (case-lambda [() (get-line (current-input-port))] [(p) (get-line p)]))
  (define read-string
    (case-lambda [(k) (get-string-n (current-input-port) k)] [(k p) (get-string-n p k)]))
  (define write-string
    (case-lambda
      [(s) (put-string (current-output-port) s)]
      [(s p) (put-string p s)]
      [(s p start) (put-string p s start)]
      [(s p start end) (put-string p s start (- end start))])))
