;; SPDX-License-Identifier: MIT
;;
;; SRFI 13: string libraries. Where a criterion is wanted, a character, a character set (SRFI 14) or a predicate will do. Made of
;; SRFI 152 where the two agree; comparisons give booleans.
(library (srfi :13 strings)
  (export string? string-null? string-every string-any
          make-string string string-tabulate
          string->list list->string reverse-list->string string-join
          string-length string-ref string-copy substring/shared string-copy! string-take string-take-right
          string-drop string-drop-right string-pad string-pad-right string-trim string-trim-right string-trim-both
          string-set! string-fill!
          string-compare string-compare-ci
          string= string<> string< string> string<= string>=
          string-ci= string-ci<> string-ci< string-ci> string-ci<= string-ci>=
          string-hash string-hash-ci
          string-prefix-length string-suffix-length string-prefix-length-ci string-suffix-length-ci
          string-prefix? string-suffix? string-prefix-ci? string-suffix-ci?
          string-index string-index-right string-skip string-skip-right string-count string-contains string-contains-ci
          string-titlecase string-titlecase! string-upcase string-upcase! string-downcase string-downcase!
          string-reverse string-reverse!
          string-append string-concatenate string-concatenate/shared string-append/shared
          string-concatenate-reverse string-concatenate-reverse/shared
          string-map string-map! string-fold string-fold-right string-unfold string-unfold-right
          string-for-each string-for-each-index
          xsubstring string-xcopy! string-replace string-tokenize string-filter string-delete
          string-parse-start+end string-parse-final-start+end let-string-start+end
          check-substring-spec substring-spec-ok?
          make-kmp-restart-vector kmp-step string-kmp-partial-search)
  (import (except (rnrs) string->list string-copy string-for-each string-hash string-upcase string-downcase string-titlecase)
          (prefix (only (rnrs) string-hash string-foldcase string-upcase string-downcase string-titlecase) r6:)
          (rename (except (srfi :152 strings) string-map string-for-each string-skip string-skip-right)
            (string-every every-152) (string-any any-152) (string-index index-152) (string-index-right index-right-152)
            (string-count count-152) (string-filter filter-152)
            (string-trim trim-152) (string-trim-right trim-right-152) (string-trim-both trim-both-152)
            (string-replicate replicate-152)
            (string-contains contains-152))
          (only (srfi :14 char-sets) char-set? char-set-contains? char-set:graphic))

  ;;; Arguments

  (define (check-range who s start end)
    (unless (and (integer? start) (exact? start) (integer? end) (exact? end) (<= 0 start end (string-length s)))
      (assertion-violation who "expected 0 <= start <= end <= length of the string" s start end)))

  ;; Defines (name argument ... s more ... [start [end]]).
  (define-syntax define-ranged
    (syntax-rules ()
      ((_ (name (argument ...) s (more ...) start end) body ...)
       (define name
         (case-lambda
           ((argument ... s more ...) (name argument ... s more ... 0 (string-length s)))
           ((argument ... s more ... start) (name argument ... s more ... start (string-length s)))
           ((argument ... s more ... start end)
            (check-range 'name s start end)
            body ...))))))

  ;; Defines (name a b argument ... [a-start [a-end [b-start [b-end]]]]).
  (define-syntax define-ranged-2
    (syntax-rules ()
      ((_ (name a b (argument ...) as ae bs be) body ...)
       (define name
         (case-lambda
           ((a b argument ...) (name a b argument ... 0 (string-length a) 0 (string-length b)))
           ((a b argument ... as) (name a b argument ... as (string-length a) 0 (string-length b)))
           ((a b argument ... as ae) (name a b argument ... as ae 0 (string-length b)))
           ((a b argument ... as ae bs) (name a b argument ... as ae bs (string-length b)))
           ((a b argument ... as ae bs be)
            (check-range 'name a as ae)
            (check-range 'name b bs be)
            body ...))))))

  ;; A character, a set or a predicate as a predicate.
  (define (->test who criterion)
    (cond ((procedure? criterion) criterion)
          ((char? criterion) (lambda (c) (char=? c criterion)))
          ((char-set? criterion) (lambda (c) (char-set-contains? criterion c)))
          (else (assertion-violation who "expected a character, a character set or a predicate" criterion))))
  (define (not-> who criterion)
    (let ((test (->test who criterion))) (lambda (c) (not (test c)))))

  ;;; Predicates and constructors

  (define (string-every criterion s . range) (apply every-152 (->test 'string-every criterion) s range))
  (define (string-any criterion s . range) (apply any-152 (->test 'string-any criterion) s range))

  ;;; Selection

  (define-ranged (substring/shared () s () start end) (substring s start end))

  ;; (string-trim string [criterion [start [end]]])
  (define-syntax define-trim
    (syntax-rules ()
      ((_ name base)
       (define name
         (case-lambda
           ((s) (base s))
           ((s criterion . range) (apply base s (->test 'name criterion) range)))))))
  (define-trim string-trim trim-152)
  (define-trim string-trim-right trim-right-152)
  (define-trim string-trim-both trim-both-152)

  ;;; Comparison

  ;; (string-compare a b less equal greater [ranges]): the procedure that fits is called with the index in a of the first
  ;; difference.
  (define-ranged-2 (string-compare a b (less equal greater) as ae bs be)
    (compare-by values a b less equal greater as ae bs be))
  (define-ranged-2 (string-compare-ci a b (less equal greater) as ae bs be)
    (compare-by char-foldcase a b less equal greater as ae bs be))
  (define (compare-by fold a b less equal greater as ae bs be)
    (let loop ((i as) (j bs))
      (cond ((= i ae) ((if (= j be) equal less) i))
            ((= j be) (greater i))
            (else
             (let ((x (fold (string-ref a i))) (y (fold (string-ref b j))))
               (cond ((char<? x y) (less i))
                     ((char<? y x) (greater i))
                     (else (loop (+ i 1) (+ j 1)))))))))
  (define (yes i) #t)
  (define (no i) #f)
  (define-syntax define-comparison
    (syntax-rules ()
      ((_ name fold less equal greater)
       (define-ranged-2 (name a b () as ae bs be)
         (compare-by fold a b less equal greater as ae bs be)))))
  (define-comparison string= values no yes no)
  (define-comparison string<> values yes no yes)
  (define-comparison string< values yes no no)
  (define-comparison string> values no no yes)
  (define-comparison string<= values yes yes no)
  (define-comparison string>= values no yes yes)
  (define-comparison string-ci= char-foldcase no yes no)
  (define-comparison string-ci<> char-foldcase yes no yes)
  (define-comparison string-ci< char-foldcase yes no no)
  (define-comparison string-ci> char-foldcase no no yes)
  (define-comparison string-ci<= char-foldcase yes yes no)
  (define-comparison string-ci>= char-foldcase no yes yes)

  ;; (string-hash string [bound [start [end]]]): bound 0 or #f is none.
  (define (hash-of s bound)
    (let ((h (r6:string-hash s)))
      (if (or (not bound) (eqv? bound 0)) h (mod h bound))))
  (define string-hash
    (case-lambda
      ((s) (hash-of s #f))
      ((s bound) (hash-of s bound))
      ((s bound start) (string-hash s bound start (string-length s)))
      ((s bound start end) (check-range 'string-hash s start end) (hash-of (substring s start end) bound))))
  (define string-hash-ci
    (case-lambda
      ((s) (hash-of (r6:string-foldcase s) #f))
      ((s bound) (hash-of (r6:string-foldcase s) bound))
      ((s bound start) (string-hash-ci s bound start (string-length s)))
      ((s bound start end)
       (check-range 'string-hash-ci s start end)
       (hash-of (r6:string-foldcase (substring s start end)) bound))))

  ;;; Prefixes and suffixes without regard to case

  (define-ranged-2 (string-prefix-length-ci a b () as ae bs be)
    (let ((n (min (- ae as) (- be bs))))
      (let loop ((k 0))
        (if (and (< k n) (char-ci=? (string-ref a (+ as k)) (string-ref b (+ bs k)))) (loop (+ k 1)) k))))
  (define-ranged-2 (string-suffix-length-ci a b () as ae bs be)
    (let ((n (min (- ae as) (- be bs))))
      (let loop ((k 0))
        (if (and (< k n) (char-ci=? (string-ref a (- ae k 1)) (string-ref b (- be k 1)))) (loop (+ k 1)) k))))
  (define-ranged-2 (string-prefix-ci? a b () as ae bs be)
    (= (- ae as) (string-prefix-length-ci a b as ae bs be)))
  (define-ranged-2 (string-suffix-ci? a b () as ae bs be)
    (= (- ae as) (string-suffix-length-ci a b as ae bs be)))

  ;;; Searching

  (define (string-index s criterion . range) (apply index-152 s (->test 'string-index criterion) range))
  (define (string-index-right s criterion . range)
    (apply index-right-152 s (->test 'string-index-right criterion) range))
  (define (string-skip s criterion . range) (apply index-152 s (not-> 'string-skip criterion) range))
  (define (string-skip-right s criterion . range)
    (apply index-right-152 s (not-> 'string-skip-right criterion) range))
  (define (string-count s criterion . range) (apply count-152 s (->test 'string-count criterion) range))
  (define string-contains contains-152)
  (define-ranged-2 (string-contains-ci a b () as ae bs be)
    (let ((i (contains-152 (fold-characters a as ae) (fold-characters b bs be))))
      (and i (+ as i))))
  (define (fold-characters s start end)
    (let ((t (substring s start end)))
      (string-map! char-foldcase t)
      t))

  ;;; Case; the procedures with ! keep the length, so they map character by character

  (define-ranged (string-titlecase () s () start end) (r6:string-titlecase (substring s start end)))
  (define-ranged (string-upcase () s () start end) (r6:string-upcase (substring s start end)))
  (define-ranged (string-downcase () s () start end) (r6:string-downcase (substring s start end)))
  (define-ranged (string-upcase! () s () start end) (string-map! char-upcase s start end))
  (define-ranged (string-downcase! () s () start end) (string-map! char-downcase s start end))
  (define-ranged (string-titlecase! () s () start end)
    (let loop ((i start) (inside? #f))
      (when (< i end)
        (let* ((c (string-ref s i)) (letter? (char-alphabetic? c)))
          (when letter? (string-set! s i (if inside? (char-downcase c) (char-titlecase c))))
          (loop (+ i 1) letter?)))))

  ;;; Reversing and appending

  (define-ranged (string-reverse () s () start end)
    (reverse-list->string (string->list s start end)))
  (define-ranged (string-reverse! () s () start end)
    (let loop ((i start) (j (- end 1)))
      (when (< i j)
        (let ((c (string-ref s i)))
          (string-set! s i (string-ref s j))
          (string-set! s j c))
        (loop (+ i 1) (- j 1)))))
  (define string-concatenate/shared string-concatenate)
  (define string-append/shared string-append)
  (define string-concatenate-reverse/shared string-concatenate-reverse)

  ;;; Iteration

  (define-ranged (string-map (f) s () start end)
    (let ((t (substring s start end)))
      (string-map! f t)
      t))
  (define-ranged (string-map! (f) s () start end)
    (do ((i start (+ i 1))) ((= i end))
      (string-set! s i (f (string-ref s i)))))
  (define-ranged (string-for-each (f) s () start end)
    (do ((i start (+ i 1))) ((= i end))
      (f (string-ref s i))))
  (define-ranged (string-for-each-index (f) s () start end)
    (do ((i start (+ i 1))) ((= i end))
      (f i)))

  ;;; Replication, tokens, filters

  ;; (xsubstring string from [to [start [end]]])
  (define xsubstring
    (case-lambda
      ((s from) (xsubstring s from (+ from (string-length s))))
      ((s from to) (replicate-152 s from to))
      ((s from to start) (replicate-152 s from to start))
      ((s from to start end) (replicate-152 s from to start end))))
  ;; (string-xcopy! target at string from [to [start [end]]])
  (define (string-xcopy! target at s from . more)
    (string-copy! target at (apply xsubstring s from more)))

  ;; (string-tokenize string [criterion [start [end]]]): the longest pieces of such characters.
  (define string-tokenize
    (case-lambda
      ((s) (string-tokenize s char-set:graphic))
      ((s criterion) (string-tokenize s criterion 0))
      ((s criterion start) (string-tokenize s criterion start (string-length s)))
      ((s criterion start end)
       (check-range 'string-tokenize s start end)
       (let ((inside? (->test 'string-tokenize criterion)) (outside? (not-> 'string-tokenize criterion)))
         (let loop ((from start) (tokens '()))
           (let ((i (index-152 s inside? from end)))
             (if i
                 (let ((j (or (index-152 s outside? i end) end)))
                   (loop j (cons (substring s i j) tokens)))
                 (reverse tokens))))))))

  ;; (string-filter criterion string [start [end]]); an old version of the SRFI had the string first.
  (define (string-filter criterion s . range)
    (if (string? criterion)
        (apply string-filter s criterion range)
        (apply filter-152 (->test 'string-filter criterion) s range)))
  (define (string-delete criterion s . range)
    (if (string? criterion)
        (apply string-delete s criterion range)
        (apply filter-152 (not-> 'string-delete criterion) s range)))

  ;;; Low level

  ;; (string-parse-start+end who string arguments): the arguments that are left, start, end.
  (define (string-parse-start+end who s arguments)
    (unless (string? s) (assertion-violation who "expected a string" s))
    (let* ((start (if (pair? arguments) (car arguments) 0))
           (rest (if (pair? arguments) (cdr arguments) '()))
           (end (if (pair? rest) (car rest) (string-length s))))
      (check-range who s start end)
      (values (if (pair? rest) (cdr rest) '()) start end)))
  (define (string-parse-final-start+end who s arguments)
    (let-values (((rest start end) (string-parse-start+end who s arguments)))
      (unless (null? rest) (assertion-violation who "too many arguments" rest))
      (values start end)))
  ;; (let-string-start+end (start end [rest]) who string arguments body ...)
  (define-syntax let-string-start+end
    (syntax-rules ()
      ((_ (start end) who s arguments body ...)
       (let-values (((start end) (string-parse-final-start+end who s arguments))) body ...))
      ((_ (start end rest) who s arguments body ...)
       (let-values (((rest start end) (string-parse-start+end who s arguments))) body ...))))
  (define (check-substring-spec who s start end) (check-range who s start end))
  (define (substring-spec-ok? s start end)
    (and (string? s) (integer? start) (exact? start) (integer? end) (exact? end)
         (<= 0 start end (string-length s))))

  ;; (make-kmp-restart-vector pattern [char= [start [end]]]): where to go on in the pattern after a mismatch, -1 for "next character".
  (define make-kmp-restart-vector
    (case-lambda
      ((p) (make-kmp-restart-vector p char=?))
      ((p c=) (make-kmp-restart-vector p c= 0))
      ((p c= start) (make-kmp-restart-vector p c= start (string-length p)))
      ((p c= start end)
       (check-range 'make-kmp-restart-vector p start end)
       (let* ((n (- end start)) (rv (make-vector n -1)))
         (define (at k) (string-ref p (+ start k)))
         ;; j is the length of the longest border of the first i characters
         (let loop ((i 1) (j 0))
           (if (>= i n)
               rv
               (begin
                 (vector-set! rv i (if (c= (at i) (at j)) (vector-ref rv j) j))
                 (let border ((j j))
                   (cond ((= j -1) (loop (+ i 1) 0))
                         ((c= (at i) (at j)) (loop (+ i 1) (+ j 1)))
                         (else (border (vector-ref rv j))))))))))))
  ;; (kmp-step pattern rv char i char= start): the number of characters matched after one more, i before.
  (define (kmp-step p rv c i c= start)
    (let loop ((i i))
      (cond ((= i -1) 0)
            ((c= c (string-ref p (+ start i))) (+ i 1))
            (else (loop (vector-ref rv i))))))
  ;; (string-kmp-partial-search pattern rv string i [char= [p-start [s-start [s-end]]]]): -k for a match that ends before index k,
  ;; else the number of characters matched so far.
  (define string-kmp-partial-search
    (case-lambda
      ((p rv s i) (string-kmp-partial-search p rv s i char=?))
      ((p rv s i c=) (string-kmp-partial-search p rv s i c= 0))
      ((p rv s i c= ps) (string-kmp-partial-search p rv s i c= ps 0))
      ((p rv s i c= ps ss) (string-kmp-partial-search p rv s i c= ps ss (string-length s)))
      ((p rv s i c= ps ss se)
       (check-range 'string-kmp-partial-search s ss se)
       (let ((n (vector-length rv)))
         (let loop ((k ss) (i i))
           (cond ((= i n) (- k))
                 ((= k se) i)
                 (else (loop (+ k 1) (kmp-step p rv (string-ref s k) i c= ps))))))))))
