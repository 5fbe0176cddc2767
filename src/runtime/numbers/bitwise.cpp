// SPDX-License-Identifier: MIT
//
// Exact integers as infinite two's complement bit strings. R6RS libraries 11.4. Bignums are turned into two's
// complement limbs with room for a sign limb, combined limb by limb, and turned back.
#include <gmp.h>

#include "runtime/numbers/internal.h"
#include "runtime/numbers/short_integers.h"

namespace loko {

namespace {

Value not_exact_integer(const char* who, Value v) { return raise_assertion(who, "expected an exact integer", v); }

/// The low `size` limbs of n in two's complement.
void to_twos_complement(const IntegerView& n, u64* to, u64 size) {
  for (u64 i = 0; i < size; ++i) to[i] = i < n.size ? n.limbs[i] : 0;
  if (n.negative) mpn_neg(to, to, static_cast<mp_size_t>(size));
}

/// The integer of two's complement limbs, which are overwritten.
Value from_twos_complement(IntegerBuilder& r, u64 size) {
  bool negative = r.limbs()[size - 1] >> 63;
  if (negative) mpn_neg(r.limbs(), r.limbs(), static_cast<mp_size_t>(size));
  return r.finish(size, negative);
}

enum class Bits { And, Ior, Xor, AndNot };  // the last one: bits of y where x has zeros

template <class T>
T combined(Bits how, T x, T y) {
  switch (how) {
    case Bits::And: return x & y;
    case Bits::Ior: return x | y;
    case Bits::Xor: return x ^ y;
    default: return ~x & y;
  }
}

Value combine(const char* who, Value a, Value b, Bits how) {
  if (!is_exact_integer(a)) return not_exact_integer(who, a);
  if (!is_exact_integer(b)) return not_exact_integer(who, b);
  i128 short_a, short_b;
  if (short_value(a, &short_a) && short_value(b, &short_b)) return integer_from_i128(combined(how, short_a, short_b));
  IntegerView x(a), y(b);
  bool natural = !x.negative && !y.negative;  // limbs as they are: combined zeros are zero
  u64 size = (x.size > y.size ? x.size : y.size) + 1;
  IntegerBuilder r(size);
  if (natural) {
    for (u64 i = 0; i < size; ++i) r.limbs()[i] = combined(how, i < x.size ? x.limbs[i] : 0, i < y.size ? y.limbs[i] : 0);
    return r.finish(size, false);
  }
  {
    Scratch s(size);
    to_twos_complement(x, r.limbs(), size);
    to_twos_complement(y, s.limbs(), size);
    for (u64 i = 0; i < size; ++i) r.limbs()[i] = combined(how, r.limbs()[i], s.limbs()[i]);
  }
  return from_twos_complement(r, size);
}

/// A bit position or count: an exact integer ≥ 0; kRaiseMark, or a fixnum (huge ones become the greatest).
Value index_argument(const char* who, Value k) {
  if (!is_exact_integer(k)) return not_exact_integer(who, k);
  if (integer_sign(k) < 0) return raise_assertion(who, "expected an exact integer that is not negative", k);
  return is_fixnum(k) ? k : fixnum(kFixnumMax);
}

/// 2^k − 1
Value ones(Value k) { return integer_subtract(integer_shift(fixnum(1), fixnum_value(k)), fixnum(1)); }

bool check_field(const char* who, Value n, Value* start, Value* end) {
  if (!is_exact_integer(n)) return not_exact_integer(who, n), false;
  *start = index_argument(who, *start);
  if (failed(*start)) return false;
  *end = index_argument(who, *end);
  if (failed(*end)) return false;
  if (fixnum_value(*start) > fixnum_value(*end)) return raise_assertion(who, "the field ends before its start", *start), false;
  return true;
}

Value field(Value n, Value start, Value end) {
  Value shifted = integer_shift(n, -fixnum_value(start));
  i64 width = fixnum_value(end) - fixnum_value(start);
  if (integer_sign(shifted) >= 0 && integer_bits(shifted) <= static_cast<u64>(width)) return shifted;
  Value mask = ones(fixnum(width));
  return failed(mask) ? mask : bitwise_and(shifted, mask);
}

}  // namespace

/// Complement of all bits: −n − 1.
Value bitwise_not(Value n) {
  if (!is_exact_integer(n)) return not_exact_integer("bitwise-not", n);
  return integer_subtract(fixnum(-1), n);
}

Value bitwise_and(Value a, Value b) { return combine("bitwise-and", a, b, Bits::And); }
Value bitwise_ior(Value a, Value b) { return combine("bitwise-ior", a, b, Bits::Ior); }
Value bitwise_xor(Value a, Value b) { return combine("bitwise-xor", a, b, Bits::Xor); }

/// Bits of a where mask has ones, of b elsewhere.
Value bitwise_if(Value mask, Value a, Value b) {
  Value in = combine("bitwise-if", mask, a, Bits::And);
  if (failed(in)) return in;
  Value out = combine("bitwise-if", mask, b, Bits::AndNot);
  return failed(out) ? out : bitwise_ior(in, out);
}

/// n · 2^shift rounded down.
Value bitwise_arithmetic_shift(Value n, Value shift) {
  constexpr const char* who = "bitwise-arithmetic-shift";
  if (!is_exact_integer(n)) return not_exact_integer(who, n);
  if (!is_exact_integer(shift)) return not_exact_integer(who, shift);
  if (integer_is_zero(n)) return n;
  if (is_fixnum(shift)) return integer_shift(n, fixnum_value(shift));
  return integer_sign(shift) > 0 ? integer_too_large(who) : fixnum(integer_sign(n) < 0 ? -1 : 0);
}

Value bitwise_arithmetic_shift_left(Value n, Value shift) {
  Value k = index_argument("bitwise-arithmetic-shift-left", shift);
  return failed(k) ? k : bitwise_arithmetic_shift(n, k);
}

Value bitwise_arithmetic_shift_right(Value n, Value shift) {
  Value k = index_argument("bitwise-arithmetic-shift-right", shift);
  return failed(k) ? k : bitwise_arithmetic_shift(n, fixnum(-fixnum_value(k)));
}

/// Number of ones; of a negative n, the complement of that of its complement.
Value bitwise_bit_count(Value n) {
  if (!is_exact_integer(n)) return not_exact_integer("bitwise-bit-count", n);
  Value m = integer_sign(n) < 0 ? bitwise_not(n) : n;
  IntegerView x(m);
  i64 count = x.size == 0 ? 0 : static_cast<i64>(mpn_popcount(x.limbs, static_cast<mp_size_t>(x.size)));
  return fixnum(integer_sign(n) < 0 ? ~count : count);
}

/// Bits needed for n, without the sign.
Value bitwise_length(Value n) {
  if (!is_exact_integer(n)) return not_exact_integer("bitwise-length", n);
  return fixnum(static_cast<i64>(integer_bits(integer_sign(n) < 0 ? bitwise_not(n) : n)));
}

/// Index of the lowest one, or −1.
Value bitwise_first_bit_set(Value n) {
  if (!is_exact_integer(n)) return not_exact_integer("bitwise-first-bit-set", n);
  return fixnum(integer_is_zero(n) ? -1 : static_cast<i64>(integer_trailing_zeros(n)));
}

/// Whether bit k of n is one.
Value bitwise_is_bit_set(Value n, Value k) {
  if (!is_exact_integer(n)) return not_exact_integer("bitwise-bit-set?", n);
  k = index_argument("bitwise-bit-set?", k);
  if (failed(k)) return k;
  u64 i = static_cast<u64>(fixnum_value(k));
  IntegerView x(n);
  if (i / 64 >= x.size) return boolean(x.negative);
  u64 limb = x.limbs[i / 64];
  if (x.negative) {  // two's complement: complement, plus one if all limbs below are 0
    bool low = false;
    for (u64 j = 0; j < i / 64 && !low; ++j) low = x.limbs[j] != 0;
    limb = low ? ~limb : u64{0} - limb;
  }
  return boolean(limb >> (i % 64) & 1);
}

/// n with bit k replaced.
Value bitwise_copy_bit(Value n, Value k, Value bit) {
  constexpr const char* who = "bitwise-copy-bit";
  if (!is_exact_integer(n)) return not_exact_integer(who, n);
  k = index_argument(who, k);
  if (failed(k)) return k;
  if (bit != fixnum(0) && bit != fixnum(1)) return raise_assertion(who, "expected 0 or 1", bit);
  bool is_set = bitwise_is_bit_set(n, k) == True;
  if (is_set == (bit == fixnum(1))) return n;
  Value power = integer_shift(fixnum(1), fixnum_value(k));
  return is_set ? integer_subtract(n, power) : integer_add(n, power);
}

/// Bits of n from start to before end, as a number.
Value bitwise_bit_field(Value n, Value start, Value end) {
  return check_field("bitwise-bit-field", n, &start, &end) ? field(n, start, end) : RaiseMark;
}

/// `to` with the bits from start to before end replaced by the low ones of `from`.
Value bitwise_copy_bit_field(Value to, Value start, Value end, Value from) {
  constexpr const char* who = "bitwise-copy-bit-field";
  if (!check_field(who, to, &start, &end)) return RaiseMark;
  if (!is_exact_integer(from)) return not_exact_integer(who, from);
  Value fresh = field(from, fixnum(0), fixnum(fixnum_value(end) - fixnum_value(start)));
  Value old = failed(fresh) ? fresh : field(to, start, end);
  if (failed(old)) return old;
  return integer_add(to, integer_shift(integer_subtract(fresh, old), fixnum_value(start)));
}

/// n with the order of the bits from start to before end reversed.
Value bitwise_reverse_bit_field(Value n, Value start, Value end) {
  constexpr const char* who = "bitwise-reverse-bit-field";
  if (!check_field(who, n, &start, &end)) return RaiseMark;
  u64 width = static_cast<u64>(fixnum_value(end) - fixnum_value(start));
  if (width / 64 + 1 > kMaxLimbs) return integer_too_large(who);
  Value old = field(n, start, end);
  if (failed(old)) return old;
  u64 size = width / 64 + 1;
  IntegerBuilder r(size);
  mpn_zero(r.limbs(), static_cast<mp_size_t>(size));
  IntegerView x(old);
  for (u64 i = 0; i < x.size * 64 && i < width; ++i)
    if (x.limbs[i / 64] >> (i % 64) & 1) r.limbs()[(width - 1 - i) / 64] |= u64{1} << ((width - 1 - i) % 64);
  Value fresh = r.finish(size, false);
  return integer_add(n, integer_shift(integer_subtract(fresh, old), fixnum_value(start)));
}

}  // namespace loko
