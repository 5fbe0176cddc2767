// SPDX-License-Identifier: MIT
//
// Questions about numbers: kind, exactness, sign, parity; eqv? and the hash that goes with it.
#include "runtime/numbers/internal.h"

namespace loko {

namespace {

bool is_rational_real(Value x) { return is_exact_rational(x) || (is_flonum(x) && is_finite(flonum_value(x))); }
bool is_integer_real(Value x) { return is_exact_integer(x) || (is_flonum(x) && is_integral(flonum_value(x))); }
bool is_zero_real(Value x) { return x == fixnum(0) || (is_flonum(x) && flonum_value(x) == 0); }

/// Applies a predicate on doubles to the parts of z; exact parts count as 0.
template <class F>
Value either_part(const char* who, Value z, F f) {
  Num k = num_kind(z);
  if (k == Num::None) return not_a_number(who, z);
  if (k == Num::Flonum) return boolean(f(flonum_value(z)));
  if (k != Num::Compnum || !is_flonum(real_of(z))) return boolean(f(0.0));
  return boolean(f(flonum_value(real_of(z))) || f(flonum_value(imag_of(z))));
}

Value has_sign(const char* who, Value x, int sign) {
  if (is_flonum(x)) return boolean(sign > 0 ? flonum_value(x) > 0 : flonum_value(x) < 0);
  return is_exact_rational(x) ? boolean(rational_sign(x) == sign) : not_a_real(who, x);
}

Value has_parity(const char* who, Value n, bool odd) {
  if (is_exact_integer(n)) return boolean(integer_is_odd(n) == odd);
  if (!is_integer_real(n)) return not_an_integer(who, n);
  return boolean((fmod(flonum_value(n), 2.0) != 0) == odd);
}

u64 mix(u64 h) {
  h ^= h >> 32;
  h *= 0xd6e8feb86659fd93;
  h ^= h >> 32;
  h *= 0xd6e8feb86659fd93;
  return h ^ h >> 32;
}

}  // namespace

Value is_number_p(Value v) { return boolean(num_kind(v) != Num::None); }
Value is_real_p(Value v) { return boolean(is_real_number(v)); }
/// Real, finite, not a NaN.
Value is_rational_p(Value v) { return boolean(is_rational_real(v)); }
Value is_integer_p(Value v) { return boolean(is_integer_real(v)); }
Value is_exact_integer_p(Value v) { return boolean(is_exact_integer(v)); }

Value is_real_valued(Value v) { return boolean(num_kind(v) != Num::None && is_zero_real(imag_of(v))); }
Value is_rational_valued(Value v) {
  return boolean(num_kind(v) != Num::None && is_zero_real(imag_of(v)) && is_rational_real(real_of(v)));
}
Value is_integer_valued(Value v) {
  return boolean(num_kind(v) != Num::None && is_zero_real(imag_of(v)) && is_integer_real(real_of(v)));
}

Value is_exact(Value z) {
  return num_kind(z) == Num::None ? not_a_number("exact?", z) : boolean(!is_flonum(real_of(z)));
}
Value is_inexact(Value z) {
  return num_kind(z) == Num::None ? not_a_number("inexact?", z) : boolean(is_flonum(real_of(z)));
}

Value is_nan_p(Value z) { return either_part("nan?", z, is_nan); }
Value is_infinite_p(Value z) { return either_part("infinite?", z, is_infinite); }
Value is_finite_p(Value z) {
  Value r = either_part("finite?", z, [](double d) { return !is_finite(d); });
  return failed(r) ? r : boolean(r == False);
}

Value is_zero(Value z) {
  Num k = num_kind(z);
  if (k == Num::None) return not_a_number("zero?", z);
  return boolean(is_zero_real(real_of(z)) && is_zero_real(imag_of(z)));
}
Value is_positive(Value x) { return has_sign("positive?", x, 1); }
Value is_negative(Value x) { return has_sign("negative?", x, -1); }
Value is_odd(Value n) { return has_parity("odd?", n, true); }
Value is_even(Value n) { return has_parity("even?", n, false); }

bool eqv(Value a, Value b) {
  if (a == b) return true;
  Num k = num_kind(a);
  if (k == Num::None || k != num_kind(b)) return false;
  switch (k) {
    case Num::Bignum: return integer_compare(a, b) == 0;
    case Num::Ratnum: return eqv(slot(a, 1), slot(b, 1)) && eqv(slot(a, 2), slot(b, 2));
    case Num::Flonum: {
      double x = flonum_value(a), y = flonum_value(b);
      return __builtin_bit_cast(u64, x) == __builtin_bit_cast(u64, y) || (is_nan(x) && is_nan(y));
    }
    case Num::Compnum: return eqv(slot(a, 1), slot(b, 1)) && eqv(slot(a, 2), slot(b, 2));
    default: return false;
  }
}

/// eqv? of any two objects.
Value is_eqv(Value a, Value b) { return boolean(eqv(a, b)); }

u64 number_hash(Value v) {
  switch (num_kind(v)) {
    case Num::Fixnum: return mix(v.bits);
    case Num::Bignum: {
      IntegerView x(v);
      u64 h = x.negative;
      for (u64 i = 0; i < x.size; ++i) h = mix(h ^ x.limbs[i]);
      return h;
    }
    case Num::Flonum: {
      double d = flonum_value(v);
      return mix(is_nan(d) ? 1 : __builtin_bit_cast(u64, d) ^ 0x9e3779b97f4a7c15);
    }
    case Num::Ratnum:
    case Num::Compnum: return mix(number_hash(slot(v, 1)) * 3 + number_hash(slot(v, 2)));
    case Num::None: break;
  }
  return 0;
}

/// The hash as a fixnum that isn't negative.
Value number_hash_value(Value v) { return fixnum(static_cast<i64>(number_hash(v) >> 4)); }

}  // namespace loko
