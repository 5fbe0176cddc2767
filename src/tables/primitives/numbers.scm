;; SPDX-License-Identifier: MIT
;;
;; Numbers as C++ functions (runtime/numbers): what compiled code does not do in line.
;; Rows named %generic… are the slow paths of generic.scm. Format: ../README.md.

;;; Slow paths of the operators that compiled code does in line (generic.scm).

(primitive %generic+
  (takes    (a number) (b number)) (gives number)
  (effects allocates raises) (fold yes) (runtime generic_add)
  (doc "The sum."))

(primitive %generic-
  (takes    (a number) (b number)) (gives number)
  (effects allocates raises) (fold yes) (runtime generic_subtract)
  (doc "The difference."))

(primitive %generic*
  (takes    (a number) (b number)) (gives number)
  (effects allocates raises) (fold yes) (runtime generic_multiply)
  (doc "The product."))

(primitive %generic/
  (takes    (a number) (b number)) (gives number)
  (effects allocates raises) (fold yes) (runtime generic_divide)
  (doc "The quotient."))

(primitive %generic=
  (takes    (a number) (b number)) (gives boolean)
  (effects raises) (fold yes) (runtime generic_equal)
  (doc "True if a is equal to b."))

(primitive %generic<
  (takes    (a real) (b real)) (gives boolean)
  (effects raises) (fold yes) (runtime generic_less)
  (doc "True if a < b."))

(primitive %generic>
  (takes    (a real) (b real)) (gives boolean)
  (effects raises) (fold yes) (runtime generic_greater)
  (doc "True if a > b."))

(primitive %generic<=
  (takes    (a real) (b real)) (gives boolean)
  (effects raises) (fold yes) (runtime generic_less_equal)
  (doc "True if a <= b."))

(primitive %generic>=
  (takes    (a real) (b real)) (gives boolean)
  (effects raises) (fold yes) (runtime generic_greater_equal)
  (doc "True if a >= b."))

(primitive %generic-zero?
  (takes    (x number)) (gives boolean)
  (effects raises) (fold yes) (runtime is_zero)
  (doc "True if x is zero."))

(primitive %generic-positive?
  (takes    (x real)) (gives boolean)
  (effects raises) (fold yes) (runtime is_positive)
  (doc "True if x is positive."))

(primitive %generic-negative?
  (takes    (x real)) (gives boolean)
  (effects raises) (fold yes) (runtime is_negative)
  (doc "True if x is negative."))

(primitive %generic-even?
  (takes    (x integer)) (gives boolean)
  (effects raises) (fold yes) (runtime is_even)
  (doc "True if x is even."))

(primitive %generic-odd?
  (takes    (x integer)) (gives boolean)
  (effects raises) (fold yes) (runtime is_odd)
  (doc "True if x is odd."))

(primitive %generic-quotient
  (takes    (a integer) (b integer)) (gives real)
  (effects allocates raises) (fold yes) (runtime quotient)
  (doc "The slow path of quotient."))

(primitive %generic-remainder
  (takes    (a integer) (b integer)) (gives real)
  (effects allocates raises) (fold yes) (runtime remainder)
  (doc "The slow path of remainder."))

(primitive %generic-modulo
  (takes    (a integer) (b integer)) (gives real)
  (effects allocates raises) (fold yes) (runtime modulo)
  (doc "The slow path of modulo."))

(primitive %generic-div
  (takes    (a real) (b real)) (gives real)
  (effects allocates raises) (fold yes) (runtime real_div)
  (doc "The slow path of div."))

(primitive %generic-mod
  (takes    (a real) (b real)) (gives real)
  (effects allocates raises) (fold yes) (runtime real_mod)
  (doc "The slow path of mod."))

(primitive %generic-max
  (takes    (a real) (b real)) (gives real)
  (effects allocates raises) (fold yes) (runtime generic_max)
  (doc "The slow path of max."))

(primitive %generic-min
  (takes    (a real) (b real)) (gives real)
  (effects allocates raises) (fold yes) (runtime generic_min)
  (doc "The slow path of min."))

(primitive %generic-abs
  (takes    (x real)) (gives real)
  (effects allocates raises) (fold yes) (runtime number_abs)
  (doc "The absolute value."))

(primitive %generic-inexact
  (takes    (z number)) (gives number)
  (effects allocates raises) (fold yes) (runtime inexact)
  (doc "The inexact number nearest to z."))

(primitive %generic-bitwise-and
  (takes    (a exact-integer) (b exact-integer)) (gives exact-integer)
  (effects allocates raises) (fold yes) (runtime bitwise_and)
  (doc "The bitwise and."))

(primitive %generic-bitwise-ior
  (takes    (a exact-integer) (b exact-integer)) (gives exact-integer)
  (effects allocates raises) (fold yes) (runtime bitwise_ior)
  (doc "The bitwise ior."))

(primitive %generic-bitwise-xor
  (takes    (a exact-integer) (b exact-integer)) (gives exact-integer)
  (effects allocates raises) (fold yes) (runtime bitwise_xor)
  (doc "The bitwise xor."))

(primitive %generic-bitwise-not
  (takes    (n exact-integer)) (gives exact-integer)
  (effects allocates raises) (fold yes) (runtime bitwise_not)
  (doc "The bitwise complement."))

(primitive %negate
  (takes    (z number)) (gives number)
  (effects allocates raises) (fold yes) (runtime negate)
  (doc "The additive inverse; of 0.0 it is -0.0.")
  (examples ((%negate 0.0) => -0.0)))

(primitive %eqv?
  (takes    (a any) (b any)) (gives boolean)
  (effects ) (fold yes) (runtime is_eqv)
  (doc "eqv? of any two objects."))

(primitive %number-hash
  (takes    (z number)) (gives fixnum)
  (effects ) (runtime number_hash_value)
  (doc "A hash of a number that agrees with eqv?."))

;;; Kinds of numbers.

(primitive number?
  (takes    (x any)) (gives boolean)
  (effects ) (fold yes) (runtime is_number_p)
  (library (rnrs base) (scheme base))
  (doc "True if x is a number.")
  (examples ((number? 1/2) => #t)))

(primitive complex?
  (takes    (x any)) (gives boolean)
  (effects ) (fold yes) (runtime is_number_p)
  (library (rnrs base) (scheme base))
  (doc "True if x is a number."))

(primitive real?
  (takes    (x any)) (gives boolean)
  (effects ) (fold yes) (runtime is_real_p)
  (library (rnrs base) (scheme base))
  (doc "True if x is a real number.")
  (examples ((real? 1.5) => #t) ((real? 1+2i) => #f)))

(primitive rational?
  (takes    (x any)) (gives boolean)
  (effects ) (fold yes) (runtime is_rational_p)
  (library (rnrs base) (scheme base))
  (doc "True if x is a rational number: real, finite, no NaN.")
  (examples ((rational? +inf.0) => #f)))

(primitive integer?
  (takes    (x any)) (gives boolean)
  (effects ) (fold yes) (runtime is_integer_p)
  (library (rnrs base) (scheme base))
  (doc "True if x is an integer.")
  (examples ((integer? 2.0) => #t) ((integer? 1/2) => #f)))

(primitive real-valued?
  (takes    (x any)) (gives boolean)
  (effects ) (fold yes) (runtime is_real_valued)
  (library (rnrs base))
  (doc "True if x is a real number or has a zero imaginary part.")
  (examples ((real-valued? 1.0+0.0i) => #t)))

(primitive rational-valued?
  (takes    (x any)) (gives boolean)
  (effects ) (fold yes) (runtime is_rational_valued)
  (library (rnrs base))
  (doc "True if x is equal to a rational number."))

(primitive integer-valued?
  (takes    (x any)) (gives boolean)
  (effects ) (fold yes) (runtime is_integer_valued)
  (library (rnrs base))
  (doc "True if x is equal to an integer.")
  (examples ((integer-valued? 2.0+0.0i) => #t)))

(primitive exact-integer?
  (takes    (x any)) (gives boolean)
  (effects ) (fold yes) (runtime is_exact_integer_p)
  (library (scheme base))
  (doc "True if x is an exact integer.")
  (examples ((exact-integer? 2.0) => #f)))

(primitive exact?
  (takes    (z number)) (gives boolean)
  (effects raises) (fold yes) (runtime is_exact)
  (library (rnrs base) (scheme base))
  (doc "True if z is exact; of a complex number, both parts.")
  (examples ((exact? 1/2) => #t) ((exact? 'a) => (raises &assertion))))

(primitive inexact?
  (takes    (z number)) (gives boolean)
  (effects raises) (fold yes) (runtime is_inexact)
  (library (rnrs base) (scheme base))
  (doc "True if z is inexact; of a complex number, both parts.")
  (examples ((inexact? 1.0) => #t)))

(primitive nan?
  (takes    (z number)) (gives boolean)
  (effects raises) (fold yes) (runtime is_nan_p)
  (library (rnrs base) (scheme inexact))
  (doc "True if z is nan; of a complex number, either part.")
  (examples ((nan? +nan.0) => #t)))

(primitive finite?
  (takes    (z number)) (gives boolean)
  (effects raises) (fold yes) (runtime is_finite_p)
  (library (rnrs base) (scheme inexact))
  (doc "True if z is finite; of a complex number, both parts.")
  (examples ((finite? -inf.0) => #f)))

(primitive infinite?
  (takes    (z number)) (gives boolean)
  (effects raises) (fold yes) (runtime is_infinite_p)
  (library (rnrs base) (scheme inexact))
  (doc "True if z is infinite; of a complex number, either part.")
  (examples ((infinite? -inf.0) => #t)))

;;; Conversion, parts, rounding.

(primitive exact
  (takes    (z number)) (gives number)
  (effects allocates raises) (fold yes) (runtime exact)
  (library (rnrs base) (scheme base))
  (doc "The exact number nearest to z.")
  (examples ((exact 0.5) => 1/2)))

(primitive inexact->exact
  (takes    (z number)) (gives number)
  (effects allocates raises) (fold yes) (runtime exact)
  (library (rnrs r5rs))
  (doc "The exact number nearest to z."))

(primitive numerator
  (takes    (q rational)) (gives real)
  (effects allocates raises) (fold yes) (runtime numerator)
  (library (rnrs base) (scheme base))
  (doc "The numerator of q in lowest terms.")
  (examples ((numerator 6/4) => 3) ((numerator 0.5) => 1.0)))

(primitive denominator
  (takes    (q rational)) (gives real)
  (effects allocates raises) (fold yes) (runtime denominator)
  (library (rnrs base) (scheme base))
  (doc "The denominator of q in lowest terms, positive.")
  (examples ((denominator 6/4) => 2) ((denominator 0.5) => 2.0)))

(primitive floor
  (takes    (x real)) (gives real)
  (effects allocates raises) (fold yes) (runtime number_floor)
  (library (rnrs base) (scheme base))
  (doc "The largest integer not above x.")
  (examples ((floor -7/2) => -4) ((floor -2.5) => -3.0)))

(primitive ceiling
  (takes    (x real)) (gives real)
  (effects allocates raises) (fold yes) (runtime number_ceiling)
  (library (rnrs base) (scheme base))
  (doc "The smallest integer not below x.")
  (examples ((ceiling -7/2) => -3)))

(primitive truncate
  (takes    (x real)) (gives real)
  (effects allocates raises) (fold yes) (runtime number_truncate)
  (library (rnrs base) (scheme base))
  (doc "The integer part of x.")
  (examples ((truncate -7/2) => -3)))

(primitive round
  (takes    (x real)) (gives real)
  (effects allocates raises) (fold yes) (runtime number_round)
  (library (rnrs base) (scheme base))
  (doc "The integer nearest to x; of two, the even one.")
  (examples ((round 7/2) => 4) ((round 2.5) => 2.0)))

;;; Division.

(primitive div0
  (takes    (a real) (b real)) (gives real)
  (effects allocates raises) (fold yes) (runtime real_div0)
  (library (rnrs base))
  (doc "The integer n for which a - nb is in [-|b|/2, |b|/2).")
  (examples ((div0 -123 10) => -12)))

(primitive mod0
  (takes    (a real) (b real)) (gives real)
  (effects allocates raises) (fold yes) (runtime real_mod0)
  (library (rnrs base))
  (doc "a minus b times (div0 a b).")
  (examples ((mod0 -123 10) => -3)))

(primitive floor-quotient
  (takes    (a integer) (b integer)) (gives real)
  (effects allocates raises) (fold yes) (runtime floor_quotient)
  (library (scheme base))
  (doc "The quotient rounded down.")
  (examples ((floor-quotient -5 2) => -3)))

(primitive floor-remainder
  (takes    (a integer) (b integer)) (gives real)
  (effects allocates raises) (fold yes) (runtime modulo)
  (library (scheme base))
  (doc "The remainder with the sign of b.")
  (examples ((floor-remainder -5 2) => 1)))

(primitive truncate-quotient
  (takes    (a integer) (b integer)) (gives real)
  (effects allocates raises) (fold yes) (runtime quotient)
  (library (scheme base))
  (doc "The quotient rounded towards zero.")
  (examples ((truncate-quotient -5 2) => -2)))

(primitive truncate-remainder
  (takes    (a integer) (b integer)) (gives real)
  (effects allocates raises) (fold yes) (runtime remainder)
  (library (scheme base))
  (doc "The remainder with the sign of a.")
  (examples ((truncate-remainder -5 2) => -1)))

(primitive gcd
  (takes    (a integer) (b integer)) (gives real)
  (effects allocates raises) (fold yes) (runtime gcd)
  (library (rnrs base) (scheme base))
  (doc "The greatest common divisor.")
  (examples ((gcd 12 -18) => 6) ((gcd 0 0) => 0)))

(primitive lcm
  (takes    (a integer) (b integer)) (gives real)
  (effects allocates raises) (fold yes) (runtime lcm)
  (library (rnrs base) (scheme base))
  (doc "The least common multiple.")
  (examples ((lcm 4 -6) => 12)))

(primitive fldiv
  (takes    (a flonum) (b flonum)) (gives flonum)
  (effects allocates raises) (fold yes) (runtime fldiv)
  (library (rnrs arithmetic flonums))
  (doc "The flonum a div b.")
  (examples ((fldiv -7.0 2.0) => -4.0)))

(primitive flmod
  (takes    (a flonum) (b flonum)) (gives flonum)
  (effects allocates raises) (fold yes) (runtime flmod)
  (library (rnrs arithmetic flonums))
  (doc "The flonum a mod b.")
  (examples ((flmod -7.0 2.0) => 1.0)))

(primitive fldiv0
  (takes    (a flonum) (b flonum)) (gives flonum)
  (effects allocates raises) (fold yes) (runtime fldiv0)
  (library (rnrs arithmetic flonums))
  (doc "The flonum a div0 b.")
  (examples ((fldiv0 -6.0 4.0) => -1.0)))

(primitive flmod0
  (takes    (a flonum) (b flonum)) (gives flonum)
  (effects allocates raises) (fold yes) (runtime flmod0)
  (library (rnrs arithmetic flonums))
  (doc "The flonum a mod0 b.")
  (examples ((flmod0 6.0 4.0) => -2.0)))

(primitive flnumerator
  (takes    (x flonum)) (gives flonum)
  (effects allocates raises) (fold yes) (runtime flnumerator)
  (library (rnrs arithmetic flonums))
  (doc "The numerator of x in lowest terms.")
  (examples ((flnumerator 0.5) => 1.0)))

(primitive fldenominator
  (takes    (x flonum)) (gives flonum)
  (effects allocates raises) (fold yes) (runtime fldenominator)
  (library (rnrs arithmetic flonums))
  (doc "The denominator of x in lowest terms.")
  (examples ((fldenominator 0.5) => 2.0)))

;;; Powers, roots, transcendental functions.

(primitive expt
  (takes    (a number) (b number)) (gives number)
  (effects allocates raises) (fold small) (runtime expt) (needs transcendental)
  (library (rnrs base) (scheme base))
  (doc "a to the power b.")
  (examples ((expt 5 -3) => 1/125)))

(primitive sqrt
  (takes    (z number)) (gives number)
  (effects allocates raises) (fold yes) (runtime number_sqrt) (needs transcendental)
  (library (rnrs base) (scheme inexact))
  (doc "The principal square root, exact if it can be.")
  (examples ((sqrt -4) => +2i)))

(primitive %exact-integer-sqrt
  (takes    (n exact-integer)) (gives pair)
  (effects allocates raises) (runtime exact_integer_sqrt)
  (doc "The pair of root and rest.")
  (examples ((%exact-integer-sqrt 17) => (4 . 1))))

(primitive exp
  (takes    (z number)) (gives number)
  (effects allocates raises) (fold yes) (runtime number_exp) (needs transcendental)
  (library (rnrs base) (scheme inexact))
  (doc "The exponential.")
  (examples ((exp 0) => 1)))

(primitive log
  (takes    (z number) (optional base number)) (gives number)
  (effects allocates raises) (fold yes) (runtime number_log) (needs transcendental)
  (library (rnrs base) (scheme inexact))
  (doc "The logarithm, natural or to a base.")
  (examples ((log 1) => 0) ((log 8.0 2) => 3.0)))

(primitive sin
  (takes    (z number)) (gives number)
  (effects allocates raises) (fold yes) (runtime number_sin) (needs transcendental)
  (library (rnrs base) (scheme inexact))
  (doc "The sin of z.")
  (examples ((sin 0) => 0)))

(primitive cos
  (takes    (z number)) (gives number)
  (effects allocates raises) (fold yes) (runtime number_cos) (needs transcendental)
  (library (rnrs base) (scheme inexact))
  (doc "The cos of z."))

(primitive tan
  (takes    (z number)) (gives number)
  (effects allocates raises) (fold yes) (runtime number_tan) (needs transcendental)
  (library (rnrs base) (scheme inexact))
  (doc "The tan of z."))

(primitive asin
  (takes    (z number)) (gives number)
  (effects allocates raises) (fold yes) (runtime number_asin) (needs transcendental)
  (library (rnrs base) (scheme inexact))
  (doc "The asin of z."))

(primitive acos
  (takes    (z number)) (gives number)
  (effects allocates raises) (fold yes) (runtime number_acos) (needs transcendental)
  (library (rnrs base) (scheme inexact))
  (doc "The acos of z."))

(primitive atan
  (takes    (y number) (optional x real)) (gives number)
  (effects allocates raises) (fold yes) (runtime number_atan) (needs transcendental)
  (library (rnrs base) (scheme inexact))
  (doc "The arc tangent of y, or the angle of x + iy."))

;;; Complex numbers.

(primitive make-rectangular
  (takes    (x real) (y real)) (gives number)
  (effects allocates raises) (fold yes) (runtime make_rectangular)
  (library (rnrs base) (scheme complex))
  (doc "x + iy.")
  (examples ((make-rectangular 1 2) => 1+2i) ((make-rectangular 1 0) => 1)))

(primitive make-polar
  (takes    (magnitude real) (angle real)) (gives number)
  (effects allocates raises) (fold yes) (runtime make_polar)
  (library (rnrs base) (scheme complex))
  (doc "The number with that magnitude and angle."))

(primitive real-part
  (takes    (z number)) (gives real)
  (effects raises) (fold yes) (runtime real_part)
  (library (rnrs base) (scheme complex))
  (doc "The real part.")
  (examples ((real-part 1+2i) => 1)))

(primitive imag-part
  (takes    (z number)) (gives real)
  (effects raises) (fold yes) (runtime imag_part)
  (library (rnrs base) (scheme complex))
  (doc "The imaginary part.")
  (examples ((imag-part 1+2i) => 2)))

(primitive magnitude
  (takes    (z number)) (gives real)
  (effects allocates raises) (fold yes) (runtime magnitude) (needs transcendental)
  (library (rnrs base) (scheme complex))
  (doc "The absolute value.")
  (examples ((magnitude 3+4i) => 5)))

(primitive angle
  (takes    (z number)) (gives real)
  (effects allocates raises) (fold yes) (runtime angle) (needs transcendental)
  (library (rnrs base) (scheme complex))
  (doc "The angle, between -pi and pi."))

;;; Bits of exact integers.

(primitive bitwise-if
  (takes    (mask exact-integer) (a exact-integer) (b exact-integer)) (gives exact-integer)
  (effects allocates raises) (fold yes) (runtime bitwise_if)
  (library (rnrs arithmetic bitwise))
  (doc "The bits of a where mask has ones, those of b elsewhere.")
  (examples ((bitwise-if 12 10 5) => 9)))

(primitive bitwise-bit-count
  (takes    (n exact-integer)) (gives exact-integer)
  (effects raises) (fold yes) (runtime bitwise_bit_count)
  (library (rnrs arithmetic bitwise))
  (doc "The number of ones; of a negative number, the complement of that of zeros.")
  (examples ((bitwise-bit-count 18446744073709551615) => 64) ((bitwise-bit-count -1) => -1)))

(primitive bitwise-length
  (takes    (n exact-integer)) (gives exact-integer)
  (effects raises) (fold yes) (runtime bitwise_length)
  (library (rnrs arithmetic bitwise))
  (doc "The number of bits that n needs, its sign aside.")
  (examples ((bitwise-length 18446744073709551616) => 65)))

(primitive bitwise-first-bit-set
  (takes    (n exact-integer)) (gives exact-integer)
  (effects raises) (fold yes) (runtime bitwise_first_bit_set)
  (library (rnrs arithmetic bitwise))
  (doc "The index of the lowest one, or -1.")
  (examples ((bitwise-first-bit-set 18446744073709551616) => 64) ((bitwise-first-bit-set 0) => -1)))

(primitive bitwise-bit-set?
  (takes    (n exact-integer) (k exact-integer)) (gives boolean)
  (effects raises) (fold yes) (runtime bitwise_is_bit_set)
  (library (rnrs arithmetic bitwise))
  (doc "True if bit k of n is one.")
  (examples ((bitwise-bit-set? 4 2) => #t) ((bitwise-bit-set? -1 1000) => #t)))

(primitive bitwise-copy-bit
  (takes    (n exact-integer) (k exact-integer) (bit exact-integer)) (gives exact-integer)
  (effects allocates raises) (fold small) (runtime bitwise_copy_bit)
  (library (rnrs arithmetic bitwise))
  (doc "n with bit k replaced.")
  (examples ((bitwise-copy-bit 0 2 1) => 4)))

(primitive bitwise-bit-field
  (takes    (n exact-integer) (start exact-integer) (end exact-integer)) (gives exact-integer)
  (effects allocates raises) (fold yes) (runtime bitwise_bit_field)
  (library (rnrs arithmetic bitwise))
  (doc "The number made of the bits of n from start to before end.")
  (examples ((bitwise-bit-field 214 2 6) => 5)))

(primitive bitwise-copy-bit-field
  (takes    (to exact-integer) (start exact-integer) (end exact-integer) (from exact-integer)) (gives exact-integer)
  (effects allocates raises) (fold small) (runtime bitwise_copy_bit_field)
  (library (rnrs arithmetic bitwise))
  (doc "to with the bits from start to before end replaced by the low ones of from.")
  (examples ((bitwise-copy-bit-field 0 2 5 7) => 28)))

(primitive bitwise-reverse-bit-field
  (takes    (n exact-integer) (start exact-integer) (end exact-integer)) (gives exact-integer)
  (effects allocates raises) (fold small) (runtime bitwise_reverse_bit_field)
  (library (rnrs arithmetic bitwise))
  (doc "n with the order of the bits from start to before end reversed.")
  (examples ((bitwise-reverse-bit-field 10 0 4) => 5)))

(primitive bitwise-arithmetic-shift
  (takes    (n exact-integer) (shift exact-integer)) (gives exact-integer)
  (effects allocates raises) (fold small) (runtime bitwise_arithmetic_shift)
  (library (rnrs arithmetic bitwise))
  (doc "n times 2^shift, rounded down.")
  (examples ((bitwise-arithmetic-shift 1 64) => 18446744073709551616) ((bitwise-arithmetic-shift -5 -1) => -3)))

(primitive bitwise-arithmetic-shift-left
  (takes    (n exact-integer) (shift exact-integer)) (gives exact-integer)
  (effects allocates raises) (fold small) (runtime bitwise_arithmetic_shift_left)
  (library (rnrs arithmetic bitwise))
  (doc "n times 2^shift.")
  (examples ((bitwise-arithmetic-shift-left 1 64) => 18446744073709551616)))

(primitive bitwise-arithmetic-shift-right
  (takes    (n exact-integer) (shift exact-integer)) (gives exact-integer)
  (effects allocates raises) (fold yes) (runtime bitwise_arithmetic_shift_right)
  (library (rnrs arithmetic bitwise))
  (doc "n divided by 2^shift, rounded down.")
  (examples ((bitwise-arithmetic-shift-right -5 1) => -3)))

;;; Text.

(primitive number->string
  (takes    (z number) (optional radix fixnum) (optional precision exact-integer)) (gives mutable-string)
  (effects allocates raises) (runtime number_to_string)
  (library (rnrs base) (scheme base))
  (doc "The external representation of z; the shortest one for flonums.")
  (examples ((number->string 255 16) => "ff")))

(primitive string->number
  (takes    (s string) (optional radix fixnum)) (gives number-or-false)
  (effects reads allocates raises) (runtime string_to_number)
  (library (rnrs base) (scheme base))
  (doc "The number that s denotes, or #f.")
  (examples ((string->number "1e3") => 1000.0)
            ((string->number "ff" 16) => 255)
            ((string->number "1/0") => #f)
            ((string->number "-") => #f)))

;;; Random numbers (xoshiro256**). The state is a bytevector of 32 bytes.

(primitive %random-seed!
  (takes    (state bytevector) (seed exact-integer)) (gives void)
  (effects writes raises) (runtime random_seed)
  (doc "Sets the state from a seed."))

(primitive %random-integer
  (takes    (state bytevector) (limit exact-integer)) (gives exact-integer)
  (effects reads writes allocates raises) (runtime random_integer)
  (doc "An integer of [0, limit), all equally likely."))

(primitive %random-real
  (takes    (state bytevector)) (gives flonum)
  (effects reads writes allocates raises) (runtime random_real)
  (doc "A flonum of [0, 1)."))

(primitive %random-bits
  (takes    (state bytevector) (bits fixnum)) (gives exact-integer)
  (effects reads writes allocates raises) (runtime random_bits)
  (doc "An integer of [0, 2^bits), all equally likely."))

;;; Raising from libraries below the condition system.

(primitive %raise-assertion
  (takes    (who any) (message string) (irritants list)) (gives none)
  (effects allocates raises) (runtime raise_assertion_list)
  (doc "Raises &assertion."))

(primitive %raise-implementation-restriction
  (takes    (who any) (message string) (irritants list)) (gives none)
  (effects allocates raises) (runtime raise_restriction_list)
  (doc "Raises &implementation-restriction."))
