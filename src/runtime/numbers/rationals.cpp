// SPDX-License-Identifier: MIT
//
// Exact rationals: arithmetic with as few and as small gcds as possible (Knuth, TAOCP 4.5.1), comparison, rounding.
#include "runtime/numbers/internal.h"
#include "runtime/numbers/short_integers.h"

namespace loko {

namespace {

/// A ratnum; n and d are in lowest terms, d > 1.
Value new_ratnum(Value n, Value d) {
  u64* p = allocate_few(3);
  p[0] = make_header(Kind::Ratnum, 0);
  p[1] = n.bits;
  p[2] = d.bits;
  return Value{reinterpret_cast<u64>(p) | kTagTyped};
}

Value short_ratnum(i128 n, u128 d) {
  Value num = integer_from_short(n);
  return d == 1 ? num : new_ratnum(num, integer_from_magnitude(d, false));
}

/// A rational number whose parts are fixnums.
struct ShortRational {
  i64 n;
  i64 d;
  bool take(Value v) {
    if (is_fixnum(v)) return n = fixnum_value(v), d = 1, true;
    if (!is_ratnum(v) || !is_fixnum(slot(v, 1)) || !is_fixnum(slot(v, 2))) return false;
    n = fixnum_value(slot(v, 1));
    d = fixnum_value(slot(v, 2));
    return true;
  }
};

u64 gcd_short(i64 a, i64 b) { return gcd_words(magnitude_of(a), magnitude_of(b)); }

/// a + b: all products fit 124 bits.
Value add_short(ShortRational a, ShortRational b) {
  i64 g = a.d == 1 || b.d == 1 ? 1 : static_cast<i64>(gcd_short(a.d, b.d));
  if (g == 1) return short_ratnum(i128{a.n} * b.d + i128{b.n} * a.d, static_cast<u128>(i128{a.d} * b.d));
  i64 a_rest = a.d / g;
  i128 t = i128{a.n} * (b.d / g) + i128{b.n} * a_rest;
  u128 m = magnitude_of(t);
  u128 rest;
  divide_short(m, static_cast<u128>(g), &rest);
  i64 h = static_cast<i64>(gcd_words(static_cast<u64>(rest), static_cast<u64>(g)));
  if (h == 1) return short_ratnum(t, static_cast<u128>(i128{a_rest} * b.d));
  m = divide_short(m, static_cast<u128>(h), &rest);
  return short_ratnum(t < 0 ? -static_cast<i128>(m) : static_cast<i128>(m), static_cast<u128>(i128{a_rest} * (b.d / h)));
}

Value multiply_short(ShortRational a, ShortRational b) {
  if (a.n == 0 || b.n == 0) return fixnum(0);
  i64 g = b.d == 1 ? 1 : static_cast<i64>(gcd_short(a.n, b.d)), h = a.d == 1 ? 1 : static_cast<i64>(gcd_short(b.n, a.d));
  if (g != 1) a.n /= g, b.d /= g;
  if (h != 1) b.n /= h, a.d /= h;
  return short_ratnum(i128{a.n} * b.n, static_cast<u128>(i128{a.d} * b.d));
}

}  // namespace

Value make_lowest_terms(Value n, Value d) {
  if (failed(n) || failed(d)) return RaiseMark;
  return integer_is_one(d) ? n : new_ratnum(n, d);
}

Value make_rational(Value n, Value d) {
  if (failed(n) || failed(d)) return RaiseMark;
  if (is_fixnum(n) && is_fixnum(d) && fixnum_value(d) != kFixnumMin) {
    i64 x = fixnum_value(n), y = fixnum_value(d);
    if (y < 0) x = -x, y = -y;
    i64 g = static_cast<i64>(gcd_short(x, y));
    return g == 1 ? short_ratnum(x, static_cast<u128>(y)) : short_ratnum(x / g, static_cast<u128>(y / g));
  }
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
  if (ShortRational x, y; x.take(a) && y.take(b)) {
    if (subtract) y.n = -y.n;
    return add_short(x, y);
  }
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
  if (ShortRational x, y; x.take(a) && y.take(b)) return multiply_short(x, y);
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
  if (ShortRational x, y; x.take(a) && y.take(b) && y.n != kFixnumMin)
    return multiply_short(x, y.n < 0 ? ShortRational{-y.d, -y.n} : ShortRational{y.d, y.n});
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
  if (ShortRational x, y; x.take(a) && y.take(b)) {
    i128 p = i128{x.n} * y.d, q = i128{y.n} * x.d;
    return p < q ? -1 : p > q;
  }
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
