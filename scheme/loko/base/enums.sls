;; SPDX-License-Identifier: MIT
;;
;; Enumeration sets (R6RS libraries 14). A type has a universe, a vector of symbols, and a table from
;; symbols to indexes; a set is its type and an exact integer with a bit for each member.
(library (loko base enums)
  (export make-enumeration enum-set-universe enum-set-indexer enum-set-constructor enum-set->list
          enum-set-member? enum-set-subset? enum-set=? enum-set-union enum-set-intersection
          enum-set-difference enum-set-complement enum-set-projection define-enumeration
          enum-set? %enum-list %enumeration-rtds)
  (import (for (loko core syntax) run expand)
          (for (loko core primitives) run expand)
          (loko base violations)
          (for (only (loko base lists) memq list?) run expand)
          (only (loko base records) make-record-type-descriptor)
          (loko base record-writers)
          (loko base hashtables))

  (define type-rtd
    (make-record-type-descriptor
     'enum-type #f #f #t #t '#((immutable symbols) (immutable indexes))))

  (define set-rtd
    (make-record-type-descriptor 'enum-set #f #f #t #t '#((immutable type) (immutable members))))

  (define %enumeration-rtds (list type-rtd set-rtd))

  (define (type-symbols type) (%record-ref type 0))
  (define (type-indexes type) (%record-ref type 1))
  (define (make-set type members) (%record set-rtd type members))
  (define (set-type s) (%record-ref s 0))
  (define (set-members s) (%record-ref s 1))

  ;; (enum-set? object)
  (define (enum-set? x) (%record-is-a? x set-rtd))

  (define (check who s)
    (if (enum-set? s) #t (%type-violation who "an enumeration set" s)))

  (define (index-of type symbol) (hashtable-ref (type-indexes type) symbol #f))

  (define (bit i) (bitwise-arithmetic-shift-left 1 i))

  ;; (make-enumeration symbols): the set of all, in a fresh type; repeated symbols count once.
  (define (make-enumeration symbols)
    (if (list? symbols) #t (%type-violation 'make-enumeration "a list of symbols" symbols))
    (let ((indexes (make-eq-hashtable)))
      (let loop ((l symbols) (unique '()) (n 0))
        (if (pair? l)
            (let ((s (car l)))
              (if (symbol? s) #t (%type-violation 'make-enumeration "a list of symbols" symbols))
              (if (hashtable-contains? indexes s)
                  (loop (cdr l) unique n)
                  (begin
                    (hashtable-set! indexes s n)
                    (loop (cdr l) (cons s unique) (fx+ n 1)))))
            (let ((v (make-vector n #f)))
              (let fill ((l unique) (i (fx- n 1)))
                (if (pair? l)
                    (begin
                      (vector-set! v i (car l))
                      (fill (cdr l) (fx- i 1)))))
              (make-set (%record type-rtd v indexes) (- (bit n) 1)))))))

  (define (all-of type)
    (make-set type (- (bit (vector-length (type-symbols type))) 1)))

  ;; (enum-set-universe enum-set): the set of all symbols of its type.
  (define (enum-set-universe s)
    (check 'enum-set-universe s)
    (all-of (set-type s)))

  ;; (enum-set-indexer enum-set): a procedure from symbols to indexes in the universe, or #f.
  (define (enum-set-indexer s)
    (check 'enum-set-indexer s)
    (let ((type (set-type s)))
      (lambda (symbol)
        (if (symbol? symbol) #t (%type-violation 'enum-set-indexer "a symbol" symbol))
        (index-of type symbol))))

  (define (members-of who type symbols)
    (let loop ((l symbols) (members 0))
      (if (pair? l)
          (let ((i (index-of type (car l))))
            (if i
                (loop (cdr l) (bitwise-ior members (bit i)))
                (%type-violation who "a symbol of the universe" (car l))))
          members)))

  ;; (enum-set-constructor enum-set): a procedure from lists of symbols to sets of its type.
  (define (enum-set-constructor s)
    (check 'enum-set-constructor s)
    (let ((type (set-type s)))
      (lambda (symbols)
        (if (list? symbols) #t (%type-violation 'enum-set-constructor "a list of symbols" symbols))
        (make-set type (members-of 'enum-set-constructor type symbols)))))

  ;; (enum-set->list enum-set): the members in the order of the universe.
  (define (enum-set->list s)
    (check 'enum-set->list s)
    (let ((v (type-symbols (set-type s))) (members (set-members s)))
      (let loop ((i (fx- (vector-length v) 1)) (l '()))
        (if (fx<? i 0)
            l
            (loop (fx- i 1)
                  (if (bitwise-bit-set? members i) (cons (vector-ref v i) l) l))))))

  ;; (enum-set-member? symbol enum-set)
  (define (enum-set-member? symbol s)
    (if (symbol? symbol) #t (%type-violation 'enum-set-member? "a symbol" symbol))
    (check 'enum-set-member? s)
    (let ((i (index-of (set-type s) symbol)))
      (and i (bitwise-bit-set? (set-members s) i))))

  ;; True if every symbol of the list is in the universe of the type.
  (define (all-in? type symbols)
    (or (null? symbols)
        (and (index-of type (car symbols))
             (all-in? type (cdr symbols)))))

  (define (universe-list s) (enum-set->list (all-of (set-type s))))

  ;; (enum-set-subset? a b): also compares the universes.
  (define (enum-set-subset? a b)
    (check 'enum-set-subset? a)
    (check 'enum-set-subset? b)
    (if (eq? (set-type a) (set-type b))
        (= 0 (bitwise-and (set-members a) (bitwise-not (set-members b))))
        (and (all-in? (set-type b) (universe-list a))
             (let loop ((l (enum-set->list a)))
               (or (null? l)
                   (and (enum-set-member? (car l) b)
                        (loop (cdr l))))))))

  ;; (enum-set=? a b): the same members and universes with the same symbols.
  (define (enum-set=? a b)
    (check 'enum-set=? a)
    (check 'enum-set=? b)
    (if (eq? (set-type a) (set-type b))
        (= (set-members a) (set-members b))
        (and (enum-set-subset? a b)
             (enum-set-subset? b a))))

  (define (same-type who a b)
    (check who a)
    (check who b)
    (if (eq? (set-type a) (set-type b))
        #t
        (assertion-violation who "the sets are not of the same enumeration type" a b)))

  ;; (enum-set-union a b)
  (define (enum-set-union a b)
    (same-type 'enum-set-union a b)
    (make-set (set-type a) (bitwise-ior (set-members a) (set-members b))))

  ;; (enum-set-intersection a b)
  (define (enum-set-intersection a b)
    (same-type 'enum-set-intersection a b)
    (make-set (set-type a) (bitwise-and (set-members a) (set-members b))))

  ;; (enum-set-difference a b)
  (define (enum-set-difference a b)
    (same-type 'enum-set-difference a b)
    (make-set (set-type a) (bitwise-and (set-members a) (bitwise-not (set-members b)))))

  ;; (enum-set-complement enum-set)
  (define (enum-set-complement s)
    (check 'enum-set-complement s)
    (make-set (set-type s)
              (bitwise-and (set-members (all-of (set-type s))) (bitwise-not (set-members s)))))

  ;; (enum-set-projection a b): the members of a that are in the universe of b, as a set of b's type.
  (define (enum-set-projection a b)
    (check 'enum-set-projection a)
    (check 'enum-set-projection b)
    (let ((type (set-type b)))
      (let loop ((l (enum-set->list a)) (members 0))
        (if (pair? l)
            (let ((i (index-of type (car l))))
              (loop (cdr l) (if i (bitwise-ior members (bit i)) members)))
            (make-set type members)))))

  (define (%enum-list constructor symbols) (constructor symbols))

  ;; (define-enumeration type-name (symbol ...) constructor): (type-name s) checks at expansion that s is
  ;; one of the symbols; (constructor s ...) is a set of them.
  (define-syntax define-enumeration
    (lambda (x)
      (syntax-case x ()
        ((_ type-name (symbol ...) constructor)
         #'(begin
             (define universe (make-enumeration '(symbol ...)))
             (define make (enum-set-constructor universe))
             (define-syntax type-name
               (lambda (y)
                 (syntax-case y ()
                   ((_ s)
                    (if (memq (syntax->datum #'s) '(symbol ...))
                        #''s
                        (syntax-violation 'type-name "not a symbol of the enumeration" y #'s))))))
             (define-syntax constructor
               (lambda (y)
                 (syntax-case y ()
                   ((_ s (... ...))
                    (let loop ((l (syntax->datum #'(s (... ...)))))
                      (cond ((null? l) #'(%enum-list make '(s (... ...))))
                            ((memq (car l) '(symbol ...)) (loop (cdr l)))
                            (else
                             (syntax-violation 'constructor "not a symbol of the enumeration"
                                               y (car l))))))))))))))

  (%set-record-writer! set-rtd
    (lambda (s port write)
      (write 'enum-set port)
      (write (enum-set->list s) port))))
