;; SPDX-License-Identifier: MIT
;;
;; SRFI 67: compare procedures. A compare procedure gives -1, 0 or 1.
(library (srfi :67 compare-procedures)
  (export boolean-compare char-compare char-compare-ci string-compare string-compare-ci symbol-compare
          integer-compare rational-compare real-compare complex-compare number-compare
          vector-compare vector-compare-as-list list-compare list-compare-as-vector
          pair-compare-car pair-compare-cdr pair-compare default-compare
          if3 if=? if<? if>? if<=? if>=? if-not=?
          =? <? >? <=? >=? not=?
          </<? </<=? <=/<? <=/<=? >/>? >/>=? >=/>? >=/>=?
          chain=? chain<? chain>? chain<=? chain>=? pairwise-not=?
          min-compare max-compare kth-largest
          compare-by< compare-by> compare-by<= compare-by>= compare-by=/< compare-by=/>
          refine-compare select-compare cond-compare debug-compare)
  (import (rnrs))

  ;;; Control

  ;; (if3 c less equal greater)
  (define-syntax if3
    (syntax-rules ()
      ((_ c less equal greater)
       (case c
         ((-1) less)
         ((0) equal)
         ((1) greater)
         (else (assertion-violation 'if3 "expected -1, 0 or 1"))))))

  ;; (if<? c consequent [alternative])
  (define-syntax define-if
    (syntax-rules ()
      ((_ name (in ...) (out ...))
       (define-syntax name
         (syntax-rules ()
           ((_ c yes) (name c yes (if #f #f)))
           ((_ c yes no)
            (case c
              ((in ...) yes)
              ((out ...) no)
              (else (assertion-violation 'name "expected -1, 0 or 1")))))))))
  (define-if if=? (0) (-1 1))
  (define-if if<? (-1) (0 1))
  (define-if if>? (1) (-1 0))
  (define-if if<=? (-1 0) (1))
  (define-if if>=? (0 1) (-1))
  (define-if if-not=? (-1 1) (0))

  ;; (refine-compare c ...): the first that is not 0; the rest is not evaluated.
  (define-syntax refine-compare
    (syntax-rules ()
      ((_) 0)
      ((_ c) c)
      ((_ c more ...) (if3 c -1 (refine-compare more ...) 1))))

  ;; (select-compare a b (type? c ...) ... [(else c ...)]): objects of an earlier type are less.
  (define-syntax select-compare
    (syntax-rules (else)
      ((_ a b clause ...) (let ((x a) (y b)) (select-clauses x y clause ...)))))
  (define-syntax select-clauses
    (syntax-rules (else)
      ((_ x y) 0)
      ((_ x y (else c ...)) (refine-compare c ...))
      ((_ x y (type? c ...) clause ...)
       (let ((is? type?))
         (if (is? x)
             (if (is? y) (refine-compare c ...) -1)
             (if (is? y) 1 (select-clauses x y clause ...)))))))
  ;; (cond-compare ((test-a test-b) c ...) ... [(else c ...)])
  (define-syntax cond-compare
    (syntax-rules (else)
      ((_) 0)
      ((_ (else c ...)) (refine-compare c ...))
      ((_ ((a b) c ...) clause ...)
       (let ((x a) (y b))
         (if x
             (if y (refine-compare c ...) -1)
             (if y 1 (cond-compare clause ...)))))))

  ;;; From predicates

  ;; (compare-by< less? [a b])
  (define-syntax define-by
    (syntax-rules ()
      ((_ (name predicate ...) (a b) result)
       (define name
         (case-lambda
           ((predicate ...) (lambda (a b) result))
           ((predicate ... a b) result))))))
  (define-by (compare-by< less?) (a b) (if (less? a b) -1 (if (less? b a) 1 0)))
  (define-by (compare-by> greater?) (a b) (if (greater? a b) 1 (if (greater? b a) -1 0)))
  (define-by (compare-by<= le?) (a b) (if (le? a b) (if (le? b a) 0 -1) 1))
  (define-by (compare-by>= ge?) (a b) (if (ge? a b) (if (ge? b a) 0 1) -1))
  (define-by (compare-by=/< same? less?) (a b) (if (same? a b) 0 (if (less? a b) -1 1)))
  (define-by (compare-by=/> same? greater?) (a b) (if (same? a b) 0 (if (greater? a b) 1 -1)))

  ;;; Atoms

  (define-syntax define-typed
    (syntax-rules ()
      ((_ (name a b) type? what result)
       (define (name a b)
         (unless (type? a) (assertion-violation 'name what a))
         (unless (type? b) (assertion-violation 'name what b))
         result))))

  (define-typed (boolean-compare a b) boolean? "expected a boolean" (if a (if b 0 1) (if b -1 0)))
  (define-typed (char-compare a b) char? "expected a character" (compare-by< char<? a b))
  (define-typed (char-compare-ci a b) char? "expected a character" (compare-by< char-ci<? a b))
  (define-typed (string-compare a b) string? "expected a string" (compare-by< string<? a b))
  (define-typed (string-compare-ci a b) string? "expected a string" (compare-by< string-ci<? a b))
  (define-typed (symbol-compare a b) symbol? "expected a symbol"
    (compare-by< string<? (symbol->string a) (symbol->string b)))
  (define-typed (integer-compare a b) integer? "expected an integer" (compare-by< < a b))
  (define-typed (rational-compare a b) rational? "expected a rational number" (compare-by< < a b))
  (define-typed (real-compare a b) real? "expected a real number" (compare-by< < a b))
  (define-typed (complex-compare a b) complex? "expected a number"
    (if (and (real? a) (real? b))
        (compare-by< < a b)
        (refine-compare (compare-by< < (real-part a) (real-part b))
                        (compare-by< < (imag-part a) (imag-part b)))))
  (define (number-compare a b) (complex-compare a b))

  ;;; Containers

  (define (pair-compare-car compare) (lambda (a b) (compare (car a) (car b))))
  (define (pair-compare-cdr compare) (lambda (a b) (compare (cdr a) (cdr b))))

  ;; (pair-compare compare-car compare-cdr a b), (pair-compare [compare] a b): the second form for lists, dotted ones too.
  (define pair-compare
    (case-lambda
      ((compare-car compare-cdr a b)
       (refine-compare (compare-car (car a) (car b)) (compare-cdr (cdr a) (cdr b))))
      ((compare a b)
       (let loop ((a a) (b b))
         (cond-compare
          (((null? a) (null? b)) 0)
          (((pair? a) (pair? b)) (compare (car a) (car b)) (loop (cdr a) (cdr b)))
          (else (compare a b)))))
      ((a b) (pair-compare default-compare a b))))

  ;; (list-compare [compare] a b [empty? first rest])
  (define list-compare
    (case-lambda
      ((a b) (list-compare default-compare a b))
      ((compare a b)
       (check-lists 'list-compare a b)
       (list-compare compare a b null? car cdr))
      ((a b empty? first rest) (list-compare default-compare a b empty? first rest))
      ((compare a b empty? first rest)
       (let loop ((a a) (b b))
         (cond ((empty? a) (if (empty? b) 0 -1))
               ((empty? b) 1)
               (else (refine-compare (compare (first a) (first b)) (loop (rest a) (rest b)))))))))
  (define (check-lists who a b)
    (unless (list? a) (assertion-violation who "expected a list" a))
    (unless (list? b) (assertion-violation who "expected a list" b)))

  ;; (list-compare-as-vector [compare] a b [empty? first rest]): shorter ones are less.
  (define list-compare-as-vector
    (case-lambda
      ((a b) (list-compare-as-vector default-compare a b))
      ((compare a b)
       (check-lists 'list-compare-as-vector a b)
       (list-compare-as-vector compare a b null? car cdr))
      ((a b empty? first rest) (list-compare-as-vector default-compare a b empty? first rest))
      ((compare a b empty? first rest)
       (refine-compare
        (let loop ((a a) (b b))
          (cond ((empty? a) (if (empty? b) 0 -1))
                ((empty? b) 1)
                (else (loop (rest a) (rest b)))))
        (list-compare compare a b empty? first rest)))))

  ;; (vector-compare [compare] a b [size ref]): shorter ones are less.
  (define vector-compare
    (case-lambda
      ((a b) (vector-compare default-compare a b vector-length vector-ref))
      ((compare a b) (vector-compare compare a b vector-length vector-ref))
      ((a b size ref) (vector-compare default-compare a b size ref))
      ((compare a b size ref)
       (let ((n (size a)))
         (refine-compare
          (integer-compare n (size b))
          (let loop ((i 0))
            (if (= i n) 0 (refine-compare (compare (ref a i) (ref b i)) (loop (+ i 1))))))))))
  ;; (vector-compare-as-list [compare] a b [size ref]): lexicographically.
  (define vector-compare-as-list
    (case-lambda
      ((a b) (vector-compare-as-list default-compare a b vector-length vector-ref))
      ((compare a b) (vector-compare-as-list compare a b vector-length vector-ref))
      ((a b size ref) (vector-compare-as-list default-compare a b size ref))
      ((compare a b size ref)
       (let* ((n (size a)) (m (size b)) (both (min n m)))
         (let loop ((i 0))
           (if (= i both)
               (integer-compare n m)
               (refine-compare (compare (ref a i) (ref b i)) (loop (+ i 1)))))))))

  (define (default-compare a b)
    (select-compare a b
      (null? 0)
      (pair? (default-compare (car a) (car b)) (default-compare (cdr a) (cdr b)))
      (boolean? (boolean-compare a b))
      (char? (char-compare a b))
      (string? (string-compare a b))
      (symbol? (symbol-compare a b))
      (number? (number-compare a b))
      (vector? (vector-compare default-compare a b))
      (else (assertion-violation 'default-compare "can't compare objects of unknown type" a b))))

  ;;; Predicates

  ;; (<? [compare] [a b]): without a and b a predicate.
  (define-syntax define-predicate
    (syntax-rules ()
      ((_ name if-it)
       (define name
         (case-lambda
           (() (lambda (a b) (if-it (default-compare a b) #t #f)))
           ((compare) (lambda (a b) (if-it (compare a b) #t #f)))
           ((a b) (if-it (default-compare a b) #t #f))
           ((compare a b)
            (if (procedure? compare)
                (if-it (compare a b) #t #f)
                (assertion-violation 'name "expected a compare procedure" compare))))))))
  (define-predicate =? if=?)
  (define-predicate <? if<?)
  (define-predicate >? if>?)
  (define-predicate <=? if<=?)
  (define-predicate >=? if>=?)
  (define-predicate not=? if-not=?)

  ;; (</<? [compare] [a b c])
  (define-syntax define-between
    (syntax-rules ()
      ((_ name if-first if-second)
       (define name
         (case-lambda
           (() (name default-compare))
           ((compare) (lambda (a b c) (name compare a b c)))
           ((a b c) (name default-compare a b c))
           ((compare a b c)
            (let ((second (if-second (compare b c) #t #f)))   ; the types are checked in any case
              (if-first (compare a b) second #f))))))))
  (define-between </<? if<? if<?)
  (define-between </<=? if<? if<=?)
  (define-between <=/<? if<=? if<?)
  (define-between <=/<=? if<=? if<=?)
  (define-between >/>? if>? if>?)
  (define-between >/>=? if>? if>=?)
  (define-between >=/>? if>=? if>?)
  (define-between >=/>=? if>=? if>=?)

  ;; (chain<? compare x ...)
  (define-syntax define-chain
    (syntax-rules ()
      ((_ name if-it)
       (define (name compare . xs)
         (when (and (pair? xs) (null? (cdr xs))) (compare (car xs) (car xs)))   ; checks the type
         (or (null? xs)
             (let loop ((x (car xs)) (xs (cdr xs)))
               (or (null? xs)
                   (let ((rest (loop (car xs) (cdr xs))))   ; the types of all are checked
                     (if-it (compare x (car xs)) rest #f)))))))))
  (define-chain chain=? if=?)
  (define-chain chain<? if<?)
  (define-chain chain>? if>?)
  (define-chain chain<=? if<=?)
  (define-chain chain>=? if>=?)

  ;; (pairwise-not=? compare x ...): sorts, then looks at neighbours.
  (define (pairwise-not=? compare . xs)
    (when (and (pair? xs) (null? (cdr xs))) (compare (car xs) (car xs)))
    (let ((sorted (list-sort (lambda (a b) (if<? (compare a b) #t #f)) xs)))
      (or (null? sorted)
          (let loop ((x (car sorted)) (xs (cdr sorted)))
            (or (null? xs)
                (if=? (compare x (car xs)) #f (loop (car xs) (cdr xs))))))))

  ;;; Selection

  (define (min-compare compare x . xs)
    (fold-left (lambda (m x) (if<=? (compare m x) m x)) x xs))
  (define (max-compare compare x . xs)
    (fold-left (lambda (m x) (if>=? (compare m x) m x)) x xs))
  ;; (kth-largest compare k x ...): 0 for the smallest, -1 for the largest.
  (define (kth-largest compare k . xs)
    (unless (and (integer? k) (exact? k)) (assertion-violation 'kth-largest "expected an exact integer" k))
    (when (null? xs) (assertion-violation 'kth-largest "expected at least one object"))
    (list-ref (list-sort (lambda (a b) (if<? (compare a b) #t #f)) xs) (mod k (length xs))))

  ;;; Debugging

  ;; (debug-compare compare): the same, but raises if it finds that compare is not an order: with each call it also compares
  ;; with an object of an earlier one.
  (define (debug-compare compare)
    (define earlier #f)
    (define any? #f)
    (define (checked a b)
      (let ((c (compare a b)))
        (unless (memv c '(-1 0 1)) (assertion-violation 'debug-compare "the result is not -1, 0 or 1" c a b))
        c))
    (define (reflexive! a)
      (unless (eqv? 0 (checked a a)) (assertion-violation 'debug-compare "not reflexive" a)))
    (define (antisymmetric a b)
      (let ((c (checked a b)))
        (unless (= c (- (checked b a))) (assertion-violation 'debug-compare "not antisymmetric" a b))
        c))
    (define (transitive! a b c)
      (when (and (<= (checked a b) 0) (<= (checked b c) 0) (> (checked a c) 0))
        (assertion-violation 'debug-compare "not transitive" a b c)))
    (lambda (a b)
      (reflexive! a)
      (reflexive! b)
      (let ((result (antisymmetric a b)))
        (when any?
          (antisymmetric a earlier)
          (antisymmetric b earlier)
          (transitive! a b earlier)
          (transitive! a earlier b)
          (transitive! earlier a b)
          (transitive! earlier b a)
          (transitive! b a earlier)
          (transitive! b earlier a))
        (set! earlier a)
        (set! any? #t)
        result))))
