// SPDX-License-Identifier: MIT
//
// Integer division in all its kinds, gcd and lcm. R6RS 11.7.3.1: div and mod with 0 ≤ mod < |b|, div0 and mod0 with
// −|b|/2 ≤ mod0 < |b|/2, on any reals; quotient, remainder, modulo and relatives on integers, inexact ones too.
// Doubles: the remainder is exact (fmod), the quotient correctly rounded.
#include "runtime/numbers/internal.h"

namespace loko {

namespace {

enum class Division : u8 { Truncate, Floor, Div, Div0 };

Value division_by_zero(const char* who, Value a) { return raise_assertion(who, "division by zero", a); }

/// Exact rationals: n with a − n·b in the range that the division wants.
Value rational_quotient(Value a, Value b, Division how) {
  Value q = is_ratnum(a) || is_ratnum(b) ? rational_divide(a, b) : False;
  bool whole = q == False;  // both integers: no gcd needed
  if (!whole && failed(q)) return q;
  Value n = whole ? a : numerator_of(q), d = whole ? b : denominator_of(q);
  if (how == Division::Truncate) return integer_quotient(n, d);
  // For b < 0, div rounds a/b up, and div0 rounds halves down; for b > 0 the other way round.
  bool negative = rational_sign(b) < 0;
  if (how == Division::Floor || (how == Division::Div && !negative)) {
    integer_floor_divide(n, d, &q, nullptr);
    return q;
  }
  if (how == Division::Div) {
    integer_floor_divide(n, integer_negate(d), &q, nullptr);
    return integer_negate(q);
  }
  if (integer_sign(d) < 0) n = integer_negate(n), d = integer_negate(d);
  Value rest;
  integer_floor_divide(n, d, &q, &rest);
  if (failed(rest)) return rest;
  int c = integer_compare(integer_shift(rest, 1), d);
  return c > 0 || (c == 0 && !negative) ? integer_add(q, fixnum(1)) : q;
}

Value rational_remainder(Value a, Value b, Division how) {
  if (!is_ratnum(a) && !is_ratnum(b)) {
    Value r;
    if (how == Division::Truncate) return integer_remainder(a, b);
    if (how == Division::Floor) {
      integer_floor_divide(a, b, nullptr, &r);
      return r;
    }
    if (how == Division::Div) {
      integer_floor_divide(a, integer_abs(b), nullptr, &r);
      return r;
    }
  }
  return rational_subtract(a, rational_multiply(b, rational_quotient(a, b, how)));
}

/// A remainder of zero is positive, as a - b * q is.
double double_remainder(double a, double b, Division how) {
  double r = fmod(a, b), m = __builtin_fabs(b);
  if (r == 0) return 0.0;
  switch (how) {
    case Division::Truncate: return r;
    case Division::Floor: return (r < 0) != (b < 0) ? r + b : r;
    case Division::Div: return is_infinite(b) ? (r < 0 ? m : r) : r < 0 ? r + m : r;
    case Division::Div0:
      if (is_infinite(b)) return r;
      if (2 * r >= m) return r - m;
      return -2 * r > m ? r + m : r;
  }
  return r;
}

/// A quotient of zero has the sign of a / b.
double double_quotient(double a, double b, Division how) {
  if (!is_finite(a) || is_nan(b) || b == 0) return __builtin_nan("");
  double zero = sign_bit(a) == sign_bit(b) ? 0.0 : -0.0;
  if (is_infinite(b)) {
    if (a == 0 || how == Division::Truncate || how == Division::Div0) return zero;
    if (how == Division::Floor) return (a < 0) != (b < 0) ? -1.0 : zero;
    return a < 0 ? (b > 0 ? -1.0 : 1.0) : zero;
  }
  double q = (a - double_remainder(a, b, how)) / b;
  if (__builtin_fabs(q) < 1e15) {
    q = round_even(q);
    return q == 0 ? zero : q;
  }
  if (is_infinite(a / b)) return a / b;
  return integer_to_double(rational_quotient(double_to_exact(a), double_to_exact(b), how));
}

/// div, mod, div0, mod0 of any reals.
Value divide_reals(const char* who, Value a, Value b, Division how, bool quotient) {
  if (!is_real_number(a)) return not_a_real(who, a);
  if (!is_real_number(b)) return not_a_real(who, b);
  if (!is_flonum(a) && !is_flonum(b)) {
    if (b == fixnum(0)) return division_by_zero(who, a);
    return quotient ? rational_quotient(a, b, how) : rational_remainder(a, b, how);
  }
  double x = to_double(a), y = to_double(b);
  if (!is_finite(x)) return raise_assertion(who, "expected a finite number", a);
  if (y == 0) return division_by_zero(who, a);
  return flonum(quotient ? double_quotient(x, y, how) : double_remainder(x, y, how));
}

bool is_integer_value(Value v) {
  return is_exact_integer(v) || (is_flonum(v) && is_integral(flonum_value(v)));
}

/// quotient, remainder, modulo and relatives: integers, of which some may be inexact.
Value divide_integers(const char* who, Value a, Value b, Division how, bool quotient) {
  if (!is_integer_value(a)) return not_an_integer(who, a);
  if (!is_integer_value(b)) return not_an_integer(who, b);
  return divide_reals(who, a, b, how, quotient);
}

Value divide_flonums(const char* who, Value a, Value b, Division how, bool quotient) {
  if (!is_flonum(a)) return raise_assertion(who, "expected a flonum", a);
  if (!is_flonum(b)) return raise_assertion(who, "expected a flonum", b);
  double x = flonum_value(a), y = flonum_value(b);
  return flonum(quotient ? double_quotient(x, y, how) : double_remainder(x, y, how));
}

/// Applies an operation on exact integers to integers of which some may be inexact.
template <class F>
Value on_integers(const char* who, Value a, Value b, F f) {
  if (!is_integer_value(a)) return not_an_integer(who, a);
  if (!is_integer_value(b)) return not_an_integer(who, b);
  bool inexact_result = is_flonum(a) || is_flonum(b);
  if (is_flonum(a)) a = double_to_integer(flonum_value(a));
  if (is_flonum(b)) b = double_to_integer(flonum_value(b));
  Value r = f(a, b);
  return failed(r) || !inexact_result ? r : flonum(integer_to_double(r));
}

}  // namespace

/// Quotient rounded towards zero.
Value quotient(Value a, Value b) { return divide_integers("quotient", a, b, Division::Truncate, true); }
/// Remainder with the sign of a.
Value remainder(Value a, Value b) { return divide_integers("remainder", a, b, Division::Truncate, false); }
/// Remainder with the sign of b.
Value modulo(Value a, Value b) { return divide_integers("modulo", a, b, Division::Floor, false); }
/// Quotient rounded down.
Value floor_quotient(Value a, Value b) { return divide_integers("floor-quotient", a, b, Division::Floor, true); }
Value real_div(Value a, Value b) { return divide_reals("div", a, b, Division::Div, true); }
Value real_mod(Value a, Value b) { return divide_reals("mod", a, b, Division::Div, false); }
Value real_div0(Value a, Value b) { return divide_reals("div0", a, b, Division::Div0, true); }
Value real_mod0(Value a, Value b) { return divide_reals("mod0", a, b, Division::Div0, false); }
Value fldiv(Value a, Value b) { return divide_flonums("fldiv", a, b, Division::Div, true); }
Value flmod(Value a, Value b) { return divide_flonums("flmod", a, b, Division::Div, false); }
Value fldiv0(Value a, Value b) { return divide_flonums("fldiv0", a, b, Division::Div0, true); }
Value flmod0(Value a, Value b) { return divide_flonums("flmod0", a, b, Division::Div0, false); }

/// Greatest common divisor, not negative.
Value gcd(Value a, Value b) { return on_integers("gcd", a, b, integer_gcd); }

/// Least common multiple, not negative.
Value lcm(Value a, Value b) {
  return on_integers("lcm", a, b, [](Value x, Value y) {
    if (integer_is_zero(x) || integer_is_zero(y)) return fixnum(0);
    return integer_abs(integer_multiply(integer_divide_exact(x, integer_gcd(x, y)), y));
  });
}

}  // namespace loko
