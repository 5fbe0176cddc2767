;; SPDX-License-Identifier: MIT
;;
;; Bytevectors, vectors, lists, equality: what is done in C++ (src/runtime/data). Format: ../README.md.

;;; Bytevectors

(primitive make-bytevector
  (takes    (k index) (optional fill fixnum)) (gives mutable-bytevector) (length k)
  (effects allocates raises) (runtime make_bytevector)
  (library (rnrs bytevectors) (scheme base))
  (doc "A bytevector of k bytes, each of them fill (0 if left out).")
  (examples ((make-bytevector 2 7) => #vu8(7 7))))

(primitive bytevector-fill!
  (takes    (b mutable-bytevector) (fill fixnum) (optional start index) (optional end index)) (gives void)
  (effects writes raises) (runtime bytevector_fill)
  (library (rnrs bytevectors))
  (doc "Stores fill at every index from start to before end."))

(primitive bytevector-copy
  (takes    (b bytevector) (optional start index) (optional end index)) (gives mutable-bytevector)
  (effects reads allocates raises) (runtime bytevector_copy)
  (library (rnrs bytevectors) (scheme base))
  (doc "A new bytevector with the bytes of b from start to before end.")
  (examples ((bytevector-copy #vu8(1 2 3) 1) => #vu8(2 3))))

(primitive %bytevector-copy!
  (takes    (from bytevector) (from-start index) (to mutable-bytevector) (to-start index) (count index)) (gives void)
  (effects writes raises reads) (runtime bytevector_move)
  (doc "Copies count bytes; they may overlap. The bytevector-copy! of R6RS."))

(primitive %bytevector-copy-range!
  (takes    (to mutable-bytevector) (at index) (from bytevector) (optional start index) (optional end index)) (gives void)
  (effects writes raises reads) (runtime bytevector_copy_into)
  (doc "The bytevector-copy! of R7RS."))

(primitive %bytevector-append
  (takes    (a bytevector) (b bytevector)) (gives mutable-bytevector)
  (effects reads allocates raises) (runtime bytevector_append2)
  (doc "bytevector-append of two.")
  (examples ((%bytevector-append #vu8(1) #vu8(2)) => #vu8(1 2))))

(primitive %bytevector-append-list
  (takes    (bytevectors list)) (gives mutable-bytevector)
  (effects reads allocates raises) (runtime bytevector_append_list)
  (doc "The bytevectors of a list, one after the other.")
  (examples ((%bytevector-append-list '(#vu8(1) #vu8(2))) => #vu8(1 2))))

(primitive bytevector=?
  (takes    (a bytevector) (b bytevector)) (gives boolean)
  (effects reads raises) (runtime bytevector_equal)
  (library (rnrs bytevectors))
  (doc "True if both have the same bytes.")
  (examples ((bytevector=? #vu8(1 2) #vu8(1 2)) => #t)))

(primitive %bytevector-compare
  (takes    (a bytevector) (b bytevector)) (gives fixnum)
  (effects reads raises) (runtime bytevector_compare)
  (doc "-1, 0 or 1: the order of the bytes.")
  (examples ((%bytevector-compare #vu8(1) #vu8(1 2)) => -1)))

(primitive bytevector->u8-list
  (takes    (b bytevector) (optional start index) (optional end index)) (gives list)
  (effects reads allocates raises) (runtime bytevector_to_u8_list)
  (library (rnrs bytevectors))
  (doc "The bytes of b as a list.")
  (examples ((bytevector->u8-list #vu8(1 2)) => (1 2))))

(primitive u8-list->bytevector
  (takes    (bytes list)) (gives mutable-bytevector)
  (effects reads allocates raises) (runtime u8_list_to_bytevector)
  (library (rnrs bytevectors))
  (doc "A new bytevector of the bytes in a list.")
  (examples ((u8-list->bytevector '(1 2)) => #vu8(1 2))))

(primitive %bytevector-index
  (takes    (b bytevector) (byte fixnum) (optional start index) (optional end index)) (gives any)
  (effects reads raises) (runtime bytevector_index)
  (doc "The first index of a byte in b, or #f."))

(primitive %bytevector-hash
  (takes    (b bytevector)) (gives fixnum)
  (effects reads raises) (runtime bytevector_hash)
  (doc "A hash of the bytes of b; the same in every process."))

;;; Numbers in bytevectors (the native ones up to 32 bits are compiled in line)

(primitive bytevector-u16-ref
  (takes    (b bytevector) (k index) (endianness symbol)) (gives fixnum)
  (effects reads raises) (runtime bytevector_u16_ref)
  (library (rnrs bytevectors))
  (doc "The unsigned 16-bit integer at index k.")
  (examples ((bytevector-u16-ref #vu8(1 2) 0 'big) => 258) ((bytevector-u16-ref #vu8(1 2) 0 'little) => 513)))

(primitive bytevector-u16-set!
  (takes    (b mutable-bytevector) (k index) (n integer) (endianness symbol)) (gives void)
  (effects writes raises) (runtime bytevector_u16_set)
  (library (rnrs bytevectors))
  (doc "Stores an unsigned 16-bit integer at index k."))

(primitive bytevector-s16-ref
  (takes    (b bytevector) (k index) (endianness symbol)) (gives fixnum)
  (effects reads raises) (runtime bytevector_s16_ref)
  (library (rnrs bytevectors))
  (doc "The signed 16-bit integer at index k.")
  (examples ((bytevector-s16-ref #vu8(255 254) 0 'big) => -2)))

(primitive bytevector-s16-set!
  (takes    (b mutable-bytevector) (k index) (n integer) (endianness symbol)) (gives void)
  (effects writes raises) (runtime bytevector_s16_set)
  (library (rnrs bytevectors))
  (doc "Stores a signed 16-bit integer at index k."))

(primitive bytevector-u32-ref
  (takes    (b bytevector) (k index) (endianness symbol)) (gives fixnum)
  (effects reads raises) (runtime bytevector_u32_ref)
  (library (rnrs bytevectors))
  (doc "The unsigned 32-bit integer at index k.")
  (examples ((bytevector-u32-ref #vu8(128 0 0 1) 0 'big) => 2147483649)))

(primitive bytevector-u32-set!
  (takes    (b mutable-bytevector) (k index) (n integer) (endianness symbol)) (gives void)
  (effects writes raises) (runtime bytevector_u32_set)
  (library (rnrs bytevectors))
  (doc "Stores an unsigned 32-bit integer at index k."))

(primitive bytevector-s32-ref
  (takes    (b bytevector) (k index) (endianness symbol)) (gives fixnum)
  (effects reads raises) (runtime bytevector_s32_ref)
  (library (rnrs bytevectors))
  (doc "The signed 32-bit integer at index k.")
  (examples ((bytevector-s32-ref #vu8(255 255 255 255) 0 'big) => -1)))

(primitive bytevector-s32-set!
  (takes    (b mutable-bytevector) (k index) (n integer) (endianness symbol)) (gives void)
  (effects writes raises) (runtime bytevector_s32_set)
  (library (rnrs bytevectors))
  (doc "Stores a signed 32-bit integer at index k."))

(primitive bytevector-u64-ref
  (takes    (b bytevector) (k index) (endianness symbol)) (gives integer)
  (effects reads raises allocates) (runtime bytevector_u64_ref)
  (library (rnrs bytevectors))
  (doc "The unsigned 64-bit integer at index k.")
  (examples ((bytevector-u64-ref #vu8(255 255 255 255 255 255 255 255) 0 'big) => 18446744073709551615)))

(primitive bytevector-u64-set!
  (takes    (b mutable-bytevector) (k index) (n integer) (endianness symbol)) (gives void)
  (effects writes raises) (runtime bytevector_u64_set)
  (library (rnrs bytevectors))
  (doc "Stores an unsigned 64-bit integer at index k."))

(primitive bytevector-u64-native-ref
  (takes    (b bytevector) (k index)) (gives integer)
  (effects reads raises allocates) (runtime bytevector_u64_native_ref)
  (library (rnrs bytevectors))
  (doc "The unsigned 64-bit integer at index k, a multiple of 8, in the machine's endianness."))

(primitive bytevector-u64-native-set!
  (takes    (b mutable-bytevector) (k index) (n integer)) (gives void)
  (effects writes raises) (runtime bytevector_u64_native_set)
  (library (rnrs bytevectors))
  (doc "Stores an unsigned 64-bit integer at index k, a multiple of 8, in the machine's endianness."))

(primitive bytevector-s64-ref
  (takes    (b bytevector) (k index) (endianness symbol)) (gives integer)
  (effects reads raises allocates) (runtime bytevector_s64_ref)
  (library (rnrs bytevectors))
  (doc "The signed 64-bit integer at index k.")
  (examples ((bytevector-s64-ref #vu8(128 0 0 0 0 0 0 0) 0 'big) => -9223372036854775808)))

(primitive bytevector-s64-set!
  (takes    (b mutable-bytevector) (k index) (n integer) (endianness symbol)) (gives void)
  (effects writes raises) (runtime bytevector_s64_set)
  (library (rnrs bytevectors))
  (doc "Stores a signed 64-bit integer at index k."))

(primitive bytevector-s64-native-ref
  (takes    (b bytevector) (k index)) (gives integer)
  (effects reads raises allocates) (runtime bytevector_s64_native_ref)
  (library (rnrs bytevectors))
  (doc "The signed 64-bit integer at index k, a multiple of 8, in the machine's endianness."))

(primitive bytevector-s64-native-set!
  (takes    (b mutable-bytevector) (k index) (n integer)) (gives void)
  (effects writes raises) (runtime bytevector_s64_native_set)
  (library (rnrs bytevectors))
  (doc "Stores a signed 64-bit integer at index k, a multiple of 8, in the machine's endianness."))

(primitive bytevector-uint-ref
  (takes    (b bytevector) (k index) (endianness symbol) (size index)) (gives integer)
  (effects reads raises allocates) (runtime bytevector_uint_ref)
  (library (rnrs bytevectors))
  (doc "The unsigned integer of size bytes at index k.")
  (examples ((bytevector-uint-ref #vu8(1 2 3) 0 'big 3) => 66051)))

(primitive bytevector-uint-set!
  (takes    (b mutable-bytevector) (k index) (n integer) (endianness symbol) (size index)) (gives void)
  (effects writes raises) (runtime bytevector_uint_set)
  (library (rnrs bytevectors))
  (doc "Stores an unsigned integer of size bytes at index k."))

(primitive bytevector-sint-ref
  (takes    (b bytevector) (k index) (endianness symbol) (size index)) (gives integer)
  (effects reads raises allocates) (runtime bytevector_sint_ref)
  (library (rnrs bytevectors))
  (doc "The signed integer of size bytes at index k.")
  (examples ((bytevector-sint-ref #vu8(255 255 254) 0 'big 3) => -2)))

(primitive bytevector-sint-set!
  (takes    (b mutable-bytevector) (k index) (n integer) (endianness symbol) (size index)) (gives void)
  (effects writes raises) (runtime bytevector_sint_set)
  (library (rnrs bytevectors))
  (doc "Stores a signed integer of size bytes at index k."))

(primitive bytevector-ieee-single-ref
  (takes    (b bytevector) (k index) (endianness symbol)) (gives flonum)
  (effects reads raises allocates) (runtime bytevector_ieee_single_ref)
  (library (rnrs bytevectors))
  (doc "The IEEE single at index k.")
  (examples ((bytevector-ieee-single-ref #vu8(63 192 0 0) 0 'big) => 1.5)))

(primitive bytevector-ieee-single-set!
  (takes    (b mutable-bytevector) (k index) (x real) (endianness symbol)) (gives void)
  (effects writes raises) (runtime bytevector_ieee_single_set)
  (library (rnrs bytevectors))
  (doc "Stores x as IEEE single at index k."))

(primitive bytevector-ieee-double-ref
  (takes    (b bytevector) (k index) (endianness symbol)) (gives flonum)
  (effects reads raises allocates) (runtime bytevector_ieee_double_ref)
  (library (rnrs bytevectors))
  (doc "The IEEE double at index k.")
  (examples ((bytevector-ieee-double-ref #vu8(63 248 0 0 0 0 0 0) 0 'big) => 1.5)))

(primitive bytevector-ieee-double-set!
  (takes    (b mutable-bytevector) (k index) (x real) (endianness symbol)) (gives void)
  (effects writes raises) (runtime bytevector_ieee_double_set)
  (library (rnrs bytevectors))
  (doc "Stores x as IEEE double at index k."))

;;; Vectors

(primitive make-vector
  (takes    (k index) (optional fill any)) (gives mutable-vector) (length k)
  (effects allocates raises) (runtime make_vector)
  (library (rnrs base) (scheme base))
  (doc "A vector of k elements, each of them fill (0 if left out).")
  (examples ((make-vector 2 'a) => #(a a))))

(primitive vector-fill!
  (takes    (v mutable-vector) (x any) (optional start index) (optional end index)) (gives void)
  (effects writes raises) (runtime vector_fill)
  (library (rnrs base) (scheme base))
  (doc "Stores x at every index from start to before end."))

(primitive vector-copy
  (takes    (v vector) (optional start index) (optional end index)) (gives mutable-vector)
  (effects reads allocates raises) (runtime vector_copy)
  (library (scheme base))
  (doc "A new vector with the elements of v from start to before end.")
  (examples ((vector-copy #(a b c) 1) => #(b c))))

(primitive vector-copy!
  (takes    (to mutable-vector) (at index) (from vector) (optional start index) (optional end index)) (gives void)
  (effects writes raises reads) (runtime vector_copy_into)
  (library (scheme base))
  (doc "Copies elements of from to index at of to; they may overlap."))

(primitive %vector-copy!
  (takes    (from vector) (from-start index) (to mutable-vector) (to-start index) (count index)) (gives void)
  (effects writes raises reads) (runtime vector_move)
  (doc "Copies count elements; they may overlap."))

(primitive vector->list
  (takes    (v vector) (optional start index) (optional end index)) (gives list)
  (effects reads allocates raises) (runtime vector_to_list)
  (library (rnrs base) (scheme base))
  (doc "The elements of v as a list.")
  (examples ((vector->list #(1 2 3) 1) => (2 3))))

(primitive list->vector
  (takes    (list list)) (gives mutable-vector)
  (effects reads allocates raises) (runtime list_to_vector)
  (library (rnrs base) (scheme base))
  (doc "A new vector of the elements of a list.")
  (examples ((list->vector '(1 2)) => #(1 2))))

(primitive %vector-append
  (takes    (a vector) (b vector)) (gives mutable-vector)
  (effects reads allocates raises) (runtime vector_append2)
  (doc "vector-append of two.")
  (examples ((%vector-append #(1) #(2)) => #(1 2))))

(primitive %vector-append-list
  (takes    (vectors list)) (gives mutable-vector)
  (effects reads allocates raises) (runtime vector_append_list)
  (doc "The vectors of a list, one after the other.")
  (examples ((%vector-append-list '(#(1) #(2))) => #(1 2))))

;;; Lists

(primitive length
  (takes    (list list)) (gives fixnum)
  (effects reads raises) (runtime length)
  (library (rnrs base) (scheme base))
  (doc "The number of elements of a proper list.")
  (examples ((length '(a b)) => 2)))

(primitive list?
  (takes    (x any)) (gives boolean)
  (effects reads) (runtime is_list)
  (library (rnrs base) (scheme base))
  (doc "True if x is a proper list.")
  (examples ((list? '(a . b)) => #f)))

(primitive %circular?
  (takes    (x any)) (gives boolean)
  (effects reads) (runtime is_circular)
  (doc "True if the cdrs of x lead back to one of its pairs."))

(primitive append
  (takes    (a any) (b any)) (gives any)
  (effects reads allocates raises) (runtime append2)
  (library (rnrs base) (scheme base))
  (doc "A list of the elements of a, with b as its tail.")
  (examples ((append '(1 2) '(3)) => (1 2 3))))

(primitive %append-reverse
  (takes    (a any) (b any)) (gives any)
  (effects reads allocates raises) (runtime append_reverse)
  (doc "(append (reverse a) b)")
  (examples ((%append-reverse '(2 1) '(3)) => (1 2 3))))

(primitive reverse
  (takes    (list list)) (gives list)
  (effects reads allocates raises) (runtime reverse)
  (library (rnrs base) (scheme base))
  (doc "A new list with the elements in the opposite order.")
  (examples ((reverse '(1 2)) => (2 1))))

(primitive list-copy
  (takes    (x any)) (gives any)
  (effects reads allocates raises) (runtime list_copy)
  (library (scheme base))
  (doc "A new list with the same elements.")
  (examples ((list-copy '(1 2)) => (1 2))))

(primitive memv
  (takes    (x any) (list any)) (gives any)
  (effects reads raises) (runtime memv)
  (library (rnrs lists) (scheme base))
  (doc "The first part of a list whose car is eqv? to x, or #f.")
  (examples ((memv 2 '(1 2 3)) => (2 3))))

(primitive member
  (takes    (x any) (list any)) (gives any)
  (effects reads raises allocates) (runtime member)
  (library (rnrs lists) (scheme base))
  (doc "The first part of a list whose car is equal? to x, or #f.")
  (examples ((member "b" '("a" "b")) => ("b"))))

(primitive assv
  (takes    (x any) (alist any)) (gives any)
  (effects reads raises) (runtime assv)
  (library (rnrs lists) (scheme base))
  (doc "The first pair in alist whose car is eqv? to x, or #f.")
  (examples ((assv 2 '((1 . a) (2 . b))) => (2 . b))))

(primitive assoc
  (takes    (x any) (alist any)) (gives any)
  (effects reads raises allocates) (runtime assoc)
  (library (rnrs lists) (scheme base))
  (doc "The first pair in alist whose car is equal? to x, or #f.")
  (examples ((assoc "b" '(("a" . 1) ("b" . 2))) => ("b" . 2))))

;;; Equality

(primitive equal?
  (takes    (a any) (b any)) (gives boolean)
  (effects reads allocates) (runtime is_equal)
  (library (rnrs base) (scheme base))
  (doc "True if a and b are the same data; ends on circular data, too.")
  (examples ((equal? '(a #(1 "x")) '(a #(1 "x"))) => #t)))

(primitive equal-hash
  (takes    (x any)) (gives fixnum)
  (effects reads) (runtime equal_hash)
  (library (rnrs hashtables))
  (doc "A hash of x that is the same for data which are equal?."))

(primitive %seeded-hash
  (takes    (x any) (seed fixnum)) (gives fixnum)
  (effects reads) (runtime seeded_hash)
  (doc "Likewise, another one for each seed. Symbols are hashed by name."))
