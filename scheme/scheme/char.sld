;; SPDX-License-Identifier: MIT
;;
;; (scheme char): R7RS 6.6, 6.7.
(define-library (scheme char)
  (export char-alphabetic? char-ci<=? char-ci<? char-ci=? char-ci>=? char-ci>? char-downcase char-foldcase
          char-lower-case? char-numeric? char-upcase char-upper-case? char-whitespace? digit-value
          string-ci<=? string-ci<? string-ci=? string-ci>=? string-ci>? string-downcase string-foldcase
          string-upcase)
  (import (rename (only (loko base chars) char-alphabetic? char-ci<=? char-ci<? char-ci=? char-ci>=? char-ci>? char-downcase char-foldcase
                char-lower-case? r7:char-numeric? char-upcase char-upper-case? char-whitespace? digit-value)
                  (r7:char-numeric? char-numeric?))
          (only (loko base strings) string-ci<=? string-ci<? string-ci=? string-ci>=? string-ci>? string-downcase string-foldcase
                string-upcase)))
