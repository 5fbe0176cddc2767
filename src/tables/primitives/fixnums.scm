;; SPDX-License-Identifier: MIT
;;
;; (rnrs arithmetic fixnums) and wrapping relatives. Failed checks call the primitive-failed hook.
;; Format: ../README.md. The templates are in src/low/expand_primitives*.cpp.

(primitive fixnum?
  (takes    (x any)) (gives boolean)
  (effects) (fold yes) (low is_fixnum)
  (library (rnrs arithmetic fixnums))
  (doc "True if x is a fixnum.")
  (examples ((fixnum? 1152921504606846975) => #t) ((fixnum? 1152921504606846976) => #f) ((fixnum? 1.0) => #f)))

(primitive fixnum-width
  (takes) (gives fixnum)
  (effects) (fold yes) (low fixnum_width)
  (library (rnrs arithmetic fixnums))
  (doc "The number of bits of a fixnum, 61.")
  (examples ((fixnum-width) => 61)))

(primitive least-fixnum
  (takes) (gives fixnum)
  (effects) (fold yes) (low least_fixnum)
  (library (rnrs arithmetic fixnums))
  (doc "The least fixnum.")
  (examples ((least-fixnum) => -1152921504606846976)))

(primitive greatest-fixnum
  (takes) (gives fixnum)
  (effects) (fold yes) (low greatest_fixnum)
  (library (rnrs arithmetic fixnums))
  (doc "The greatest fixnum.")
  (examples ((greatest-fixnum) => 1152921504606846975)))

(primitive fx=?
  (takes    (a fixnum) (b fixnum)) (gives boolean)
  (effects raises) (fold %generic=) (low fx_eq)
  (library (rnrs arithmetic fixnums))
  (doc "True if a is equal to b.")
  (examples ((fx=? 1 1) => #t) ((fx=? 1 1.0) => (raises &assertion))))

(primitive fx<?
  (takes    (a fixnum) (b fixnum)) (gives boolean)
  (effects raises) (fold %generic<) (low fx_lt)
  (library (rnrs arithmetic fixnums))
  (doc "True if a is less than b.")
  (examples ((fx<? 1 2) => #t) ((fx<? -1 -2) => #f)))

(primitive fx>?
  (takes    (a fixnum) (b fixnum)) (gives boolean)
  (effects raises) (fold %generic>) (low fx_gt)
  (library (rnrs arithmetic fixnums))
  (doc "True if a is greater than b.")
  (examples ((fx>? 1 2) => #f)))

(primitive fx<=?
  (takes    (a fixnum) (b fixnum)) (gives boolean)
  (effects raises) (fold %generic<=) (low fx_le)
  (library (rnrs arithmetic fixnums))
  (doc "True if a is at most b.")
  (examples ((fx<=? 2 2) => #t)))

(primitive fx>=?
  (takes    (a fixnum) (b fixnum)) (gives boolean)
  (effects raises) (fold %generic>=) (low fx_ge)
  (library (rnrs arithmetic fixnums))
  (doc "True if a is at least b.")
  (examples ((fx>=? 1 2) => #f)))

(primitive fxzero?
  (takes    (a fixnum)) (gives boolean)
  (effects raises) (fold %generic-zero?) (low fx_is_zero)
  (library (rnrs arithmetic fixnums))
  (doc "True if a is zero.")
  (examples ((fxzero? 0) => #t)))

(primitive fxpositive?
  (takes    (a fixnum)) (gives boolean)
  (effects raises) (fold %generic-positive?) (low fx_is_positive)
  (library (rnrs arithmetic fixnums))
  (doc "True if a is positive.")
  (examples ((fxpositive? 0) => #f)))

(primitive fxnegative?
  (takes    (a fixnum)) (gives boolean)
  (effects raises) (fold %generic-negative?) (low fx_is_negative)
  (library (rnrs arithmetic fixnums))
  (doc "True if a is negative.")
  (examples ((fxnegative? -1) => #t)))

(primitive fxodd?
  (takes    (a fixnum)) (gives boolean)
  (effects raises) (fold %generic-odd?) (low fx_is_odd)
  (library (rnrs arithmetic fixnums))
  (doc "True if a is odd.")
  (examples ((fxodd? -1) => #t)))

(primitive fxeven?
  (takes    (a fixnum)) (gives boolean)
  (effects raises) (fold %generic-even?) (low fx_is_even)
  (library (rnrs arithmetic fixnums))
  (doc "True if a is even.")
  (examples ((fxeven? -2) => #t)))

(primitive fx+
  (takes    (a fixnum) (b fixnum)) (gives fixnum)
  (effects raises) (fold %generic+) (low fx_add)
  (library (rnrs arithmetic fixnums))
  (doc "The sum; raises &implementation-restriction if it is not a fixnum.")
  (examples ((fx+ 1 2) => 3) ((fx+ 1152921504606846975 1) => (raises &implementation-restriction))))

(primitive fx-
  (takes    (a fixnum) (optional b fixnum)) (gives fixnum)
  (effects raises) (fold %generic-) (low fx_sub)
  (library (rnrs arithmetic fixnums))
  (doc "The difference, or the negation; raises &implementation-restriction if it is not a fixnum.")
  (examples ((fx- 1 2) => -1) ((fx- 5) => -5) ((fx- -1152921504606846976) => (raises &implementation-restriction))))

(primitive fx*
  (takes    (a fixnum) (b fixnum)) (gives fixnum)
  (effects raises) (fold %generic*) (low fx_mul)
  (library (rnrs arithmetic fixnums))
  (doc "The product; raises &implementation-restriction if it is not a fixnum.")
  (examples ((fx* -3 4) => -12)
            ((fx* 1152921504606846975 2) => (raises &implementation-restriction))
            ((fx* -1 -1152921504606846976) => (raises &implementation-restriction))))

(primitive %fx+/wrap
  (takes    (a fixnum) (b fixnum)) (gives fixnum)
  (effects) (low fx_add_wrap)
  (doc "The sum modulo 2^61; no check.")
  (examples ((%fx+/wrap 1152921504606846975 1) => -1152921504606846976)))

(primitive %fx-/wrap
  (takes    (a fixnum) (b fixnum)) (gives fixnum)
  (effects) (low fx_sub_wrap)
  (doc "The difference modulo 2^61; no check.")
  (examples ((%fx-/wrap -1152921504606846976 1) => 1152921504606846975)))

(primitive %fx*/wrap
  (takes    (a fixnum) (b fixnum)) (gives fixnum)
  (effects) (low fx_mul_wrap)
  (doc "The product modulo 2^61; no check.")
  (examples ((%fx*/wrap 1152921504606846975 2) => -2)))

(primitive fxquotient
  (takes    (a fixnum) (b fixnum)) (gives fixnum)
  (effects raises) (fold %generic-quotient) (low fx_quotient)
  (library (rnrs r5rs) (loko))
  (doc "The quotient, truncated.")
  (examples ((fxquotient -7 2) => -3)
            ((fxquotient 1 0) => (raises &assertion))
            ((fxquotient -1152921504606846976 -1) => (raises &implementation-restriction))))

(primitive fxremainder
  (takes    (a fixnum) (b fixnum)) (gives fixnum)
  (effects raises) (fold %generic-remainder) (low fx_remainder)
  (library (rnrs r5rs) (loko))
  (doc "The remainder of fxquotient, with the sign of a.")
  (examples ((fxremainder -7 2) => -1) ((fxremainder -1152921504606846976 -1) => 0)))

(primitive fxmodulo
  (takes    (a fixnum) (b fixnum)) (gives fixnum)
  (effects raises) (fold %generic-modulo) (low fx_modulo)
  (library (rnrs r5rs) (loko))
  (doc "The remainder with the sign of b.")
  (examples ((fxmodulo -7 2) => 1) ((fxmodulo 7 -2) => -1)))

(primitive fxdiv
  (takes    (a fixnum) (b fixnum)) (gives fixnum)
  (effects raises) (fold %generic-div) (low fx_div)
  (library (rnrs arithmetic fixnums))
  (doc "The quotient such that the remainder is not negative.")
  (examples ((fxdiv -7 2) => -4) ((fxdiv -7 -2) => 4) ((fxdiv 1 0) => (raises &assertion))))

(primitive fxmod
  (takes    (a fixnum) (b fixnum)) (gives fixnum)
  (effects raises) (fold %generic-mod) (low fx_mod)
  (library (rnrs arithmetic fixnums))
  (doc "The remainder that is not negative.")
  (examples ((fxmod -7 2) => 1) ((fxmod -7 -2) => 1)))

(primitive fxdiv0
  (takes    (a fixnum) (b fixnum)) (gives fixnum)
  (effects raises) (fold div0) (low fx_div0)
  (library (rnrs arithmetic fixnums))
  (doc "The quotient such that the remainder is nearest zero.")
  (examples ((fxdiv0 7 4) => 2) ((fxdiv0 -6 4) => -1)))

(primitive fxmod0
  (takes    (a fixnum) (b fixnum)) (gives fixnum)
  (effects raises) (fold mod0) (low fx_mod0)
  (library (rnrs arithmetic fixnums))
  (doc "The remainder nearest zero.")
  (examples ((fxmod0 7 4) => -1) ((fxmod0 6 4) => -2)))

(primitive fxnot
  (takes    (a fixnum)) (gives fixnum)
  (effects raises) (fold %generic-bitwise-not) (low fx_not)
  (library (rnrs arithmetic fixnums))
  (doc "The bitwise complement.")
  (examples ((fxnot 0) => -1)))

(primitive fxand
  (takes    (a fixnum) (b fixnum)) (gives fixnum)
  (effects raises) (fold %generic-bitwise-and) (low fx_and)
  (library (rnrs arithmetic fixnums))
  (doc "The bitwise and.")
  (examples ((fxand 12 10) => 8)))

(primitive fxior
  (takes    (a fixnum) (b fixnum)) (gives fixnum)
  (effects raises) (fold %generic-bitwise-ior) (low fx_ior)
  (library (rnrs arithmetic fixnums))
  (doc "The bitwise inclusive or.")
  (examples ((fxior 12 10) => 14)))

(primitive fxxor
  (takes    (a fixnum) (b fixnum)) (gives fixnum)
  (effects raises) (fold %generic-bitwise-xor) (low fx_xor)
  (library (rnrs arithmetic fixnums))
  (doc "The bitwise exclusive or.")
  (examples ((fxxor 12 10) => 6)))

(primitive fxmax
  (takes    (a fixnum) (b fixnum)) (gives fixnum)
  (effects raises) (fold %generic-max) (low fx_max)
  (library (rnrs arithmetic fixnums))
  (doc "The greater one.")
  (examples ((fxmax -1 1) => 1)))

(primitive fxmin
  (takes    (a fixnum) (b fixnum)) (gives fixnum)
  (effects raises) (fold %generic-min) (low fx_min)
  (library (rnrs arithmetic fixnums))
  (doc "The smaller one.")
  (examples ((fxmin -1 1) => -1)))

(primitive fxarithmetic-shift-left
  (takes    (a fixnum) (n fixnum)) (gives fixnum)
  (effects raises) (fold yes) (low fx_shift_left)
  (library (rnrs arithmetic fixnums))
  (doc "a times 2^n; raises &implementation-restriction if it is not a fixnum.")
  (examples ((fxarithmetic-shift-left 3 4) => 48)
            ((fxarithmetic-shift-left 1 60) => (raises &implementation-restriction))
            ((fxarithmetic-shift-left 1 -1) => (raises &assertion))))

(primitive fxarithmetic-shift-right
  (takes    (a fixnum) (n fixnum)) (gives fixnum)
  (effects raises) (fold yes) (low fx_shift_right)
  (library (rnrs arithmetic fixnums))
  (doc "The floor of a divided by 2^n.")
  (examples ((fxarithmetic-shift-right -5 1) => -3) ((fxarithmetic-shift-right -1 60) => -1)))

(primitive fxarithmetic-shift
  (takes    (a fixnum) (n fixnum)) (gives fixnum)
  (effects raises) (fold yes) (low fx_shift)
  (library (rnrs arithmetic fixnums))
  (doc "The floor of a times 2^n.")
  (examples ((fxarithmetic-shift 1 3) => 8) ((fxarithmetic-shift -8 -2) => -2)))

(primitive %fxsll
  (takes    (a fixnum) (n fixnum)) (gives fixnum)
  (effects) (low fx_shift_left_wrap)
  (doc "a times 2^n modulo 2^61, 0 <= n <= 60; no check.")
  (examples ((%fxsll 1 60) => -1152921504606846976)))

(primitive %fxsra
  (takes    (a fixnum) (n fixnum)) (gives fixnum)
  (effects) (low fx_shift_right_unsafe)
  (doc "a shifted right arithmetically, 0 <= n <= 60; no check.")
  (examples ((%fxsra -4 1) => -2)))

(primitive %fxsrl
  (takes    (a fixnum) (n fixnum)) (gives fixnum)
  (effects) (low fx_shift_right_logical)
  (doc "The 61 bits of a shifted right, 1 <= n <= 60; no check.")
  (examples ((%fxsrl -1 60) => 1)))

(primitive fxbit-count
  (takes    (a fixnum)) (gives fixnum)
  (effects raises) (fold bitwise-bit-count) (low fx_bit_count)
  (library (rnrs arithmetic fixnums))
  (doc "The number of one bits, or for a negative number the complement of that of zero bits.")
  (examples ((fxbit-count 7) => 3) ((fxbit-count -1) => -1) ((fxbit-count -8) => -4)))

(primitive fxlength
  (takes    (a fixnum)) (gives fixnum)
  (effects raises) (fold bitwise-length) (low fx_length)
  (library (rnrs arithmetic fixnums))
  (doc "The number of bits that a needs.")
  (examples ((fxlength 8) => 4) ((fxlength -8) => 3)))

(primitive fxfirst-bit-set
  (takes    (a fixnum)) (gives fixnum)
  (effects raises) (fold bitwise-first-bit-set) (low fx_first_bit_set)
  (library (rnrs arithmetic fixnums))
  (doc "The index of the lowest one bit, or -1.")
  (examples ((fxfirst-bit-set 12) => 2) ((fxfirst-bit-set 0) => -1)))
