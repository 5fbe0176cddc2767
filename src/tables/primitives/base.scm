;; SPDX-License-Identifier: MIT
;;
;; Booleans, pairs, characters, vectors, strings, bytevectors, symbols, boxes: what compiled code does in line.
;; Format: ../README.md. The templates are in src/low/expand_primitives*.cpp.

(primitive eq?
  (takes    (a any) (b any)) (gives boolean)
  (effects) (fold yes) (low eq)
  (library (rnrs base) (scheme base))
  (doc "True if a and b are the same object.")
  (examples ((eq? 'a 'a) => #t)))

(primitive eqv?
  (takes    (a any) (b any)) (gives boolean)
  (effects) (fold yes) (low eqv)
  (library (rnrs base) (scheme base))
  (doc "Like eq?, but numbers of equal value and exactness and equal characters are the same.")
  (examples ((eqv? 1.5 1.5) => #t)))

(primitive not
  (takes    (x any)) (gives boolean)
  (effects) (fold yes) (low not)
  (library (rnrs base) (scheme base))
  (doc "True if x is false.")
  (examples ((not 3) => #f)))

(primitive null?
  (takes    (x any)) (gives boolean)
  (effects) (fold yes) (low is_null)
  (library (rnrs base) (scheme base))
  (doc "True if x is the empty list.")
  (examples ((null? '()) => #t) ((null? '(a)) => #f)))

(primitive pair?
  (takes    (x any)) (gives boolean)
  (effects) (fold yes) (low is_pair)
  (library (rnrs base) (scheme base))
  (doc "True if x is a pair.")
  (examples ((pair? '(a)) => #t) ((pair? '()) => #f)))

(primitive boolean?
  (takes    (x any)) (gives boolean)
  (effects) (fold yes) (low is_boolean)
  (library (rnrs base) (scheme base))
  (doc "True if x is a boolean.")
  (examples ((boolean? #f) => #t) ((boolean? '()) => #f)))

(primitive char?
  (takes    (x any)) (gives boolean)
  (effects) (fold yes) (low is_char)
  (library (rnrs base) (scheme base))
  (doc "True if x is a character.")
  (examples ((char? #\a) => #t)))

(primitive symbol?
  (takes    (x any)) (gives boolean)
  (effects) (fold yes) (low is_symbol)
  (library (rnrs base) (scheme base))
  (doc "True if x is a symbol.")
  (examples ((symbol? 'a) => #t) ((symbol? "a") => #f)))

(primitive string?
  (takes    (x any)) (gives boolean)
  (effects) (fold yes) (low is_string)
  (library (rnrs base) (scheme base))
  (doc "True if x is a string.")
  (examples ((string? "a") => #t)))

(primitive vector?
  (takes    (x any)) (gives boolean)
  (effects) (fold yes) (low is_vector)
  (library (rnrs base) (scheme base))
  (doc "True if x is a vector.")
  (examples ((vector? #(1)) => #t) ((vector? #vu8(1)) => #f)))

(primitive bytevector?
  (takes    (x any)) (gives boolean)
  (effects) (fold yes) (low is_bytevector)
  (library (rnrs bytevectors) (scheme base))
  (doc "True if x is a bytevector.")
  (examples ((bytevector? #vu8(1)) => #t)))

(primitive procedure?
  (takes    (x any)) (gives boolean)
  (effects) (fold yes) (low is_procedure)
  (library (rnrs base) (scheme base))
  (doc "True if x is a procedure.")
  (examples ((procedure? (lambda () 1)) => #t) ((procedure? 'car) => #f)))

(primitive eof-object?
  (takes    (x any)) (gives boolean)
  (effects) (fold yes) (low is_eof)
  (library (rnrs io ports) (scheme base))
  (doc "True if x is the end-of-file object."))

(primitive eof-object
  (takes) (gives eof)
  (effects) (fold yes) (low eof)
  (library (rnrs io ports) (scheme base))
  (doc "The end-of-file object."))

(primitive void
  (takes) (gives void)
  (effects reads) (runtime void_with_counter)
  (library (loko))
  (doc "A void object with a copy of the program counter."))

(primitive %void
  (takes) (gives void)
  (effects) (low void)
  (doc "The void object without a program counter."))

(primitive %default
  (takes) (gives any)
  (effects) (low default)
  (doc "The mark of an argument that was not given."))

(primitive %default?
  (takes    (x any)) (gives boolean)
  (effects) (low is_default)
  (doc "True if x is the mark of an argument that was not given."))

(primitive %deleted
  (takes) (gives any)
  (effects) (low deleted)
  (doc "The mark of a removed key in hash tables."))

(primitive %deleted?
  (takes    (x any)) (gives boolean)
  (effects) (low is_deleted)
  (doc "True if x is the mark of a removed key."))

(primitive %unbound
  (takes) (gives any)
  (effects) (low unbound)
  (doc "The content of a variable before its initialization."))

(primitive %unbound?
  (takes    (x any)) (gives boolean)
  (effects) (low is_unbound)
  (doc "True if x is the content of a variable before its initialization."))

(primitive %check-bound
  (takes    (x any) (name symbol)) (gives any)
  (effects raises) (low check_bound)
  (doc "x, unless it is the content of a variable before its initialization: then raises."))

(primitive %void?
  (takes    (x any)) (gives boolean)
  (effects) (low is_void)
  (doc "True if x is an unspecified value, wherever it was made."))

(primitive %typed?
  (takes    (x any)) (gives boolean)
  (effects) (low is_typed)
  (doc "True if x is a reference to an object with a header or a record."))

(primitive %immediate?
  (takes    (x any)) (gives boolean)
  (effects) (low is_immediate)
  (doc "True if x is no reference to memory."))

(primitive cons
  (takes    (a any) (d any)) (gives pair)
  (effects allocates) (low cons)
  (library (rnrs base) (scheme base))
  (doc "A new pair.")
  (examples ((cons 1 2) => (1 . 2))))

(primitive car
  (takes    (p pair)) (gives any)
  (effects reads raises) (low car)
  (library (rnrs base) (scheme base))
  (doc "The first field of a pair.")
  (examples ((car '(a b)) => a) ((car 5) => (raises &assertion))))

(primitive cdr
  (takes    (p pair)) (gives any)
  (effects reads raises) (low cdr)
  (library (rnrs base) (scheme base))
  (doc "The second field of a pair.")
  (examples ((cdr '(a b)) => (b)) ((cdr '()) => (raises &assertion))))

(primitive set-car!
  (takes    (p pair) (v any)) (gives void)
  (effects writes raises) (low set_car)
  (library (rnrs mutable-pairs) (scheme base))
  (doc "Stores v in the first field of a pair."))

(primitive set-cdr!
  (takes    (p pair) (v any)) (gives void)
  (effects writes raises) (low set_cdr)
  (library (rnrs mutable-pairs) (scheme base))
  (doc "Stores v in the second field of a pair."))

(primitive %car
  (takes    (p any)) (gives any)
  (effects reads) (low unsafe_car)
  (doc "The first field of what is known to be a pair."))

(primitive %cdr
  (takes    (p any)) (gives any)
  (effects reads) (low unsafe_cdr)
  (doc "The second field of what is known to be a pair."))

(primitive caar
  (takes    (p pair)) (gives any)
  (effects reads raises) (low cxr)
  (library (rnrs base) (scheme base))
  (doc "Nested car and cdr: (car (car p))."))

(primitive cadr
  (takes    (p pair)) (gives any)
  (effects reads raises) (low cxr)
  (library (rnrs base) (scheme base))
  (doc "Nested car and cdr: (car (cdr p)).")
  (examples ((cadr '(a b)) => b) ((cadr '(a)) => (raises &assertion))))

(primitive cdar
  (takes    (p pair)) (gives any)
  (effects reads raises) (low cxr)
  (library (rnrs base) (scheme base))
  (doc "Nested car and cdr: (cdr (car p))."))

(primitive cddr
  (takes    (p pair)) (gives any)
  (effects reads raises) (low cxr)
  (library (rnrs base) (scheme base))
  (doc "Nested car and cdr: (cdr (cdr p)).")
  (examples ((cddr '(a b c)) => (c))))

(primitive caaar
  (takes    (p pair)) (gives any)
  (effects reads raises) (low cxr)
  (library (rnrs base) (scheme cxr))
  (doc "Nested car and cdr: (car (car (car p)))."))

(primitive caadr
  (takes    (p pair)) (gives any)
  (effects reads raises) (low cxr)
  (library (rnrs base) (scheme cxr))
  (doc "Nested car and cdr: (car (car (cdr p)))."))

(primitive cadar
  (takes    (p pair)) (gives any)
  (effects reads raises) (low cxr)
  (library (rnrs base) (scheme cxr))
  (doc "Nested car and cdr: (car (cdr (car p)))."))

(primitive caddr
  (takes    (p pair)) (gives any)
  (effects reads raises) (low cxr)
  (library (rnrs base) (scheme cxr))
  (doc "Nested car and cdr: (car (cdr (cdr p)))."))

(primitive cdaar
  (takes    (p pair)) (gives any)
  (effects reads raises) (low cxr)
  (library (rnrs base) (scheme cxr))
  (doc "Nested car and cdr: (cdr (car (car p)))."))

(primitive cdadr
  (takes    (p pair)) (gives any)
  (effects reads raises) (low cxr)
  (library (rnrs base) (scheme cxr))
  (doc "Nested car and cdr: (cdr (car (cdr p))).")
  (examples ((cdadr '(1 (2 3))) => (3))))

(primitive cddar
  (takes    (p pair)) (gives any)
  (effects reads raises) (low cxr)
  (library (rnrs base) (scheme cxr))
  (doc "Nested car and cdr: (cdr (cdr (car p)))."))

(primitive cdddr
  (takes    (p pair)) (gives any)
  (effects reads raises) (low cxr)
  (library (rnrs base) (scheme cxr))
  (doc "Nested car and cdr: (cdr (cdr (cdr p)))."))

(primitive caaaar
  (takes    (p pair)) (gives any)
  (effects reads raises) (low cxr)
  (library (rnrs base) (scheme cxr))
  (doc "Nested car and cdr: (car (car (car (car p))))."))

(primitive caaadr
  (takes    (p pair)) (gives any)
  (effects reads raises) (low cxr)
  (library (rnrs base) (scheme cxr))
  (doc "Nested car and cdr: (car (car (car (cdr p))))."))

(primitive caadar
  (takes    (p pair)) (gives any)
  (effects reads raises) (low cxr)
  (library (rnrs base) (scheme cxr))
  (doc "Nested car and cdr: (car (car (cdr (car p))))."))

(primitive caaddr
  (takes    (p pair)) (gives any)
  (effects reads raises) (low cxr)
  (library (rnrs base) (scheme cxr))
  (doc "Nested car and cdr: (car (car (cdr (cdr p))))."))

(primitive cadaar
  (takes    (p pair)) (gives any)
  (effects reads raises) (low cxr)
  (library (rnrs base) (scheme cxr))
  (doc "Nested car and cdr: (car (cdr (car (car p))))."))

(primitive cadadr
  (takes    (p pair)) (gives any)
  (effects reads raises) (low cxr)
  (library (rnrs base) (scheme cxr))
  (doc "Nested car and cdr: (car (cdr (car (cdr p))))."))

(primitive caddar
  (takes    (p pair)) (gives any)
  (effects reads raises) (low cxr)
  (library (rnrs base) (scheme cxr))
  (doc "Nested car and cdr: (car (cdr (cdr (car p))))."))

(primitive cadddr
  (takes    (p pair)) (gives any)
  (effects reads raises) (low cxr)
  (library (rnrs base) (scheme cxr))
  (doc "Nested car and cdr: (car (cdr (cdr (cdr p)))).")
  (examples ((cadddr '(1 2 3 4)) => 4)))

(primitive cdaaar
  (takes    (p pair)) (gives any)
  (effects reads raises) (low cxr)
  (library (rnrs base) (scheme cxr))
  (doc "Nested car and cdr: (cdr (car (car (car p))))."))

(primitive cdaadr
  (takes    (p pair)) (gives any)
  (effects reads raises) (low cxr)
  (library (rnrs base) (scheme cxr))
  (doc "Nested car and cdr: (cdr (car (car (cdr p))))."))

(primitive cdadar
  (takes    (p pair)) (gives any)
  (effects reads raises) (low cxr)
  (library (rnrs base) (scheme cxr))
  (doc "Nested car and cdr: (cdr (car (cdr (car p))))."))

(primitive cdaddr
  (takes    (p pair)) (gives any)
  (effects reads raises) (low cxr)
  (library (rnrs base) (scheme cxr))
  (doc "Nested car and cdr: (cdr (car (cdr (cdr p))))."))

(primitive cddaar
  (takes    (p pair)) (gives any)
  (effects reads raises) (low cxr)
  (library (rnrs base) (scheme cxr))
  (doc "Nested car and cdr: (cdr (cdr (car (car p))))."))

(primitive cddadr
  (takes    (p pair)) (gives any)
  (effects reads raises) (low cxr)
  (library (rnrs base) (scheme cxr))
  (doc "Nested car and cdr: (cdr (cdr (car (cdr p))))."))

(primitive cdddar
  (takes    (p pair)) (gives any)
  (effects reads raises) (low cxr)
  (library (rnrs base) (scheme cxr))
  (doc "Nested car and cdr: (cdr (cdr (cdr (car p))))."))

(primitive cddddr
  (takes    (p pair)) (gives any)
  (effects reads raises) (low cxr)
  (library (rnrs base) (scheme cxr))
  (doc "Nested car and cdr: (cdr (cdr (cdr (cdr p))))."))

(primitive list
  (takes    (rest x any)) (gives list)
  (effects allocates) (low list)
  (library (rnrs base) (scheme base))
  (doc "A new list of the arguments.")
  (examples ((list 1 2 3) => (1 2 3)) ((list) => ())))

(primitive cons*
  (takes    (rest x any)) (gives any)
  (effects allocates raises) (low cons_star)
  (library (rnrs lists))
  (doc "A list of all arguments but the last, which is its tail.")
  (examples ((cons* 1 2 '(3)) => (1 2 3)) ((cons* 1) => 1)))

(primitive vector
  (takes    (rest x any)) (gives mutable-vector)
  (effects allocates) (low vector)
  (library (rnrs base) (scheme base))
  (doc "A new vector of the arguments.")
  (examples ((vector 1 2) => #(1 2))))

(primitive vector-length
  (takes    (v vector)) (gives index)
  (effects raises) (fold yes) (low vector_length)
  (library (rnrs base) (scheme base))
  (doc "The number of elements.")
  (examples ((vector-length #(a b)) => 2) ((vector-length '(a)) => (raises &assertion))))

(primitive vector-ref
  (takes    (v vector) (k index)) (gives any)
  (effects reads raises) (fold yes) (low vector_ref)
  (library (rnrs base) (scheme base))
  (doc "The element of v at index k.")
  (examples ((vector-ref '#(a b c) 1) => b) ((vector-ref #(a) 1) => (raises &assertion)) ((vector-ref #(a) 0.0) => (raises &assertion))))

(primitive vector-set!
  (takes    (v mutable-vector) (k index) (x any)) (gives void)
  (effects writes raises) (low vector_set)
  (library (rnrs base) (scheme base))
  (doc "Stores x in v at index k."))

(primitive %vector-ref
  (takes    (v any) (k any)) (gives any)
  (effects reads) (low unsafe_vector_ref)
  (doc "The element of what is known to be a vector, at an index known to be right."))

(primitive %vector-set!
  (takes    (v any) (k any) (x any)) (gives void)
  (effects writes) (low unsafe_vector_set)
  (doc "Stores into what is known to be a vector, at an index known to be right."))

(primitive %vector-length
  (takes    (v any)) (gives fixnum)
  (effects) (low unsafe_vector_length)
  (doc "The number of elements of what is known to be a vector (or a CodeInfo)."))

(primitive char->integer
  (takes    (c char)) (gives fixnum)
  (effects raises) (fold yes) (low char_to_integer)
  (library (rnrs base) (scheme base))
  (doc "The scalar value of c.")
  (examples ((char->integer #\A) => 65)))

(primitive integer->char
  (takes    (n fixnum)) (gives char)
  (effects raises) (fold yes) (low integer_to_char)
  (library (rnrs base) (scheme base))
  (doc "The character with scalar value n.")
  (examples ((integer->char 955) => #\λ) ((integer->char 55296) => (raises &assertion))))

(primitive char=?
  (takes    (a char) (b char)) (gives boolean)
  (effects raises) (fold yes) (low char_eq)
  (library (rnrs base) (scheme base))
  (doc "True if the scalar value of a is equal to that of b.")
  (examples ((char=? #\a #\a) => #t)))

(primitive char<?
  (takes    (a char) (b char)) (gives boolean)
  (effects raises) (fold yes) (low char_lt)
  (library (rnrs base) (scheme base))
  (doc "True if the scalar value of a is below that of b.")
  (examples ((char<? #\a #\b) => #t) ((char<? #\a 98) => (raises &assertion))))

(primitive char>?
  (takes    (a char) (b char)) (gives boolean)
  (effects raises) (fold yes) (low char_gt)
  (library (rnrs base) (scheme base))
  (doc "True if the scalar value of a is above that of b.")
  (examples ((char>? #\a #\b) => #f)))

(primitive char<=?
  (takes    (a char) (b char)) (gives boolean)
  (effects raises) (fold yes) (low char_le)
  (library (rnrs base) (scheme base))
  (doc "True if the scalar value of a is not above that of b.")
  (examples ((char<=? #\b #\b) => #t)))

(primitive char>=?
  (takes    (a char) (b char)) (gives boolean)
  (effects raises) (fold yes) (low char_ge)
  (library (rnrs base) (scheme base))
  (doc "True if the scalar value of a is not below that of b.")
  (examples ((char>=? #\a #\b) => #f)))

(primitive string-length
  (takes    (s string)) (gives index)
  (effects raises) (fold yes) (low string_length)
  (library (rnrs base) (scheme base))
  (doc "The number of characters.")
  (examples ((string-length "aλ") => 2)))

(primitive string-ref
  (takes    (s string) (k index)) (gives char)
  (effects reads raises) (fold yes) (low string_ref)
  (library (rnrs base) (scheme base))
  (doc "The character of s at index k.")
  (examples ((string-ref "aλ" 1) => #\λ)
            ((string-ref "ab" 2) => (raises &assertion))
            ((string-ref "ab" -1) => (raises &assertion))))

(primitive string-set!
  (takes    (s mutable-string) (k index) (c char)) (gives void)
  (effects writes raises) (low string_set)
  (library (rnrs mutable-strings) (scheme base))
  (doc "Stores c in s at index k."))

(primitive %string1?
  (takes    (x any)) (gives boolean)
  (effects reads) (low is_string1)
  (doc "True if x is a string stored as Latin-1."))

(primitive bytevector-length
  (takes    (b bytevector)) (gives index)
  (effects raises) (fold yes) (low bytevector_length)
  (library (rnrs bytevectors) (scheme base))
  (doc "The number of bytes.")
  (examples ((bytevector-length #vu8(1 2 3)) => 3)))

(primitive bytevector-u8-ref
  (takes    (b bytevector) (k index)) (gives fixnum)
  (effects reads raises) (low bytevector_u8_ref)
  (library (rnrs bytevectors) (scheme base))
  (doc "The byte at index k.")
  (examples ((bytevector-u8-ref #vu8(1 255) 1) => 255) ((bytevector-u8-ref #vu8(1) 1) => (raises &assertion))))

(primitive bytevector-u8-set!
  (takes    (b mutable-bytevector) (k index) (n fixnum)) (gives void)
  (effects writes raises) (low bytevector_u8_set)
  (library (rnrs bytevectors) (scheme base))
  (doc "Stores the byte n at index k."))

(primitive bytevector-s8-ref
  (takes    (b bytevector) (k index)) (gives fixnum)
  (effects reads raises) (low bytevector_s8_ref)
  (library (rnrs bytevectors))
  (doc "The signed byte at index k.")
  (examples ((bytevector-s8-ref #vu8(1 255) 1) => -1)))

(primitive bytevector-s8-set!
  (takes    (b mutable-bytevector) (k index) (n fixnum)) (gives void)
  (effects writes raises) (low bytevector_s8_set)
  (library (rnrs bytevectors))
  (doc "Stores the signed byte n at index k."))

(primitive bytevector-u16-native-ref
  (takes    (b bytevector) (k index)) (gives fixnum)
  (effects reads raises) (low bytevector_u16_ref)
  (library (rnrs bytevectors))
  (doc "The 16-bit unsigned integer at the aligned index k, in the order of the machine.")
  (examples ((bytevector-u16-native-ref #vu8(1 2) 0) => 513)
            ((bytevector-u16-native-ref #vu8(1 2 3) 1) => (raises &assertion))))

(primitive bytevector-u16-native-set!
  (takes    (b mutable-bytevector) (k index) (n fixnum)) (gives void)
  (effects writes raises) (low bytevector_u16_set)
  (library (rnrs bytevectors))
  (doc "Stores a 16-bit unsigned integer at the aligned index k, in the order of the machine."))

(primitive bytevector-s16-native-ref
  (takes    (b bytevector) (k index)) (gives fixnum)
  (effects reads raises) (low bytevector_s16_ref)
  (library (rnrs bytevectors))
  (doc "The 16-bit signed integer at the aligned index k, in the order of the machine.")
  (examples ((bytevector-s16-native-ref #vu8(254 255) 0) => -2)))

(primitive bytevector-s16-native-set!
  (takes    (b mutable-bytevector) (k index) (n fixnum)) (gives void)
  (effects writes raises) (low bytevector_s16_set)
  (library (rnrs bytevectors))
  (doc "Stores a 16-bit signed integer at the aligned index k, in the order of the machine."))

(primitive bytevector-u32-native-ref
  (takes    (b bytevector) (k index)) (gives fixnum)
  (effects reads raises) (low bytevector_u32_ref)
  (library (rnrs bytevectors))
  (doc "The 32-bit unsigned integer at the aligned index k, in the order of the machine.")
  (examples ((bytevector-u32-native-ref #vu8(0 0 0 128) 0) => 2147483648)))

(primitive bytevector-u32-native-set!
  (takes    (b mutable-bytevector) (k index) (n fixnum)) (gives void)
  (effects writes raises) (low bytevector_u32_set)
  (library (rnrs bytevectors))
  (doc "Stores a 32-bit unsigned integer at the aligned index k, in the order of the machine."))

(primitive bytevector-s32-native-ref
  (takes    (b bytevector) (k index)) (gives fixnum)
  (effects reads raises) (low bytevector_s32_ref)
  (library (rnrs bytevectors))
  (doc "The 32-bit signed integer at the aligned index k, in the order of the machine.")
  (examples ((bytevector-s32-native-ref #vu8(0 0 0 128) 0) => -2147483648)))

(primitive bytevector-s32-native-set!
  (takes    (b mutable-bytevector) (k index) (n fixnum)) (gives void)
  (effects writes raises) (low bytevector_s32_set)
  (library (rnrs bytevectors))
  (doc "Stores a 32-bit signed integer at the aligned index k, in the order of the machine."))

(primitive bytevector-ieee-double-native-ref
  (takes    (b bytevector) (k index)) (gives flonum)
  (effects reads raises) (low bytevector_double_ref)
  (library (rnrs bytevectors))
  (doc "The double-precision float at the aligned index k.")
  (examples ((bytevector-ieee-double-native-ref #vu8(0 0 0 0 0 0 248 63) 0) => 1.5)))

(primitive bytevector-ieee-double-native-set!
  (takes    (b mutable-bytevector) (k index) (x real)) (gives void)
  (effects writes raises) (low bytevector_double_set)
  (library (rnrs bytevectors))
  (doc "Stores a double-precision float at the aligned index k."))

(primitive bytevector-ieee-single-native-ref
  (takes    (b bytevector) (k index)) (gives flonum)
  (effects reads raises) (low bytevector_single_ref)
  (library (rnrs bytevectors))
  (doc "The single-precision float at the aligned index k.")
  (examples ((bytevector-ieee-single-native-ref #vu8(0 0 192 63) 0) => 1.5)))

(primitive bytevector-ieee-single-native-set!
  (takes    (b mutable-bytevector) (k index) (x real)) (gives void)
  (effects writes raises) (low bytevector_single_set)
  (library (rnrs bytevectors))
  (doc "Stores a single-precision float at the aligned index k."))

(primitive %box
  (takes    (v any)) (gives box)
  (effects allocates) (low box)
  (doc "A new box."))

(primitive %box?
  (takes    (x any)) (gives boolean)
  (effects) (low is_box)
  (doc "True if x is a box."))

(primitive %unbox
  (takes    (b box)) (gives any)
  (effects reads raises) (low unbox)
  (doc "The content of a box.")
  (examples ((%unbox (%box 1)) => 1)))

(primitive %set-box!
  (takes    (b box) (v any)) (gives void)
  (effects writes raises) (low set_box)
  (doc "Stores v in a box."))

(primitive %symbol-name
  (takes    (s symbol)) (gives immutable-string)
  (effects reads raises) (low symbol_name)
  (doc "The name of a symbol, not to be changed."))

(primitive %symbol-hash
  (takes    (s symbol)) (gives fixnum)
  (effects reads raises) (low symbol_hash)
  (doc "The hash of the name of a symbol."))

(primitive %mutable-string?
  (takes    (x any)) (gives boolean)
  (effects) (low is_mutable_string)
  (doc "True if x is a string that may be changed.")
  (examples ((%mutable-string? (make-string 1 #\a)) => #t)
            ((%mutable-string? (symbol->string 'a)) => #f)))

(primitive %mutable-vector?
  (takes    (x any)) (gives boolean)
  (effects) (low is_mutable_vector)
  (doc "True if x is a vector that may be changed.")
  (examples ((%mutable-vector? (vector 1)) => #t)
            ((%mutable-vector? 'a) => #f)))

(primitive %mutable-bytevector?
  (takes    (x any)) (gives boolean)
  (effects) (low is_mutable_bytevector)
  (doc "True if x is a bytevector that may be changed.")
  (examples ((%mutable-bytevector? (make-bytevector 1)) => #t)
            ((%mutable-bytevector? 'a) => #f)))

(primitive %kind?
  (takes    (x any) (k fixnum)) (gives boolean)
  (effects) (low is_kind)
  (doc "True if x is an object with a header of kind k (a constant)."))

(primitive %object-length
  (takes    (x any)) (gives fixnum)
  (effects reads) (low object_length)
  (doc "The length field of the header of what is known to be a typed object and no record."))

(primitive %object-ref
  (takes    (x any) (k fixnum)) (gives any)
  (effects reads) (low object_ref)
  (doc "Word k after the header of a typed object; no check."))

(primitive %object-set!
  (takes    (x any) (k fixnum) (v any)) (gives void)
  (effects writes) (low object_set)
  (doc "Stores in word k after the header of a typed object; no check."))

(primitive %procedure-free-ref
  (takes    (p procedure) (k fixnum)) (gives any)
  (effects reads) (low procedure_free_ref)
  (doc "Free variable k of a procedure; no check."))
