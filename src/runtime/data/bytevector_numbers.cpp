// SPDX-License-Identifier: MIT
//
// Numbers in bytevectors: integers of any size with endianness, IEEE single and double (R6RS libraries 2.3–2.8).
// What is aligned, native and at most 32 bits wide is compiled in line; this is the rest, and the slow paths.
#include "runtime/data/check.h"
#include "runtime/data/endianness.h"
#include "runtime/numbers/integers.h"
#include "runtime/numbers/numbers.h"

namespace loko {

namespace {

constexpr u64 kMaxIntegerBytes = kMaxLimbs * 8;

/// Integer from n bytes in two's complement or without sign.
Value load(const u8* p, u64 n, bool big, bool is_signed) {
  auto byte = [&](u64 i) { return u64{p[big ? n - 1 - i : i]}; };
  bool negative = is_signed && byte(n - 1) >= 0x80;
  if (n <= 8) {
    u64 x = 0;
    for (u64 i = 0; i < n; ++i) x |= byte(i) << (8 * i);
    if (negative && n < 8) x |= ~u64{0} << (8 * n);
    return is_signed ? integer_from_i64(static_cast<i64>(x)) : integer_from_u64(x);
  }
  u64 size = (n + 7) / 8;
  u64* limbs = reinterpret_cast<u64*>(bytes_of(make_bytevector(size * 8)));
  u64 carry = 1;
  for (u64 i = 0; i < n; ++i) {
    u64 b = byte(i);
    if (negative) {
      b = (b ^ 0xff) + carry;
      carry = b >> 8;
    }
    limbs[i / 8] |= (b & 0xff) << (8 * (i % 8));
  }
  return integer_from_limbs(limbs, size, negative);
}

/// Does the magnitude equal 2^(bits - 1)?
bool is_power(const IntegerView& v) {
  for (u64 i = 0; i + 1 < v.size; ++i)
    if (v.limbs[i] != 0) return false;
  return (v.limbs[v.size - 1] & (v.limbs[v.size - 1] - 1)) == 0;
}

bool fits(const IntegerView& v, u64 n, bool is_signed) {
  u64 bits = v.bits();
  if (!is_signed) return !v.negative && bits <= 8 * n;
  return bits < 8 * n || (v.negative && bits == 8 * n && is_power(v));
}

void store(u8* p, u64 n, bool big, const IntegerView& v) {
  u64 carry = 1;
  for (u64 i = 0; i < n; ++i) {
    u64 b = i / 8 < v.size ? v.limbs[i / 8] >> (8 * (i % 8)) & 0xff : 0;
    if (v.negative) {
      b = (b ^ 0xff) + carry;
      carry = b >> 8;
    }
    p[big ? n - 1 - i : i] = static_cast<u8>(b);
  }
}

struct Place {
  u8* address;
  bool big;
};

/// Checks bytevector, index and endianness (kDefault: native, then the index must be aligned); false after raising.
bool take_place(const char* who, Value b, Value k, u64 n, Value endianness, Place& out) {
  if (!is_bytevector(b)) return raise_type(who, kExpectedBytevector, b), false;
  u64 length = length_of(b);
  if (n > length || !is_index(k, length - n + 1)) return raise_index(who, k, b), false;
  u64 at = static_cast<u64>(fixnum_value(k));
  out = {bytes_of(b) + at, false};
  if (endianness != Default) return take_endianness(who, endianness, out.big);
  if (at % n != 0) return raise_condition2("assertion", who, "index is not aligned", k, b), false;
  return true;
}

bool take_mutable(const char* who, Value b) {
  if (is_immutable(b)) return raise_immutable(who, b), false;
  return true;
}

Value get(const char* who, Value b, Value k, u64 n, Value endianness, bool is_signed) {
  Place p;
  return take_place(who, b, k, n, endianness, p) ? load(p.address, n, p.big, is_signed) : RaiseMark;
}

Value put(const char* who, Value b, Value k, Value x, u64 n, Value endianness, bool is_signed) {
  Place p;
  if (!take_place(who, b, k, n, endianness, p) || !take_mutable(who, b)) return RaiseMark;
  if (!is_exact_integer(x)) return raise_assertion(who, "expected an exact integer", x);
  IntegerView v(x);
  if (!fits(v, n, is_signed)) return raise_assertion(who, "integer does not fit", x);
  store(p.address, n, p.big, v);
  return Void;
}

bool take_size(const char* who, Value size, u64& n) {
  if (!is_fixnum(size) || fixnum_value(size) <= 0 || static_cast<u64>(fixnum_value(size)) > kMaxIntegerBytes)
    return raise_assertion(who, "expected a positive size", size), false;
  n = static_cast<u64>(fixnum_value(size));
  return true;
}

bool take_double(const char* who, Value x, double& d) {
  if (is_flonum(x)) return d = flonum_value(x), true;
  if (is_fixnum(x)) return d = static_cast<double>(fixnum_value(x)), true;
  if (is_real_p(x) != True) return raise_assertion(who, "expected a real number", x), false;
  Value v = real_to_flonum(x);
  if (!is_flonum(v)) return false;
  return d = flonum_value(v), true;
}

u64 load_bits(const Place& p, unsigned n) {
  u64 x = 0;
  for (unsigned i = 0; i < n; ++i) x |= u64{p.address[p.big ? n - 1 - i : i]} << (8 * i);
  return x;
}

void store_bits(const Place& p, unsigned n, u64 x) {
  for (unsigned i = 0; i < n; ++i) p.address[p.big ? n - 1 - i : i] = static_cast<u8>(x >> (8 * i));
}

}  // namespace

// Accessors of fixed sizes: with an endianness, and native ones.
#define LOKO_INTEGER_ACCESSORS(name, text, size, is_signed)                            \
  Value bytevector_##name##_ref(Value b, Value k, Value endianness);                   \
  Value bytevector_##name##_set(Value b, Value k, Value x, Value endianness);          \
  Value bytevector_##name##_native_ref(Value b, Value k);                              \
  Value bytevector_##name##_native_set(Value b, Value k, Value x);                     \
  Value bytevector_##name##_ref(Value b, Value k, Value endianness) {                  \
    if (endianness == Default) endianness = False;                                     \
    return get("bytevector-" text "-ref", b, k, size, endianness, is_signed);          \
  }                                                                                    \
  Value bytevector_##name##_set(Value b, Value k, Value x, Value endianness) {         \
    if (endianness == Default) endianness = False;                                     \
    return put("bytevector-" text "-set!", b, k, x, size, endianness, is_signed);      \
  }                                                                                    \
  Value bytevector_##name##_native_ref(Value b, Value k) {                             \
    return get("bytevector-" text "-native-ref", b, k, size, Default, is_signed);      \
  }                                                                                    \
  Value bytevector_##name##_native_set(Value b, Value k, Value x) {                    \
    return put("bytevector-" text "-native-set!", b, k, x, size, Default, is_signed);  \
  }

LOKO_INTEGER_ACCESSORS(u16, "u16", 2, false)
LOKO_INTEGER_ACCESSORS(s16, "s16", 2, true)
LOKO_INTEGER_ACCESSORS(u32, "u32", 4, false)
LOKO_INTEGER_ACCESSORS(s32, "s32", 4, true)
LOKO_INTEGER_ACCESSORS(u64, "u64", 8, false)
LOKO_INTEGER_ACCESSORS(s64, "s64", 8, true)
#undef LOKO_INTEGER_ACCESSORS

Value bytevector_uint_ref(Value b, Value k, Value endianness, Value size);
Value bytevector_sint_ref(Value b, Value k, Value endianness, Value size);
Value bytevector_uint_set(Value b, Value k, Value x, Value endianness, Value size);
Value bytevector_sint_set(Value b, Value k, Value x, Value endianness, Value size);
Value bytevector_ieee_single_ref(Value b, Value k, Value endianness);
Value bytevector_ieee_double_ref(Value b, Value k, Value endianness);
Value bytevector_ieee_single_set(Value b, Value k, Value x, Value endianness);
Value bytevector_ieee_double_set(Value b, Value k, Value x, Value endianness);

Value bytevector_uint_ref(Value b, Value k, Value endianness, Value size) {
  u64 n;
  return take_size("bytevector-uint-ref", size, n) ? get("bytevector-uint-ref", b, k, n, endianness, false) : RaiseMark;
}

Value bytevector_sint_ref(Value b, Value k, Value endianness, Value size) {
  u64 n;
  return take_size("bytevector-sint-ref", size, n) ? get("bytevector-sint-ref", b, k, n, endianness, true) : RaiseMark;
}

Value bytevector_uint_set(Value b, Value k, Value x, Value endianness, Value size) {
  u64 n;
  return take_size("bytevector-uint-set!", size, n) ? put("bytevector-uint-set!", b, k, x, n, endianness, false) : RaiseMark;
}

Value bytevector_sint_set(Value b, Value k, Value x, Value endianness, Value size) {
  u64 n;
  return take_size("bytevector-sint-set!", size, n) ? put("bytevector-sint-set!", b, k, x, n, endianness, true) : RaiseMark;
}

Value bytevector_ieee_single_ref(Value b, Value k, Value endianness) {
  Place p;
  if (!take_place("bytevector-ieee-single-ref", b, k, 4, endianness, p)) return RaiseMark;
  return make_flonum(static_cast<double>(__builtin_bit_cast(float, static_cast<u32>(load_bits(p, 4)))));
}

Value bytevector_ieee_double_ref(Value b, Value k, Value endianness) {
  Place p;
  if (!take_place("bytevector-ieee-double-ref", b, k, 8, endianness, p)) return RaiseMark;
  return make_flonum(__builtin_bit_cast(double, load_bits(p, 8)));
}

Value bytevector_ieee_single_set(Value b, Value k, Value x, Value endianness) {
  constexpr const char* who = "bytevector-ieee-single-set!";
  Place p;
  double d;
  if (!take_place(who, b, k, 4, endianness, p) || !take_mutable(who, b) || !take_double(who, x, d)) return RaiseMark;
  store_bits(p, 4, __builtin_bit_cast(u32, static_cast<float>(d)));
  return Void;
}

Value bytevector_ieee_double_set(Value b, Value k, Value x, Value endianness) {
  constexpr const char* who = "bytevector-ieee-double-set!";
  Place p;
  double d;
  if (!take_place(who, b, k, 8, endianness, p) || !take_mutable(who, b) || !take_double(who, x, d)) return RaiseMark;
  store_bits(p, 8, __builtin_bit_cast(u64, d));
  return Void;
}

}  // namespace loko
