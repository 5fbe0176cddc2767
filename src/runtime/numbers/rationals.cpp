// SPDX-License-Identifier: MIT
//
// Exact rationals: arithmetic with as few and as small gcds as possible (Knuth, TAOCP 4.5.1), comparison, rounding.
#include "runtime/numbers/internal.h"

namespace loko {

Value make_lowest_terms(Value n, Value d) {
  if (failed(n) || failed(d)) return RaiseMark;
  if (integer_is_one(d)) return n;
  Value q = make_typed(Kind::Ratnum, 0, 2);
  slot(q, 1) = n;
  slot(q, 2) = d;
  return q;
}

Value make_rational(Value n, Value d) {
  if (failed(n) || failed(d)) return RaiseMark;
  if (integer_sign(d) < 0) {
    n = integer_negate(n);
    d = integer_negate(d);
  }
  Value g = integer_gcd(n, d);
  if (integer_is_one(g)) return make_lowest_terms(n, d);
  return make_lowest_terms(integer_divide_exact(n, g), integer_divide_exact(d, g));
}

namespace {

Value add_or_subtract(Value a, Value b, bool subtract) {
  if (failed(a) || failed(b)) return RaiseMark;
  auto combine = [&](Value x, Value y) { return subtract ? integer_subtract(x, y) : integer_add(x, y); };
  if (!is_ratnum(a) && !is_ratnum(b)) return combine(a, b);
  Value an = numerator_of(a), ad = denominator_of(a), bn = numerator_of(b), bd = denominator_of(b);
  Value g = integer_gcd(ad, bd);
  if (integer_is_one(g))
    return make_lowest_terms(combine(integer_multiply(an, bd), integer_multiply(bn, ad)), integer_multiply(ad, bd));
  Value ad_g = integer_divide_exact(ad, g);
  Value t = combine(integer_multiply(an, integer_divide_exact(bd, g)), integer_multiply(bn, ad_g));
  if (failed(t)) return t;
  Value h = integer_gcd(t, g);
  return make_lowest_terms(integer_divide_exact(t, h), integer_multiply(ad_g, integer_divide_exact(bd, h)));
}

}  // namespace

Value rational_add(Value a, Value b) { return add_or_subtract(a, b, false); }

Value rational_subtract(Value a, Value b) { return add_or_subtract(a, b, true); }

Value rational_multiply(Value a, Value b) {
  if (failed(a) || failed(b)) return RaiseMark;
  if (!is_ratnum(a) && !is_ratnum(b)) return integer_multiply(a, b);
  Value an = numerator_of(a), ad = denominator_of(a), bn = numerator_of(b), bd = denominator_of(b);
  if (integer_is_zero(an) || integer_is_zero(bn)) return fixnum(0);
  Value g = integer_gcd(an, bd), h = integer_gcd(bn, ad);
  return make_lowest_terms(integer_multiply(integer_divide_exact(an, g), integer_divide_exact(bn, h)),
                           integer_multiply(integer_divide_exact(ad, h), integer_divide_exact(bd, g)));
}

Value rational_divide(Value a, Value b) {
  if (failed(a) || failed(b)) return RaiseMark;
  if (!is_ratnum(a) && !is_ratnum(b)) return make_rational(a, b);
  Value n = denominator_of(b), d = numerator_of(b);
  if (integer_sign(d) < 0) {
    n = integer_negate(n);
    d = integer_negate(d);
  }
  return rational_multiply(a, make_lowest_terms(n, d));
}

Value rational_negate(Value a) {
  if (failed(a)) return a;
  return make_lowest_terms(integer_negate(numerator_of(a)), denominator_of(a));
}

int rational_compare(Value a, Value b) {
  if (!is_ratnum(a) && !is_ratnum(b)) return integer_compare(a, b);
  int sa = rational_sign(a), sb = rational_sign(b);
  if (sa != sb) return sa < sb ? -1 : 1;
  Value x = integer_multiply(numerator_of(a), denominator_of(b)), y = integer_multiply(numerator_of(b), denominator_of(a));
  if (failed(x) || failed(y)) return 0;
  return integer_compare(x, y);
}

int rational_sign(Value a) { return integer_sign(numerator_of(a)); }

Value rational_floor(Value a) {
  if (!is_ratnum(a)) return a;
  Value q;
  integer_floor_divide(numerator_of(a), denominator_of(a), &q, nullptr);
  return q;
}

Value rational_ceiling(Value a) { return is_ratnum(a) ? integer_add(rational_floor(a), fixnum(1)) : a; }

Value rational_truncate(Value a) { return is_ratnum(a) ? integer_quotient(numerator_of(a), denominator_of(a)) : a; }

Value rational_round(Value a) {
  if (!is_ratnum(a)) return a;
  Value d = denominator_of(a);
  Value below, rest;
  integer_floor_divide(numerator_of(a), d, &below, &rest);
  int c = integer_compare(integer_shift(rest, 1), d);
  bool up = c > 0 || (c == 0 && integer_is_odd(below));
  return up ? integer_add(below, fixnum(1)) : below;
}

Value rational_expt(Value base, u64 exponent) {
  if (failed(base)) return base;
  return make_lowest_terms(integer_expt(numerator_of(base), exponent), integer_expt(denominator_of(base), exponent));
}

Value rational_exact_sqrt(Value a) {
  if (failed(a)) return a;
  if (rational_sign(a) < 0) return False;
  Value rest;
  Value n = integer_sqrt(numerator_of(a), &rest);
  if (!integer_is_zero(rest)) return False;
  if (!is_ratnum(a)) return n;
  Value d = integer_sqrt(denominator_of(a), &rest);
  return integer_is_zero(rest) ? make_lowest_terms(n, d) : False;
}

}  // namespace loko
