;; SPDX-License-Identifier: MIT
;;
;; External representations in: read, get-datum (R6RS 4, libraries 8.2.9; R7RS 2, 6.13.2, 7.1). Both lexical
;; syntaxes are accepted at once. Errors are &lexical and &i/o-read with the port, line and column.
;;
;; %read-data! (runtime/io/read_data.cpp) reads what is plain out of the buffer and keeps what is open in a vector; here are the
;; other tokens (reader-tokens), labels (reader-labels) and the errors. So nothing is recursive.
(library (loko base reader)
  (export read get-datum)
  (import (loko core syntax) (loko core primitives)
          (loko base violations)
          (loko base port-records) (loko base ports) (loko base textual-ports)
          (loko base reader-tokens) (loko base reader-labels)
          (only (loko base stdio) current-input-port))

  ;;; What is open: [depth, datum, four symbols, frames…] (read_data.cpp has the same constants)

  (define-syntax COMPLETE (identifier-syntax 0))
  (define-syntax MORE (identifier-syntax 1))
  (define-syntax REFILL (identifier-syntax 2))
  (define-syntax TOKEN (identifier-syntax 3))
  (define-syntax GROW (identifier-syntax 4))
  (define-syntax FINISHED (identifier-syntax 5))
  (define-syntax BRACKET-LIST (identifier-syntax 1))
  (define-syntax ELEMENTS (identifier-syntax 2))
  (define-syntax OCTETS (identifier-syntax 3))
  (define-syntax FIRST-FRAME (identifier-syntax 6))
  (define-syntax FRAME-WORDS (identifier-syntax 5))

  (define (make-state frames)
    (let ((s (make-vector (fx+ FIRST-FRAME (fx* FRAME-WORDS frames)) 0)))
      (vector-set! s 2 'quote)
      (vector-set! s 3 'quasiquote)
      (vector-set! s 4 'unquote)
      (vector-set! s 5 'unquote-splicing)
      s))

  (define (depth s) (vector-ref s 0))
  (define (datum s) (vector-ref s 1))

  ;; The state with more room, if it is full.
  (define (with-room s)
    (let ((n (fx+ FIRST-FRAME (fx* FRAME-WORDS (depth s)))))
      (if (fx>? (fx+ n FRAME-WORDS) (vector-length s))
          (let ((larger (make-vector (fx+ (fx* 2 n) FRAME-WORDS) 0)))
            (let loop ((i 0))
              (if (fx<? i n)
                  (begin
                    (vector-set! larger i (vector-ref s i))
                    (loop (fx+ i 1)))
                  larger)))
          s)))

  ;; Word i of the innermost frame: 0 its kind, 1 and 2 the list so far, 3 whether a dot came (1) and a datum behind it (2),
  ;; 4 line * 2^24 + column.
  (define (frame-word s i) (vector-ref s (fx+ i (fx+ FIRST-FRAME (fx* FRAME-WORDS (fx- (depth s) 1))))))

  ;; Opens a frame that begins `back` columns before; the state may be another one after it.
  (define (open p s kind back)
    (let* ((s (with-room s)) (at (fx+ FIRST-FRAME (fx* FRAME-WORDS (depth s)))))
      (vector-set! s at kind)
      (vector-set! s (fx+ at 1) '())
      (vector-set! s (fx+ at 2) #f)
      (vector-set! s (fx+ at 3) 0)
      (vector-set! s (fx+ at 4) (fx+ (fx* (p-line p) 16777216) (fxmax 1 (fx- (p-column p) back))))
      (vector-set! s 0 (fx+ (depth s) 1))
      s))

  (define (pop! s)
    (let ((at (fx+ FIRST-FRAME (fx* FRAME-WORDS (fx- (depth s) 1)))))
      (vector-set! s at #f)
      (vector-set! s (fx+ at 1) #f)
      (vector-set! s (fx+ at 2) #f)
      (vector-set! s 0 (fx- (depth s) 1))))

  ;; Kinds of frames that take one datum: a symbol makes an abbreviation; a holder gets the datum of its label.
  (define skipped (list 'skipped))
  (define boxed (list 'boxed))

  ;;; Data

  ;; A state that nobody is using, or #f. Most data are small: a vector for each would be more garbage than there are data.
  (define spare #f)
  (define most-words 400)

  (define (take-state)
    (let ((s spare))
      (set! spare #f)
      (or s (make-state 7))))

  ;; Takes the datum out of a state that is done with. Of a port that calls procedures of the user's the state is not used again: a
  ;; continuation may have it.
  (define (take-datum! p s)
    (let ((x (datum s)))
      (vector-set! s 1 #f)
      (if (and (not (p-reader p)) (fx<? (vector-length s) most-words)) (set! spare s))
      x))

  (define (read-whole p)
    (let ((labels (make-labels)))
      (let loop ((s (take-state)) (item #f) (item? #f))
        (let ((outcome (%read-data! p s item item?)))
          (cond ((eq? outcome COMPLETE) (resolve (take-datum! p s) labels))
                ((eq? outcome MORE) (loop s #f #f))
                ((eq? outcome REFILL)
                 (cond ((char? (peek p)) (continue p s labels loop))
                       ((eq? (depth s) 0) (next! p))
                       (else (fail-at-end p s))))
                ((eq? outcome TOKEN) (continue p s labels loop))
                ((eq? outcome GROW) (loop (with-room s) #f #f))
                ((eq? outcome FINISHED) (finish p s labels loop))
                (else (fail p "expected the end of a list after the datum behind the dot")))))))

  ;; Reads a token that %read-data! left, and calls loop. There is a character.
  (define (continue p s labels loop)
    (let ((c (peek p)))
      (case c
        ((#\( #\[ #\' #\`) (loop s #f #f))      ; they were behind the end of the buffer
        ((#\,)
         (next! p)
         (if (eq? (peek p) #\@)
             (begin
               (next! p)
               (loop (open p s 'unquote-splicing 2) #f #f))
             (loop (open p s 'unquote 1) #f #f)))
        ((#\) #\]) (if (closes? s c) (loop s #f #f) (fail-closing p s)))
        ((#\") (next! p) (loop s (read-string p) #t))
        ((#\;) (skip-line p) (loop s #f #f))
        ((#\#) (next! p) (read-hash p s labels loop))
        (else
         (if (whitespace? c)
             (begin
               (next! p)
               (loop s #f #f))
             (let ((x (read-atom p)))
               (if (eq? x dot) (read-dot p s loop) (loop s x #t))))))))

  ;; Does c end the innermost frame?
  (define (closes? s c)
    (and (fx>? (depth s) 0)
         (let ((kind (frame-word s 0)))
           (and (fixnum? kind)
                (eq? (fx=? kind BRACKET-LIST) (eq? c #\]))
                (not (eq? (frame-word s 3) 1))))))

  (define (read-dot p s loop)
    (cond ((and (fx>? (depth s) 0) (not (fixnum? (frame-word s 0)))) (fail-missing p s))
          ((and (fx>? (depth s) 0) (eq? (frame-word s 3) 1)) (fail-missing p s))
          ((and (fx>? (depth s) 0) (eq? (frame-word s 3) 2))
           (fail p "expected the end of a list after the datum behind the dot"))
          ((and (fx>? (depth s) 0) (fx<=? (frame-word s 0) BRACKET-LIST) (pair? (frame-word s 2)))
           (vector-set! s (fx+ 3 (fx+ FIRST-FRAME (fx* FRAME-WORDS (fx- (depth s) 1)))) 1)
           (loop s #f #f))
          (else (fail p "unexpected dot"))))

  ;; The innermost frame has what it needs.
  (define (finish p s labels loop)
    (let ((kind (frame-word s 0)) (x (datum s)))
      (pop! s)
      (cond ((eq? kind OCTETS) (loop s (octets p x) #t))
            ((eq? kind skipped) (loop s #f #f))
            ((eq? kind boxed) (loop s (%box x) #t))
            ((complete-holder! kind x) (loop s x #t))
            (else (fail p "the label stands for itself" (label-of labels kind))))))

  (define (octets p list)
    (let ((bv (make-bytevector (length list) 0)))
      (let loop ((i 0) (l list))
        (if (pair? l)
            (let ((b (car l)))
              (if (and (fixnum? b) (fx>=? b 0) (fx<=? b 255))
                  (bytevector-u8-set! bv i b)
                  (fail p "not an octet in a bytevector" b))
              (loop (fx+ i 1) (cdr l)))
            bv))))

  ;; After #
  (define (read-hash p s labels loop)
    (let ((c (peek p)))
      (case c
        ((#\() (next! p) (loop (open p s ELEMENTS 2) #f #f))
        ((#\\) (next! p) (loop s (read-character p) #t))
        ((#\') (next! p) (loop (open p s 'syntax 2) #f #f))
        ((#\`) (next! p) (loop (open p s 'quasisyntax 2) #f #f))
        ((#\,)
         (next! p)
         (if (eq? (peek p) #\@)
             (begin
               (next! p)
               (loop (open p s 'unsyntax-splicing 3) #f #f))
             (loop (open p s 'unsyntax 2) #f #f)))
        ((#\;) (next! p) (loop (open p s skipped 2) #f #f))
        ((#\|) (next! p) (skip-block p) (loop s #f #f))
        ((#\!) (next! p) (read-flag p s loop))
        ((#\&) (next! p) (loop (open p s boxed 2) #f #f))
        ((#\0 #\1 #\2 #\3 #\4 #\5 #\6 #\7 #\8 #\9) (read-label p s labels loop))
        (else
         (if (eof-object? c) (fail-eof p "a datum"))
         (call-with-values
          (lambda () (token p))
          (lambda (t quoted?) (hash-token p s (if quoted? "" t) loop)))))))

  (define (hash-token p s t loop)
    (let ((f (string-downcase t)))
      (cond ((or (string=? f "t") (string=? f "true")) (loop s #t #t))
            ((or (string=? f "f") (string=? f "false")) (loop s #f #t))
            ((and (or (string=? f "vu8") (string=? f "u8")) (eq? (peek p) #\())
             (next! p)
             (loop (open p s OCTETS 2) #f #f))
            ((and (fx>? (string-length f) 1)
                  (case (string-ref f 0)
                    ((#\e #\i #\b #\o #\d #\x) #t)
                    (else #f))
                  (string->number (%string-append "#" t)))
             => (lambda (n) (loop s n #t)))
            (else (fail-token p t "invalid syntax after #")))))

  ;; After #!
  (define (read-flag p s loop)
    (let ((c (peek p)))
      (if (or (eof-object? c) (eq? c #\/) (eq? c #\space))
          (begin
            (skip-line p)
            (loop s #f #f))
          (call-with-values
           (lambda () (token p))
           (lambda (t quoted?)
             (cond ((string=? t "fold-case") (p-extra! p 'fold) (loop s #f #f))
                   ((string=? t "no-fold-case") (p-extra! p #f) (loop s #f #f))
                   ((string=? t "eof") (loop s (eof-object) #t))
                   ((string=? t "default") (loop s (%default) #t))
                   ((or (string=? t "void") (string=? t "unspecific")) (loop s (%void) #t))
                   (else (loop s #f #f))))))))

  ;; After # with a digit ahead.
  (define (read-label p s labels loop)
    (let next-digit ((n 0))
      (let ((c (next! p)))
        (cond ((eof-object? c) (fail-eof p "a datum label"))
              ((digit c 10)
               => (lambda (d) (next-digit (+ (* n 10) d))))
              ((eq? c #\=)
               (if (label-defined? labels n) (fail p "the label is defined twice" n))
               (loop (open p s (make-holder labels n) 2) #f #f))
              ((eq? c #\#)
               (let ((x (holder-of labels n)))
                 (if (not x) (fail p "undefined label" n))
                 (loop s x #t)))
              (else (fail p "invalid datum label" c))))))

  ;;; Errors in what is open

  ;; What the innermost frame is, if it takes one datum, or is a list with a dot.
  (define (name-of s)
    (let ((kind (frame-word s 0)))
      (cond ((fixnum? kind) "a dotted list")
            ((symbol? kind) "an abbreviation")
            ((eq? kind skipped) "a datum comment")
            ((eq? kind boxed) "a box")
            (else "a labelled datum"))))

  (define (fail-missing p s)
    (fail p (%string-append "a datum is missing in " (name-of s))))

  ;; At a closing parenthesis or bracket that ends nothing.
  (define (fail-closing p s)
    (let ((c (next! p)))
      (cond ((eq? (depth s) 0)
             (fail p (if (eq? c #\)) "unexpected closing parenthesis" "unexpected closing bracket")))
            ((or (not (fixnum? (frame-word s 0))) (eq? (frame-word s 3) 1)) (fail-missing p s))
            ((eq? (frame-word s 3) 2) (fail p "expected the end of a list after the datum behind the dot"))
            (else (fail p "parenthesis and bracket don't match")))))

  (define (fail-at-end p s)
    (let ((where (frame-word s 4)))
      (cond ((or (not (fixnum? (frame-word s 0))) (eq? (frame-word s 3) 1)) (fail-eof p (name-of s)))
            ((eq? (frame-word s 3) 2) (fail p "expected the end of a list after the datum behind the dot"))
            (else (fail-open p "a list" (%fxsra where 24) (fxand where 16777215))))))

  ;;; Interface

  ;; (get-datum port): the next datum or the end-of-file object.
  (define (get-datum p) (read-from p 'get-datum))

  (define (read-from p who)
    (if (and (textual-port? p) (flag? p IN)) #t (%type-violation who "a textual input port" p))
    (if (not (flag? p IN-OPEN)) (%check-input! who p))
    (read-whole p))

  ;; (read [port])
  (define read
    (case-lambda
      (() (read-from (current-input-port) 'read))
      ((p) (read-from p 'read)))))
