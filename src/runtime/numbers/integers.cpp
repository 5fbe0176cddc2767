// SPDX-License-Identifier: MIT
//
// Sums, products, quotients, powers and roots of exact integers (integers.h has the invariants).
// Fixnums are dealt with in registers; everything else goes to mpn on the limbs in the heap, and the result is
// allocated with room for the worst case and cut afterwards.
#include "runtime/numbers/integers.h"

#include <gmp.h>

#include "runtime/numbers/interruptible.h"
#include "runtime/numbers/short_integers.h"

namespace loko {

namespace {

u64* allocate_limbs(u64 limbs, u64 header) {
  u64* words = allocate_words(limbs + 1);
  words[0] = header;
  return words;
}

/// Takes back `unused` words at the end of an object of `words` words.
void give_back(u64* object, u64 words, u64 unused) {
  u64 end = reinterpret_cast<u64>(object + words);
  if (context().alloc == end) context().alloc = end - unused * 8;
  else if (unused != 0) object[words - unused] = make_header(Kind::Filler, unused - 1);
}

/// Whether a result of so many limbs, and what GMP needs beside it, can be had.
bool has_room(u64 limbs) { return limbs <= kMaxLimbs && (limbs < u64{1} << 16 || allocation_fits(limbs * 64)); }

Value add_magnitudes(const IntegerView& a, const IntegerView& b, bool negative) {
  const IntegerView& x = a.size >= b.size ? a : b;
  const IntegerView& y = a.size >= b.size ? b : a;
  if (x.size >= kMaxLimbs) return integer_too_large("+");
  IntegerBuilder r(x.size + 1);
  r.limbs()[x.size] = y.size == 0 ? (mpn_copyi(r.limbs(), x.limbs, static_cast<mp_size_t>(x.size)), u64{0})
                                  : mpn_add(r.limbs(), x.limbs, static_cast<mp_size_t>(x.size), y.limbs,
                                            static_cast<mp_size_t>(y.size));
  return r.finish(x.size + 1, negative);
}

int compare_magnitudes(const IntegerView& a, const IntegerView& b) {
  if (a.size != b.size) return a.size < b.size ? -1 : 1;
  int c = a.size == 0 ? 0 : mpn_cmp(a.limbs, b.limbs, static_cast<mp_size_t>(a.size));
  return c < 0 ? -1 : c > 0;
}

/// ±(|a| − |b|)
Value subtract_magnitudes(const IntegerView& a, const IntegerView& b, bool negative) {
  int c = compare_magnitudes(a, b);
  if (c == 0) return fixnum(0);
  const IntegerView& x = c > 0 ? a : b;
  const IntegerView& y = c > 0 ? b : a;
  IntegerBuilder r(x.size);
  if (y.size == 0) mpn_copyi(r.limbs(), x.limbs, static_cast<mp_size_t>(x.size));
  else mpn_sub(r.limbs(), x.limbs, static_cast<mp_size_t>(x.size), y.limbs, static_cast<mp_size_t>(y.size));
  return r.finish(x.size, c > 0 ? negative : !negative);
}

Value add_views(const IntegerView& a, const IntegerView& b, bool b_negative) {
  return a.negative == b_negative ? add_magnitudes(a, b, a.negative) : subtract_magnitudes(a, b, a.negative);
}

}  // namespace

Scratch::Scratch(u64 limbs) : count_(limbs == 0 ? 1 : limbs) {
  limbs_ = allocate_limbs(count_, make_header(Kind::Bytevector, count_ * 8)) + 1;
}

Scratch::~Scratch() {
  if (context().alloc == reinterpret_cast<u64>(limbs_ + count_)) context().alloc = reinterpret_cast<u64>(limbs_ - 1);
}

IntegerBuilder::IntegerBuilder(u64 limbs) : count_(limbs == 0 ? 1 : limbs) {
  words_ = allocate_limbs(count_, make_header(Kind::Bignum, count_));
}

Value IntegerBuilder::finish(u64 size, bool negative) {
  const u64* p = limbs();
  while (size != 0 && p[size - 1] == 0) --size;
  if (size <= 1) {
    u64 m = size == 0 ? 0 : p[0];
    if (m < u64{1} << 60 || (negative && m == u64{1} << 60)) {
      if (context().alloc == reinterpret_cast<u64>(words_ + count_ + 1)) context().alloc = reinterpret_cast<u64>(words_);
      else words_[0] = make_header(Kind::Filler, count_);
      return fixnum(negative ? -static_cast<i64>(m) : static_cast<i64>(m));
    }
  }
  words_[0] = make_header(Kind::Bignum, size, negative ? kHeaderFlag0 : 0);
  give_back(words_, count_ + 1, count_ - size);
  return Value{reinterpret_cast<u64>(words_) | kTagTyped};
}

Value integer_too_large(const char* who) {
  return raise_condition("implementation-restriction", who, "the result is too large to represent");
}

Value integer_from_i64(i64 n) { return integer_from_magnitude(magnitude_of(n), n < 0); }
Value integer_from_u64(u64 n) { return integer_from_magnitude(n, false); }
Value integer_from_i128(i128 n) { return integer_from_short(n); }

Value integer_from_limbs(const u64* limbs, u64 size, bool negative) {
  IntegerBuilder r(size);
  for (u64 i = 0; i < size; ++i) r.limbs()[i] = limbs[i];
  return r.finish(size, negative);
}

Value integer_add(Value a, Value b) {
  if (is_fixnum(a) && is_fixnum(b)) return integer_from_i64(fixnum_value(a) + fixnum_value(b));
  if (failed(a) || failed(b)) return RaiseMark;
  if (i128 p, q, r; short_value(a, &p) && short_value(b, &q) && !__builtin_add_overflow(p, q, &r)) return integer_from_short(r);
  IntegerView x(a), y(b);
  return add_views(x, y, y.negative);
}

Value integer_subtract(Value a, Value b) {
  if (is_fixnum(a) && is_fixnum(b)) return integer_from_i64(fixnum_value(a) - fixnum_value(b));
  if (failed(a) || failed(b)) return RaiseMark;
  if (i128 p, q, r; short_value(a, &p) && short_value(b, &q) && !__builtin_sub_overflow(p, q, &r)) return integer_from_short(r);
  IntegerView x(a), y(b);
  return add_views(x, y, !y.negative);
}

Value integer_multiply(Value a, Value b) {
  if (is_fixnum(a) && is_fixnum(b)) return integer_from_short(i128{fixnum_value(a)} * fixnum_value(b));
  if (failed(a) || failed(b)) return RaiseMark;
  IntegerView x(a), y(b);
  if (x.size <= 1 && y.size <= 1) return integer_from_magnitude(u128{x.limbs[0]} * y.limbs[0], x.negative != y.negative);
  if (x.size == 0 || y.size == 0) return fixnum(0);
  if (!has_room(x.size + y.size)) return integer_too_large("*");
  IntegerBuilder r(x.size + y.size);
  auto size = [](const IntegerView& v) { return static_cast<mp_size_t>(v.size); };
  if (y.size == 1) r.limbs()[x.size] = mpn_mul_1(r.limbs(), x.limbs, size(x), y.limbs[0]);
  else if (x.size == 1) r.limbs()[y.size] = mpn_mul_1(r.limbs(), y.limbs, size(y), x.limbs[0]);
  else if (!compute(x.size + y.size, [&] {
             if (x.limbs == y.limbs) mpn_sqr(r.limbs(), x.limbs, size(x));
             else if (x.size >= y.size) mpn_mul(r.limbs(), x.limbs, size(x), y.limbs, size(y));
             else mpn_mul(r.limbs(), y.limbs, size(y), x.limbs, size(x));
           }))
    return computation_interrupted("*");
  return r.finish(x.size + y.size, x.negative != y.negative);
}

Value integer_negate(Value a) {
  if (is_fixnum(a)) return integer_from_i64(-fixnum_value(a));
  if (failed(a)) return a;
  IntegerView x(a);
  return integer_from_limbs(x.limbs, x.size, !x.negative);
}

Value integer_abs(Value a) { return failed(a) || integer_sign(a) >= 0 ? a : integer_negate(a); }

void integer_divide(Value n, Value d, Value* quotient, Value* remainder) {
  auto give = [&](Value q, Value r) {
    if (quotient) *quotient = q;
    if (remainder) *remainder = r;
  };
  if (is_fixnum(n) && is_fixnum(d)) {
    i64 x = fixnum_value(n), y = fixnum_value(d);
    if (quotient) *quotient = integer_from_i64(x / y);
    if (remainder) *remainder = fixnum(x % y);
    return;
  }
  if (failed(n) || failed(d)) return give(RaiseMark, RaiseMark);
  if (u128 m, k; true) {
    bool n_negative, d_negative;
    if (short_magnitude(n, &m, &n_negative) && short_magnitude(d, &k, &d_negative)) {
      u128 rest, q = divide_short(m, k, &rest);
      if (quotient) *quotient = integer_from_magnitude(q, n_negative != d_negative);
      if (remainder) *remainder = integer_from_magnitude(rest, n_negative);
      return;
    }
  }
  IntegerView x(n), y(d);
  if (x.size < y.size || (x.size == y.size && compare_magnitudes(x, y) < 0)) return give(fixnum(0), n);
  auto nn = static_cast<mp_size_t>(x.size), dn = static_cast<mp_size_t>(y.size);
  bool negative = x.negative != y.negative;
  if (y.size == 1) {
    u64 rest;
    if (quotient) {
      IntegerBuilder q(x.size);
      rest = mpn_divrem_1(q.limbs(), 0, x.limbs, nn, y.limbs[0]);
      *quotient = q.finish(x.size, negative);
    } else {
      rest = mpn_mod_1(x.limbs, nn, y.limbs[0]);
    }
    if (remainder) *remainder = integer_from_limbs(&rest, 1, x.negative);
    return;
  }
  // The one that isn't wanted is given back.
  u64 qn = x.size - y.size + 1;
  IntegerBuilder first(quotient ? qn : y.size), second(quotient ? y.size : qn);
  IntegerBuilder &q = quotient ? first : second, &r = quotient ? second : first;
  if (!compute(x.size, [&] { mpn_tdiv_qr(q.limbs(), r.limbs(), 0, x.limbs, nn, y.limbs, dn); })) {
    Value interrupted = computation_interrupted("div");
    return give(interrupted, interrupted);
  }
  if (!quotient) q.finish(0, false);
  Value rest = r.finish(remainder ? y.size : 0, x.negative);
  if (remainder) *remainder = rest;
  if (quotient) *quotient = q.finish(qn, negative);
}

Value integer_quotient(Value n, Value d) {
  Value q;
  integer_divide(n, d, &q, nullptr);
  return q;
}

Value integer_remainder(Value n, Value d) {
  Value r;
  integer_divide(n, d, nullptr, &r);
  return r;
}

Value integer_divide_exact(Value n, Value d) {
  return d == fixnum(1) ? n : integer_quotient(n, d);
}

void integer_floor_divide(Value n, Value d, Value* quotient, Value* modulo) {
  Value q, r;
  integer_divide(n, d, quotient ? &q : nullptr, &r);
  if (failed(r)) {
    q = r;
  } else if (!integer_is_zero(r) && (integer_sign(r) < 0) != (integer_sign(d) < 0)) {
    if (quotient) q = integer_subtract(q, fixnum(1));
    if (modulo) r = integer_add(r, d);
  }
  if (quotient) *quotient = q;
  if (modulo) *modulo = r;
}

Value integer_gcd(Value a, Value b) {
  if (is_fixnum(a) && is_fixnum(b))
    return integer_from_u64(gcd_words(magnitude_of(fixnum_value(a)), magnitude_of(fixnum_value(b))));
  if (failed(a) || failed(b)) return RaiseMark;
  IntegerView v(a), w(b);
  if (v.size == 0) return integer_abs(b);
  if (w.size == 0) return integer_abs(a);
  const IntegerView& x = v.size >= w.size ? v : w;
  const IntegerView& y = v.size >= w.size ? w : v;
  if (y.size == 1) return integer_from_u64(mpn_gcd_1(x.limbs, static_cast<mp_size_t>(x.size), y.limbs[0]));
  // mpn_gcd wants its second operand odd and not the longer one: take the twos out of both.
  u64 twos_x = integer_trailing_zeros(&x == &v ? a : b), twos_y = integer_trailing_zeros(&x == &v ? b : a);
  Value result;
  {
    Scratch sx(x.size + 1), sy(y.size + 1), sr(y.size + 1);
    auto strip = [](const IntegerView& s, u64 twos, u64* to) {
      u64 skip = twos / 64, n = s.size - skip;
      if (twos % 64) mpn_rshift(to, s.limbs + skip, static_cast<mp_size_t>(n), static_cast<unsigned>(twos % 64));
      else mpn_copyi(to, s.limbs + skip, static_cast<mp_size_t>(n));
      return to[n - 1] == 0 ? n - 1 : n;
    };
    u64 nx = strip(x, twos_x, sx.limbs()), ny = strip(y, twos_y, sy.limbs());
    u64 *px = sx.limbs(), *py = sy.limbs();
    if (nx < ny || (nx == ny && px[nx - 1] < py[ny - 1])) {
      u64 *tp = px, tn = nx;
      px = py, nx = ny, py = tp, ny = tn;
    }
    u64 n = 1;
    if (!compute(nx, [&] {
          if (ny == 1) sr.limbs()[0] = mpn_gcd_1(px, static_cast<mp_size_t>(nx), py[0]);
          else n = static_cast<u64>(mpn_gcd(sr.limbs(), px, static_cast<mp_size_t>(nx), py, static_cast<mp_size_t>(ny)));
        }))
      return computation_interrupted("gcd");
    result = integer_from_limbs(sr.limbs(), n, false);
  }
  return integer_shift(result, static_cast<i64>(twos_x < twos_y ? twos_x : twos_y));
}

Value integer_shift(Value n, i64 shift) {
  if (failed(n) || integer_is_zero(n)) return n;
  if (shift == 0) return n;
  if (is_fixnum(n)) {
    i64 x = fixnum_value(n);
    if (shift < 0) return fixnum(shift <= -64 ? (x < 0 ? -1 : 0) : x >> -shift);
    if (shift <= 64) return integer_from_i128(static_cast<i128>(static_cast<u128>(i128{x}) << shift));
  }
  if (i128 x; shift < 64 && short_value(n, &x)) {
    i64 up = shift < 0 ? 0 : shift, down = shift >= 0 ? 0 : shift <= -127 ? 127 : -shift;
    i128 shifted = static_cast<i128>(static_cast<u128>(x >> down) << up);
    if (up == 0 || shifted >> up == x) return integer_from_i128(shifted);
  }
  IntegerView x(n);
  if (shift > 0) {
    u64 words = static_cast<u64>(shift) / 64, bits = static_cast<u64>(shift) % 64;
    if (!has_room(words + x.size + 1)) return integer_too_large("bitwise-arithmetic-shift");
    IntegerBuilder r(x.size + words + 1);
    for (u64 i = 0; i < words; ++i) r.limbs()[i] = 0;
    u64* to = r.limbs() + words;
    if (bits) {
      to[x.size] = mpn_lshift(to, x.limbs, static_cast<mp_size_t>(x.size), static_cast<unsigned>(bits));
    } else {
      mpn_copyi(to, x.limbs, static_cast<mp_size_t>(x.size));
      to[x.size] = 0;
    }
    return r.finish(x.size + words + 1, x.negative);
  }
  u64 down = u64{0} - static_cast<u64>(shift), words = down / 64, bits = down % 64;
  if (words >= x.size) return fixnum(x.negative ? -1 : 0);
  u64 size = x.size - words;
  u64 lost = 0;
  for (u64 i = 0; x.negative && i < words; ++i) lost |= x.limbs[i];
  IntegerBuilder r(size + 1);
  if (bits) lost |= mpn_rshift(r.limbs(), x.limbs + words, static_cast<mp_size_t>(size), static_cast<unsigned>(bits));
  else mpn_copyi(r.limbs(), x.limbs + words, static_cast<mp_size_t>(size));
  r.limbs()[size] = 0;
  if (x.negative && lost) mpn_add_1(r.limbs(), r.limbs(), static_cast<mp_size_t>(size + 1), 1);
  return r.finish(size + 1, x.negative);
}

Value integer_expt(Value base, u64 exponent) {
  if (failed(base)) return base;
  if (exponent == 0) return fixnum(1);
  if (exponent == 1 || base == fixnum(0) || base == fixnum(1)) return base;
  if (base == fixnum(-1)) return exponent & 1 ? base : fixnum(1);
  u64 twos = integer_trailing_zeros(base);
  Value odd = integer_shift(base, -static_cast<i64>(twos));
  u64 bits = integer_bits(base);
  if (static_cast<u128>(bits - 1) * exponent > static_cast<u128>(kMaxLimbs) * 64) return integer_too_large("expt");
  Value r = odd;
  if (odd != fixnum(1)) {
    for (int i = 62 - __builtin_clzl(exponent); i >= 0; --i) {
      r = integer_multiply(r, r);
      if (exponent >> i & 1) r = integer_multiply(r, odd);
    }
  }
  return integer_shift(r, static_cast<i64>(twos * exponent));
}

Value integer_sqrt(Value n, Value* remainder) {
  if (failed(n)) {
    if (remainder) *remainder = n;
    return n;
  }
  IntegerView x(n);
  if (x.size == 0) {
    if (remainder) *remainder = n;
    return n;
  }
  IntegerBuilder s((x.size + 1) / 2), r(x.size);
  mp_size_t rn = 0;
  if (!compute(x.size, [&] { rn = mpn_sqrtrem(s.limbs(), r.limbs(), x.limbs, static_cast<mp_size_t>(x.size)); })) {
    Value interrupted = computation_interrupted("sqrt");
    if (remainder) *remainder = interrupted;
    return interrupted;
  }
  Value rest = r.finish(static_cast<u64>(rn), false);
  if (remainder) *remainder = rest;
  return s.finish((x.size + 1) / 2, false);
}

int integer_compare(Value a, Value b) {
  if (is_fixnum(a) && is_fixnum(b)) {
    i64 x = fixnum_value(a), y = fixnum_value(b);
    return x < y ? -1 : x > y;
  }
  if (is_fixnum(a)) return is_bignum_negative(b) ? 1 : -1;  // a bignum is beyond all fixnums
  if (is_fixnum(b)) return is_bignum_negative(a) ? -1 : 1;
  u64 x = header(a), y = header(b);
  int sign = (x & kHeaderFlag0) != 0 ? -1 : 1;
  if (((x ^ y) & kHeaderFlag0) != 0) return sign;
  if (header_length(x) != header_length(y)) return header_length(x) < header_length(y) ? -sign : sign;
  const u64 *p = untagged(a), *q = untagged(b);
  for (u64 i = header_length(x); i > 0; --i)
    if (p[i] != q[i]) return p[i] < q[i] ? -sign : sign;
  return 0;
}

int integer_compare_magnitude(Value a, Value b) {
  IntegerView x(a), y(b);
  return compare_magnitudes(x, y);
}

int integer_sign(Value a) {
  if (is_fixnum(a)) return fixnum_value(a) < 0 ? -1 : fixnum_value(a) > 0;
  return is_bignum_negative(a) ? -1 : 1;
}

bool integer_is_odd(Value a) {
  if (is_fixnum(a)) return fixnum_value(a) & 1;
  return word(a, 1) & 1;
}

u64 integer_bits(Value a) { return IntegerView(a).bits(); }

u64 integer_trailing_zeros(Value a) {
  IntegerView x(a);
  u64 i = 0;
  while (x.limbs[i] == 0) ++i;
  return i * 64 + static_cast<u64>(__builtin_ctzl(x.limbs[i]));
}

double round_to_double(u64 m, bool sticky, i64 exponent, int precision) {
  if (m == 0) return 0.0;
  int width = 64 - __builtin_clzl(m);
  i64 top = exponent + width;  // m · 2^exponent lies in [2^(top-1), 2^top)
  if (top > 1100) return __builtin_inf();
  if (top < -1100) return 0.0;
  i64 room = precision;
  if (top - 1 < -1022) {  // subnormal: bits below 2^-1074 don't exist
    i64 below = top + 1074;
    if (below < room) room = below;
  }
  i64 drop = width - room;
  u128 kept = m;
  if (drop > 0) {
    if (drop > 65) return 0.0;
    u128 wide = m, half = u128{1} << (drop - 1);
    u128 rest = wide & (half + (half - 1));
    kept = wide >> drop;
    if (rest > half || (rest == half && (sticky || (kept & 1)))) ++kept;
    exponent += drop;
  }
  double d = static_cast<double>(static_cast<u64>(kept));
  while (exponent > 1000) d *= __builtin_bit_cast(double, u64{2023} << 52), exponent -= 1000;
  while (exponent < -1000) {  // the result is exact, so is every step: d is an integer below 2^54
    d *= __builtin_bit_cast(double, u64{23} << 52);
    exponent += 1000;
  }
  return d * __builtin_bit_cast(double, static_cast<u64>(1023 + exponent) << 52);
}

double integer_to_double(Value a) {
  if (is_fixnum(a)) return static_cast<double>(fixnum_value(a));
  IntegerView x(a);
  u64 bits = x.bits();
  u64 top = x.limbs[x.size - 1];
  u64 shift = static_cast<u64>(__builtin_clzl(top));
  u64 m = top << shift;
  bool sticky = false;
  i64 i = static_cast<i64>(x.size) - 2;
  if (i >= 0 && shift) {
    m |= x.limbs[i] >> (64 - shift);
    sticky = x.limbs[i] << shift != 0;
    --i;
  }
  for (; i >= 0 && !sticky; --i) sticky = x.limbs[i] != 0;
  double d = round_to_double(m, sticky, static_cast<i64>(bits) - 64);
  return x.negative ? -d : d;
}

}  // namespace loko
