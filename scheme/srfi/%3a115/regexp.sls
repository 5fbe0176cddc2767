;; SPDX-License-Identifier: MIT
;;
;; SRFI 115: Scheme regular expressions. An SRE becomes a tree, the tree an automaton (Thompson), and a string is matched by
;; following all of its threads at once in order of priority (Pike), so time is at most proportional to the string's length
;; times the automaton's size, whatever the pattern. Of the matches that begin leftmost the longest is taken; with non-greedy
;; operators in the pattern, the one of highest priority. Back references are not supported (no feature regexp-backrefs).
(library (srfi :115 regexp)
  (export regexp regexp? valid-sre? rx regexp->sre char-set->sre
          regexp-matches regexp-matches? regexp-search
          regexp-replace regexp-replace-all regexp-fold regexp-extract regexp-split regexp-partition
          regexp-match? regexp-match-count regexp-match-submatch regexp-match-submatch-start regexp-match-submatch-end
          regexp-match->list)
  (import (rnrs) (rnrs mutable-pairs) (only (srfi :14 char-sets) char-set? char-set-contains? char-set->list)
          (only (loko unicode) string-grapheme-end))

  ;; kind of node: char (argument: predicate), split (next before other), save (argument: slot), assert (argument: predicate on
  ;; string, index, start, end), accept. id is the node's index.
  (define-record-type node (fields kind argument (mutable next) (mutable other) id) (sealed #t))
  ;; first: start node; size: number of nodes; slots: twice the number of submatches plus 2; names: alist name → submatches.
  (define-record-type (<regexp> make-regexp regexp?)
    (fields sre first size slots names greedy?) (sealed #t) (opaque #t))
  (define-record-type (<match> make-match regexp-match?)
    (fields string slots names) (sealed #t) (opaque #t))

  (define (fail message . irritants) (apply error 'regexp message irritants))

  ;;; Contexts of the parser

  (define-record-type context (fields nocase? ascii? capture?))
  (define top (make-context #f #f #t))
  (define (with-nocase c on?) (make-context on? (context-ascii? c) (context-capture? c)))
  (define (with-ascii c on?) (make-context (context-nocase? c) on? (context-capture? c)))
  (define (without-capture c) (make-context (context-nocase? c) (context-ascii? c) #f))

  ;;; Character sets are predicates

  (define (ascii? c) (char<? c #\x80))
  (define (cased p ctx)
    (if (context-nocase? ctx)
        (if (context-ascii? ctx)
            (lambda (c)
              (or (p c) (and (ascii? c) (or (p (char-upcase c)) (p (char-downcase c))))))
            (lambda (c)
              (or (p c) (p (char-upcase c)) (p (char-downcase c)) (p (char-foldcase c)) (p (char-titlecase c)))))
        p))
  (define (in-string s) (let ((l (string->list s))) (lambda (c) (and (memv c l) #t))))
  (define (category . cs) (lambda (c) (and (memq (char-general-category c) cs) #t)))
  (define (both p q) (lambda (c) (and (p c) (q c))))
  (define (either . ps) (lambda (c) (exists (lambda (p) (p c)) ps)))
  (define (word-char? ctx) (either (named 'alphanumeric ctx) (lambda (c) (char=? c #\_))))

  ;; The predicate of a named set, or #f.
  (define (named name ctx)
    (define ascii-only? (context-ascii? ctx))
    (define (limit p) (if ascii-only? (both ascii? p) p))
    (define (lower? c) (char-lower-case? c))
    (define (upper? c) (char-upper-case? c))
    (case name
      ((any) (if ascii-only? ascii? (lambda (c) #t)))
      ((nonl) (limit (lambda (c) (not (memv c '(#\newline #\return))))))
      ((ascii) ascii?)
      ((lower-case lower) (limit (if (context-nocase? ctx) (either lower? upper?) lower?)))
      ((upper-case upper) (limit (if (context-nocase? ctx) (either lower? upper?) upper?)))
      ((title-case title) (limit (category 'Lt)))
      ((alphabetic alpha) (limit char-alphabetic?))
      ;; digit is in the document's examples only, hex in its implementation
      ((numeric num digit) (limit (category 'Nd)))
      ((alphanumeric alphanum alnum) (limit (either char-alphabetic? (category 'Nd))))
      ((punctuation punct)
       (if ascii-only? (in-string "!\"#%&'()*,-./:;?@[\\]_{}") (category 'Pc 'Pd 'Ps 'Pe 'Pi 'Pf 'Po)))
      ((symbol) (if ascii-only? (in-string "$+<=>^`|~") (category 'Sm 'Sc 'Sk 'So)))
      ((graphic graph) (either (named 'alphanumeric ctx) (named 'punctuation ctx) (named 'symbol ctx)))
      ((whitespace white space)
       (let ((control? (lambda (c) (char<=? #\tab c #\return))))
         (if ascii-only?
             (either control? (lambda (c) (char=? c #\space)))
             (either control? (category 'Zs 'Zl 'Zp)))))
      ((printing print) (either (named 'graphic ctx) (named 'whitespace ctx)))
      ((control cntrl) (if ascii-only? (lambda (c) (char<? c #\space)) (category 'Cc 'Cf 'Co 'Cs 'Cn)))
      ((hex-digit xdigit hex) (in-string "0123456789abcdefABCDEF"))
      (else #f)))

  ;; The predicate of an SRE that is a character set, or #f.
  (define (cset sre ctx)
    (define (parts l) (let ((ps (map (lambda (x) (cset x ctx)) l))) (and (for-all values ps) ps)))
    (cond ((char? sre) (cased (lambda (c) (char=? c sre)) ctx))
          ((and (string? sre) (= 1 (string-length sre))) (cset (string-ref sre 0) ctx))
          ((char-set? sre) (cased (lambda (c) (char-set-contains? sre c)) ctx))
          ((symbol? sre) (named sre ctx))
          ((not (and (pair? sre) (list? sre))) #f)
          ((string? (car sre)) (and (null? (cdr sre)) (cased (in-string (car sre)) ctx)))
          (else
           (case (car sre)
             ((char-set) (and (string? (cadr sre)) (cased (in-string (cadr sre)) ctx)))
             ((/ char-range) (cased (ranges (cdr sre)) ctx))
             ((or |\||) (let ((ps (parts (cdr sre)))) (and ps (apply either ps))))
             ((& and)
              (let ((ps (parts (cdr sre)))) (and ps (lambda (c) (for-all (lambda (p) (p c)) ps)))))
             ((~ complement)
              (let ((ps (parts (cdr sre))))
                (and ps (both (named 'any ctx) (lambda (c) (not (exists (lambda (p) (p c)) ps)))))))
             ((- difference)
              (let ((ps (parts (cdr sre))))
                (and ps (pair? ps)
                     (lambda (c) (and ((car ps) c) (not (exists (lambda (p) (p c)) (cdr ps))))))))
             ((w/nocase) (and (one? sre) (cset (cadr sre) (with-nocase ctx #t))))
             ((w/case) (and (one? sre) (cset (cadr sre) (with-nocase ctx #f))))
             ((w/ascii) (and (one? sre) (cset (cadr sre) (with-ascii ctx #t))))
             ((w/unicode) (and (one? sre) (cset (cadr sre) (with-ascii ctx #f))))
             (else #f)))))
  (define (one? sre) (and (pair? (cdr sre)) (null? (cddr sre))))

  (define (ranges specs)
    (let* ((chars (apply append (map (lambda (s)
                                       (cond ((char? s) (list s))
                                             ((string? s) (string->list s))
                                             (else (fail "expected characters or strings in a range" s))))
                                     specs))))
      (unless (even? (length chars)) (fail "a range needs pairs of characters" specs))
      (let loop ((l chars) (pairs '()))
        (if (null? l)
            (lambda (c) (exists (lambda (p) (char<=? (car p) c (cdr p))) pairs))
            (loop (cddr l) (cons (cons (car l) (cadr l)) pairs))))))

  ;;; SRE → tree: (char p) (seq tree ...) (alt tree ...) (star greedy? tree) (opt greedy? tree) (rep greedy? n m tree)
  ;;; (sub index tree) (assert p) (empty); (look ahead? want? tree)

  ;; State of one parse: submatches so far, their names, whether a non-greedy operator occurred.
  (define-record-type parse (fields (mutable count) (mutable names) (mutable greedy?)))

  (define (parse-sre sre ctx state)
    (define (sequence l ctx) (cons 'seq (map (lambda (x) (parse-sre x ctx state)) l)))
    (define (rest) (sequence (cdr sre) ctx))
    (define (lazy!) (parse-greedy?-set! state #f))
    (define (count x) (if (and (integer? x) (exact? x) (>= x 0)) x (fail "expected a count" x sre)))
    (cond
      ((cset sre ctx) => (lambda (p) (list 'char p)))
      ((string? sre)
       (cons 'seq (map (lambda (c) (list 'char (cset c ctx))) (string->list sre))))
      ((symbol? sre) (parse-symbol sre ctx))
      ((not (and (pair? sre) (list? sre))) (fail "not a regular expression" sre))
      (else
       (case (car sre)
         ((seq :) (rest))
         ((or |\||) (cons 'alt (map (lambda (x) (parse-sre x ctx state)) (cdr sre))))
         ((* zero-or-more) (list 'star #t (rest)))
         ((+ one-or-more) (let ((t (rest))) (list 'seq t (list 'star #t t))))
         ((? optional) (list 'opt #t (rest)))
         ((*? non-greedy-zero-or-more) (lazy!) (list 'star #f (rest)))
         ((?? non-greedy-optional) (lazy!) (list 'opt #f (rest)))
         ((= exactly)
          (need sre 2)
          (let ((n (count (cadr sre)))) (list 'rep #t n n (sequence (cddr sre) ctx))))
         ((>= at-least)
          (need sre 2)
          (list 'rep #t (count (cadr sre)) #f (sequence (cddr sre) ctx)))
         ((** repeated **? non-greedy-repeated)
          (need sre 3)
          (let ((n (count (cadr sre))) (m (count (caddr sre))) (greedy? (and (memq (car sre) '(** repeated)) #t)))
            (unless (<= n m) (fail "expected a range of counts" sre))
            (unless greedy? (lazy!))
            (list 'rep greedy? n m (sequence (cdddr sre) ctx))))
         (($ submatch) (submatch #f (cdr sre) ctx state))
         ((-> submatch-named)
          (need sre 2)
          (unless (symbol? (cadr sre)) (fail "expected a name of a submatch" sre))
          (submatch (cadr sre) (cddr sre) ctx state))
         ((w/nocase) (sequence (cdr sre) (with-nocase ctx #t)))
         ((w/case) (sequence (cdr sre) (with-nocase ctx #f)))
         ((w/ascii) (sequence (cdr sre) (with-ascii ctx #t)))
         ((w/unicode) (sequence (cdr sre) (with-ascii ctx #f)))
         ((w/nocapture) (sequence (cdr sre) (without-capture ctx)))
         ((word) (list 'seq (assertion (bow? ctx)) (rest) (assertion (eow? ctx))))
         ((word+)
          (let ((p (cset (cons 'or (cdr sre)) ctx)))
            (unless p (fail "word+ expects character sets" sre))
            (word-of (both (word-char? ctx) p) ctx)))
         ((look-ahead) (list 'look #t #t (sequence (cdr sre) (without-capture ctx))))
         ((look-behind) (list 'look #f #t (sequence (cdr sre) (without-capture ctx))))
         ((neg-look-ahead) (list 'look #t #f (sequence (cdr sre) (without-capture ctx))))
         ((neg-look-behind) (list 'look #f #f (sequence (cdr sre) (without-capture ctx))))
         ((backref) (fail "back references are not supported" sre))
         (else (fail "not a regular expression" sre))))))

  (define (need sre n) (unless (> (length sre) (- n 1)) (fail "too few parts" sre)))

  (define (submatch name l ctx state)
    (if (context-capture? ctx)
        (let ((i (+ 1 (parse-count state))))
          (parse-count-set! state i)
          (when name (parse-names-set! state (append (parse-names state) (list (cons name i)))))
          (list 'sub i (cons 'seq (map (lambda (x) (parse-sre x ctx state)) l))))
        (cons 'seq (map (lambda (x) (parse-sre x ctx state)) l))))

  (define (assertion p) (list 'assert p))
  (define (word-of p ctx)
    (list 'seq (assertion (bow? ctx)) (list 'char p) (list 'star #t (list 'char p)) (assertion (eow? ctx))))

  (define (parse-symbol name ctx)
    (case name
      ((bos) (assertion (lambda (s i start end) (= i start))))
      ((eos) (assertion (lambda (s i start end) (= i end))))
      ((bol) (assertion (lambda (s i start end)
                          (or (= i start)
                              (let ((c (string-ref s (- i 1))))
                                (or (char=? c #\newline)
                                    (and (char=? c #\return)
                                         (not (and (< i end) (char=? (string-ref s i) #\newline))))))))))
      ((eol) (assertion (lambda (s i start end)
                          (or (= i end)
                              (let ((c (string-ref s i)))
                                (or (char=? c #\return)
                                    (and (char=? c #\newline)
                                         (not (and (> i start) (char=? (string-ref s (- i 1)) #\return))))))))))
      ((bow) (assertion (bow? ctx)))
      ((eow) (assertion (eow? ctx)))
      ((nwb) (let ((b? (bow? ctx)) (e? (eow? ctx)))
               (assertion (lambda (s i start end) (not (or (b? s i start end) (e? s i start end)))))))
      ((word) (word-of (word-char? ctx) ctx))
      ((bog eog) (assertion (boundary? ctx)))
      ((grapheme)
       (if (context-ascii? ctx)
           (list 'char ascii?)
           (let ((any (list 'char (lambda (c) #t))) (b? (boundary? ctx)))
             (list 'seq (assertion b?) any
                   (list 'star #t (list 'seq (assertion (lambda (s i start end) (not (b? s i start end)))) any))
                   (assertion b?)))))
      (else (fail "not a regular expression" name))))

  (define (boundary? ctx)
    (if (context-ascii? ctx)
        (lambda (s i start end) #t)
        (lambda (s i start end) (or (= i start) (= i end) (cluster-boundary? s i start)))))
  ;; Whether a grapheme cluster ends before i: walks clusters from a place that is certainly a boundary.
  (define (cluster-boundary? s i start)
    (define (plain? c) (and (char<? c #\x300) (not (memv c '(#\return #\newline)))))
    (let back ((j i))
      (if (or (= j start)
              (and (< j (string-length s)) (plain? (string-ref s j)) (plain? (string-ref s (- j 1)))))
          (let forward ((j j))
            (if (< j i) (forward (string-grapheme-end s j)) (= j i)))
          (back (- j 1)))))
  (define (bow? ctx)
    (let ((w? (word-char? ctx)))
      (lambda (s i start end)
        (and (< i end) (w? (string-ref s i))
             (or (= i start) (not (w? (string-ref s (- i 1)))))))))
  (define (eow? ctx)
    (let ((w? (word-char? ctx)))
      (lambda (s i start end)
        (and (> i start) (w? (string-ref s (- i 1)))
             (or (= i end) (not (w? (string-ref s i))))))))

  ;;; Tree → automaton

  (define node-limit 1000000)   ; of an automaton: nested repetitions multiply

  (define (build tree)
    (define count 0)
    (define (make kind argument next other)
      (set! count (+ count 1))
      (when (> count node-limit) (fail "the regular expression is too large"))
      (make-node kind argument next other (- count 1)))
    ;; a split that prefers a, or b if it isn't greedy
    (define (split greedy? a b) (if greedy? (make 'split #f a b) (make 'split #f b a)))
    (define (emit tree next)
      (case (car tree)
        ((char) (make 'char (cadr tree) next #f))
        ((seq) (fold-right emit next (cdr tree)))
        ((alt)
         (if (null? (cdr tree))
             (make 'char (lambda (c) #f) next #f)
             (let loop ((l (cdr tree)))
               (if (null? (cdr l))
                   (emit (car l) next)
                   (let ((first (emit (car l) next)))
                     (make 'split #f first (loop (cdr l))))))))
        ((star)
         (let* ((loop (split (cadr tree) #f next)) (body (emit (caddr tree) loop)))
           (if (cadr tree) (node-next-set! loop body) (node-other-set! loop body))
           loop))
        ((opt) (split (cadr tree) (emit (caddr tree) next) next))
        ((rep)
         (let ((greedy? (cadr tree)) (n (caddr tree)) (m (cadddr tree)) (body (list-ref tree 4)))
           (let ((tail (if m
                           (let loop ((k (- m n)) (after next))
                             (if (= k 0) after (loop (- k 1) (split greedy? (emit body after) next))))
                           (emit (list 'star greedy? body) next))))
             (let loop ((k n) (after tail))
               (if (= k 0) after (loop (- k 1) (emit body after)))))))
        ((sub)
         (let ((i (cadr tree)))
           (make 'save (* 2 i) (emit (caddr tree) (make 'save (+ 1 (* 2 i)) next #f)) #f)))
        ((assert) (make 'assert (cadr tree) next #f))
        ((look) (make 'assert (look-around (cadr tree) (caddr tree) (cadddr tree)) next #f))
        (else (fail "internal error: unknown tree" tree))))
    (let ((first (emit tree (make 'accept #f #f #f))))
      (values first count)))

  ;; The assertion that tree matches (or doesn't) ahead of or behind a place.
  (define (look-around ahead? want? tree)
    (let-values (((first size) (build tree)))
      (let ((re (make-regexp #f first size 2 '() #t)))
        (if ahead?
            (lambda (s i start end)
              (eq? want? (and (run re s i end start end #t #f #f) #t)))
            (lambda (s i start end)
              (eq? want? (and (run re s start i start end #f #t #f) #t)))))))

  ;;; Running

  ;; Matches s from i to end; assertions see start and end*. anchored?: the match must begin at i; to-end?: it must end at end;
  ;; captures?: whether submatches are wanted. Gives the vector of slots of the best match, or #f.
  (define (run re s i end start end* anchored? to-end? captures?)
    (define marks (make-vector (<regexp>-size re) -1))
    (define slots (if captures? (<regexp>-slots re) 2))
    (define longest? (<regexp>-greedy? re))
    (define best #f)
    ;; Threads are (node . slots), in a list with the last first while it is made.
    ;; Adds the threads that node leads to without reading a character.
    (define (add node caps at threads)
      (let loop ((todo (list (cons node caps))) (threads threads))
        (if (null? todo)
            threads
            (let ((n (caar todo)) (caps (cdar todo)) (todo (cdr todo)))
              (if (= at (vector-ref marks (node-id n)))
                  (loop todo threads)
                  (begin
                    (vector-set! marks (node-id n) at)
                    (case (node-kind n)
                      ((split)
                       (loop (cons (cons (node-next n) caps) (cons (cons (node-other n) caps) todo)) threads))
                      ((save)
                       (loop (cons (cons (node-next n)
                                         (if (< (node-argument n) slots) (with caps (node-argument n) at) caps))
                                   todo)
                             threads))
                      ((assert)
                       (if ((node-argument n) s at start end*)
                           (loop (cons (cons (node-next n) caps) todo) threads)
                           (loop todo threads)))
                      (else (loop todo (cons (cons n caps) threads))))))))))
    (define (with caps slot at)
      (let ((new (vector-copy* caps))) (vector-set! new slot at) new))
    (define (fresh at) (let ((v (make-vector slots #f))) (vector-set! v 0 at) v))
    ;; Whether the match of caps that ends at `at` is better than the best so far.
    (define (better? caps at)
      (or (not best)
          (< (vector-ref caps 0) (vector-ref best 0))
          (and longest? (= (vector-ref caps 0) (vector-ref best 0)) (> at (vector-ref best 1)))))
    (let step ((at i) (threads (add (<regexp>-first re) (fresh i) i '())))
      ;; threads: last first. In order of priority: accept, or read a character.
      (let loop ((l (reverse threads)) (next '()))
        (if (null? l)
            (cond ((and (null? next) (or anchored? best (>= at end))) best)
                  ((>= at end) best)
                  (else
                   (step (+ at 1)
                         (if (or anchored? best)
                             next
                             (add (<regexp>-first re) (fresh (+ at 1)) (+ at 1) next)))))
            (let ((n (caar l)) (caps (cdar l)))
              (cond
                ;; one that began to the right of the best match can't win any more
                ((and best (> (vector-ref caps 0) (vector-ref best 0))) (loop (cdr l) next))
                ((eq? (node-kind n) 'accept)
                 (if (or (not to-end?) (= at end))
                     (begin
                       (when (better? caps at) (set! best (with caps 1 at)))
                       (loop (if longest? (cdr l) '()) next))
                     (loop (cdr l) next)))
                ((and (< at end) ((node-argument n) (string-ref s at)))
                 (loop (cdr l) (add (node-next n) caps (+ at 1) next)))
                (else (loop (cdr l) next))))))))

  (define (vector-copy* v)
    (let ((new (make-vector (vector-length v))))
      (do ((i 0 (+ i 1))) ((= i (vector-length v)) new)
        (vector-set! new i (vector-ref v i)))))

  ;;; Compilation

  ;; (regexp sre-or-regexp)
  (define (regexp re)
    (if (regexp? re)
        re
        (let* ((state (make-parse 0 '() #t)) (tree (parse-sre re top state)))
          (let-values (((first size) (build tree)))
            (make-regexp re first size (* 2 (+ 1 (parse-count state))) (parse-names state) (parse-greedy? state))))))

  ;; (rx sre ...)
  (define-syntax rx
    (syntax-rules ()
      ((_ sre ...) (regexp (quasiquote (: sre ...))))))

  (define (regexp->sre re) (<regexp>-sre (regexp re)))
  (define (valid-sre? x) (guard (c (#t #f)) (regexp x) #t))
  ;; (char-set->sre char-set): as ranges.
  (define (char-set->sre cs)
    (let loop ((l (char-set->list cs)) (out '()))
      (if (null? l)
          (cons 'char-range (reverse out))
          (let run-on ((last (car l)) (rest (cdr l)))
            (if (and (pair? rest) (= (char->integer (car rest)) (+ 1 (char->integer last))))
                (run-on (car rest) (cdr rest))
                (loop rest (cons last (cons (car l) out))))))))

  ;;; Matching

  ;; Defines (name argument ... string more ... [start [end]]); end may be #f.
  (define-syntax define-ranged
    (syntax-rules ()
      ((_ (name argument ...) (s start end) body ...)
       (define name
         (case-lambda
           ((argument ...) (name argument ... 0 (string-length s)))
           ((argument ... start) (name argument ... start (string-length s)))
           ((argument ... start last)
            (let ((end (or last (string-length s))))
              (unless (and (integer? start) (exact? start) (integer? end) (exact? end) (<= 0 start end (string-length s)))
                (assertion-violation 'name "expected 0 <= start <= end <= length of the string" start end))
              body ...)))))))

  (define (matched re s slots) (and slots (make-match s slots (<regexp>-names re))))

  (define-ranged (regexp-matches re s) (s start end)
    (let ((re (regexp re))) (matched re s (run re s start end start end #t #t #t))))
  (define-ranged (regexp-matches? re s) (s start end)
    (let ((re (regexp re))) (and (run re s start end start end #t #t #f) #t)))
  (define-ranged (regexp-search re s) (s start end)
    (let ((re (regexp re))) (matched re s (run re s start end start end #f #f #t))))

  (define (regexp-match-count m) (- (div (vector-length (<match>-slots m)) 2) 1))
  ;; The slot of a submatch by number or name; of several with the name the first that matched.
  (define (slot-of m field)
    (let ((slots (<match>-slots m)))
      (cond ((and (integer? field) (exact? field) (<= 0 field (regexp-match-count m))) (* 2 field))
            ((and (symbol? field) (assq field (<match>-names m)))
             (let loop ((l (<match>-names m)) (found #f))
               (cond ((null? l) found)
                     ((not (eq? (caar l) field)) (loop (cdr l) found))
                     ((vector-ref slots (* 2 (cdar l))) (* 2 (cdar l)))
                     (else (loop (cdr l) (or found (* 2 (cdar l))))))))
            (else (assertion-violation 'regexp-match-submatch "the match has no such submatch" field)))))
  (define regexp-match-submatch-start
    (case-lambda
      ((m) (regexp-match-submatch-start m 0))
      ((m field)
       (let ((i (slot-of m field)))
         (and (vector-ref (<match>-slots m) (+ i 1)) (vector-ref (<match>-slots m) i))))))
  (define regexp-match-submatch-end
    (case-lambda
      ((m) (regexp-match-submatch-end m 0))
      ((m field) (vector-ref (<match>-slots m) (+ 1 (slot-of m field))))))
  (define regexp-match-submatch
    (case-lambda
      ((m) (regexp-match-submatch m 0))
      ((m field)
       (let ((i (regexp-match-submatch-start m field)))
         (and i (substring (<match>-string m) i (regexp-match-submatch-end m field)))))))
  (define (regexp-match->list m)
    (let loop ((i (regexp-match-count m)) (l '()))
      (if (< i 0) l (loop (- i 1) (cons (regexp-match-submatch m i) l)))))

  ;;; Iteration

  ;; (regexp-fold re kons knil string [finish [start [end]]])
  (define regexp-fold
    (case-lambda
      ((re kons knil s) (regexp-fold re kons knil s (lambda (i m s acc) acc)))
      ((re kons knil s finish) (regexp-fold re kons knil s finish 0))
      ((re kons knil s finish start) (regexp-fold re kons knil s finish start (string-length s)))
      ((re kons knil s finish start last)
       (let ((re (regexp re)) (end (or last (string-length s))))
         ;; from: where to search; since: the end of the last match
         (let loop ((from start) (since start) (acc knil))
           (let ((slots (and (<= from end) (run re s from end start end #f #f #t))))
             (if slots
                 (let* ((m (matched re s slots)) (j (vector-ref slots 1)) (empty? (= j (vector-ref slots 0))))
                   (loop (if empty? (+ j 1) j) j (kons since m s acc)))
                 (finish since #f s acc))))))))

  (define (empty-match? m) (= (regexp-match-submatch-start m 0) (regexp-match-submatch-end m 0)))

  ;; (regexp-extract re string [start [end]]): the non-empty matches.
  (define-ranged (regexp-extract re s) (s start end)
    (reverse
     (regexp-fold re (lambda (i m s l) (if (empty-match? m) l (cons (regexp-match-submatch m 0) l))) '() s
                  (lambda (i m s l) l) start end)))
  ;; What is between the non-empty matches, then the matches themselves, last first: accumulates (since . parts).
  (define (partitioned re s start end keep-matches?)
    (regexp-fold re
                 (lambda (i m s acc)
                   (if (empty-match? m)
                       acc
                       (let ((between (substring s (car acc) (regexp-match-submatch-start m 0))))
                         (cons (regexp-match-submatch-end m 0)
                               (if keep-matches?
                                   (cons (regexp-match-submatch m 0) (cons between (cdr acc)))
                                   (cons between (cdr acc)))))))
                 (list start) s (lambda (i m s acc) acc) start end))
  (define-ranged (regexp-split re s) (s start end)
    (let ((acc (partitioned re s start end #f)))
      (reverse (cons (substring s (car acc) end) (cdr acc)))))
  (define-ranged (regexp-partition re s) (s start end)
    (let ((acc (partitioned re s start end #t)))
      (reverse (if (and (= (car acc) end) (pair? (cdr acc)))
                   (cdr acc)
                   (cons (substring s (car acc) end) (cdr acc))))))

  ;;; Replacement

  ;; The text that a template stands for.
  (define (instantiate subst m start end)
    (cond ((string? subst) subst)
          ((eq? subst 'pre) (substring (<match>-string m) start (regexp-match-submatch-start m 0)))
          ((eq? subst 'post) (substring (<match>-string m) (regexp-match-submatch-end m 0) end))
          ((or (integer? subst) (symbol? subst)) (or (regexp-match-submatch m subst) ""))
          ((list? subst) (apply string-append (map (lambda (x) (instantiate x m start end)) subst)))
          ((procedure? subst) (subst m))
          (else (assertion-violation 'regexp-replace "not a template" subst))))

  ;; (regexp-replace re string subst [start [end [count]]]): replaces match number count, from 0.
  (define regexp-replace
    (case-lambda
      ((re s subst) (regexp-replace re s subst 0))
      ((re s subst start) (regexp-replace re s subst start #f))
      ((re s subst start last) (regexp-replace re s subst start last 0))
      ((re s subst start last count)
       (let ((end (or last (string-length s))) (re (regexp re)))
         (let loop ((from start) (left count))
           (let ((slots (and (<= from end) (run re s from end start end #f #f #t))))
             (cond ((not slots) (substring s start end))
                   ((> left 0)
                    (loop (if (= (vector-ref slots 0) (vector-ref slots 1))
                              (+ 1 (vector-ref slots 1))
                              (vector-ref slots 1))
                          (- left 1)))
                   (else
                    (string-append (substring s start (vector-ref slots 0))
                                   (instantiate subst (matched re s slots) start end)
                                   (substring s (vector-ref slots 1) end))))))))))

  ;; (regexp-replace-all re string subst [start [end]])
  (define-ranged (regexp-replace-all re s subst) (s start end)
    (let ((acc (regexp-fold re
                            (lambda (i m s acc)
                              (cons (regexp-match-submatch-end m 0)
                                    (cons (instantiate subst m start end)
                                          (cons (substring s (car acc) (regexp-match-submatch-start m 0)) (cdr acc)))))
                            (list start) s (lambda (i m s acc) acc) start end)))
      (apply string-append (reverse (cons (substring s (car acc) end) (cdr acc)))))))
