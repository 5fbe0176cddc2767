// SPDX-License-Identifier: MIT
//
// Numbers to text: number->string. Flonums by double-conversion's shortest digits (Grisu3 with an exact fallback),
// positional from 1e-6 to below 1e21, with a decimal point always (R6RS 11.7.4.4); bignums by mpn_get_str.
// A flonum in another radix is written positionally if the radix is a power of two, else as #i and a fraction.
#define NDEBUG
#include <double-conversion/double-conversion.h>
#include <gmp.h>

#include "runtime/numbers/internal.h"
#include "runtime/numbers/interruptible.h"

namespace loko {

namespace {

constexpr char kDigits[] = "0123456789abcdefghijklmnopqrstuvwxyz";

/// Text that is growing, in scratch memory.
class TextBuilder {
 public:
  void add(char c) {
    reserve(1);
    data_[size_++] = c;
  }
  void add(const char* s, u64 n) {
    reserve(n);
    for (u64 i = 0; i < n; ++i) data_[size_ + i] = s[i];
    size_ += n;
  }
  void add(const char* s) {
    while (*s) add(*s++);
  }
  /// Room for n more characters; the caller writes and then calls advance.
  char* reserve(u64 n) {
    if (size_ + n > capacity_) {
      u64 capacity = (size_ + n) * 2;
      char* bigger = reinterpret_cast<char*>(bytes_of(make_bytevector(capacity)));
      for (u64 i = 0; i < size_; ++i) bigger[i] = data_[i];
      data_ = bigger;
      capacity_ = capacity;
    }
    return data_ + size_;
  }
  void advance(u64 n) { size_ += n; }
  u64 size() const { return size_; }
  char operator[](u64 i) const { return data_[i]; }
  /// The text will not be complete: string() raises.
  void interrupt() { interrupted_ = true; }
  Value string() const {
    if (interrupted_) return computation_interrupted("number->string");
    Value s = make_string1(size_);
    u8* to = bytes_of(s);
    for (u64 i = 0; i < size_; ++i) to[i] = static_cast<u8>(data_[i]);
    return s;
  }

 private:
  char small_[kNumberTextMax * 2 + 8];
  char* data_ = small_;
  u64 size_ = 0;
  u64 capacity_ = sizeof small_;
  bool interrupted_ = false;
};

void add_integer(TextBuilder& out, Value n, int radix) {
  if (is_fixnum(n)) {
    out.advance(fixnum_text(fixnum_value(n), radix, out.reserve(kNumberTextMax)));
    return;
  }
  IntegerView x(n);
  if (x.negative) out.add('-');
  u64 room = mpn_sizeinbase(x.limbs, static_cast<mp_size_t>(x.size), radix) + 2;
  unsigned char* to = reinterpret_cast<unsigned char*>(out.reserve(room));
  Scratch copy(x.size + 1);
  mpn_copyi(copy.limbs(), x.limbs, static_cast<mp_size_t>(x.size));
  u64 count = 0;
  if (!compute(x.size, [&] { count = mpn_get_str(to, radix, copy.limbs(), static_cast<mp_size_t>(x.size)); }))
    return out.interrupt();
  u64 zeros = 0;
  while (zeros + 1 < count && to[zeros] == 0) ++zeros;
  for (u64 i = zeros; i < count; ++i) to[i - zeros] = static_cast<unsigned char>(kDigits[to[i]]);
  out.advance(count - zeros);
}

void add_rational(TextBuilder& out, Value q, int radix) {
  add_integer(out, numerator_of(q), radix);
  if (!is_ratnum(q)) return;
  out.add('/');
  add_integer(out, denominator_of(q), radix);
}

/// Number of significant bits of a double.
i64 significant_bits(double d) {
  u64 b = __builtin_bit_cast(u64, d);
  u64 m = b & ((u64{1} << 52) - 1);
  if (b >> 52 & 0x7ff) m |= u64{1} << 52;
  return m == 0 ? 1 : 64 - __builtin_clzl(m) - __builtin_ctzl(m);
}

/// A finite double in a radix that is a power of two: digits, point, digits.
void add_positional(TextBuilder& out, double d, int radix) {
  if (sign_bit(d)) out.add('-');
  d = __builtin_fabs(d);
  double whole = __builtin_trunc(d), rest = d - whole;
  add_integer(out, double_to_exact(whole), radix);
  out.add('.');
  if (rest == 0) out.add('0');
  while (rest != 0) {
    rest *= radix;
    double digit = __builtin_trunc(rest);
    out.add(kDigits[static_cast<int>(digit)]);
    rest -= digit;
  }
}

void add_flonum(TextBuilder& out, double d, int radix, i64 precision) {
  if (radix == 10 || !is_finite(d)) {
    out.advance(flonum_text(d, out.reserve(kNumberTextMax)));
    if (precision > 0 && is_finite(d)) {
      i64 least = significant_bits(d);
      out.add('|');
      add_integer(out, fixnum(least > precision ? least : precision), 10);
    }
  } else if ((radix & (radix - 1)) == 0) {
    add_positional(out, d, radix);
  } else {
    out.add("#i");
    if (d == 0 && sign_bit(d)) out.add('-');
    add_rational(out, double_to_exact(d), radix);
  }
}

void add_real(TextBuilder& out, Value x, int radix, i64 precision) {
  if (is_flonum(x)) add_flonum(out, flonum_value(x), radix, precision);
  else add_rational(out, x, radix);
}

}  // namespace

u64 fixnum_text(i64 n, int radix, char* to) {
  char digits[66];
  u64 m = n < 0 ? u64{0} - static_cast<u64>(n) : static_cast<u64>(n);
  int count = 0;
  u64 base = static_cast<u64>(radix);
  if (base == 10) {
    do digits[count++] = static_cast<char>('0' + m % 10);
    while (m /= 10);
  } else {
    do digits[count++] = kDigits[m % base];
    while (m /= base);
  }
  u64 size = 0;
  if (n < 0) to[size++] = '-';
  while (count) to[size++] = digits[--count];
  return size;
}

u64 flonum_text(double d, char* to) {
  auto copy = [&](const char* s) {
    u64 n = 0;
    for (; s[n]; ++n) to[n] = s[n];
    return n;
  };
  if (is_nan(d)) return copy("+nan.0");
  if (is_infinite(d)) return copy(d > 0 ? "+inf.0" : "-inf.0");
  u64 size = 0;
  auto put = [&](char c) { to[size++] = c; };
  if (sign_bit(d)) put('-');
  d = __builtin_fabs(d);
  if (d == 0) {
    put('0'), put('.'), put('0');
    return size;
  }
  using Converter = double_conversion::DoubleToStringConverter;
  char digits[Converter::kBase10MaximalLength + 1];
  bool negative;
  int count, point;
  Converter::DoubleToAscii(d, Converter::SHORTEST, 0, digits, sizeof digits, &negative, &count, &point);
  if (point > 21 || point < -5) {
    put(digits[0]), put('.');
    if (count == 1) put('0');
    for (int i = 1; i < count; ++i) put(digits[i]);
    put('e');
    return size + fixnum_text(point - 1, 10, to + size);
  }
  if (point <= 0) {
    put('0'), put('.');
    for (int i = point; i < 0; ++i) put('0');
    for (int i = 0; i < count; ++i) put(digits[i]);
    return size;
  }
  for (int i = 0; i < point; ++i) put(i < count ? digits[i] : '0');
  put('.');
  if (count <= point) put('0');
  for (int i = point; i < count; ++i) put(digits[i]);
  return size;
}

/// The external representation of z. The radix is 2 to 36; a precision is for inexact numbers in radix 10.
Value number_to_string(Value z, Value radix, Value precision) {
  constexpr const char* who = "number->string";
  if (num_kind(z) == Num::None) return not_a_number(who, z);
  int base = 10;
  if (radix.bits != kDefault) {
    if (!is_fixnum(radix) || fixnum_value(radix) < 2 || fixnum_value(radix) > 36)
      return raise_assertion(who, "expected a radix from 2 to 36", radix);
    base = static_cast<int>(fixnum_value(radix));
  }
  i64 bits = 0;
  if (precision.bits != kDefault) {
    if (!is_exact_integer(precision) || integer_sign(precision) <= 0)
      return raise_assertion(who, "expected a positive exact integer as the precision", precision);
    if (base != 10) return raise_assertion(who, "a precision needs radix 10", radix);
    if (!is_flonum(real_of(z))) return raise_assertion(who, "a precision needs an inexact number", z);
    bits = is_fixnum(precision) ? fixnum_value(precision) : kFixnumMax;
  }
  TextBuilder out;
  if (!is_compnum(z)) {
    add_real(out, z, base, bits);
    return out.string();
  }
  bool prefix = is_flonum(real_of(z)) && base != 10 && (base & (base - 1)) != 0;
  Value re = real_of(z), im = imag_of(z);
  if (prefix) {  // exact parts, made inexact by one prefix, unless there are none
    double x = flonum_value(re), y = flonum_value(im);
    if (!is_finite(x) || !is_finite(y))
      return raise_condition("implementation-restriction", who, "no representation in this radix", z);
    out.add("#i");
    re = double_to_exact(x);
    im = double_to_exact(y);
  }
  if (re != fixnum(0)) add_real(out, re, base, bits);
  u64 start = out.size();
  if (im == fixnum(1) || im == fixnum(-1)) {
    out.add(im == fixnum(1) ? '+' : '-');
    out.add('i');
    return out.string();
  }
  add_real(out, im, base, bits);
  if (out[start] == '+' || out[start] == '-') {
    out.add('i');
    return out.string();
  }
  TextBuilder signed_text;  // the imaginary part needs a sign
  for (u64 i = 0; i < out.size(); ++i) {
    if (i == start) signed_text.add('+');
    signed_text.add(out[i]);
  }
  signed_text.add('i');
  return signed_text.string();
}

}  // namespace loko
