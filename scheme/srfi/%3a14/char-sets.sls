;; SPDX-License-Identifier: MIT
;;
;; SRFI 14: sets of characters. A set is an inversion list: a vector of ascending code points at which membership changes,
;; beginning with "not a member". INVARIANT: even length, strictly ascending, no surrogates inside. Membership is a binary
;; search, the algebra a merge. The procedures with ! are the same as those without.
(library (srfi :14 char-sets)
  (export char-set? char-set= char-set<= char-set-hash
          char-set-cursor char-set-ref char-set-cursor-next end-of-char-set?
          char-set-fold char-set-unfold char-set-unfold! char-set-for-each char-set-map
          char-set-copy char-set list->char-set string->char-set list->char-set! string->char-set!
          char-set-filter char-set-filter! ucs-range->char-set ucs-range->char-set! ->char-set
          char-set->list char-set->string char-set-size char-set-count char-set-contains? char-set-every char-set-any
          char-set-adjoin char-set-delete char-set-adjoin! char-set-delete!
          char-set-complement char-set-union char-set-intersection char-set-difference char-set-xor
          char-set-diff+intersection
          char-set-complement! char-set-union! char-set-intersection! char-set-difference! char-set-xor!
          char-set-diff+intersection!
          char-set:lower-case char-set:upper-case char-set:title-case char-set:letter char-set:digit
          char-set:letter+digit char-set:graphic char-set:printing char-set:whitespace char-set:iso-control
          char-set:punctuation char-set:symbol char-set:hex-digit char-set:blank char-set:ascii char-set:empty
          char-set:full)
  (import (rnrs) (only (scheme base) define-values))

  (define-record-type (<char-set> make-set char-set?)
    (fields (immutable bounds bounds))
    (sealed #t))

  (define (check who s)
    (unless (char-set? s) (assertion-violation who "expected a character set" s)))
  (define (check-char who c)
    (unless (char? c) (assertion-violation who "expected a character" c)))

  (define first-surrogate #xD800)
  (define past-surrogates #xE000)
  (define past-characters #x110000)

  ;;; Inversion lists

  ;; Whether code point c is in the set: the number of bounds <= c is odd.
  (define (member-code? v c)
    (let loop ((low 0) (high (vector-length v)))
      (if (= low high)
          (odd? low)
          (let ((middle (div (+ low high) 2)))
            (if (<= (vector-ref v middle) c)
                (loop (+ middle 1) high)
                (loop low middle))))))

  ;; The set of what (keep? in-a in-b) says; keep? of (#f #f) must be #f.
  (define (combine keep? a b)
    (let ((n (vector-length a)) (m (vector-length b)))
      (let loop ((i 0) (j 0) (in? #f) (out '()))
        (if (and (= i n) (= j m))
            (list->vector (reverse out))
            (let* ((x (if (= i n) past-characters (vector-ref a i)))
                   (y (if (= j m) past-characters (vector-ref b j)))
                   (at (min x y))
                   (i (if (= x at) (+ i 1) i))
                   (j (if (= y at) (+ j 1) j))
                   (i (min i n)) (j (min j m))
                   (now? (and (keep? (odd? i) (odd? j)) #t)))
              (loop i j now? (if (eq? in? now?) out (cons at out))))))))

  (define (either a b) (or a b))
  (define (both a b) (and a b))
  (define (only-first a b) (and a (not b)))
  (define (one a b) (if a (not b) b))

  ;; Sorted code points, perhaps repeated, as bounds.
  (define (codes->bounds codes)
    (let loop ((codes codes) (out '()))
      (cond ((null? codes) (list->vector (reverse out)))
            ((and (pair? out) (< (car codes) (car out))) (loop (cdr codes) out))
            ((and (pair? out) (= (car codes) (car out)))
             (loop (cdr codes) (cons (+ 1 (car codes)) (cdr out))))
            (else (loop (cdr codes) (cons (+ 1 (car codes)) (cons (car codes) out)))))))

  (define (range->bounds from past)
    (combine only-first
             (if (< from past) (vector from past) '#())
             (vector first-surrogate past-surrogates)))

  ;; Calls f on each code point, ascending.
  (define (for-each-code f v)
    (do ((i 0 (+ i 2))) ((= i (vector-length v)))
      (do ((c (vector-ref v i) (+ c 1)) (past (vector-ref v (+ i 1)))) ((= c past))
        (f c))))

  ;;; Predicates

  (define (same? a b) (equal? (bounds a) (bounds b)))
  (define (char-set= . ss)
    (for-each (lambda (s) (check 'char-set= s)) ss)
    (or (null? ss) (for-all (lambda (s) (same? (car ss) s)) (cdr ss))))
  (define (char-set<= . ss)
    (for-each (lambda (s) (check 'char-set<= s)) ss)
    (let loop ((ss ss))
      (or (null? ss) (null? (cdr ss))
          (and (= 0 (vector-length (combine only-first (bounds (car ss)) (bounds (cadr ss)))))
               (loop (cdr ss))))))
  ;; (char-set-hash char-set [bound])
  (define char-set-hash
    (case-lambda
      ((s) (check 'char-set-hash s) (equal-hash (vector->list (bounds s))))
      ((s bound) (if (eqv? bound 0) (char-set-hash s) (mod (char-set-hash s) bound)))))
  (define (char-set-contains? s c)
    (check 'char-set-contains? s)
    (check-char 'char-set-contains? c)
    (member-code? (bounds s) (char->integer c)))

  ;;; Cursors: code points of members, or #f at the end

  (define (char-set-cursor s)
    (check 'char-set-cursor s)
    (and (> (vector-length (bounds s)) 0) (vector-ref (bounds s) 0)))
  (define (char-set-ref s cursor) (integer->char cursor))
  (define (char-set-cursor-next s cursor)
    (let* ((v (bounds s)) (next (+ cursor 1)))
      (if (member-code? v next)
          next
          (let loop ((i 0))
            (cond ((= i (vector-length v)) #f)
                  ((> (vector-ref v i) cursor)
                   (if (even? i) (vector-ref v i) (loop (+ i 1))))
                  (else (loop (+ i 1))))))))
  (define (end-of-char-set? cursor) (not cursor))

  ;;; Iteration

  ;; (char-set-fold f seed char-set): f takes a character and the state.
  (define (char-set-fold f seed s)
    (check 'char-set-fold s)
    (let ((state seed))
      (for-each-code (lambda (c) (set! state (f (integer->char c) state))) (bounds s))
      state))
  ;; (char-set-unfold mapper stop? successor seed [base]), with SRFI 1's order of arguments (f p g seed).
  (define char-set-unfold
    (case-lambda
      ((stop? mapper successor seed) (char-set-unfold stop? mapper successor seed char-set:empty))
      ((stop? mapper successor seed base)
       (let loop ((seed seed) (chars '()))
         (if (stop? seed)
             (list->char-set chars base)
             (loop (successor seed) (cons (mapper seed) chars)))))))
  (define (char-set-unfold! stop? mapper successor seed base)
    (char-set-unfold stop? mapper successor seed base))
  (define (char-set-for-each f s)
    (check 'char-set-for-each s)
    (for-each-code (lambda (c) (f (integer->char c))) (bounds s)))
  (define (char-set-map f s)
    (check 'char-set-map s)
    (list->char-set (char-set-fold (lambda (c l) (cons (f c) l)) '() s)))
  (define (char-set-count test s) (char-set-fold (lambda (c n) (if (test c) (+ n 1) n)) 0 s))
  (define (char-set-every test s)
    (check 'char-set-every s)
    (call/cc (lambda (return)
               (char-set-fold (lambda (c last) (or (test c) (return #f))) #t s))))
  (define (char-set-any test s)
    (check 'char-set-any s)
    (call/cc (lambda (return)
               (char-set-for-each (lambda (c) (let ((x (test c))) (when x (return x)))) s)
               #f)))

  ;;; Making

  (define (char-set-copy s) (check 'char-set-copy s) s)
  (define (char-set . chars) (list->char-set chars))
  ;; (list->char-set chars [base])
  (define list->char-set
    (case-lambda
      ((chars)
       (for-each (lambda (c) (check-char 'list->char-set c)) chars)
       (make-set (codes->bounds (list-sort < (map char->integer chars)))))
      ((chars base) (char-set-union base (list->char-set chars)))))
  (define (list->char-set! chars base) (list->char-set chars base))
  (define string->char-set
    (case-lambda
      ((s) (list->char-set (string->list s)))
      ((s base) (list->char-set (string->list s) base))))
  (define (string->char-set! s base) (string->char-set s base))
  ;; (char-set-filter predicate char-set [base])
  (define char-set-filter
    (case-lambda
      ((test s) (char-set-filter test s char-set:empty))
      ((test s base)
       (char-set-union base
         (make-set (codes->bounds
                    (reverse (char-set-fold (lambda (c l) (if (test c) (cons (char->integer c) l) l)) '() s))))))))
  (define (char-set-filter! test s base) (char-set-filter test s base))
  ;; (ucs-range->char-set from past [error? [base]]): surrogates are left out; beyond Unicode is an error if error?.
  (define ucs-range->char-set
    (case-lambda
      ((from past) (ucs-range->char-set from past #f char-set:empty))
      ((from past error?) (ucs-range->char-set from past error? char-set:empty))
      ((from past error? base)
       (unless (and (integer? from) (exact? from) (integer? past) (exact? past) (<= 0 from past))
         (assertion-violation 'ucs-range->char-set "expected 0 <= lower <= upper" from past))
       (when (and error? (> past past-characters))
         (assertion-violation 'ucs-range->char-set "the range reaches beyond Unicode" from past))
       (char-set-union base (make-set (range->bounds (min from past-characters) (min past past-characters)))))))
  (define (ucs-range->char-set! from past error? base) (ucs-range->char-set from past error? base))
  ;; (->char-set object): of a string, a character or a set.
  (define (->char-set x)
    (cond ((char-set? x) x)
          ((string? x) (string->char-set x))
          ((char? x) (char-set x))
          (else (assertion-violation '->char-set "expected a string, a character or a character set" x))))

  ;;; Asking

  (define (char-set->list s) (reverse (char-set-fold cons '() s)))
  (define (char-set->string s) (list->string (char-set->list s)))
  (define (char-set-size s)
    (check 'char-set-size s)
    (let ((v (bounds s)))
      (let loop ((i 0) (n 0))
        (if (= i (vector-length v)) n (loop (+ i 2) (+ n (- (vector-ref v (+ i 1)) (vector-ref v i))))))))

  ;;; Algebra

  (define (char-set-adjoin s . chars) (char-set-union s (list->char-set chars)))
  (define (char-set-delete s . chars) (char-set-difference s (list->char-set chars)))
  (define char-set-adjoin! char-set-adjoin)
  (define char-set-delete! char-set-delete)

  (define (merged who keep? a b)
    (check who a)
    (check who b)
    (make-set (combine keep? (bounds a) (bounds b))))
  (define (char-set-complement s) (merged 'char-set-complement only-first char-set:full s))
  (define (char-set-union . ss) (fold-left (lambda (a b) (merged 'char-set-union either a b)) char-set:empty ss))
  (define (char-set-intersection . ss)
    (fold-left (lambda (a b) (merged 'char-set-intersection both a b)) char-set:full ss))
  (define (char-set-difference s . ss)
    (fold-left (lambda (a b) (merged 'char-set-difference only-first a b)) s ss))
  (define (char-set-xor . ss) (fold-left (lambda (a b) (merged 'char-set-xor one a b)) char-set:empty ss))
  (define (char-set-diff+intersection s . ss)
    (let ((others (apply char-set-union ss)))
      (values (char-set-difference s others) (char-set-intersection s others))))
  (define char-set-complement! char-set-complement)
  (define char-set-union! char-set-union)
  (define char-set-intersection! char-set-intersection)
  (define char-set-difference! char-set-difference)
  (define char-set-xor! char-set-xor)
  (define char-set-diff+intersection! char-set-diff+intersection)

  ;;; Standard sets, from Unicode's general categories; made when the library is built

  (define char-set:empty (make-set '#()))
  (define char-set:full (make-set (vector 0 first-surrogate past-surrogates past-characters)))
  (define char-set:ascii (make-set (vector 0 128)))
  (define char-set:hex-digit (string->char-set "0123456789ABCDEFabcdef"))

  ;; One pass over all characters: each test's bounds.
  (define (sets-of . tests)
    (let ((in (make-vector (length tests) #f)) (out (make-vector (length tests) '())))
      (define (note! c i now?)
        (unless (eq? now? (vector-ref in i))
          (vector-set! in i now?)
          (vector-set! out i (cons c (vector-ref out i)))))
      (define (visit from past)
        (do ((c from (+ c 1))) ((= c past))
          (let* ((char (integer->char c)) (category (char-general-category char)))
            (do ((i 0 (+ i 1)) (ts tests (cdr ts))) ((null? ts))
              (note! c i (and ((car ts) char category) #t)))))
        (do ((i 0 (+ i 1))) ((= i (vector-length in))) (note! past i #f)))
      (visit 0 first-surrogate)
      (visit past-surrogates past-characters)
      (apply values
             (map (lambda (l) (make-set (list->vector (reverse l)))) (vector->list out)))))

  (define-values (char-set:lower-case char-set:upper-case char-set:title-case char-set:letter char-set:digit
                   char-set:whitespace char-set:iso-control char-set:punctuation char-set:symbol char-set:blank)
    (sets-of (lambda (c category) (char-lower-case? c))
             (lambda (c category) (char-upper-case? c))
             (lambda (c category) (eq? category 'Lt))
             (lambda (c category) (memq category '(Lu Ll Lt Lm Lo)))
             (lambda (c category) (eq? category 'Nd))
             (lambda (c category) (or (memq category '(Zs Zl Zp)) (char<=? #\tab c #\return)))
             (lambda (c category) (eq? category 'Cc))
             (lambda (c category) (memq category '(Pc Pd Ps Pe Pi Pf Po)))
             (lambda (c category) (memq category '(Sm Sc Sk So)))
             (lambda (c category) (or (eq? category 'Zs) (char=? c #\tab)))))
  (define char-set:letter+digit (char-set-union char-set:letter char-set:digit))
  (define char-set:graphic (char-set-union char-set:letter+digit char-set:punctuation char-set:symbol))
  (define char-set:printing (char-set-union char-set:graphic char-set:whitespace)))
