// SPDX-License-Identifier: MIT
//
// Between exact and inexact numbers, correctly rounded both ways; roundings to integers; comparison of reals
// (exact, so that it is transitive).
#include "runtime/numbers/internal.h"

namespace loko {

double rational_to_double(Value q, int precision) {
  if (!is_ratnum(q) && precision >= 53) return integer_to_double(q);
  Value n = numerator_of(q), d = denominator_of(q);
  if (integer_is_zero(n)) return 0.0;
  bool negative = integer_sign(n) < 0;
  // A quotient of 63 or 64 bits and whether something is left.
  i64 shift = 63 - (static_cast<i64>(integer_bits(n)) - static_cast<i64>(integer_bits(d)));
  Value num = integer_abs(n), den = d;
  if (shift >= 0) num = integer_shift(num, shift);
  else den = integer_shift(den, -shift);
  if (failed(num) || failed(den)) return __builtin_nan("");
  Value quotient, rest;
  integer_divide(num, den, &quotient, &rest);
  IntegerView m(quotient);
  double r = round_to_double(m.size == 0 ? 0 : m.limbs[0], !integer_is_zero(rest), -shift, precision);
  return negative ? -r : r;
}

double to_double(Value x) {
  if (is_fixnum(x)) return static_cast<double>(fixnum_value(x));
  if (is_flonum(x)) return flonum_value(x);
  return rational_to_double(x);
}

Value double_to_exact(double d) {
  u64 bits = __builtin_bit_cast(u64, d);
  i64 biased = static_cast<i64>(bits >> 52 & 0x7ff);
  u64 m = bits & ((u64{1} << 52) - 1);
  if (biased != 0) m |= u64{1} << 52;
  else biased = 1;
  if (m == 0) return fixnum(0);
  i64 exponent = biased - 1075;
  int twos = __builtin_ctzl(m);
  m >>= twos;
  exponent += twos;
  Value n = fixnum(bits >> 63 ? -static_cast<i64>(m) : static_cast<i64>(m));
  if (exponent >= 0) return integer_shift(n, exponent);
  return make_lowest_terms(n, integer_shift(fixnum(1), -exponent));
}

int compare_reals(Value a, Value b) {
  bool fa = is_flonum(a), fb = is_flonum(b);
  auto compare_doubles = [](double x, double y) { return x < y ? -1 : x > y ? 1 : x == y ? 0 : 2; };
  if (fa && fb) return compare_doubles(flonum_value(a), flonum_value(b));
  if (!fa && !fb) return rational_compare(a, b);
  double d = flonum_value(fa ? a : b);
  Value q = fa ? b : a;
  int c;
  if (is_nan(d)) return 2;
  if (is_infinite(d)) {
    c = d > 0 ? -1 : 1;
  } else if (is_fixnum(q) && fixnum_value(q) < i64{1} << 53 && fixnum_value(q) > -(i64{1} << 53)) {
    c = compare_doubles(static_cast<double>(fixnum_value(q)), d);
  } else {
    c = rational_compare(q, double_to_exact(d));
  }
  return fa ? -c : c;
}

/// The exact number nearest to z.
Value exact(Value z) {
  switch (num_kind(z)) {
    case Num::Fixnum:
    case Num::Bignum:
    case Num::Ratnum: return z;
    case Num::Flonum: {
      double d = flonum_value(z);
      if (!is_finite(d)) return raise_condition("implementation-restriction", "exact", "no exact number is close to it", z);
      return double_to_exact(d);
    }
    case Num::Compnum: {
      Value re = exact(real_of(z));
      if (failed(re)) return re;
      Value im = exact(imag_of(z));
      return failed(im) ? im : make_rectangular(re, im);
    }
    case Num::None: break;
  }
  return not_a_number("exact", z);
}

/// The inexact number nearest to z.
Value inexact(Value z) {
  switch (num_kind(z)) {
    case Num::Fixnum: return flonum(static_cast<double>(fixnum_value(z)));
    case Num::Bignum:
    case Num::Ratnum: return flonum(rational_to_double(z));
    case Num::Flonum: return z;
    case Num::Compnum: return make_rectangular(flonum(to_double(real_of(z))), flonum(to_double(imag_of(z))));
    case Num::None: break;
  }
  return not_a_number("inexact", z);
}

/// The flonum nearest to a real number.
Value real_to_flonum(Value x) { return is_real_number(x) ? flonum(to_double(x)) : not_a_real("real->flonum", x); }

namespace {

template <class Double, class Rational>
Value round_with(const char* who, Value x, Double on_double, Rational on_rational) {
  switch (num_kind(x)) {
    case Num::Fixnum:
    case Num::Bignum: return x;
    case Num::Ratnum: return on_rational(x);
    case Num::Flonum: return flonum(on_double(flonum_value(x)));
    default: return not_a_real(who, x);
  }
}

Value part_of_fraction(const char* who, Value q, bool denominator) {
  switch (num_kind(q)) {
    case Num::Fixnum:
    case Num::Bignum:
    case Num::Ratnum: return denominator ? denominator_of(q) : numerator_of(q);
    case Num::Flonum: {
      double d = flonum_value(q);
      if (!is_finite(d)) return raise_assertion(who, "expected a rational number", q);
      if (d == 0) return denominator ? flonum(1.0) : q;
      Value e = double_to_exact(d);
      return flonum(integer_to_double(denominator ? denominator_of(e) : numerator_of(e)));
    }
    default: return raise_assertion(who, "expected a rational number", q);
  }
}

}  // namespace

/// Largest integer not above x.
Value number_floor(Value x) { return round_with("floor", x, [](double d) { return __builtin_floor(d); }, rational_floor); }
/// Smallest integer not below x.
Value number_ceiling(Value x) { return round_with("ceiling", x, [](double d) { return __builtin_ceil(d); }, rational_ceiling); }
/// Integer part of x.
Value number_truncate(Value x) { return round_with("truncate", x, [](double d) { return __builtin_trunc(d); }, rational_truncate); }
/// Nearest integer, ties to even.
Value number_round(Value x) { return round_with("round", x, round_even, rational_round); }
/// Numerator in lowest terms.
Value numerator(Value q) { return part_of_fraction("numerator", q, false); }
/// Denominator in lowest terms, positive.
Value denominator(Value q) { return part_of_fraction("denominator", q, true); }

/// Numerator of a flonum; infinities and NaNs are their own.
Value flnumerator(Value x) {
  if (!is_flonum(x)) return raise_assertion("flnumerator", "expected a flonum", x);
  return is_finite(flonum_value(x)) ? part_of_fraction("flnumerator", x, false) : x;
}

/// Denominator of a flonum; 1.0 for infinities.
Value fldenominator(Value x) {
  if (!is_flonum(x)) return raise_assertion("fldenominator", "expected a flonum", x);
  double d = flonum_value(x);
  if (is_nan(d)) return x;
  return is_infinite(d) ? flonum(1.0) : part_of_fraction("fldenominator", x, true);
}

}  // namespace loko
