;; SPDX-License-Identifier: MIT
;;
;; SRFI 152: string library (reduced). Start and end default to the whole string and are checked; predicates take a character.
;; SRFI 13 and 130 are made of the same procedures.
(library (srfi :152 strings)
  (export string? string-null? string-every string-any
          make-string string string-tabulate string-unfold string-unfold-right
          string->vector string->list vector->string list->string reverse-list->string
          string-length string-ref substring string-copy string-take string-take-right string-drop string-drop-right
          string-pad string-pad-right string-trim string-trim-right string-trim-both string-replace
          string=? string-ci=? string<? string-ci<? string>? string-ci>? string<=? string-ci<=? string>=? string-ci>=?
          string-prefix-length string-suffix-length string-prefix? string-suffix?
          string-index string-index-right string-skip string-skip-right string-contains string-contains-right
          string-take-while string-take-while-right string-drop-while string-drop-while-right string-break string-span
          string-append string-concatenate string-concatenate-reverse string-join
          string-fold string-fold-right string-map string-for-each string-count string-filter string-remove
          string-replicate string-segment string-split
          read-line read-string write-string
          string-set! string-fill! string-copy!)
  (import (except (rnrs) string->list string-copy string-for-each)
          (only (rnrs mutable-strings) string-set!)
          (only (scheme base) string->list string-copy string-copy! string-fill! string->vector vector->string
                string-map string-for-each read-line read-string write-string))

  ;;; Arguments

  (define (check-range who s start end)
    (unless (and (integer? start) (exact? start) (integer? end) (exact? end) (<= 0 start end (string-length s)))
      (assertion-violation who "expected 0 <= start <= end <= length of the string" s start end)))

  ;; Defines (name argument ... s [start [end]]).
  (define-syntax define-ranged
    (syntax-rules ()
      ((_ (name (argument ...) s (more ...) start end) body ...)
       (define name
         (case-lambda
           ((argument ... s more ...) (name argument ... s more ... 0 (string-length s)))
           ((argument ... s more ... start) (name argument ... s more ... start (string-length s)))
           ((argument ... s more ... start end)
            (check-range 'name s start end)
            body ...))))
      ((_ (name (argument ...) s start end) body ...)
       (define-ranged (name (argument ...) s () start end) body ...))))

  ;; Defines (name a b [a-start [a-end [b-start [b-end]]]]).
  (define-syntax define-ranged-2
    (syntax-rules ()
      ((_ (name a b as ae bs be) body ...)
       (define name
         (case-lambda
           ((a b) (name a b 0 (string-length a) 0 (string-length b)))
           ((a b as) (name a b as (string-length a) 0 (string-length b)))
           ((a b as ae) (name a b as ae 0 (string-length b)))
           ((a b as ae bs) (name a b as ae bs (string-length b)))
           ((a b as ae bs be)
            (check-range 'name a as ae)
            (check-range 'name b bs be)
            body ...))))))

  ;;; Predicates

  (define (string-null? s) (= 0 (string-length s)))

  ;; (string-every predicate string [start [end]]): the last result, #t if there is none.
  (define-ranged (string-every (test) s start end)
    (let loop ((i start) (last #t))
      (if (= i end)
          last
          (let ((x (test (string-ref s i)))) (and x (loop (+ i 1) x))))))
  (define-ranged (string-any (test) s start end)
    (let loop ((i start))
      (and (< i end) (or (test (string-ref s i)) (loop (+ i 1))))))

  ;;; Constructors

  (define (string-tabulate f n)
    (let ((s (make-string n)))
      (do ((i 0 (+ i 1))) ((= i n) s)
        (string-set! s i (f i)))))

  ;; (string-unfold stop? mapper successor seed [base [make-final]]): mapper gives a character or a string.
  (define string-unfold
    (case-lambda
      ((stop? mapper successor seed) (string-unfold stop? mapper successor seed "" (lambda (x) "")))
      ((stop? mapper successor seed base) (string-unfold stop? mapper successor seed base (lambda (x) "")))
      ((stop? mapper successor seed base make-final)
       (let-values (((port get) (open-string-output-port)))
         (put-string port base)
         (let loop ((seed seed))
           (cond ((stop? seed) (put-string port (make-final seed)) (get))
                 (else
                  (let ((x (mapper seed)))
                    (if (char? x) (put-char port x) (put-string port x)))
                  (loop (successor seed)))))))))
  (define string-unfold-right
    (case-lambda
      ((stop? mapper successor seed) (string-unfold-right stop? mapper successor seed "" (lambda (x) "")))
      ((stop? mapper successor seed base) (string-unfold-right stop? mapper successor seed base (lambda (x) "")))
      ((stop? mapper successor seed base make-final)
       (let loop ((seed seed) (parts (list base)))
         (if (stop? seed)
             (string-concatenate (cons (make-final seed) parts))
             (let ((x (mapper seed)))
               (loop (successor seed) (cons (if (char? x) (string x) x) parts))))))))

  (define (reverse-list->string l) (list->string (reverse l)))

  ;;; Selection

  (define (check-count who s n)
    (unless (and (integer? n) (exact? n) (<= 0 n (string-length s)))
      (assertion-violation who "the string has not so many characters" s n)))
  (define (string-take s n) (check-count 'string-take s n) (substring s 0 n))
  (define (string-drop s n) (check-count 'string-drop s n) (substring s n (string-length s)))
  (define (string-take-right s n)
    (check-count 'string-take-right s n)
    (substring s (- (string-length s) n) (string-length s)))
  (define (string-drop-right s n)
    (check-count 'string-drop-right s n)
    (substring s 0 (- (string-length s) n)))

  ;; (string-pad string length [char [start [end]]]): on the left, where a longer string is also cut.
  (define string-pad
    (case-lambda
      ((s n) (string-pad s n #\space))
      ((s n char) (string-pad s n char 0))
      ((s n char start) (string-pad s n char start (string-length s)))
      ((s n char start end)
       (check-range 'string-pad s start end)
       (let ((k (- end start)))
         (if (<= n k)
             (substring s (- end n) end)
             (string-append (make-string (- n k) char) (substring s start end)))))))
  (define string-pad-right
    (case-lambda
      ((s n) (string-pad-right s n #\space))
      ((s n char) (string-pad-right s n char 0))
      ((s n char start) (string-pad-right s n char start (string-length s)))
      ((s n char start end)
       (check-range 'string-pad-right s start end)
       (let ((k (- end start)))
         (if (<= n k)
             (substring s start (+ start n))
             (string-append (substring s start end) (make-string (- n k) char)))))))

  ;; (string-trim string [predicate [start [end]]])
  (define-syntax define-trim
    (syntax-rules ()
      ((_ (name s test start end) body)
       (define name
         (case-lambda
           ((s) (name s char-whitespace?))
           ((s test) (name s test 0))
           ((s test start) (name s test start (string-length s)))
           ((s test start end)
            (check-range 'name s start end)
            body))))))
  (define-trim (string-trim s test start end)
    (let ((i (string-skip s test start end)))
      (if i (substring s i end) "")))
  (define-trim (string-trim-right s test start end)
    (let ((i (string-skip-right s test start end)))
      (if i (substring s start (+ i 1)) "")))
  (define-trim (string-trim-both s test start end)
    (let ((i (string-skip s test start end)))
      (if i (substring s i (+ 1 (string-skip-right s test start end))) "")))

  ;; (string-replace a b a-start a-end [b-start [b-end]])
  (define string-replace
    (case-lambda
      ((a b as ae) (string-replace a b as ae 0))
      ((a b as ae bs) (string-replace a b as ae bs (string-length b)))
      ((a b as ae bs be)
       (check-range 'string-replace a as ae)
       (check-range 'string-replace b bs be)
       (string-append (substring a 0 as) (substring b bs be) (substring a ae (string-length a))))))

  ;;; Prefixes and suffixes

  (define-ranged-2 (string-prefix-length a b as ae bs be)
    (let ((n (min (- ae as) (- be bs))))
      (let loop ((k 0))
        (if (and (< k n) (char=? (string-ref a (+ as k)) (string-ref b (+ bs k)))) (loop (+ k 1)) k))))
  (define-ranged-2 (string-suffix-length a b as ae bs be)
    (let ((n (min (- ae as) (- be bs))))
      (let loop ((k 0))
        (if (and (< k n) (char=? (string-ref a (- ae k 1)) (string-ref b (- be k 1)))) (loop (+ k 1)) k))))
  (define-ranged-2 (string-prefix? a b as ae bs be)
    (and (<= (- ae as) (- be bs)) (= (- ae as) (string-prefix-length a b as ae bs be))))
  (define-ranged-2 (string-suffix? a b as ae bs be)
    (and (<= (- ae as) (- be bs)) (= (- ae as) (string-suffix-length a b as ae bs be))))

  ;;; Searching

  ;; (string-index string predicate [start [end]]): an index or #f.
  (define-ranged (string-index () s (test) start end)
    (let loop ((i start))
      (and (< i end) (if (test (string-ref s i)) i (loop (+ i 1))))))
  (define-ranged (string-index-right () s (test) start end)
    (let loop ((i (- end 1)))
      (and (>= i start) (if (test (string-ref s i)) i (loop (- i 1))))))
  (define-ranged (string-skip () s (test) start end)
    (string-index s (lambda (c) (not (test c))) start end))
  (define-ranged (string-skip-right () s (test) start end)
    (string-index-right s (lambda (c) (not (test c))) start end))

  ;; (string-contains a b [a-start a-end b-start b-end]): where b is in a first, or #f. Knuth, Morris and Pratt's search.
  (define-ranged-2 (string-contains a b as ae bs be)
    (let* ((n (- be bs)) (back (make-restarts b bs be)))
      (let loop ((i as) (k 0))
        (cond ((= k n) (- i n))
              ((> (- n k) (- ae i)) #f)
              ((char=? (string-ref a i) (string-ref b (+ bs k))) (loop (+ i 1) (+ k 1)))
              ((= k 0) (loop (+ i 1) 0))
              (else (loop i (vector-ref back k)))))))
  ;; For each length k of a matched part, the longest shorter one that is a suffix of it.
  (define (make-restarts b bs be)
    (let* ((n (- be bs)) (back (make-vector (+ n 1) 0)))
      (let loop ((i 1) (k 0))
        (cond ((>= i n) back)
              ((char=? (string-ref b (+ bs i)) (string-ref b (+ bs k)))
               (vector-set! back (+ i 1) (+ k 1))
               (loop (+ i 1) (+ k 1)))
              ((= k 0) (loop (+ i 1) 0))
              (else (loop i (vector-ref back k)))))))
  ;; The last place: the search of the reversed strings.
  (define-ranged-2 (string-contains-right a b as ae bs be)
    (let ((i (string-contains (reversed a as ae) (reversed b bs be))))
      (and i (- ae i (- be bs)))))
  (define (reversed s start end) (list->string (reverse (string->list s start end))))

  (define-ranged (string-take-while () s (test) start end)
    (substring s start (or (string-skip s test start end) end)))
  (define-ranged (string-take-while-right () s (test) start end)
    (let ((i (string-skip-right s test start end)))
      (substring s (if i (+ i 1) start) end)))
  (define-ranged (string-drop-while () s (test) start end)
    (substring s (or (string-skip s test start end) end) end))
  (define-ranged (string-drop-while-right () s (test) start end)
    (let ((i (string-skip-right s test start end)))
      (substring s start (if i (+ i 1) start))))
  (define-ranged (string-span () s (test) start end)
    (let ((i (or (string-skip s test start end) end)))
      (values (substring s start i) (substring s i end))))
  (define-ranged (string-break () s (test) start end)
    (let ((i (or (string-index s test start end) end)))
      (values (substring s start i) (substring s i end))))

  ;;; Concatenation

  (define (string-concatenate l)
    (let-values (((port get) (open-string-output-port)))
      (for-each (lambda (s) (put-string port s)) l)
      (get)))
  ;; (string-concatenate-reverse strings [final [end]])
  (define string-concatenate-reverse
    (case-lambda
      ((l) (string-concatenate (reverse l)))
      ((l final) (string-concatenate (reverse (cons final l))))
      ((l final end) (string-concatenate (reverse (cons (substring final 0 end) l))))))

  ;; (string-join strings [delimiter [grammar]]): grammar is infix, strict-infix, prefix or suffix.
  (define string-join
    (case-lambda
      ((l) (string-join l " " 'infix))
      ((l delimiter) (string-join l delimiter 'infix))
      ((l delimiter grammar)
       (let ((infix (lambda ()
                      (if (null? l)
                          ""
                          (string-concatenate
                           (cons (car l) (fold-right (lambda (s rest) (cons delimiter (cons s rest))) '() (cdr l))))))))
         (case grammar
           ((infix) (infix))
           ((strict-infix)
            (when (null? l) (assertion-violation 'string-join "an empty list can't be joined with strict-infix"))
            (infix))
           ((prefix) (string-concatenate (fold-right (lambda (s rest) (cons delimiter (cons s rest))) '() l)))
           ((suffix) (string-concatenate (fold-right (lambda (s rest) (cons s (cons delimiter rest))) '() l)))
           (else (assertion-violation 'string-join "expected infix, strict-infix, prefix or suffix" grammar)))))))

  ;;; Iteration

  (define-ranged (string-fold (f seed) s start end)
    (let loop ((i start) (state seed))
      (if (= i end) state (loop (+ i 1) (f (string-ref s i) state)))))
  (define-ranged (string-fold-right (f seed) s start end)
    (let loop ((i (- end 1)) (state seed))
      (if (< i start) state (loop (- i 1) (f (string-ref s i) state)))))
  (define-ranged (string-count () s (test) start end)
    (string-fold (lambda (c n) (if (test c) (+ n 1) n)) 0 s start end))
  (define-ranged (string-filter (test) s start end)
    (let-values (((port get) (open-string-output-port)))
      (do ((i start (+ i 1))) ((= i end) (get))
        (let ((c (string-ref s i)))
          (when (test c) (put-char port c))))))
  (define-ranged (string-remove (test) s start end)
    (string-filter (lambda (c) (not (test c))) s start end))

  ;;; Replication and splitting

  ;; (string-replicate string from to [start [end]]): indices into the endless repetition of the substring.
  (define-ranged (string-replicate () s (from to) start end)
    (let ((n (- end start)))
      (unless (and (integer? from) (exact? from) (integer? to) (exact? to) (<= from to))
        (assertion-violation 'string-replicate "expected exact integers from <= to" from to))
      (cond ((= from to) "")
            ((= n 0) (assertion-violation 'string-replicate "an empty substring can't be repeated" s start end))
            (else
             (string-tabulate (lambda (i) (string-ref s (+ start (mod (+ from i) n)))) (- to from))))))

  ;; (string-segment string k): pieces of k characters, the last perhaps shorter.
  (define (string-segment s k)
    (unless (and (integer? k) (exact? k) (> k 0))
      (assertion-violation 'string-segment "expected a positive exact integer" k))
    (let ((n (string-length s)))
      (let loop ((i 0) (l '()))
        (if (>= i n)
            (reverse l)
            (loop (+ i k) (cons (substring s i (min n (+ i k))) l))))))

  ;; (string-split string delimiter [grammar [limit [start [end]]]])
  (define string-split
    (case-lambda
      ((s delimiter) (string-split s delimiter 'infix))
      ((s delimiter grammar) (string-split s delimiter grammar #f))
      ((s delimiter grammar limit) (string-split s delimiter grammar limit 0))
      ((s delimiter grammar limit start) (string-split s delimiter grammar limit start (string-length s)))
      ((s delimiter grammar limit start end)
       (check-range 'string-split s start end)
       (unless (or (not limit) (and (integer? limit) (exact? limit) (>= limit 0)))
         (assertion-violation 'string-split "expected #f or an exact non-negative integer as limit" limit))
       (unless (memq grammar '(infix strict-infix prefix suffix))
         (assertion-violation 'string-split "expected infix, strict-infix, prefix or suffix" grammar))
       (cond ((= start end)
              (when (eq? grammar 'strict-infix)
                (assertion-violation 'string-split "an empty string can't be split with strict-infix"))
              '())
             ((string-null? delimiter) (split-characters s limit start end))
             (else
              ;; the text before a delimiter at the start, or after one at the end, is empty and no word
              (let* ((parts (split-at-delimiters s delimiter (string-length delimiter) limit start end))
                     (words (reverse (if (and (eq? grammar 'suffix) (string-null? (car parts))) (cdr parts) parts))))
                (if (and (eq? grammar 'prefix) (string-null? (car words))) (cdr words) words)))))))
  (define (split-characters s limit start end)
    (let loop ((i start) (left limit) (l '()))
      (cond ((= i end) (reverse l))
            ((eqv? left 0) (reverse (cons (substring s i end) l)))
            (else (loop (+ i 1) (and left (- left 1)) (cons (string (string-ref s i)) l))))))
  ;; The parts, last first.
  (define (split-at-delimiters s delimiter n limit start end)
    (let loop ((from start) (left limit) (l '()))
      (let ((i (and (not (eqv? left 0)) (string-contains s delimiter from end))))
        (if i
            (loop (+ i n) (and left (- left 1)) (cons (substring s from i) l))
            (cons (substring s from end) l))))))
