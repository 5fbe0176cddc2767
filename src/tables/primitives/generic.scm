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
  (effects raises) (fold %generic+) (low generic_add)
  (library (rnrs base) (scheme base))
  (doc "The sum.")
  (examples ((+ 1 2) => 3) ((+ 1152921504606846975 1) => 1152921504606846976) ((+ 1 "a") => (raises &assertion))))

(primitive -
  (takes    (a number) (b number)) (gives number)
  (effects raises) (fold %generic-) (low generic_sub)
  (library (rnrs base) (scheme base))
  (doc "The difference.")
  (examples ((- 1 2) => -1) ((- -1152921504606846976 1) => -1152921504606846977)))

(primitive *
  (takes    (a number) (b number)) (gives number)
  (effects raises) (fold %generic*) (low generic_mul)
  (library (rnrs base) (scheme base))
  (doc "The product.")
  (examples ((* 4294967296 4294967296) => 18446744073709551616) ((* 1/2 4) => 2) ((* 2 'a) => (raises &assertion))))

(primitive =
  (takes    (a number) (b number)) (gives boolean)
  (effects raises) (fold %generic=) (low generic_eq)
  (library (rnrs base) (scheme base))
  (doc "True if a is equal to b.")
  (examples ((= 1 1.0) => #t) ((= 9007199254740993 9007199254740992.0) => #f)))

(primitive <
  (takes    (a real) (b real)) (gives boolean)
  (effects raises) (fold %generic<) (low generic_lt)
  (library (rnrs base) (scheme base))
  (doc "True if a is less than b.")
  (examples ((< 1/3 0.5) => #t) ((< 1 'a) => (raises &assertion))))

(primitive >
  (takes    (a real) (b real)) (gives boolean)
  (effects raises) (fold %generic>) (low generic_gt)
  (library (rnrs base) (scheme base))
  (doc "True if a is greater than b.")
  (examples ((> 1 +nan.0) => #f)))

(primitive <=
  (takes    (a real) (b real)) (gives boolean)
  (effects raises) (fold %generic<=) (low generic_le)
  (library (rnrs base) (scheme base))
  (doc "True if a is at most b.")
  (examples ((<= 1 +nan.0) => #f) ((<= 2 2.0) => #t)))

(primitive >=
  (takes    (a real) (b real)) (gives boolean)
  (effects raises) (fold %generic>=) (low generic_ge)
  (library (rnrs base) (scheme base))
  (doc "True if a is at least b.")
  (examples ((>= 3 2) => #t)))

(primitive /
  (takes    (a number) (optional b number)) (gives number)
  (effects raises) (fold %generic/) (low generic_slash)
  (library (rnrs base) (scheme base))
  (doc "The quotient, or the reciprocal."))

(primitive zero?
  (takes    (x number)) (gives boolean)
  (effects raises) (fold %generic-zero?) (low is_zero)
  (library (rnrs base) (scheme base))
  (doc "True if x is zero.")
  (examples ((zero? -0.0) => #t)))

(primitive positive?
  (takes    (x real)) (gives boolean)
  (effects raises) (fold %generic-positive?) (low is_positive)
  (library (rnrs base) (scheme base))
  (doc "True if x is greater than zero.")
  (examples ((positive? 1/2) => #t)))

(primitive negative?
  (takes    (x real)) (gives boolean)
  (effects raises) (fold %generic-negative?) (low is_negative)
  (library (rnrs base) (scheme base))
  (doc "True if x is less than zero.")
  (examples ((negative? -18446744073709551616) => #t)))

(primitive even?
  (takes    (x integer)) (gives boolean)
  (effects raises) (fold %generic-even?) (low is_even)
  (library (rnrs base) (scheme base))
  (doc "True if x is even.")
  (examples ((even? 2.0) => #t) ((even? 1.5) => (raises &assertion))))

(primitive odd?
  (takes    (x integer)) (gives boolean)
  (effects raises) (fold %generic-odd?) (low is_odd)
  (library (rnrs base) (scheme base))
  (doc "True if x is odd.")
  (examples ((odd? -1) => #t)))

(primitive quotient
  (takes    (a integer) (b integer)) (gives number)
  (effects raises) (fold %generic-quotient) (low generic_quotient)
  (library (rnrs r5rs) (scheme base))
  (doc "The quotient, truncated.")
  (examples ((quotient -7 2) => -3) ((quotient 7.0 2) => 3.0) ((quotient -1152921504606846976 -1) => 1152921504606846976)))

(primitive remainder
  (takes    (a integer) (b integer)) (gives number)
  (effects raises) (fold %generic-remainder) (low generic_remainder)
  (library (rnrs r5rs) (scheme base))
  (doc "The remainder of quotient, with the sign of a.")
  (examples ((remainder -7 2) => -1)))

(primitive modulo
  (takes    (a integer) (b integer)) (gives number)
  (effects raises) (fold %generic-modulo) (low generic_modulo)
  (library (rnrs r5rs) (scheme base))
  (doc "The remainder with the sign of b.")
  (examples ((modulo -7 2) => 1) ((modulo 7 0) => (raises &assertion))))

(primitive div
  (takes    (a real) (b real)) (gives number)
  (effects raises) (fold %generic-div) (low generic_div)
  (library (rnrs base))
  (doc "The quotient such that the remainder is not negative.")
  (examples ((div -7 2) => -4) ((div 123 -10) => -12)))

(primitive mod
  (takes    (a real) (b real)) (gives number)
  (effects raises) (fold %generic-mod) (low generic_mod)
  (library (rnrs base))
  (doc "The remainder that is not negative.")
  (examples ((mod -7 2) => 1) ((mod -123 -10) => 7)))

(primitive exact->inexact
  (takes    (x number)) (gives number)
  (effects raises) (fold %generic-inexact) (low to_inexact)
  (library (rnrs r5rs))
  (doc "The inexact number nearest to x.")
  (examples ((exact->inexact 1/4) => 0.25)))

(primitive inexact
  (takes    (x number)) (gives number)
  (effects raises) (fold %generic-inexact) (low to_inexact)
  (library (rnrs base) (scheme base))
  (doc "The inexact number nearest to x.")
  (examples ((inexact 1/3) => 0.3333333333333333)))

(primitive real->flonum
  (takes    (x real)) (gives flonum)
  (effects raises) (fold %generic-inexact) (low real_to_flonum)
  (library (rnrs arithmetic flonums))
  (doc "The flonum nearest to x.")
  (examples ((real->flonum 1/2) => 0.5)))

(primitive bitwise-and
  (takes    (a exact-integer) (b exact-integer)) (gives exact-integer)
  (effects raises) (fold %generic-bitwise-and) (low bitwise_and)
  (library (rnrs arithmetic bitwise))
  (doc "The bitwise and.")
  (examples ((bitwise-and -1 18446744073709551616) => 18446744073709551616)))

(primitive bitwise-ior
  (takes    (a exact-integer) (b exact-integer)) (gives exact-integer)
  (effects raises) (fold %generic-bitwise-ior) (low bitwise_ior)
  (library (rnrs arithmetic bitwise))
  (doc "The bitwise inclusive or.")
  (examples ((bitwise-ior 12 10) => 14)))

(primitive bitwise-xor
  (takes    (a exact-integer) (b exact-integer)) (gives exact-integer)
  (effects raises) (fold %generic-bitwise-xor) (low bitwise_xor)
  (library (rnrs arithmetic bitwise))
  (doc "The bitwise exclusive or.")
  (examples ((bitwise-xor -1 5) => -6)))

(primitive bitwise-not
  (takes    (a exact-integer)) (gives exact-integer)
  (effects raises) (fold %generic-bitwise-not) (low bitwise_not)
  (library (rnrs arithmetic bitwise))
  (doc "The bitwise complement.")
  (examples ((bitwise-not 0) => -1)))

(primitive abs
  (takes    (x real)) (gives real)
  (effects raises) (fold %generic-abs) (low generic_abs)
  (library (rnrs base) (scheme base))
  (doc "The absolute value.")
  (examples ((abs -5) => 5) ((abs -1152921504606846976) => 1152921504606846976) ((abs -0.0) => 0.0)))

(primitive max
  (takes    (a real) (b real)) (gives real)
  (effects raises) (fold %generic-max) (low generic_max)
  (library (rnrs base) (scheme base))
  (doc "The greater one, inexact if one of the two is.")
  (examples ((max 1 2.0) => 2.0) ((max 3 2.0) => 3.0)))

(primitive min
  (takes    (a real) (b real)) (gives real)
  (effects raises) (fold %generic-min) (low generic_min)
  (library (rnrs base) (scheme base))
  (doc "The smaller one, inexact if one of the two is.")
  (examples ((min 1 2.0) => 1.0)))
