;; SPDX-License-Identifier: MIT
;;
;; Generic arithmetic: fixnums and flonums in line, everything else by the runtime primitive with the name
;; %generic and this one (%generic+ %generic- %generic* %generic/ %generic= %generic< %generic> %generic<= %generic>=
;; %generic-zero? %generic-positive? %generic-negative? %generic-even? %generic-odd? %generic-quotient %generic-remainder
;; %generic-modulo %generic-div %generic-mod %generic-inexact %generic-bitwise-and -ior -xor -not %generic-abs
;; %generic-max %generic-min), see numbers.scm. A missing one is the primitive-failed hook.
;; Format: ../README.md. The templates are in src/low/expand_primitives*.cpp.

(primitive +
  (takes    (a number) (b number)) (gives number)
  (effects raises) (fold yes) (low generic_add)
  (library (rnrs base) (scheme base))
  (doc "The sum.")
  (examples ((+ 1 2) => 3)))

(primitive -
  (takes    (a number) (b number)) (gives number)
  (effects raises) (fold yes) (low generic_sub)
  (library (rnrs base) (scheme base))
  (doc "The difference."))

(primitive *
  (takes    (a number) (b number)) (gives number)
  (effects raises) (fold yes) (low generic_mul)
  (library (rnrs base) (scheme base))
  (doc "The product."))

(primitive =
  (takes    (a number) (b number)) (gives boolean)
  (effects raises) (fold yes) (low generic_eq)
  (library (rnrs base) (scheme base))
  (doc "True if a is equal to b."))

(primitive <
  (takes    (a real) (b real)) (gives boolean)
  (effects raises) (fold yes) (low generic_lt)
  (library (rnrs base) (scheme base))
  (doc "True if a is less than b."))

(primitive >
  (takes    (a real) (b real)) (gives boolean)
  (effects raises) (fold yes) (low generic_gt)
  (library (rnrs base) (scheme base))
  (doc "True if a is greater than b."))

(primitive <=
  (takes    (a real) (b real)) (gives boolean)
  (effects raises) (fold yes) (low generic_le)
  (library (rnrs base) (scheme base))
  (doc "True if a is at most b."))

(primitive >=
  (takes    (a real) (b real)) (gives boolean)
  (effects raises) (fold yes) (low generic_ge)
  (library (rnrs base) (scheme base))
  (doc "True if a is at least b."))

(primitive /
  (takes    (a number) (optional b number)) (gives number)
  (effects raises) (low generic_slash)
  (library (rnrs base) (scheme base))
  (doc "The quotient, or the reciprocal."))

(primitive zero?
  (takes    (x number)) (gives boolean)
  (effects raises) (fold yes) (low is_zero)
  (library (rnrs base) (scheme base))
  (doc "True if x is zero."))

(primitive positive?
  (takes    (x real)) (gives boolean)
  (effects raises) (fold yes) (low is_positive)
  (library (rnrs base) (scheme base))
  (doc "True if x is greater than zero."))

(primitive negative?
  (takes    (x real)) (gives boolean)
  (effects raises) (fold yes) (low is_negative)
  (library (rnrs base) (scheme base))
  (doc "True if x is less than zero."))

(primitive even?
  (takes    (x integer)) (gives boolean)
  (effects raises) (fold yes) (low is_even)
  (library (rnrs base) (scheme base))
  (doc "True if x is even."))

(primitive odd?
  (takes    (x integer)) (gives boolean)
  (effects raises) (fold yes) (low is_odd)
  (library (rnrs base) (scheme base))
  (doc "True if x is odd."))

(primitive quotient
  (takes    (a integer) (b integer)) (gives number)
  (effects raises) (fold yes) (low generic_quotient)
  (library (rnrs r5rs) (scheme base))
  (doc "The quotient, truncated."))

(primitive remainder
  (takes    (a integer) (b integer)) (gives number)
  (effects raises) (fold yes) (low generic_remainder)
  (library (rnrs r5rs) (scheme base))
  (doc "The remainder of quotient, with the sign of a."))

(primitive modulo
  (takes    (a integer) (b integer)) (gives number)
  (effects raises) (fold yes) (low generic_modulo)
  (library (rnrs r5rs) (scheme base))
  (doc "The remainder with the sign of b."))

(primitive div
  (takes    (a real) (b real)) (gives number)
  (effects raises) (fold yes) (low generic_div)
  (library (rnrs base))
  (doc "The quotient such that the remainder is not negative."))

(primitive mod
  (takes    (a real) (b real)) (gives number)
  (effects raises) (fold yes) (low generic_mod)
  (library (rnrs base))
  (doc "The remainder that is not negative."))

(primitive exact->inexact
  (takes    (x number)) (gives number)
  (effects raises) (low to_inexact)
  (library (rnrs r5rs))
  (doc "The inexact number nearest to x."))

(primitive inexact
  (takes    (x number)) (gives number)
  (effects raises) (low to_inexact)
  (library (rnrs base) (scheme base))
  (doc "The inexact number nearest to x."))

(primitive real->flonum
  (takes    (x real)) (gives flonum)
  (effects raises) (low real_to_flonum)
  (library (rnrs arithmetic flonums))
  (doc "The flonum nearest to x."))

(primitive bitwise-and
  (takes    (a exact-integer) (b exact-integer)) (gives exact-integer)
  (effects raises) (fold yes) (low bitwise_and)
  (library (rnrs arithmetic bitwise))
  (doc "The bitwise and."))

(primitive bitwise-ior
  (takes    (a exact-integer) (b exact-integer)) (gives exact-integer)
  (effects raises) (fold yes) (low bitwise_ior)
  (library (rnrs arithmetic bitwise))
  (doc "The bitwise inclusive or."))

(primitive bitwise-xor
  (takes    (a exact-integer) (b exact-integer)) (gives exact-integer)
  (effects raises) (fold yes) (low bitwise_xor)
  (library (rnrs arithmetic bitwise))
  (doc "The bitwise exclusive or."))

(primitive bitwise-not
  (takes    (a exact-integer)) (gives exact-integer)
  (effects raises) (fold yes) (low bitwise_not)
  (library (rnrs arithmetic bitwise))
  (doc "The bitwise complement."))

(primitive abs
  (takes    (x real)) (gives real)
  (effects raises) (fold yes) (low generic_abs)
  (library (rnrs base) (scheme base))
  (doc "The absolute value."))

(primitive max
  (takes    (a real) (b real)) (gives real)
  (effects raises) (low generic_max)
  (library (rnrs base) (scheme base))
  (doc "The greater one, inexact if one of the two is."))

(primitive min
  (takes    (a real) (b real)) (gives real)
  (effects raises) (low generic_min)
  (library (rnrs base) (scheme base))
  (doc "The smaller one, inexact if one of the two is."))
