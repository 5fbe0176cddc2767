;; SPDX-License-Identifier: MIT
(library (scheme char)
  (export char-alphabetic? char-ci<=? char-ci<? char-ci=? char-ci>=? char-ci>? char-downcase char-foldcase
    char-lower-case? char-numeric? char-upcase char-upper-case? char-whitespace? digit-value string-ci<=? string-ci<?
    string-ci=? string-ci>=? string-ci>? string-downcase string-foldcase string-upcase)
  (import (chezscheme))
  (define (digit-value c)
    (and (char-numeric? c) (let ([n (- (char->integer c) 48)]) (and (<= 0 n 9) n)))))
