// SPDX-License-Identifier: MIT
//
// Exact integers of one or two limbs in registers: what most bignums and the parts of most ratnums are. No call of
// mpn, no scratch memory, results allocated at their final size. Freestanding; division by the processor's own
// instruction, whose quotient must fit (the callers see to that).
#pragma once

#include "runtime/numbers/integers.h"

namespace loko {

inline u64 magnitude_of(i64 x) { return x < 0 ? u64{0} - static_cast<u64>(x) : static_cast<u64>(x); }
inline u128 magnitude_of(i128 x) { return x < 0 ? u128{0} - static_cast<u128>(x) : static_cast<u128>(x); }

/// A few words at the allocation pointer.
inline u64* allocate_few(u64 words) {
  Context& c = context();
  u64 at = c.alloc, end = at + 8 * words;
  if (end > c.alloc_limit) return allocate_words(words);
  c.alloc = end;
  return reinterpret_cast<u64*>(at);
}

/// The integer of a magnitude and a sign.
inline Value integer_from_magnitude(u128 m, bool negative) {
  u64 low = static_cast<u64>(m), high = static_cast<u64>(m >> 64);
  if (high == 0 && low <= static_cast<u64>(kFixnumMax) + (negative ? 1 : 0))
    return fixnum(static_cast<i64>(negative ? u64{0} - low : low));
  u64 size = high == 0 ? 1 : 2;
  u64* p = allocate_few(1 + size);
  p[0] = make_header(Kind::Bignum, size, negative ? kHeaderFlag0 : 0);
  p[1] = low;
  if (size == 2) p[2] = high;
  return Value{reinterpret_cast<u64>(p) | kTagTyped};
}

inline Value integer_from_short(i128 n) { return integer_from_magnitude(magnitude_of(n), n < 0); }

/// The magnitude of an exact integer if it has at most two limbs, else false.
inline bool short_magnitude(Value v, u128* m, bool* negative) {
  if (is_fixnum(v)) {
    i64 x = fixnum_value(v);
    *negative = x < 0;
    *m = magnitude_of(x);
    return true;
  }
  u64 h = header(v), size = header_length(h);
  if (size > 2) return false;
  *negative = (h & kHeaderFlag0) != 0;
  const u64* limbs = untagged(v) + 1;
  *m = size == 1 ? u128{limbs[0]} : u128{limbs[1]} << 64 | limbs[0];
  return true;
}

/// The value of an exact integer if its magnitude is below 2^127, else false.
inline bool short_value(Value v, i128* x) {
  if (is_fixnum(v)) return *x = fixnum_value(v), true;
  u128 m;
  bool negative;
  if (!short_magnitude(v, &m, &negative) || m >> 127 != 0) return false;
  *x = negative ? -static_cast<i128>(m) : static_cast<i128>(m);
  return true;
}

/// (high · 2^64 + low) / d; high < d.
inline u64 divide_two_limbs(u64 high, u64 low, u64 d, u64* rest) {
  u64 q;
  __asm__("div %4" : "=a"(q), "=d"(*rest) : "a"(low), "d"(high), "r"(d) : "cc");
  return q;
}

/// Quotient and remainder of magnitudes; d isn't 0.
inline u128 divide_short(u128 n, u128 d, u128* rest) {
  u64 n1 = static_cast<u64>(n >> 64), n0 = static_cast<u64>(n), d0 = static_cast<u64>(d);
  if (d >> 64 != 0) {
    if (n < d) return *rest = n, u128{0};
    u128 q = n / d;
    *rest = n - q * d;
    return q;
  }
  if (n1 == 0) {
    *rest = n0 % d0;
    return n0 / d0;
  }
  u64 q1 = n1 < d0 ? 0 : n1 / d0, r;
  u64 q0 = divide_two_limbs(n1 - q1 * d0, n0, d0, &r);
  *rest = r;
  return u128{q1} << 64 | q0;
}

/// Greatest common divisor: Stein's, without branches that the processor can't foresee.
inline u64 gcd_words(u64 a, u64 b) {
  if (a == 0) return b;
  if (b == 0) return a;
  // A division for each great difference in size: it takes as long as two or three bits of what follows.
  if (a < b) {
    u64 t = a;
    a = b;
    b = t;
  }
  if ((a %= b) == 0) return b;
  if (b >> 6 > a && (b %= a) == 0) return a;
  int twos = __builtin_ctzl(a | b);
  a >>= __builtin_ctzl(a);
  b >>= __builtin_ctzl(b);
  while (a != b) {
    u64 d = a - b, swap = u64{0} - u64{a < b};
    b += d & swap;  // the lesser one
    a = ((d ^ swap) - swap) >> __builtin_ctzl(d);
  }
  return a << twos;
}

}  // namespace loko
