;; SPDX-License-Identifier: MIT
;;
;; SRFI 130: cursor-based string library. Cursors are indices. Made of SRFI 152; the searches differ in what they give for
;; nothing found, and those from the right give the place behind the character.
(library (srfi :130 string-cursors)
  (export string-cursor? string-cursor-start string-cursor-end string-cursor-next string-cursor-prev
          string-cursor-forward string-cursor-back string-cursor=? string-cursor<? string-cursor>? string-cursor<=?
          string-cursor>=? string-cursor-diff string-cursor->index string-index->cursor
          string-null? string-every string-any
          string-tabulate string-unfold string-unfold-right
          string->list/cursors string->vector/cursors reverse-list->string string-join
          string-ref/cursor substring/cursors string-copy/cursors
          string-take string-drop string-take-right string-drop-right string-pad string-pad-right
          string-trim string-trim-right string-trim-both
          string-prefix-length string-suffix-length string-prefix? string-suffix?
          string-index string-index-right string-skip string-skip-right string-contains string-contains-right
          string-reverse string-concatenate string-concatenate-reverse string-fold string-fold-right
          string-for-each-cursor string-replicate string-count string-replace string-split string-filter string-remove)
  (import (except (rnrs) string->list string-copy string-for-each)
          (rename (srfi :152 strings)
            (string-index search) (string-index-right search-right) (string-skip skip) (string-skip-right skip-right)))

  (define (string-cursor? x) (and (integer? x) (exact? x) (>= x 0)))
  (define (string-cursor-start s) 0)
  (define (string-cursor-end s) (string-length s))
  (define (valid who s cursor)
    (unless (and (string-cursor? cursor) (<= cursor (string-length s)))
      (assertion-violation who "the cursor is outside the string" s cursor))
    cursor)
  (define (string-cursor-next s cursor) (valid 'string-cursor-next s (+ cursor 1)))
  (define (string-cursor-prev s cursor) (valid 'string-cursor-prev s (- cursor 1)))
  (define (string-cursor-forward s cursor n) (valid 'string-cursor-forward s (+ cursor n)))
  (define (string-cursor-back s cursor n) (valid 'string-cursor-back s (- cursor n)))
  (define (string-cursor=? a b) (= a b))
  (define (string-cursor<? a b) (< a b))
  (define (string-cursor>? a b) (> a b))
  (define (string-cursor<=? a b) (<= a b))
  (define (string-cursor>=? a b) (>= a b))
  (define (string-cursor-diff s start end) (- end start))
  (define (string-cursor->index s cursor) cursor)
  (define (string-index->cursor s index) index)

  (define string->list/cursors string->list)
  (define string->vector/cursors string->vector)
  (define (string-ref/cursor s cursor) (string-ref s cursor))
  (define (substring/cursors s start end) (substring s start end))
  (define string-copy/cursors string-copy)

  ;; Defines (name string predicate [start [end]]).
  (define-syntax define-search
    (syntax-rules ()
      ((_ (name s test start end) body)
       (define name
         (case-lambda
           ((s test) (name s test 0))
           ((s test start) (name s test start (string-length s)))
           ((s test start end) body))))))
  (define-search (string-index s test start end) (or (search s test start end) end))
  (define-search (string-skip s test start end) (or (skip s test start end) end))
  (define-search (string-index-right s test start end)
    (let ((i (search-right s test start end))) (if i (+ i 1) start)))
  (define-search (string-skip-right s test start end)
    (let ((i (skip-right s test start end))) (if i (+ i 1) start)))

  ;; (string-reverse string [start [end]])
  (define string-reverse
    (case-lambda
      ((s) (string-reverse s 0))
      ((s start) (string-reverse s start (string-length s)))
      ((s start end) (reverse-list->string (string->list s start end)))))

  ;; (string-for-each-cursor procedure string [start [end]])
  (define string-for-each-cursor
    (case-lambda
      ((f s) (string-for-each-cursor f s 0))
      ((f s start) (string-for-each-cursor f s start (string-length s)))
      ((f s start end)
       (valid 'string-for-each-cursor s end)
       (do ((i start (+ i 1))) ((>= i end)) (f i))))))
