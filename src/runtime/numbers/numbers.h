// SPDX-License-Identifier: MIT
//
// Generic arithmetic on values: fixnums, bignums, ratnums, flonums, compnums. What the tables, the compiler's
// folding, the reader and the printer call. All functions return a Value, which is kRaiseMark after an error
// was stored. R6RS 11.7 and libraries ch. 11, R7RS 6.2.
#pragma once

#include "runtime/memory/heap.h"

namespace loko {

// -- for C++ callers --

/// The number that an ASCII text denotes (R6RS and R7RS syntax, any prefixes), or #f.
Value parse_number(const char* text, u64 length, int default_radix);
/// eqv? of any two values: same object, or numbers of equal exactness and value (0.0 and -0.0 differ, NaNs don't).
bool eqv(Value a, Value b);
/// A hash of a number that agrees with eqv.
u64 number_hash(Value v);
/// Writes the external representation into `to` (room for kNumberTextMax for fixnums and flonums in radix 10);
/// returns its length.
u64 fixnum_text(i64 n, int radix, char* to);
u64 flonum_text(double d, char* to);
inline constexpr u64 kNumberTextMax = 72;

// -- arithmetic --
Value generic_add(Value a, Value b);
Value generic_subtract(Value a, Value b);
Value generic_multiply(Value a, Value b);
Value generic_divide(Value a, Value b);
Value generic_equal(Value a, Value b);
Value generic_less(Value a, Value b);
Value generic_greater(Value a, Value b);
Value generic_less_equal(Value a, Value b);
Value generic_greater_equal(Value a, Value b);
Value generic_max(Value a, Value b);
Value generic_min(Value a, Value b);
Value negate(Value a);
Value number_abs(Value a);
Value magnitude(Value z);

// -- integer division; integers or, for div mod div0 mod0, any reals --
Value quotient(Value a, Value b);
Value remainder(Value a, Value b);
Value modulo(Value a, Value b);
Value floor_quotient(Value a, Value b);
Value real_div(Value a, Value b);
Value real_mod(Value a, Value b);
Value real_div0(Value a, Value b);
Value real_mod0(Value a, Value b);
Value gcd(Value a, Value b);
Value lcm(Value a, Value b);
Value fldiv(Value a, Value b);
Value flmod(Value a, Value b);
Value fldiv0(Value a, Value b);
Value flmod0(Value a, Value b);

// -- parts and roundings --
Value exact(Value z);
Value inexact(Value z);
Value numerator(Value q);
Value denominator(Value q);
Value number_floor(Value x);
Value number_ceiling(Value x);
Value number_truncate(Value x);
Value number_round(Value x);
Value real_to_flonum(Value x);
Value flnumerator(Value x);
Value fldenominator(Value x);

// -- predicates --
Value is_number_p(Value v);
Value is_real_p(Value v);
Value is_rational_p(Value v);
Value is_integer_p(Value v);
Value is_real_valued(Value v);
Value is_rational_valued(Value v);
Value is_integer_valued(Value v);
Value is_exact(Value z);
Value is_inexact(Value z);
Value is_exact_integer_p(Value v);
Value is_nan_p(Value z);
Value is_finite_p(Value z);
Value is_infinite_p(Value z);
Value is_zero(Value z);
Value is_positive(Value x);
Value is_negative(Value x);
Value is_odd(Value n);
Value is_even(Value n);
Value is_eqv(Value a, Value b);
Value number_hash_value(Value v);

// -- powers, roots, transcendental and complex functions --
Value expt(Value base, Value exponent);
Value number_sqrt(Value z);
Value exact_integer_sqrt(Value n);  // pair (root . remainder)
Value number_exp(Value z);
Value number_log(Value z, Value base);  // base kDefault: natural
Value number_sin(Value z);
Value number_cos(Value z);
Value number_tan(Value z);
Value number_asin(Value z);
Value number_acos(Value z);
Value number_atan(Value y, Value x);  // x kDefault: one argument
Value make_rectangular(Value re, Value im);
Value make_polar(Value magnitude, Value angle);
Value real_part(Value z);
Value imag_part(Value z);
Value angle(Value z);

// -- bits of exact integers, two's complement --
Value bitwise_not(Value n);
Value bitwise_and(Value a, Value b);
Value bitwise_ior(Value a, Value b);
Value bitwise_xor(Value a, Value b);
Value bitwise_if(Value mask, Value a, Value b);
Value bitwise_arithmetic_shift(Value n, Value shift);
Value bitwise_arithmetic_shift_left(Value n, Value shift);
Value bitwise_arithmetic_shift_right(Value n, Value shift);
Value bitwise_bit_count(Value n);
Value bitwise_length(Value n);
Value bitwise_first_bit_set(Value n);
Value bitwise_is_bit_set(Value n, Value k);
Value bitwise_copy_bit(Value n, Value k, Value bit);
Value bitwise_bit_field(Value n, Value start, Value end);
Value bitwise_copy_bit_field(Value to, Value start, Value end, Value from);
Value bitwise_reverse_bit_field(Value n, Value start, Value end);

// -- text --
Value number_to_string(Value z, Value radix, Value precision);
Value string_to_number(Value string, Value radix);

// -- random numbers: the state is a bytevector of 32 bytes --
Value random_seed(Value state, Value seed);
Value random_integer(Value state, Value limit);
Value random_real(Value state);
Value random_bits(Value state, Value bits);

// -- errors for library code --
Value raise_assertion_list(Value who, Value message, Value irritants);
Value raise_restriction_list(Value who, Value message, Value irritants);

}  // namespace loko
