;; SPDX-License-Identifier: MIT
;;
;; Patterns of (loko match), at expansion time: syntax in, constraints out. A constraint #(occurrence kind part ...)
;; says what the value of a variable of the expansion must be; an occurrence #(id setter) is such a variable and
;; the code of a procedure that replaces the value where it came from, or #f. Kinds:
;; wild; var id; pair p q; null; vector (p ...); literal datum; record name (p ...); fields name ((field p) ...);
;; box p; pred expr (p ...); apply expr p; seq p least (p ...) q; and (p ...); or (p ...); not p; get id; set id;
;; list-of-vector p.
(library (loko base match-patterns)
  (export parse-pattern pattern-variables make-occurrence occurrence-id occurrence-setter
          constraint-occurrence constraint-kind constraint-part same-occurrence?)
  (import (rnrs))

  (define (make-occurrence id setter) (vector id setter))
  (define (occurrence-id o) (vector-ref o 0))
  (define (occurrence-setter o) (vector-ref o 1))
  (define (same-occurrence? a b) (eq? a b))

  (define (constraint-occurrence c) (vector-ref c 0))
  (define (constraint-kind c) (vector-ref c 1))
  (define (constraint-part c i) (vector-ref c (+ i 2)))

  (define (violation message form) (syntax-violation 'match message form))

  ;; The number of elements that an ellipsis wants at least, or #f if the identifier is none:
  ;; ... and ___ mean 0, ..k and __k mean k.
  (define (ellipsis-minimum id)
    (and (identifier? id)
         (let* ((s (symbol->string (syntax->datum id))) (n (string-length s)))
           (cond ((or (string=? s "...") (string=? s "___")) 0)
                 ((and (> n 2) (or (string=? (substring s 0 2) "..") (string=? (substring s 0 2) "__")))
                  (let ((k (string->number (substring s 2 n))))
                    (and k (exact? k) (integer? k) (>= k 0) k)))
                 (else #f)))))

  (define (name-of x) (and (identifier? x) (syntax->datum x)))

  (define (list-of s)
    (syntax-case s ()
      (() '())
      ((a . b) (cons #'a (list-of #'b)))
      (_ (violation "not a list of patterns" s))))

  ;; (parse-pattern occurrence pattern): a constraint.
  (define (parse-pattern o pattern)
    (define (make kind . parts) (list->vector (cons* o kind parts)))
    (syntax-case pattern ()
      (id (identifier? #'id)
          (cond ((eq? (name-of #'id) '_) (make 'wild))
                ((ellipsis-minimum #'id) (violation "misplaced ellipsis" pattern))
                (else (make 'var #'id))))
      (() (make 'null))
      ((head . rest) (identifier? #'head)
       (or (parse-special make pattern #'head #'rest) (parse-structure make pattern)))
      (_ (parse-structure make pattern))))

  ;; Patterns that begin with a keyword; #f if the head is none or the form is another.
  (define (parse-special make pattern head rest)
    (case (name-of head)
      ((quote) (syntax-case rest () ((d) (parse-datum make #'d)) (_ #f)))
      ((quasiquote) (syntax-case rest () ((q) (parse-quasi make #'q 0)) (_ #f)))
      ((?) (syntax-case rest () ((p q ...) (make 'pred #'p #'(q ...))) (_ (violation "(? predicate pattern ...)" pattern))))
      ((=) (syntax-case rest () ((f p) (make 'apply #'f #'p)) (_ (violation "(= procedure pattern)" pattern))))
      ((and) (make 'and (list-of rest)))
      ((or) (make 'or (list-of rest)))
      ((not) (syntax-case rest () ((p) (make 'not #'p)) (_ (violation "(not pattern)" pattern))))
      (($ struct)
       (syntax-case rest ()
         ((name p ...) (identifier? #'name) (make 'record #'name #'(p ...)))
         (_ (violation "($ record-name pattern ...)" pattern))))
      ((@ object)
       (syntax-case rest ()
         ((name (field p) ...) (identifier? #'name) (make 'fields #'name #'((field p) ...)))
         (_ (violation "(@ record-name (field pattern) ...)" pattern))))
      ((box) (syntax-case rest () ((p) (make 'box #'p)) (_ (violation "(box pattern)" pattern))))
      ((get!) (syntax-case rest () ((id) (identifier? #'id) (make 'get #'id)) (_ (violation "(get! identifier)" pattern))))
      ((set!) (syntax-case rest () ((id) (identifier? #'id) (make 'set #'id)) (_ (violation "(set! identifier)" pattern))))
      (else #f)))

  (define (parse-structure make pattern)
    (syntax-case pattern ()
      ((p dots . rest) (ellipsis-minimum #'dots) (parse-sequence make #'p (ellipsis-minimum #'dots) #'rest))
      ((p . q) (make 'pair #'p #'q))
      (#(p ...)
       (if (exists ellipsis-minimum #'(p ...))
           (make 'list-of-vector #'(p ...))
           (make 'vector #'(p ...))))
      (datum (parse-datum make #'datum))))

  ;; p repeated, then the patterns of a list that may end in another pattern.
  (define (parse-sequence make p least rest)
    (let loop ((rest rest) (tail '()))
      (syntax-case rest ()
        (id (identifier? #'id) (make 'seq p least (reverse tail) #'id))
        ((q . more)
         (begin
           (if (ellipsis-minimum #'q) (violation "more than one ellipsis in a list" rest))
           (loop #'more (cons #'q tail))))
        (end (make 'seq p least (reverse tail) #'end)))))

  (define (parse-datum make d)
    (syntax-case d ()
      (() (make 'null))
      ((a . b) (make 'pair #''a #''b))
      (#(a ...) (make 'vector #'('a ...)))
      (_ (make 'literal (syntax->datum d)))))

  ;; The inside of a quasiquote: symbols stand for themselves.
  (define (parse-quasi make q depth)
    (define (nested p depth) (if (= depth 0) #`(quasiquote #,p) (violation "nested quasiquote in a pattern" q)))
    (syntax-case q ()
      ((head . rest) (eq? (name-of #'head) 'quasiquote) (violation "nested quasiquote in a pattern" q))
      ((head p) (eq? (name-of #'head) 'unquote) (make 'and (list #'p)))
      (((head p) . rest) (eq? (name-of #'head) 'unquote-splicing)
       (syntax-case #'rest ()
         (() (make 'and (list #'p)))
         (_ (violation "unquote-splicing must come last in a pattern" q))))
      ((p dots . rest) (ellipsis-minimum #'dots)
       (parse-sequence make (nested #'p depth) (ellipsis-minimum #'dots) (quasi-rest #'rest)))
      ((p . rest) (make 'pair (nested #'p depth) (nested #'rest depth)))
      (#(p ...)
       (if (exists ellipsis-minimum #'(p ...))
           (make 'list-of-vector #'(quasiquote (p ...)))
           (make 'vector #'((quasiquote p) ...))))
      (_ (parse-datum make q))))

  ;; What follows an ellipsis inside a quasiquote, as patterns.
  (define (quasi-rest rest)
    (syntax-case rest ()
      (() #'())
      ((head p) (eq? (name-of #'head) 'unquote) #'p)
      ((p . more) (with-syntax ((more (quasi-rest #'more))) #'((quasiquote p) . more)))
      (end #'(quasiquote end))))

  (define dummy (make-occurrence #f #f))

  ;; The variables of a pattern, in order, each once.
  (define (pattern-variables pattern)
    (define (add ids more)
      (fold-left (lambda (ids id) (if (exists (lambda (x) (bound-identifier=? x id)) ids) ids (append ids (list id))))
                 ids more))
    (define (all patterns)
      (fold-left (lambda (ids p) (add ids (pattern-variables p))) '() patterns))
    (let ((c (parse-pattern dummy pattern)))
      (define (part i) (constraint-part c i))
      (case (constraint-kind c)
        ((var get set) (list (part 0)))
        ((pair) (all (list (part 0) (part 1))))
        ((vector and or) (all (part 0)))
        ((list-of-vector box) (pattern-variables (part 0)))
        ((record pred) (all (part 1)))
        ((fields) (all (map (lambda (f) (syntax-case f () ((name p) #'p))) (part 1))))
        ((apply) (pattern-variables (part 1)))
        ((seq) (all (append (list (part 0)) (part 2) (list (part 3)))))
        (else '())))))
