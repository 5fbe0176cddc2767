;; SPDX-License-Identifier: MIT
;;
;; Symbols, strings, characters: what is done in C++ (src/runtime/data). Format: ../README.md.
;; Comparisons are binary here; the procedures of the reports with more operands are Scheme.

;;; Symbols

(primitive symbol->string
  (takes    (s symbol)) (gives immutable-string)
  (effects raises) (low symbol_name)
  (library (rnrs base) (scheme base))
  (doc "The name of s, an immutable string: the same one each time.")
  (examples ((symbol->string 'abc) => "abc")
            ((string-set! (symbol->string 'abc) 0 #\x) => (raises &assertion))))

(primitive string->symbol
  (takes    (s string)) (gives symbol)
  (effects reads allocates raises) (runtime string_to_symbol)
  (library (rnrs base) (scheme base))
  (doc "The symbol whose name is s.")
  (examples ((string->symbol "abc") => abc)))

(primitive %make-uninterned-symbol
  (takes    (name string)) (gives symbol)
  (effects reads allocates raises) (runtime make_uninterned)
  (doc "A symbol of that name that is eq? to no other."))

(primitive %symbol-interned?
  (takes    (s symbol)) (gives boolean)
  (effects raises) (runtime is_interned)
  (doc "False for symbols made by %make-uninterned-symbol."))

(primitive symbol-hash
  (takes    (s symbol)) (gives fixnum)
  (effects raises) (runtime symbol_hash_of)
  (library (rnrs hashtables))
  (doc "A hash of s; the same in every process."))

;;; Making and changing strings

(primitive make-string
  (takes    (k index) (optional fill char)) (gives mutable-string) (length k)
  (effects allocates raises) (runtime make_string)
  (library (rnrs base) (scheme base))
  (doc "A string of k characters, each of them fill (a space if left out).")
  (examples ((make-string 3 #\a) => "aaa")))

(primitive %string-ref-slow
  (takes    (s string) (k index)) (gives char)
  (effects reads raises) (runtime string_ref_slow)
  (doc "string-ref for strings of any width, with all checks."))

(primitive %string-set-slow!
  (takes    (s mutable-string) (k index) (c char)) (gives void)
  (effects writes raises allocates) (runtime string_set_slow)
  (doc "string-set! for strings of any width, with all checks; widens s when c needs it."))

(primitive %string-latin1?
  (takes    (s string)) (gives boolean)
  (effects reads raises) (runtime is_string_latin1)
  (doc "True if all characters of s are below U+0100."))

(primitive substring
  (takes    (s string) (start index) (end index)) (gives mutable-string)
  (effects reads allocates raises) (runtime substring)
  (library (rnrs base) (scheme base))
  (doc "A new string with the characters from start to before end.")
  (examples ((substring "hello" 1 3) => "el")))

(primitive string-copy
  (takes    (s string) (optional start index) (optional end index)) (gives mutable-string)
  (effects reads allocates raises) (runtime string_copy)
  (library (rnrs base) (scheme base))
  (doc "A new string with the characters of s from start to before end.")
  (examples ((string-copy "hello" 2) => "llo")))

(primitive %string-append
  (takes    (a string) (b string)) (gives mutable-string)
  (effects reads allocates raises) (runtime string_append2)
  (doc "string-append of two strings.")
  (examples ((%string-append "ab" "c") => "abc")))

(primitive %string-append-list
  (takes    (strings list)) (gives mutable-string)
  (effects reads allocates raises) (runtime string_append_list)
  (doc "The strings of a list, one after the other.")
  (examples ((%string-append-list '("a" "λ" "b")) => "aλb")))

(primitive string-copy!
  (takes    (to mutable-string) (at index) (from string) (optional start index) (optional end index)) (gives void)
  (effects writes raises reads allocates) (runtime string_copy_into)
  (library (scheme base))
  (doc "Copies characters of from to index at of to; they may overlap."))

(primitive string-fill!
  (takes    (s mutable-string) (c char) (optional start index) (optional end index)) (gives void)
  (effects writes raises allocates) (runtime string_fill)
  (library (rnrs mutable-strings) (scheme base))
  (doc "Stores c at every index from start to before end."))

(primitive string->list
  (takes    (s string) (optional start index) (optional end index)) (gives list)
  (effects reads allocates raises) (runtime string_to_list)
  (library (rnrs base) (scheme base))
  (doc "The characters of s as a list.")
  (examples ((string->list "abc") => (#\a #\b #\c))))

(primitive list->string
  (takes    (chars list)) (gives mutable-string)
  (effects reads allocates raises) (runtime list_to_string)
  (library (rnrs base) (scheme base))
  (doc "A new string of the characters in a list.")
  (examples ((list->string '(#\a #\b)) => "ab")))

(primitive string->vector
  (takes    (s string) (optional start index) (optional end index)) (gives mutable-vector)
  (effects reads allocates raises) (runtime string_to_vector)
  (library (scheme base))
  (doc "The characters of s as a vector.")
  (examples ((string->vector "abc") => #(#\a #\b #\c))))

(primitive vector->string
  (takes    (v vector) (optional start index) (optional end index)) (gives mutable-string)
  (effects reads allocates raises) (runtime vector_to_string)
  (library (scheme base))
  (doc "A new string of the characters in a vector.")
  (examples ((vector->string #(#\a #\b)) => "ab")))

;;; Comparing, hashing, searching

(primitive %string-compare
  (takes    (a string) (b string)) (gives fixnum)
  (effects reads raises) (runtime string_compare)
  (doc "-1, 0 or 1: the order of two strings by code points.")
  (examples ((%string-compare "a" "b") => -1)))

(primitive %string-ci-compare
  (takes    (a string) (b string)) (gives fixnum)
  (effects reads raises) (runtime string_ci_compare) (needs unicode)
  (doc "-1, 0 or 1: the order of two case-folded strings."))

(primitive string=?
  (takes    (a string) (b string)) (gives boolean)
  (effects reads raises) (runtime string_equal)
  (library (rnrs base) (scheme base))
  (doc "True if a is equal to b by code points.")
  (examples ((string=? "a" "a") => #t)))

(primitive string<?
  (takes    (a string) (b string)) (gives boolean)
  (effects reads raises) (runtime string_less)
  (library (rnrs base) (scheme base))
  (doc "True if a comes before b by code points.")
  (examples ((string<? "a" "b") => #t) ((string<? "ab" "a") => #f)))

(primitive string>?
  (takes    (a string) (b string)) (gives boolean)
  (effects reads raises) (runtime string_greater)
  (library (rnrs base) (scheme base))
  (doc "True if a comes after b by code points.")
  (examples ((string>? "a" "b") => #f)))

(primitive string<=?
  (takes    (a string) (b string)) (gives boolean)
  (effects reads raises) (runtime string_less_equal)
  (library (rnrs base) (scheme base))
  (doc "True if a does not come after b by code points.")
  (examples ((string<=? "a" "a") => #t)))

(primitive string>=?
  (takes    (a string) (b string)) (gives boolean)
  (effects reads raises) (runtime string_greater_equal)
  (library (rnrs base) (scheme base))
  (doc "True if a does not come before b by code points.")
  (examples ((string>=? "a" "b") => #f)))

(primitive string-ci=?
  (takes    (a string) (b string)) (gives boolean)
  (effects reads raises) (runtime string_ci_equal) (needs unicode)
  (library (rnrs unicode) (scheme char))
  (doc "Like string=? on the case-folded strings.")
  (examples ((string-ci=? "Straße" "STRASSE") => #t)))

(primitive string-ci<?
  (takes    (a string) (b string)) (gives boolean)
  (effects reads raises) (runtime string_ci_less) (needs unicode)
  (library (rnrs unicode) (scheme char))
  (doc "Like string<? on the case-folded strings."))

(primitive string-ci>?
  (takes    (a string) (b string)) (gives boolean)
  (effects reads raises) (runtime string_ci_greater) (needs unicode)
  (library (rnrs unicode) (scheme char))
  (doc "Like string>? on the case-folded strings."))

(primitive string-ci<=?
  (takes    (a string) (b string)) (gives boolean)
  (effects reads raises) (runtime string_ci_less_equal) (needs unicode)
  (library (rnrs unicode) (scheme char))
  (doc "Like string<=? on the case-folded strings."))

(primitive string-ci>=?
  (takes    (a string) (b string)) (gives boolean)
  (effects reads raises) (runtime string_ci_greater_equal) (needs unicode)
  (library (rnrs unicode) (scheme char))
  (doc "Like string>=? on the case-folded strings."))

(primitive string-hash
  (takes    (s string)) (gives fixnum)
  (effects reads raises) (runtime string_hash)
  (library (rnrs hashtables))
  (doc "A hash of the characters of s; the same in every process."))

(primitive %string-hash-seeded
  (takes    (s string) (seed fixnum)) (gives fixnum)
  (effects reads raises) (runtime string_hash_seeded)
  (doc "A hash of the characters of s that depends on a seed: for tables whose keys come from strangers.")
  (examples ((fx=? (%string-hash-seeded "abc" 5) (%string-hash-seeded "abc" 5)) => #t)
            ((fx=? (%string-hash-seeded "abc" 5) (%string-hash-seeded "abc" 6)) => #f)))

(primitive string-ci-hash
  (takes    (s string)) (gives fixnum)
  (effects reads raises) (runtime string_ci_hash) (needs unicode)
  (library (rnrs hashtables))
  (doc "A hash of s that is the same for strings which are string-ci=?."))

(primitive %string-index
  (takes    (s string) (c char) (optional start index) (optional end index)) (gives any)
  (effects reads raises) (runtime string_index)
  (doc "The first index of c in s, or #f.")
  (examples ((%string-index "hello" #\l) => 2)))

(primitive %string-index-right
  (takes    (s string) (c char) (optional start index) (optional end index)) (gives any)
  (effects reads raises) (runtime string_index_right)
  (doc "The last index of c in s, or #f.")
  (examples ((%string-index-right "hello" #\l) => 3)))

(primitive %string-search-forward
  (takes    (pattern string) (s string) (optional start index)) (gives any)
  (effects reads raises allocates) (runtime string_search_forward)
  (doc "The first index at or after start at which pattern occurs in s, or #f.")
  (examples ((%string-search-forward "lo" "hello") => 3)))

(primitive %string-search-backward
  (takes    (pattern string) (s string) (optional end index)) (gives any)
  (effects reads raises) (runtime string_search_backward)
  (doc "The last index at which pattern occurs in s before end, or #f.")
  (examples ((%string-search-backward "l" "hello") => 3)))

;;; Case and normalization

(primitive string-upcase
  (takes    (s string)) (gives mutable-string)
  (effects reads allocates raises) (runtime string_upcase) (needs unicode)
  (library (rnrs unicode) (scheme char))
  (doc "s in upper case, with full mappings.")
  (examples ((string-upcase "Straße") => "STRASSE")))

(primitive string-downcase
  (takes    (s string)) (gives mutable-string)
  (effects reads allocates raises) (runtime string_downcase) (needs unicode)
  (library (rnrs unicode) (scheme char))
  (doc "s in lower case, with final sigma.")
  (examples ((string-downcase "ΧΑΟΣ") => "χαος")))

(primitive string-titlecase
  (takes    (s string)) (gives mutable-string)
  (effects reads allocates raises) (runtime string_titlecase) (needs unicode)
  (library (rnrs unicode))
  (doc "The first letter of each word in title case, the others in lower case.")
  (examples ((string-titlecase "who's there?") => "Who's There?")))

(primitive string-word-end
  (takes    (s string) (start index)) (gives fixnum)
  (effects reads raises) (runtime string_word_end) (needs unicode)
  (library (loko unicode))
  (doc "Where the word, or what is between words, that begins at start ends (UAX #29).")
  (examples ((string-word-end "it's so" 0) => 4) ((string-word-end "it's" 4) => (raises &assertion))))

(primitive string-grapheme-end
  (takes    (s string) (start index)) (gives fixnum)
  (effects reads raises) (runtime string_grapheme_end) (needs unicode)
  (library (loko unicode))
  (doc "Where the grapheme cluster that begins at start ends (UAX #29): what a reader takes for one character.")
  (examples ((string-grapheme-end "e\x301;a" 0) => 2)))

(primitive string-foldcase
  (takes    (s string)) (gives mutable-string)
  (effects reads allocates raises) (runtime string_foldcase) (needs unicode)
  (library (rnrs unicode) (scheme char))
  (doc "s for comparison without case.")
  (examples ((string-foldcase "Straße") => "strasse")))

(primitive string-normalize-nfd
  (takes    (s string)) (gives mutable-string)
  (effects reads allocates raises) (runtime string_normalize_nfd) (needs unicode normalization)
  (library (rnrs unicode))
  (doc "s in Unicode normalization form NFD.")
  (examples ((string-length (string-normalize-nfd "é")) => 2)))

(primitive string-normalize-nfkd
  (takes    (s string)) (gives mutable-string)
  (effects reads allocates raises) (runtime string_normalize_nfkd) (needs unicode normalization)
  (library (rnrs unicode))
  (doc "s in Unicode normalization form NFKD."))

(primitive string-normalize-nfc
  (takes    (s string)) (gives mutable-string)
  (effects reads allocates raises) (runtime string_normalize_nfc) (needs unicode normalization)
  (library (rnrs unicode))
  (doc "s in Unicode normalization form NFC."))

(primitive string-normalize-nfkc
  (takes    (s string)) (gives mutable-string)
  (effects reads allocates raises) (runtime string_normalize_nfkc) (needs unicode normalization)
  (library (rnrs unicode))
  (doc "s in Unicode normalization form NFKC."))

;;; Characters

(primitive char-upcase
  (takes    (c char)) (gives char)
  (effects raises) (fold yes) (runtime char_upcase) (needs unicode)
  (library (rnrs unicode) (scheme char))
  (doc "c in upper case, if that is one character.")
  (examples ((char-upcase #\i) => #\I)))

(primitive char-downcase
  (takes    (c char)) (gives char)
  (effects raises) (fold yes) (runtime char_downcase) (needs unicode)
  (library (rnrs unicode) (scheme char))
  (doc "c in lower case.")
  (examples ((char-downcase #\I) => #\i)))

(primitive char-titlecase
  (takes    (c char)) (gives char)
  (effects raises) (fold yes) (runtime char_titlecase) (needs unicode)
  (library (rnrs unicode))
  (doc "c in title case.")
  (examples ((char-titlecase #\i) => #\I)))

(primitive char-foldcase
  (takes    (c char)) (gives char)
  (effects raises) (fold yes) (runtime char_foldcase) (needs unicode)
  (library (rnrs unicode) (scheme char))
  (doc "c for comparison without case.")
  (examples ((char-foldcase #\Σ) => #\σ)))

(primitive char-alphabetic?
  (takes    (c char)) (gives boolean)
  (effects raises) (fold yes) (runtime is_char_alphabetic) (needs unicode)
  (library (rnrs unicode) (scheme char))
  (doc "True if c has the property Alphabetic.")
  (examples ((char-alphabetic? #\λ) => #t)))

(primitive char-numeric?
  (takes    (c char)) (gives boolean)
  (effects raises) (fold yes) (runtime is_char_numeric) (needs unicode)
  (library (rnrs unicode) (scheme char))
  (doc "True if the category of c is Nd, Nl or No.")
  (examples ((char-numeric? #\5) => #t)))

(primitive char-whitespace?
  (takes    (c char)) (gives boolean)
  (effects raises) (fold yes) (runtime is_char_whitespace) (needs unicode)
  (library (rnrs unicode) (scheme char))
  (doc "True if c has the property White_Space.")
  (examples ((char-whitespace? #\space) => #t)))

(primitive char-upper-case?
  (takes    (c char)) (gives boolean)
  (effects raises) (fold yes) (runtime is_char_upper_case) (needs unicode)
  (library (rnrs unicode) (scheme char))
  (doc "True if c has the property Uppercase.")
  (examples ((char-upper-case? #\A) => #t)))

(primitive char-lower-case?
  (takes    (c char)) (gives boolean)
  (effects raises) (fold yes) (runtime is_char_lower_case) (needs unicode)
  (library (rnrs unicode) (scheme char))
  (doc "True if c has the property Lowercase.")
  (examples ((char-lower-case? #\A) => #f)))

(primitive char-title-case?
  (takes    (c char)) (gives boolean)
  (effects raises) (fold yes) (runtime is_char_title_case) (needs unicode)
  (library (rnrs unicode))
  (doc "True if the category of c is Lt.")
  (examples ((char-title-case? #\A) => #f)))

(primitive char-general-category
  (takes    (c char)) (gives symbol)
  (effects raises) (fold yes) (runtime char_general_category) (needs unicode)
  (library (rnrs unicode))
  (doc "The Unicode category of c: Lu, Ll, …")
  (examples ((char-general-category #\a) => Ll)))

(primitive %char-graphic?
  (takes    (c char)) (gives boolean)
  (effects raises) (fold yes) (runtime is_char_graphic)
  (doc "True if write shows c as it is: the category is none of Cc Cf Cs Co Cn Zs Zl Zp.")
  (examples ((%char-graphic? #\a) => #t)))

(primitive digit-value
  (takes    (c char)) (gives any)
  (effects raises) (fold yes) (runtime digit_value) (needs unicode)
  (library (scheme char))
  (doc "The value of a decimal digit of any script, or #f.")
  (examples ((digit-value #\3) => 3)))

(primitive char-ci=?
  (takes    (a char) (b char)) (gives boolean)
  (effects raises) (fold yes) (runtime char_ci_equal) (needs unicode)
  (library (rnrs unicode) (scheme char))
  (doc "Like char=? on the case-folded characters.")
  (examples ((char-ci=? #\a #\A) => #t)))

(primitive char-ci<?
  (takes    (a char) (b char)) (gives boolean)
  (effects raises) (fold yes) (runtime char_ci_less) (needs unicode)
  (library (rnrs unicode) (scheme char))
  (doc "Like char<? on the case-folded characters.")
  (examples ((char-ci<? #\a #\B) => #t)))

(primitive char-ci>?
  (takes    (a char) (b char)) (gives boolean)
  (effects raises) (fold yes) (runtime char_ci_greater) (needs unicode)
  (library (rnrs unicode) (scheme char))
  (doc "Like char>? on the case-folded characters."))

(primitive char-ci<=?
  (takes    (a char) (b char)) (gives boolean)
  (effects raises) (fold yes) (runtime char_ci_less_equal) (needs unicode)
  (library (rnrs unicode) (scheme char))
  (doc "Like char<=? on the case-folded characters."))

(primitive char-ci>=?
  (takes    (a char) (b char)) (gives boolean)
  (effects raises) (fold yes) (runtime char_ci_greater_equal) (needs unicode)
  (library (rnrs unicode) (scheme char))
  (doc "Like char>=? on the case-folded characters."))

;;; Codecs

(primitive string->utf8
  (takes    (s string) (optional start index) (optional end index)) (gives mutable-bytevector)
  (effects reads allocates raises) (runtime string_to_utf8)
  (library (rnrs bytevectors) (scheme base))
  (doc "The characters of s in UTF-8.")
  (examples ((string->utf8 "aλ") => #vu8(97 206 187))))

(primitive utf8->string
  (takes    (b bytevector) (optional start index) (optional end index)) (gives mutable-string)
  (effects reads allocates raises) (runtime utf8_to_string)
  (library (rnrs bytevectors) (scheme base))
  (doc "The string of bytes in UTF-8; invalid ones become U+FFFD.")
  (examples ((utf8->string #vu8(97 206 187)) => "aλ")))

(primitive string->utf16
  (takes    (s string) (optional endianness symbol)) (gives mutable-bytevector)
  (effects reads allocates raises) (runtime string_to_utf16)
  (library (rnrs bytevectors))
  (doc "The characters of s in UTF-16, big endian if not told.")
  (examples ((string->utf16 "aλ") => #vu8(0 97 3 187)) ((string->utf16 "a" 'little) => #vu8(97 0))))

(primitive string->utf32
  (takes    (s string) (optional endianness symbol)) (gives mutable-bytevector)
  (effects reads allocates raises) (runtime string_to_utf32)
  (library (rnrs bytevectors))
  (doc "The characters of s in UTF-32, big endian if not told.")
  (examples ((string->utf32 "a") => #vu8(0 0 0 97))))

(primitive utf16->string
  (takes    (b bytevector) (endianness symbol) (optional mandatory any)) (gives mutable-string)
  (effects reads allocates raises) (runtime utf16_to_string)
  (library (rnrs bytevectors))
  (doc "The string of bytes in UTF-16; a byte order mark counts unless endianness is mandatory.")
  (examples ((utf16->string #vu8(0 97) 'big) => "a")))

(primitive utf32->string
  (takes    (b bytevector) (endianness symbol) (optional mandatory any)) (gives mutable-string)
  (effects reads allocates raises) (runtime utf32_to_string)
  (library (rnrs bytevectors))
  (doc "The string of bytes in UTF-32; a byte order mark counts unless endianness is mandatory.")
  (examples ((utf32->string #vu8(97 0 0 0) 'little) => "a")))
