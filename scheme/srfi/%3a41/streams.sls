;; SPDX-License-Identifier: MIT
;;
;; SRFI 41: streams, even in the sense of Wadler, Taha and MacQueen, "How to add laziness to a strict language without even
;; being odd": a stream is a promise of the empty stream or of a pair of two promises.
(library (srfi :41 streams)
  (export stream-null stream-cons stream? stream-null? stream-pair? stream-car stream-cdr stream-lambda
          define-stream list->stream port->stream stream stream->list stream-append stream-concat stream-constant
          stream-drop stream-drop-while stream-filter stream-fold stream-for-each stream-from stream-iterate stream-length
          stream-let stream-map stream-match stream-of stream-range stream-ref stream-reverse stream-scan stream-take
          stream-take-while stream-unfold stream-unfolds stream-zip)
  (import (rnrs))

  ;;; Promises that are streams; a box is shared by the promises of one chain of lazy

  (define-record-type (<stream> make-stream stream?) (fields (mutable box)) (opaque #t))
  ;; A box is (state . content): lazy and a thunk that gives a stream, or eager and a value.
  (define-syntax stream-lazy
    (syntax-rules () ((_ e) (make-stream (vector 'lazy (lambda () e))))))
  (define (stream-eager x) (make-stream (vector 'eager x)))
  (define-syntax stream-delay
    (syntax-rules () ((_ e) (stream-lazy (stream-eager e)))))
  (define (stream-force promise)
    (let ((box (<stream>-box promise)))
      (if (eq? (vector-ref box 0) 'eager)
          (vector-ref box 1)
          (let* ((next ((vector-ref box 1))) (box (<stream>-box promise)))
            (unless (eq? (vector-ref box 0) 'eager)
              (let ((other (<stream>-box next)))
                (vector-set! box 0 (vector-ref other 0))
                (vector-set! box 1 (vector-ref other 1))
                (<stream>-box-set! next box)))
            (stream-force promise)))))

  ;;; Primitives

  (define-record-type (<cell> make-cell cell?) (fields car cdr))
  (define stream-null (stream-eager '()))

  ;; (stream-cons object stream): neither is evaluated now.
  (define-syntax stream-cons
    (syntax-rules ()
      ((_ a d) (stream-eager (make-cell (stream-delay a) (stream-lazy d))))))

  (define (stream-null? x) (and (stream? x) (null? (stream-force x))))
  (define (stream-pair? x) (and (stream? x) (cell? (stream-force x))))

  (define (check-pair who s)
    (cond ((not (stream? s)) (assertion-violation who "expected a stream" s))
          ((stream-null? s) (assertion-violation who "expected a stream with an element" s))))
  (define (check-stream who s)
    (unless (stream? s) (assertion-violation who "expected a stream" s)))
  (define (check-streams who l)
    (when (null? l) (assertion-violation who "expected a stream"))
    (for-each (lambda (s) (check-stream who s)) l))
  (define (check-procedure who f)
    (unless (procedure? f) (assertion-violation who "expected a procedure" f)))
  (define (check-count who n)
    (unless (and (integer? n) (exact? n) (>= n 0))
      (assertion-violation who "expected an exact non-negative integer" n)))

  (define (stream-car s)
    (check-pair 'stream-car s)
    (stream-force (<cell>-car (stream-force s))))
  (define (stream-cdr s)
    (check-pair 'stream-cdr s)
    (<cell>-cdr (stream-force s)))

  ;; (stream-lambda formals body ...): a procedure that gives a stream, whose body is evaluated when that is forced.
  (define-syntax stream-lambda
    (syntax-rules ()
      ((_ formals body0 body ...)
       (lambda formals (stream-lazy (let () body0 body ...))))))
  (define-syntax define-stream
    (syntax-rules ()
      ((_ (name . formals) body0 body ...)
       (define name (stream-lambda formals body0 body ...)))))
  (define-syntax stream-let
    (syntax-rules ()
      ((_ tag ((name value) ...) body0 body ...)
       ((letrec ((tag (stream-lambda (name ...) body0 body ...))) tag) value ...))))

  ;;; Making

  ;; (stream object ...): each is evaluated when needed.
  (define-syntax stream
    (syntax-rules ()
      ((_) stream-null)
      ((_ x y ...) (stream-cons x (stream y ...)))))

  (define (list->stream l)
    (unless (list? l) (assertion-violation 'list->stream "expected a list" l))
    (let build ((l l))
      (if (null? l) stream-null (stream-cons (car l) (build (cdr l))))))

  ;; (port->stream [port]): its characters.
  (define port->stream
    (case-lambda
      (() (port->stream (current-input-port)))
      ((port)
       (unless (input-port? port) (assertion-violation 'port->stream "expected an input port" port))
       (stream-let more ()
         (let ((c (read-char port)))
           (if (eof-object? c) stream-null (stream-cons c (more))))))))

  (define-stream (stream-constant . l)
    (if (null? l)
        stream-null
        (let again ((rest l))
          (if (null? rest) (stream-lazy (again l)) (stream-cons (car rest) (again (cdr rest)))))))
  ;; (stream-from first [step])
  (define (stream-from first . step)
    (let ((step (if (null? step) 1 (car step))))
      (unless (and (number? first) (number? step)) (assertion-violation 'stream-from "expected numbers" first step))
      (stream-let from ((n first)) (stream-cons n (from (+ n step))))))
  ;; (stream-range first past [step])
  (define (stream-range first past . step)
    (unless (and (number? first) (number? past)) (assertion-violation 'stream-range "expected numbers" first past))
    (let* ((step (cond ((pair? step) (car step)) ((< first past) 1) (else -1)))
           (before? (if (< 0 step) < >)))
      (unless (number? step) (assertion-violation 'stream-range "expected a number" step))
      (stream-let range ((n first))
        (if (before? n past) (stream-cons n (range (+ n step))) stream-null))))
  (define (stream-iterate f base)
    (check-procedure 'stream-iterate f)
    (stream-let iterate ((x base)) (stream-cons x (iterate (f x)))))
  ;; (stream-unfold mapper more? successor base)
  (define (stream-unfold mapper more? successor base)
    (check-procedure 'stream-unfold mapper)
    (check-procedure 'stream-unfold more?)
    (check-procedure 'stream-unfold successor)
    (stream-let unfold ((x base))
      (if (more? x) (stream-cons (mapper x) (unfold (successor x))) stream-null)))

  ;; (stream-unfolds f seed): f gives the next seed and, for each of n streams, a list of an element, #f (no element now) or ()
  ;; (the end).
  (define (stream-unfolds f seed)
    (check-procedure 'stream-unfolds f)
    (let ((n (call-with-values (lambda () (f seed)) (lambda results (- (length results) 1)))))
      (define results
        (stream-let unfold ((seed seed))
          (call-with-values (lambda () (f seed))
            (lambda (next . heads) (stream-cons heads (unfold next))))))
      (define (nth i)
        (stream-let pick ((s results))
          (let ((head (list-ref (stream-car s) i)))
            (cond ((pair? head) (stream-cons (car head) (pick (stream-cdr s))))
                  ((null? head) stream-null)
                  (else (pick (stream-cdr s)))))))
      (apply values (let loop ((i 0)) (if (= i n) '() (cons (nth i) (loop (+ i 1))))))))

  ;;; Using

  ;; (stream->list [n] stream)
  (define stream->list
    (case-lambda
      ((s)
       (check-stream 'stream->list s)
       (let loop ((s s) (l '()))
         (if (stream-null? s) (reverse l) (loop (stream-cdr s) (cons (stream-car s) l)))))
      ((n s)
       (check-count 'stream->list n)
       (check-stream 'stream->list s)
       (let loop ((n n) (s s) (l '()))
         (if (or (= n 0) (stream-null? s)) (reverse l) (loop (- n 1) (stream-cdr s) (cons (stream-car s) l)))))))

  (define (stream-length s)
    (check-stream 'stream-length s)
    (let loop ((s s) (n 0)) (if (stream-null? s) n (loop (stream-cdr s) (+ n 1)))))
  (define (stream-ref s n)
    (check-stream 'stream-ref s)
    (check-count 'stream-ref n)
    (let loop ((s s) (i n))
      (cond ((stream-null? s) (assertion-violation 'stream-ref "the stream is not so long" n))
            ((= i 0) (stream-car s))
            (else (loop (stream-cdr s) (- i 1))))))
  (define (stream-reverse s)
    (check-stream 'stream-reverse s)
    (stream-lazy
     (let loop ((s s) (r stream-null))
       (if (stream-null? s) r (loop (stream-cdr s) (stream-cons (stream-car s) r))))))

  (define (stream-append . ss)
    (for-each (lambda (s) (check-stream 'stream-append s)) ss)
    (stream-let append ((ss ss))
      (cond ((null? ss) stream-null)
            ((null? (cdr ss)) (car ss))
            ((stream-null? (car ss)) (append (cdr ss)))
            (else (stream-cons (stream-car (car ss)) (append (cons (stream-cdr (car ss)) (cdr ss))))))))
  ;; (stream-concat stream-of-streams)
  (define (stream-concat s)
    (check-stream 'stream-concat s)
    (stream-let concat ((s s))
      (cond ((stream-null? s) stream-null)
            ((not (stream? (stream-car s))) (assertion-violation 'stream-concat "expected a stream of streams" (stream-car s)))
            ((stream-null? (stream-car s)) (concat (stream-cdr s)))
            (else
             (stream-cons (stream-car (stream-car s))
                          (concat (stream-cons (stream-cdr (stream-car s)) (stream-cdr s))))))))

  (define (stream-drop n s)
    (check-count 'stream-drop n)
    (check-stream 'stream-drop s)
    (stream-let drop ((n n) (s s))
      (if (or (= n 0) (stream-null? s)) s (drop (- n 1) (stream-cdr s)))))
  (define (stream-drop-while test s)
    (check-procedure 'stream-drop-while test)
    (check-stream 'stream-drop-while s)
    (stream-let drop ((s s))
      (if (and (stream-pair? s) (test (stream-car s))) (drop (stream-cdr s)) s)))
  (define (stream-take n s)
    (check-count 'stream-take n)
    (check-stream 'stream-take s)
    (stream-let take ((n n) (s s))
      (if (or (= n 0) (stream-null? s)) stream-null (stream-cons (stream-car s) (take (- n 1) (stream-cdr s))))))
  (define (stream-take-while test s)
    (check-procedure 'stream-take-while test)
    (check-stream 'stream-take-while s)
    (stream-let take ((s s))
      (cond ((stream-null? s) stream-null)
            ((test (stream-car s)) (stream-cons (stream-car s) (take (stream-cdr s))))
            (else stream-null))))
  (define (stream-filter test s)
    (check-procedure 'stream-filter test)
    (check-stream 'stream-filter s)
    (stream-let filter ((s s))
      (cond ((stream-null? s) stream-null)
            ((test (stream-car s)) (stream-cons (stream-car s) (filter (stream-cdr s))))
            (else (filter (stream-cdr s))))))

  (define (stream-fold f base s)
    (check-procedure 'stream-fold f)
    (check-stream 'stream-fold s)
    (let loop ((base base) (s s))
      (if (stream-null? s) base (loop (f base (stream-car s)) (stream-cdr s)))))
  ;; (stream-scan f base stream): the stream of the partial folds.
  (define (stream-scan f base s)
    (check-procedure 'stream-scan f)
    (check-stream 'stream-scan s)
    (stream-let scan ((base base) (s s))
      (if (stream-null? s)
          (stream base)
          (stream-cons base (scan (f base (stream-car s)) (stream-cdr s))))))

  (define (stream-for-each f . ss)
    (check-procedure 'stream-for-each f)
    (check-streams 'stream-for-each ss)
    (let loop ((ss ss))
      (unless (exists stream-null? ss)
        (apply f (map stream-car ss))
        (loop (map stream-cdr ss)))))
  (define (stream-map f . ss)
    (check-procedure 'stream-map f)
    (check-streams 'stream-map ss)
    (stream-let map* ((ss ss))
      (if (exists stream-null? ss)
          stream-null
          (stream-cons (apply f (map stream-car ss)) (map* (map stream-cdr ss))))))
  (define (stream-zip . ss)
    (check-streams 'stream-zip ss)
    (apply stream-map list ss))

  ;; (stream-match stream (pattern [fender] expression) ...): a pattern is (), (p . rest), a variable or _.
  (define-syntax stream-match
    (syntax-rules ()
      ((_ e clause ...)
       (let ((s e))
         (unless (stream? s) (assertion-violation 'stream-match "expected a stream" s))
         (match-clauses s clause ...)))))
  (define-syntax match-clauses
    (syntax-rules ()
      ((_ s) (assertion-violation 'stream-match "no pattern matches the stream" s))
      ((_ s (pattern fender e) clause ...)
       (let ((else (lambda () (match-clauses s clause ...))))
         (match-pattern s pattern (if fender e (else)) (else))))
      ((_ s (pattern e) clause ...)
       (let ((else (lambda () (match-clauses s clause ...))))
         (match-pattern s pattern e (else))))))
  (define-syntax match-pattern
    (lambda (x)
      (syntax-case x ()
        ((_ s () yes no) #'(if (stream-null? s) yes no))
        ((_ s (p . rest) yes no)
         #'(if (stream-pair? s)
               (let ((tail (stream-cdr s)))
                 (match-element s p (match-pattern tail rest yes no)))
               no))
        ((_ s p yes no)
         (and (identifier? #'p) (free-identifier=? #'p #'_))
         #'yes)
        ((_ s p yes no)
         (identifier? #'p)
         #'(let ((p s)) yes)))))
  (define-syntax match-element
    (lambda (x)
      (syntax-case x ()
        ((_ s p yes)
         (and (identifier? #'p) (free-identifier=? #'p #'_))
         #'yes)
        ((_ s p yes) (identifier? #'p) #'(let ((p (stream-car s))) yes)))))

  ;; (stream-of expression clause ...): clauses (x in stream), (x is expression), or a predicate expression.
  (define-syntax stream-of
    (syntax-rules ()
      ((_ e clause ...) (stream-of-rest e stream-null clause ...))))
  (define-syntax stream-of-rest
    (lambda (x)
      (define (word? id name)
        (and (identifier? id) (eq? (syntax->datum id) name)))
      (syntax-case x ()
        ((_ e base) #'(stream-cons e base))
        ((_ e base (x in s) clause ...)
         (word? #'in 'in)
         #'(stream-let loop ((rest s))
             (if (stream-null? rest)
                 base
                 (let ((x (stream-car rest)))
                   (stream-of-rest e (loop (stream-cdr rest)) clause ...)))))
        ((_ e base (x is value) clause ...)
         (word? #'is 'is)
         #'(let ((x value)) (stream-of-rest e base clause ...)))
        ((_ e base test clause ...)
         #'(if test (stream-of-rest e base clause ...) base))))))
