// SPDX-License-Identifier: MIT
//
// Pseudo-random numbers: xoshiro256** (Blackman, Vigna 2018), seeded through splitmix64. The state is a bytevector
// of 32 bytes that belongs to the caller. Also the two raising primitives for library code below the condition system.
#include "runtime/numbers/internal.h"

namespace loko {

namespace {

bool is_state(Value v) { return is_bytevector(v) && length_of(v) == 32; }
Value bad_state(const char* who, Value v) { return raise_assertion(who, "expected a bytevector of 32 bytes", v); }

u64 next(u64* s) {
  u64 result = rotate_left(s[1] * 5, 7) * 9;
  u64 t = s[1] << 17;
  s[2] ^= s[0];
  s[3] ^= s[1];
  s[1] ^= s[2];
  s[0] ^= s[3];
  s[2] ^= t;
  s[3] = rotate_left(s[3], 45);
  return result;
}

u64* state_words(Value v) { return untagged(v) + 1; }

Value draw_bits(u64* s, u64 bits) {
  u64 size = (bits + 63) / 64;
  IntegerBuilder r(size);
  for (u64 i = 0; i < size; ++i) r.limbs()[i] = next(s);
  if (bits % 64) r.limbs()[size - 1] &= (u64{1} << bits % 64) - 1;
  return r.finish(size, false);
}

Value raise_list(const char* kind, Value who, Value message, Value irritants) {
  u64 n = 0;
  while (kind[n]) ++n;
  context().pending = make_pair(intern(kind, n), make_pair(who, make_pair(message, irritants)));
  return RaiseMark;
}

}  // namespace

/// Sets the state from an exact integer.
Value random_seed(Value state, Value seed) {
  if (!is_state(state)) return bad_state("random-seed!", state);
  if (!is_exact_integer(seed)) return raise_assertion("random-seed!", "expected an exact integer", seed);
  IntegerView x(seed);
  u64 z = x.negative ? 0x5851f42d4c957f2d : 0;
  u64* s = state_words(state);
  for (int i = 0; i < 4; ++i) s[i] = 0;
  for (u64 k = 0; k < (x.size < 4 ? 4 : x.size); ++k) {
    z = (k < x.size ? z ^ x.limbs[k] : z) + 0x9e3779b97f4a7c15;
    u64 w = z;
    w = (w ^ w >> 30) * 0xbf58476d1ce4e5b9;
    w = (w ^ w >> 27) * 0x94d049bb133111eb;
    s[k % 4] ^= w ^ w >> 31;
  }
  if ((s[0] | s[1] | s[2] | s[3]) == 0) s[0] = 1;
  return Void;
}

/// An integer of [0, limit).
Value random_integer(Value state, Value limit) {
  if (!is_state(state)) return bad_state("random-integer", state);
  if (!is_exact_integer(limit) || integer_sign(limit) <= 0)
    return raise_assertion("random-integer", "expected a positive exact integer", limit);
  u64* s = state_words(state);
  if (is_fixnum(limit)) {  // Lemire's method
    u64 n = static_cast<u64>(fixnum_value(limit));
    u128 m = static_cast<u128>(next(s)) * n;
    if (static_cast<u64>(m) < n) {
      u64 least = (u64{0} - n) % n;
      while (static_cast<u64>(m) < least) m = static_cast<u128>(next(s)) * n;
    }
    return fixnum(static_cast<i64>(m >> 64));
  }
  u64 bits = integer_bits(integer_subtract(limit, fixnum(1)));
  for (;;) {
    Value r = draw_bits(s, bits);
    if (integer_compare(r, limit) < 0) return r;
  }
}

/// A flonum of [0, 1), a multiple of 2^-53.
Value random_real(Value state) {
  if (!is_state(state)) return bad_state("random-real", state);
  return flonum(static_cast<double>(next(state_words(state)) >> 11) * 0x1p-53);
}

/// An integer of [0, 2^bits).
Value random_bits(Value state, Value bits) {
  if (!is_state(state)) return bad_state("random-bits", state);
  if (!is_fixnum(bits) || fixnum_value(bits) < 0 || fixnum_value(bits) / 64 >= static_cast<i64>(kMaxLimbs))
    return raise_assertion("random-bits", "expected a number of bits", bits);
  return draw_bits(state_words(state), static_cast<u64>(fixnum_value(bits)));
}

/// Raises &assertion with a list of irritants.
Value raise_assertion_list(Value who, Value message, Value irritants) { return raise_list("assertion", who, message, irritants); }

/// Raises &implementation-restriction with a list of irritants.
Value raise_restriction_list(Value who, Value message, Value irritants) {
  return raise_list("implementation-restriction", who, message, irritants);
}

}  // namespace loko
