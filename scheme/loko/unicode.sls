;; SPDX-License-Identifier: MIT
;;
;; Text as its readers see it (UAX #29, default rules): grapheme clusters and words. An addition to (rnrs unicode).
(library (loko unicode)
  (export string-grapheme-end string-word-end string->graphemes string->words string-grapheme-count)
  (import (rnrs base) (loko core primitives))

  (define (pieces s end)
    (let ((n (string-length s)))
      (let loop ((i 0) (l '()))
        (if (fx<? i n)
            (let ((j (end s i)))
              (loop j (cons (substring s i j) l)))
            (reverse l)))))

  ;; (string->graphemes string): the list of the string's grapheme clusters, as strings.
  (define (string->graphemes s) (pieces s string-grapheme-end))

  ;; (string->words string): the list of the string's words and of what is between them (spaces, punctuation): appended
  ;; they are the string.
  (define (string->words s) (pieces s string-word-end))

  ;; (string-grapheme-count string): how many grapheme clusters there are.
  (define (string-grapheme-count s)
    (let ((n (string-length s)))
      (let loop ((i 0) (count 0))
        (if (fx<? i n)
            (loop (string-grapheme-end s i) (fx+ count 1))
            count)))))
