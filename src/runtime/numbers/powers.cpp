// SPDX-License-Identifier: MIT
//
// Powers and roots. Exact where the result is: exact base and integer exponent, square roots of squares (also of
// exact complex numbers), half-integer powers of squares.
#include "runtime/numbers/internal.h"

namespace loko {

namespace {

bool is_exact_number(Value z) { return !is_flonum(real_of(z)); }
bool is_zero_number(Value z) { return is_zero(z) == True; }

/// Exact or inexact complex base, by squaring.
Value complex_power(Value base, u64 exponent) {
  Value r = fixnum(1);
  for (;;) {
    if (exponent & 1) r = generic_multiply(r, base);
    exponent >>= 1;
    if (exponent == 0 || failed(r)) return r;
    base = generic_multiply(base, base);
    if (failed(base)) return base;
  }
}

Value power_by_logarithm(Value base, Value exponent) {
  Complex e = to_complex(exponent), l = complex_log(to_complex(base));
  bool real_exponent = !is_compnum(exponent);
  Complex p = real_exponent ? Complex{e.re * l.re, e.re * l.im} : complex_multiply(e, l);
  return complex_value(complex_exp(p));
}

/// R6RS: 0^z is 1 for z = 0, 0 for a positive real part, otherwise anything.
Value power_of_zero(Value base, Value exponent) {
  bool both_exact = is_exact_number(base) && is_exact_number(exponent);
  if (is_zero_number(exponent)) return both_exact ? fixnum(1) : flonum(1.0);
  Value re = real_of(exponent);
  if (is_positive(re) == True) return is_exact_number(base) ? fixnum(0) : flonum(0.0);
  if (is_flonum(base) && is_flonum(exponent)) return flonum(pow(flonum_value(base), flonum_value(exponent)));
  return raise_condition("implementation-restriction", "expt", "zero has no such power", exponent);
}

/// i or −i.
bool is_unit(Value z) { return real_of(z) == fixnum(0) && (imag_of(z) == fixnum(1) || imag_of(z) == fixnum(-1)); }

/// Whether a power of an exact complex number that is no unit must have too many limbs: its norm is a power of the
/// norm, of which numerator or denominator is at least 2.
bool too_large_power(Value base, u64 exponent) {
  Value re = real_of(base), im = imag_of(base);
  Value norm = rational_add(rational_multiply(re, re), rational_multiply(im, im));
  if (failed(norm)) return true;
  u64 n = integer_bits(numerator_of(norm)), d = integer_bits(denominator_of(norm));
  u64 growth = (n > d ? n : d) - 1;
  return static_cast<u128>(growth == 0 ? 1 : growth) * exponent / 2 > static_cast<u128>(kMaxLimbs) * 64;
}

Value integer_power(Value base, Value exponent) {
  bool negative = integer_sign(exponent) < 0;
  if (is_flonum(base)) return flonum(pow(flonum_value(base), integer_to_double(exponent)));
  if (!is_compnum(base)) {
    if (base == fixnum(0)) return power_of_zero(base, exponent);
    if (base == fixnum(1)) return base;
    if (base == fixnum(-1)) return integer_is_odd(exponent) ? base : fixnum(1);
    if (!is_fixnum(exponent)) return integer_too_large("expt");
    i64 e = fixnum_value(exponent);
    Value r = rational_expt(base, static_cast<u64>(e < 0 ? -e : e));
    return negative ? rational_divide(fixnum(1), r) : r;
  }
  bool exact_base = is_exact_number(base);
  if (!is_fixnum(exponent)) return exact_base ? integer_too_large("expt") : power_by_logarithm(base, exponent);
  i64 e = fixnum_value(exponent);
  if (exact_base) {
    if (is_unit(base)) e %= 4;
    else if (too_large_power(base, static_cast<u64>(e < 0 ? -e : e))) return integer_too_large("expt");
  }
  if (!exact_base && (e > 1024 || e < -1024)) return power_by_logarithm(base, exponent);
  Value r = complex_power(base, static_cast<u64>(e < 0 ? -e : e));
  return negative ? generic_divide(fixnum(1), r) : r;
}

Value imaginary(Value x) { return make_rectangular(fixnum(0), x); }

/// √x of an exact or inexact real x ≥ 0.
Value real_sqrt(Value x) {
  if (is_flonum(x)) return flonum(__builtin_sqrt(flonum_value(x)));
  Value root = rational_exact_sqrt(x);
  if (root != False) return root;
  double d = rational_to_double(x);
  if (is_finite(d) && d > 1e-290) return flonum(__builtin_sqrt(d));
  // Too large or small for a double: the root of the integer part of x · 4^k has more than 53 bits.
  Value n = numerator_of(x), m = denominator_of(x);
  i64 k = 70 - (static_cast<i64>(integer_bits(n)) - static_cast<i64>(integer_bits(m))) / 2;
  if (k < 0) k = 0;
  Value scaled = integer_quotient(integer_shift(n, 2 * k), m);
  if (failed(scaled)) return scaled;
  return flonum(rational_to_double(rational_divide(integer_sqrt(scaled, nullptr), integer_shift(fixnum(1), k))));
}

/// The exact root of an exact complex number, or #f.
Value exact_complex_sqrt(Value z) {
  Value re = real_of(z), im = imag_of(z);
  Value norm = rational_exact_sqrt(rational_add(rational_multiply(re, re), rational_multiply(im, im)));
  if (norm == False || failed(norm)) return norm;
  Value x = rational_exact_sqrt(rational_divide(rational_add(norm, re), fixnum(2)));
  Value y = rational_exact_sqrt(rational_divide(rational_subtract(norm, re), fixnum(2)));
  if (x == False || y == False) return False;
  return make_rectangular(x, rational_sign(im) < 0 ? rational_negate(y) : y);
}

}  // namespace

/// base to the power exponent; exact for an exact base and an exact integer exponent.
Value expt(Value base, Value exponent) {
  if (num_kind(base) == Num::None) return not_a_number("expt", base);
  if (num_kind(exponent) == Num::None) return not_a_number("expt", exponent);
  if (exponent == fixnum(0)) return fixnum(1);
  if (is_exact_integer(exponent)) return integer_power(base, exponent);
  if (is_zero_number(base)) return power_of_zero(base, exponent);
  if (is_ratnum(exponent) && denominator_of(exponent) == fixnum(2) && is_exact_number(base)) {
    Value root = is_compnum(base) ? exact_complex_sqrt(base) : rational_exact_sqrt(base);
    if (root != False) return failed(root) ? root : integer_power(root, numerator_of(exponent));
  }
  if (!is_compnum(base) && !is_compnum(exponent)) {
    double b = to_double(base), e = to_double(exponent);
    if (!(b < 0) || is_integral(e) || !is_finite(e)) return flonum(pow(b, e));
  }
  return power_by_logarithm(base, exponent);
}

/// Principal square root.
Value number_sqrt(Value z) {
  switch (num_kind(z)) {
    case Num::Fixnum:
    case Num::Bignum:
    case Num::Ratnum: {
      if (rational_sign(z) >= 0) return real_sqrt(z);
      Value root = real_sqrt(rational_negate(z));
      return failed(root) ? root : imaginary(root);
    }
    case Num::Flonum: {
      double d = flonum_value(z);
      if (d < 0) return imaginary(flonum(__builtin_sqrt(-d)));
      return flonum(__builtin_sqrt(d));
    }
    case Num::Compnum: {
      if (is_exact_number(z)) {
        Value root = exact_complex_sqrt(z);
        if (root != False) return root;
      }
      return complex_value(complex_sqrt(to_complex(z)));
    }
    case Num::None: break;
  }
  return not_a_number("sqrt", z);
}

/// The pair of ⌊√n⌋ and n − ⌊√n⌋².
Value exact_integer_sqrt(Value n) {
  if (!is_exact_integer(n) || integer_sign(n) < 0)
    return raise_assertion("exact-integer-sqrt", "expected an exact integer that is not negative", n);
  Value rest;
  Value root = integer_sqrt(n, &rest);
  return make_pair(root, rest);
}

}  // namespace loko
