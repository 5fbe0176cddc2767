;; SPDX-License-Identifier: MIT
;;
;; What primitives in C++ leave to Scheme while there are fibers: work on more than a hundred thousand elements, done here in
;; pieces with safepoints between, where the others may run (src/runtime/data/long_work.h; ADR 5). Each piece is a call of the
;; same primitives. Arguments were checked, and a vector, string or bytevector that is to be filled is there already.
;; As atomic as what called the primitive.
(library (loko base long-work)
  (export %do-long-work)
  (import (loko core syntax) (loko core primitives)
          (loko base violations)
          (only (loko base hashtables) make-eq-hashtable hashtable-ref hashtable-set!))

  ;; Calls (work from to) for consecutive pieces of start ... end.
  (define-syntax for-pieces
    (syntax-rules ()
      ((_ (from to) piece start end work)
       (let loop ((from start))
         (if (fx<? from end)
             (let ((to (fxmin end (fx+ from piece))))
               work
               (loop to)))))))

  ;; The same from the end on.
  (define-syntax for-pieces/backward
    (syntax-rules ()
      ((_ (from to) piece start end work)
       (let loop ((to end))
         (if (fx<? start to)
             (let ((from (fxmax start (fx- to piece))))
               work
               (loop from)))))))

  ;; Procedures that copy elements start ... end of an object into another one, in the order that is right if they overlap, and all of
  ;; a list of objects one behind the other.
  (define-syntax define-copies
    (syntax-rules ()
      ((_ copy-into append-into (length-of x) (move! from from-start to to-start count))
       (begin
         (define (copy-into piece to at from start end)
           (let ((shift (fx- at start)))
             (if (and (eq? to from) (fx>? shift 0))
                 (for-pieces/backward (i j) piece start end
                   (let ((to-start (fx+ i shift)) (from-start i) (count (fx- j i))) (move! from from-start to to-start count)))
                 (for-pieces (i j) piece start end
                   (let ((to-start (fx+ i shift)) (from-start i) (count (fx- j i))) (move! from from-start to to-start count))))))
         (define (append-into piece to objects)
           (let next ((l objects) (at 0))
             (if (pair? l)
                 (let* ((x (car l)) (n (length-of x)))
                   (copy-into piece to at x 0 n)
                   (next (cdr l) (fx+ at n)))
                 to)))))))

  (define-copies copy-vector! append-vectors! (vector-length x) (%vector-copy! from from-start to to-start count))

  (define-syntax move-characters!
    (syntax-rules () ((_ from from-start to to-start count) (string-copy! to to-start from from-start (fx+ from-start count)))))
  (define-copies copy-string! append-strings! (string-length x) (move-characters! from from-start to to-start count))

  (define-copies copy-bytes! append-bytes! (bytevector-length x) (%bytevector-copy! from from-start to to-start count))

  (define-syntax define-fill
    (syntax-rules ()
      ((_ name fill!)
       (define (name piece object x start end)
         (for-pieces (i j) piece start end (fill! object x i j))))))

  (define-fill fill-vector! vector-fill!)
  (define-fill fill-string! string-fill!)
  (define-fill fill-bytes! bytevector-fill!)

  ;;; Lists

  ;; The length of a list; (bad x) if it is improper (#f) or circular (#t). Brent's method.
  (define (list-length l bad)
    (let loop ((rest l) (n 0) (tortoise l) (limit 2))
      (cond ((pair? rest)
             (let ((rest (cdr rest)) (n (fx+ n 1)))
               (cond ((fx=? n limit) (loop rest n rest (fx* 2 limit)))
                     ((and (eq? rest tortoise) (pair? rest)) (bad #t))
                     (else (loop rest n tortoise limit)))))
            ((null? rest) n)
            (else (bad #f)))))

  (define (checked-length who l)
    (list-length l
                 (lambda (circular?)
                   (if circular?
                       (assertion-violation who "expected a list, not a circular one" l)
                       (%type-violation who "a list" l)))))

  ;; The elements of l before tail; also of a list that others change meanwhile.
  (define (append-to l tail end)
    (let ((first (cons (car l) tail)))
      (let loop ((last first) (l (cdr l)))
        (if (pair? l)
            (let ((next (cons (car l) tail)))
              (set-cdr! last next)
              (loop next (cdr l)))
            (begin
              (if end (set-cdr! last l))
              first)))))

  (define (reverse-onto l tail)
    (if (pair? l)
        (reverse-onto (cdr l) (cons (car l) tail))
        tail))

  ;; A new object of n elements with those of the list.
  (define-syntax fill-from-list
    (syntax-rules ()
      ((_ l object n set!)
       (let ((to object) (end n))
         (let loop ((i 0) (rest l))
           (if (and (fx<? i end) (pair? rest))
               (begin
                 (set! to i (car rest))
                 (loop (fx+ i 1) (cdr rest)))
               to))))))

  (define-syntax list-of-range
    (syntax-rules ()
      ((_ ref object start end)
       (let loop ((i end) (l '()))
         (if (fx<? start i)
             (loop (fx- i 1) (cons (ref object (fx- i 1)) l))
             l)))))

  ;; Are all characters, or an error; then: are they narrow?
  (define (narrow? l)
    (let loop ((rest l) (narrow? #t))
      (if (pair? rest)
          (begin
            (if (char? (car rest)) #t (%type-violation 'list->string "a character" (car rest)))
            (loop (cdr rest) (and narrow? (fx<? (char->integer (car rest)) 256))))
          narrow?)))

  ;;; UTF-8

  (define (decode-utf8 piece b start end)
    (let loop ((i start) (parts '()))
      (if (fx<? i end)
          (let ((j (sequence-start b (fx+ i piece) end)))
            (loop j (cons (utf8->string b i j) parts)))
          (%string-append-list (reverse parts)))))

  ;; Where decoding may begin anew: before a byte that continues nothing, or behind three that do.
  (define (sequence-start b j end)
    (define (continues? i) (fx=? (fxand (bytevector-u8-ref b i) #xc0) #x80))
    (cond ((fx>=? j end) end)
          ((not (continues? j)) j)
          ((not (continues? (fx- j 1))) (fx- j 1))
          ((not (continues? (fx- j 2))) (fx- j 2))
          ((not (continues? (fx- j 3))) (fx- j 3))
          (else j)))

  (define (encode-utf8 piece s start end)
    (let loop ((i start) (n 0) (parts '()))
      (if (fx<? i end)
          (let* ((j (fxmin end (fx+ i piece))) (part (string->utf8 s i j)))
            (loop j (fx+ n (bytevector-length part)) (cons part parts)))
          (append-bytes! (fx* 8 piece) (make-bytevector n) (reverse parts)))))

  ;;; equal?

  (define plain 4000)      ; steps of a turn of plain comparison
  (define careful -40)     ; a turn of union-find ends there

  ;; After Adams, Dybvig (src/runtime/data/equality.cpp), with classes in a table that survives collections.
  (define (equal-in-pieces a b)
    (let ((classes #f) (left plain))
      (define (class-of x)
        (let ((c (hashtable-ref classes x #f)))
          (cond (c (root c))
                (else
                 (let ((c (cons #f 0)))            ; (parent or #f . rank)
                   (hashtable-set! classes x c)
                   c)))))
      (define (root c)
        (let ((parent (car c)))
          (cond ((not parent) c)
                ((car parent) => (lambda (above) (set-car! c above) (root above)))
                (else parent))))
      (define (unify! a b)
        (if classes #t (set! classes (make-eq-hashtable)))
        (let ((a (class-of a)) (b (class-of b)))
          (cond ((eq? a b) #t)
                ((fx<? (cdr a) (cdr b)) (set-car! a b) #f)
                (else
                 (set-car! b a)
                 (if (fx=? (cdr a) (cdr b)) (set-cdr! a (fx+ 1 (cdr a))))
                 #f))))
      ;; Counts a step. In careful turns: are the two assumed to be equal already, or else from now on?
      (define (known? a b)
        (set! left (fx- left 1))
        (cond ((fx>? left 0) #f)
              ((fx<=? left careful) (set! left plain) #f)
              ((unify! a b) (set! left 1) #t)
              (else #f)))
      ;; stack: pairs of data, and #(vector vector index) of what is left of two vectors.
      (define (next stack)
        (if (null? stack)
            #t
            (let ((top (car stack)))
              (if (pair? top)
                  (compare (car top) (cdr top) (cdr stack))
                  (let* ((v (vector-ref top 0)) (w (vector-ref top 1)) (i (vector-ref top 2)) (j (fx+ i 1)))
                    (compare (vector-ref v i) (vector-ref w i)
                             (if (fx<? j (vector-length v))
                                 (begin
                                   (vector-set! top 2 j)
                                   stack)
                                 (cdr stack))))))))
      (define (compare a b stack)
        (cond ((eq? a b) (next stack))
              ((pair? a)
               (cond ((not (pair? b)) #f)
                     ((known? a b) (next stack))
                     (else (compare (car a) (car b) (cons (cons (cdr a) (cdr b)) stack)))))
              ((vector? a)
               (let ((n (vector-length a)))
                 (cond ((not (and (vector? b) (fx=? n (vector-length b)))) #f)
                       ((or (eq? n 0) (known? a b)) (next stack))
                       (else (next (cons (vector a b 0) stack))))))
              ((equal? a b) (next stack))
              (else #f)))
      (compare a b '())))

  ;;; The table: in the order of LongWork

  (define works
    (vector
     (lambda (piece v x) (fill-vector! piece v x 0 (vector-length v)) v)
     (lambda (piece v x start end) (fill-vector! piece v x start end) (%void))
     (lambda (piece to at from start end) (copy-vector! piece to at from start end) (%void))
     (lambda (piece to from start end) (copy-vector! piece to 0 from start end) to)
     (lambda (piece v start end) (list-of-range vector-ref v start end))
     (lambda (piece l) (let ((n (checked-length 'list->vector l))) (fill-from-list l (make-vector n) n vector-set!)))
     (lambda (piece to vectors) (append-vectors! piece to vectors))
     (lambda (piece l) (checked-length 'length l))
     (lambda (piece a b) (checked-length 'append a) (append-to a b #f))
     (lambda (piece a b) (checked-length 'append-reverse a) (reverse-onto a b))
     (lambda (piece l) (checked-length 'reverse l) (reverse-onto l '()))
     (lambda (piece l)
       (list-length l (lambda (circular?) (if circular? (checked-length 'list-copy l))))
       (append-to l '() #t))
     (lambda (piece x) (and (list-length x (lambda (circular?) #f)) #t))
     (lambda (piece s c) (fill-string! piece s c 0 (string-length s)) s)
     (lambda (piece s c start end) (fill-string! piece s c start end) (%void))
     (lambda (piece to at from start end) (copy-string! piece to at from start end) (%void))
     (lambda (piece to from start end) (copy-string! piece to 0 from start end) to)
     (lambda (piece s start end) (list-of-range string-ref s start end))
     (lambda (piece l)
       (let ((n (checked-length 'list->string l)))
         (fill-from-list l (make-string n (if (narrow? l) #\a #\x100)) n string-set!)))
     (lambda (piece to strings) (append-strings! piece to strings))
     (lambda (piece b x start end) (fill-bytes! (fx* 8 piece) b x start end) (%void))
     (lambda (piece to at from start end) (copy-bytes! (fx* 8 piece) to at from start end) (%void))
     (lambda (piece to from start end) (copy-bytes! (fx* 8 piece) to 0 from start end) to)
     (lambda (piece to bytevectors) (append-bytes! (fx* 8 piece) to bytevectors))
     (lambda (piece b x) (fill-bytes! (fx* 8 piece) b x 0 (bytevector-length b)) b)
     (lambda (piece a b) (equal-in-pieces a b))
     (lambda (piece b start end) (decode-utf8 (fx* 8 piece) b start end))
     (lambda (piece s start end) (encode-utf8 piece s start end))))

  ;; (%do-long-work number arguments): the hook of C++ (kHookLongWork). The first argument is the length of a piece.
  (define (%do-long-work number arguments) (%apply (vector-ref works number) arguments)))
