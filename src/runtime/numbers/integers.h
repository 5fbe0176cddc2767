// SPDX-License-Identifier: MIT
//
// Exact integers: fixnums and bignums, the latter on GMP's mpn layer with the limbs in our heap.
// INVARIANT(integer): a bignum's value is outside the fixnum range and its top limb isn't 0.
// Functions called integer_… take exact integers only; given kRaiseMark they return it, and they return it
// themselves (after raising &implementation-restriction) when a result would have more than kMaxLimbs limbs.
#pragma once

#include "runtime/memory/heap.h"

namespace loko {

using u128 = unsigned __int128;
using i128 = __int128;

inline constexpr u64 kMaxLimbs = u64{1} << 25;  // 2 Gbit

inline bool is_bignum(Value v) { return is_kind(v, Kind::Bignum); }
inline bool is_exact_integer(Value v) { return is_fixnum(v) || is_bignum(v); }
inline bool is_bignum_negative(Value v) { return (header(v) & kHeaderFlag0) != 0; }
inline bool failed(Value v) { return v.bits == kRaiseMark; }

/// Sign and magnitude of an exact integer; the limbs of a fixnum are in the view itself.
class IntegerView {
 public:
  explicit IntegerView(Value v) {
    if (is_fixnum(v)) {
      i64 x = fixnum_value(v);
      negative = x < 0;
      small_ = x < 0 ? u64{0} - static_cast<u64>(x) : static_cast<u64>(x);
      limbs = &small_;
      size = small_ != 0;
    } else {
      u64 h = header(v);
      negative = (h & kHeaderFlag0) != 0;
      size = header_length(h);
      limbs = untagged(v) + 1;
    }
  }
  IntegerView(const IntegerView&) = delete;
  IntegerView& operator=(const IntegerView&) = delete;

  /// Number of bits of the magnitude.
  u64 bits() const { return size == 0 ? 0 : size * 64 - static_cast<u64>(__builtin_clzl(limbs[size - 1])); }

  const u64* limbs;
  u64 size;
  bool negative;

 private:
  u64 small_ = 0;
};

/// Limbs that live until the end of the scope; their memory is taken back when nothing was allocated after them.
class Scratch {
 public:
  explicit Scratch(u64 limbs);
  ~Scratch();
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  u64* limbs() const { return limbs_; }

 private:
  u64* limbs_;
  u64 count_;
};

/// A bignum under construction: fill limbs(), then finish().
class IntegerBuilder {
 public:
  explicit IntegerBuilder(u64 limbs);
  u64* limbs() const { return words_ + 1; }
  /// The integer of the first `size` limbs; leading zeros may be there. Gives back unused memory.
  Value finish(u64 size, bool negative);

 private:
  u64* words_;
  u64 count_;
};

Value integer_too_large(const char* who);  // raises

Value integer_from_i64(i64 n);
Value integer_from_u64(u64 n);
Value integer_from_i128(i128 n);
Value integer_from_limbs(const u64* limbs, u64 size, bool negative);

Value integer_add(Value a, Value b);
Value integer_subtract(Value a, Value b);
Value integer_multiply(Value a, Value b);
Value integer_negate(Value a);
Value integer_abs(Value a);
/// Truncating division; either result may be unwanted (null). The divisor isn't 0.
void integer_divide(Value n, Value d, Value* quotient, Value* remainder);
Value integer_quotient(Value n, Value d);
Value integer_remainder(Value n, Value d);
/// Division without remainder, known to come out even.
Value integer_divide_exact(Value n, Value d);
void integer_floor_divide(Value n, Value d, Value* quotient, Value* modulo);
Value integer_gcd(Value a, Value b);
/// n · 2^shift rounded down.
Value integer_shift(Value n, i64 shift);
Value integer_expt(Value base, u64 exponent);
/// Square root rounded down of n ≥ 0; *remainder (if wanted) is n − root².
Value integer_sqrt(Value n, Value* remainder);
int integer_compare(Value a, Value b);
int integer_compare_magnitude(Value a, Value b);
/// -1, 0, 1.
int integer_sign(Value a);
bool integer_is_odd(Value a);
/// Bits of the magnitude.
u64 integer_bits(Value a);
/// Number of zeros below the lowest 1 of the magnitude; a isn't 0.
u64 integer_trailing_zeros(Value a);
inline bool integer_is_zero(Value a) { return a.bits == 0; }
inline bool integer_is_one(Value a) { return a.bits == fixnum(1).bits; }
/// Nearest double, ties to even; infinite when too large.
double integer_to_double(Value a);
/// m · 2^exponent (plus a little if sticky) rounded once to `precision` ≤ 53 bits, subnormals included.
double round_to_double(u64 m, bool sticky, i64 exponent, int precision = 53);

}  // namespace loko
