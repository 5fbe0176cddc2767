;; SPDX-License-Identifier: MIT
;;
;; (rnrs arithmetic fixnums) and wrapping relatives. Failed checks call the primitive-failed hook.
;; Format: ../README.md. The templates are in src/low/expand_primitives*.cpp.

(primitive fixnum?
  (takes    (x any)) (gives boolean)
  (effects) (fold yes) (low is_fixnum)
  (library (rnrs arithmetic fixnums))
  (doc "True if x is a fixnum."))

(primitive fixnum-width
  (takes) (gives fixnum)
  (effects) (fold yes) (low fixnum_width)
  (library (rnrs arithmetic fixnums))
  (doc "The number of bits of a fixnum, 61."))

(primitive least-fixnum
  (takes) (gives fixnum)
  (effects) (fold yes) (low least_fixnum)
  (library (rnrs arithmetic fixnums))
  (doc "The least fixnum."))

(primitive greatest-fixnum
  (takes) (gives fixnum)
  (effects) (fold yes) (low greatest_fixnum)
  (library (rnrs arithmetic fixnums))
  (doc "The greatest fixnum."))

(primitive fx=?
  (takes    (a fixnum) (b fixnum)) (gives boolean)
  (effects raises) (fold yes) (low fx_eq)
  (library (rnrs arithmetic fixnums))
  (doc "True if a is equal to b."))

(primitive fx<?
  (takes    (a fixnum) (b fixnum)) (gives boolean)
  (effects raises) (fold yes) (low fx_lt)
  (library (rnrs arithmetic fixnums))
  (doc "True if a is less than b."))

(primitive fx>?
  (takes    (a fixnum) (b fixnum)) (gives boolean)
  (effects raises) (fold yes) (low fx_gt)
  (library (rnrs arithmetic fixnums))
  (doc "True if a is greater than b."))

(primitive fx<=?
  (takes    (a fixnum) (b fixnum)) (gives boolean)
  (effects raises) (fold yes) (low fx_le)
  (library (rnrs arithmetic fixnums))
  (doc "True if a is at most b."))

(primitive fx>=?
  (takes    (a fixnum) (b fixnum)) (gives boolean)
  (effects raises) (fold yes) (low fx_ge)
  (library (rnrs arithmetic fixnums))
  (doc "True if a is at least b."))

(primitive fxzero?
  (takes    (a fixnum)) (gives boolean)
  (effects raises) (fold yes) (low fx_is_zero)
  (library (rnrs arithmetic fixnums))
  (doc "True if a is zero."))

(primitive fxpositive?
  (takes    (a fixnum)) (gives boolean)
  (effects raises) (fold yes) (low fx_is_positive)
  (library (rnrs arithmetic fixnums))
  (doc "True if a is positive."))

(primitive fxnegative?
  (takes    (a fixnum)) (gives boolean)
  (effects raises) (fold yes) (low fx_is_negative)
  (library (rnrs arithmetic fixnums))
  (doc "True if a is negative."))

(primitive fxodd?
  (takes    (a fixnum)) (gives boolean)
  (effects raises) (fold yes) (low fx_is_odd)
  (library (rnrs arithmetic fixnums))
  (doc "True if a is odd."))

(primitive fxeven?
  (takes    (a fixnum)) (gives boolean)
  (effects raises) (fold yes) (low fx_is_even)
  (library (rnrs arithmetic fixnums))
  (doc "True if a is even."))

(primitive fx+
  (takes    (a fixnum) (b fixnum)) (gives fixnum)
  (effects raises) (fold yes) (low fx_add)
  (library (rnrs arithmetic fixnums))
  (doc "The sum; raises &implementation-restriction if it is not a fixnum.")
  (examples ((fx+ 1 2) => 3)))

(primitive fx-
  (takes    (a fixnum) (optional b fixnum)) (gives fixnum)
  (effects raises) (fold yes) (low fx_sub)
  (library (rnrs arithmetic fixnums))
  (doc "The difference, or the negation; raises &implementation-restriction if it is not a fixnum."))

(primitive fx*
  (takes    (a fixnum) (b fixnum)) (gives fixnum)
  (effects raises) (fold yes) (low fx_mul)
  (library (rnrs arithmetic fixnums))
  (doc "The product; raises &implementation-restriction if it is not a fixnum."))

(primitive %fx+/wrap
  (takes    (a fixnum) (b fixnum)) (gives fixnum)
  (effects) (low fx_add_wrap)
  (doc "The sum modulo 2^61; no check."))

(primitive %fx-/wrap
  (takes    (a fixnum) (b fixnum)) (gives fixnum)
  (effects) (low fx_sub_wrap)
  (doc "The difference modulo 2^61; no check."))

(primitive %fx*/wrap
  (takes    (a fixnum) (b fixnum)) (gives fixnum)
  (effects) (low fx_mul_wrap)
  (doc "The product modulo 2^61; no check."))

(primitive fxquotient
  (takes    (a fixnum) (b fixnum)) (gives fixnum)
  (effects raises) (fold yes) (low fx_quotient)
  (library (rnrs r5rs) (loko))
  (doc "The quotient, truncated."))

(primitive fxremainder
  (takes    (a fixnum) (b fixnum)) (gives fixnum)
  (effects raises) (fold yes) (low fx_remainder)
  (library (rnrs r5rs) (loko))
  (doc "The remainder of fxquotient, with the sign of a."))

(primitive fxmodulo
  (takes    (a fixnum) (b fixnum)) (gives fixnum)
  (effects raises) (fold yes) (low fx_modulo)
  (library (rnrs r5rs) (loko))
  (doc "The remainder with the sign of b."))

(primitive fxdiv
  (takes    (a fixnum) (b fixnum)) (gives fixnum)
  (effects raises) (fold yes) (low fx_div)
  (library (rnrs arithmetic fixnums))
  (doc "The quotient such that the remainder is not negative."))

(primitive fxmod
  (takes    (a fixnum) (b fixnum)) (gives fixnum)
  (effects raises) (fold yes) (low fx_mod)
  (library (rnrs arithmetic fixnums))
  (doc "The remainder that is not negative."))

(primitive fxdiv0
  (takes    (a fixnum) (b fixnum)) (gives fixnum)
  (effects raises) (fold yes) (low fx_div0)
  (library (rnrs arithmetic fixnums))
  (doc "The quotient such that the remainder is nearest zero."))

(primitive fxmod0
  (takes    (a fixnum) (b fixnum)) (gives fixnum)
  (effects raises) (fold yes) (low fx_mod0)
  (library (rnrs arithmetic fixnums))
  (doc "The remainder nearest zero."))

(primitive fxnot
  (takes    (a fixnum)) (gives fixnum)
  (effects raises) (fold yes) (low fx_not)
  (library (rnrs arithmetic fixnums))
  (doc "The bitwise complement."))

(primitive fxand
  (takes    (a fixnum) (b fixnum)) (gives fixnum)
  (effects raises) (fold yes) (low fx_and)
  (library (rnrs arithmetic fixnums))
  (doc "The bitwise and."))

(primitive fxior
  (takes    (a fixnum) (b fixnum)) (gives fixnum)
  (effects raises) (fold yes) (low fx_ior)
  (library (rnrs arithmetic fixnums))
  (doc "The bitwise inclusive or."))

(primitive fxxor
  (takes    (a fixnum) (b fixnum)) (gives fixnum)
  (effects raises) (fold yes) (low fx_xor)
  (library (rnrs arithmetic fixnums))
  (doc "The bitwise exclusive or."))

(primitive fxmax
  (takes    (a fixnum) (b fixnum)) (gives fixnum)
  (effects raises) (fold yes) (low fx_max)
  (library (rnrs arithmetic fixnums))
  (doc "The greater one."))

(primitive fxmin
  (takes    (a fixnum) (b fixnum)) (gives fixnum)
  (effects raises) (fold yes) (low fx_min)
  (library (rnrs arithmetic fixnums))
  (doc "The smaller one."))

(primitive fxarithmetic-shift-left
  (takes    (a fixnum) (n fixnum)) (gives fixnum)
  (effects raises) (fold yes) (low fx_shift_left)
  (library (rnrs arithmetic fixnums))
  (doc "a times 2^n; raises &implementation-restriction if it is not a fixnum."))

(primitive fxarithmetic-shift-right
  (takes    (a fixnum) (n fixnum)) (gives fixnum)
  (effects raises) (fold yes) (low fx_shift_right)
  (library (rnrs arithmetic fixnums))
  (doc "The floor of a divided by 2^n."))

(primitive fxarithmetic-shift
  (takes    (a fixnum) (n fixnum)) (gives fixnum)
  (effects raises) (fold yes) (low fx_shift)
  (library (rnrs arithmetic fixnums))
  (doc "The floor of a times 2^n."))

(primitive %fxsll
  (takes    (a fixnum) (n fixnum)) (gives fixnum)
  (effects) (low fx_shift_left_wrap)
  (doc "a times 2^n modulo 2^61, 0 <= n <= 60; no check."))

(primitive %fxsra
  (takes    (a fixnum) (n fixnum)) (gives fixnum)
  (effects) (low fx_shift_right_unsafe)
  (doc "a shifted right arithmetically, 0 <= n <= 60; no check."))

(primitive %fxsrl
  (takes    (a fixnum) (n fixnum)) (gives fixnum)
  (effects) (low fx_shift_right_logical)
  (doc "The 61 bits of a shifted right, 1 <= n <= 60; no check."))

(primitive fxbit-count
  (takes    (a fixnum)) (gives fixnum)
  (effects raises) (fold yes) (low fx_bit_count)
  (library (rnrs arithmetic fixnums))
  (doc "The number of one bits, or for a negative number the complement of that of zero bits."))

(primitive fxlength
  (takes    (a fixnum)) (gives fixnum)
  (effects raises) (fold yes) (low fx_length)
  (library (rnrs arithmetic fixnums))
  (doc "The number of bits that a needs."))

(primitive fxfirst-bit-set
  (takes    (a fixnum)) (gives fixnum)
  (effects raises) (fold yes) (low fx_first_bit_set)
  (library (rnrs arithmetic fixnums))
  (doc "The index of the lowest one bit, or -1."))
