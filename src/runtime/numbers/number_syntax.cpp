// SPDX-License-Identifier: MIT
//
// Text to numbers: the <number> grammar of R6RS 4.2.1 and R7RS 7.1.1, for string->number and the reader.
// Decimals are read exactly rounded (double-conversion's Strtod; exact rationals for mantissa widths below 53).
// Beyond the reports: radix 2 to 36 by argument, and decimal points in any radix.
// The parser goes over the text once, without recursion; what can't be a number gives #f, never an error.
#define NDEBUG
#include <double-conversion/strtod.h>
#include <gmp.h>

#include "runtime/numbers/internal.h"
#include "runtime/numbers/interruptible.h"

namespace loko {

namespace {

int digit_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  char l = static_cast<char>(c | 0x20);
  return l >= 'a' && l <= 'z' ? l - 'a' + 10 : 99;
}

/// The integer of `count` digits, all valid.
Value digits_to_integer(const char* s, u64 count, int radix) {
  while (count && *s == '0') ++s, --count;
  if (count <= 11 || (radix == 10 && count <= 18)) {
    u64 n = 0;
    for (u64 i = 0; i < count; ++i) n = n * static_cast<u64>(radix) + static_cast<u64>(digit_value(s[i]));
    return integer_from_u64(n);
  }
  u64 limbs = count * 6 / 64 + 2;  // at most 5.17 bits per digit
  if (limbs > kMaxLimbs) return False;
  IntegerBuilder r(limbs);
  u64 size = 0;
  {
    Scratch values(count / 8 + 1);
    unsigned char* v = reinterpret_cast<unsigned char*>(values.limbs());
    for (u64 i = 0; i < count; ++i) v[i] = static_cast<unsigned char>(digit_value(s[i]));
    if (!compute(limbs, [&] { size = static_cast<u64>(mpn_set_str(r.limbs(), v, count, radix)); }))
      return computation_interrupted("string->number");
  }
  return r.finish(size, false);
}

class Parser {
 public:
  Parser(const char* text, u64 length, int radix) : p_(text), end_(text + length), radix_(radix) {}

  /// The number, #f, or kRaiseMark when it was interrupted.
  Value parse() {
    if (!prefixes()) return False;
    Value z = complex();
    if (interrupted_) return RaiseMark;
    return failed(z) ? False : z;
  }

 private:
  bool at_end() const { return p_ == end_; }
  char peek(u64 k = 0) const { return p_ + k < end_ ? p_[k] : '\0'; }
  char lower(u64 k = 0) const {
    char c = peek(k);
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
  }
  bool is_digit(u64 k = 0) const { return digit_value(peek(k)) < radix_; }
  bool last_is_i() const { return p_ + 1 == end_ && lower() == 'i'; }

  bool prefixes() {
    bool radix_seen = false;
    while (peek() == '#') {
      switch (lower(1)) {
        case 'e':
        case 'i':
          if (exactness_) return false;
          exactness_ = lower(1);
          break;
        case 'b':
        case 'o':
        case 'd':
        case 'x':
          if (radix_seen) return false;
          radix_seen = true;
          radix_ = lower(1) == 'b' ? 2 : lower(1) == 'o' ? 8 : lower(1) == 'd' ? 10 : 16;
          break;
        default: return false;
      }
      p_ += 2;
    }
    return true;
  }

  Value unit(bool negative) {
    Value one = fixnum(negative ? -1 : 1);
    return exactness_ == 'i' ? flonum(negative ? -1.0 : 1.0) : one;
  }

  /// #f where no number is.
  Value complex() {
    bool sign = peek() == '+' || peek() == '-';
    if (sign && p_ + 2 == end_ && lower(1) == 'i' && radix_ <= 18) return rectangular(zero(), unit(peek() == '-'));
    Value re = real();
    if (re == False || at_end()) return re;
    if (sign && last_is_i()) return rectangular(zero(), re);
    if (peek() == '@') {
      ++p_;
      Value angle = real();
      if (angle == False || !at_end()) return False;
      Value z = make_polar(re, angle);
      // #e with an angle: the nearest exact number.
      return exactness_ == 'e' && !failed(z) ? loko::exact(z) : z;
    }
    if (peek() != '+' && peek() != '-') return False;
    if (p_ + 2 == end_ && lower(1) == 'i' && radix_ <= 18) return rectangular(re, unit(peek() == '-'));
    Value im = real();
    return im == False || !last_is_i() ? False : rectangular(re, im);
  }

  Value zero() { return exactness_ == 'i' ? flonum(0.0) : fixnum(0); }

  static Value rectangular(Value re, Value im) { return make_rectangular(re, im); }

  bool accept(const char* word) {
    u64 n = 0;
    for (; word[n]; ++n)
      if (lower(n) != word[n]) return false;
    p_ += n;
    return true;
  }

  Value real() {
    bool negative = peek() == '-', sign = negative || peek() == '+';
    if (sign) ++p_;
    if (sign && (lower() == 'i' || lower() == 'n')) {
      double d;
      if (accept("inf.0")) d = __builtin_inf();
      else if (accept("nan.0")) d = __builtin_nan("");
      else d = 0.0;
      if (d != 0) return exactness_ == 'e' ? False : flonum(negative ? -d : d);
    }
    return unsigned_real(negative);
  }

  /// An unsigned integer; notes when reading it was interrupted.
  Value integer(const char* digits, u64 count, int radix) {
    Value n = digits_to_integer(digits, count, radix);
    if (failed(n)) interrupted_ = true;
    return n;
  }

  Value finish(Value magnitude, bool negative) {
    if (magnitude == False || failed(magnitude)) return False;
    if (exactness_ == 'i') {
      double d = to_double(magnitude);
      return flonum(negative ? -d : d);
    }
    return negative ? rational_negate(magnitude) : magnitude;
  }

  u64 skip_digits() {
    const char* start = p_;
    while (is_digit()) ++p_;
    return static_cast<u64>(p_ - start);
  }

  Value unsigned_real(bool negative) {
    const char* whole = p_;
    u64 whole_count = skip_digits();
    if (whole_count && peek() == '/') {
      ++p_;
      const char* below = p_;
      u64 below_count = skip_digits();
      if (!below_count) return False;
      Value n = integer(whole, whole_count, radix_), d = integer(below, below_count, radix_);
      if (n == False || d == False || d == fixnum(0)) return False;
      return finish(make_rational(n, d), negative);
    }
    bool decimal = false;
    const char* fraction = p_;
    u64 fraction_count = 0;
    if (peek() == '.') {
      decimal = true;
      ++p_;
      fraction = p_;
      fraction_count = skip_digits();
    }
    if (whole_count + fraction_count == 0) return False;
    i64 exponent = 0;
    if (radix_ == 10 && exponent_marker()) {
      decimal = true;
      if (!read_exponent(&exponent)) return False;
    }
    i64 width = 53;
    if (radix_ == 10 && peek() == '|') {
      ++p_;
      const char* digits = p_;
      u64 count = skip_digits();
      if (!count) return False;
      Value w = integer(digits, count, 10);
      if (w == False || failed(w) || w == fixnum(0)) return False;
      decimal = true;
      width = is_fixnum(w) && fixnum_value(w) < 53 ? fixnum_value(w) : 53;
    }
    if (!decimal) {
      Value n = integer(whole, whole_count, radix_);
      return n == False ? n : finish(n, negative);
    }
    return decimal_value(whole, whole_count, fraction, fraction_count, exponent, width, negative);
  }

  bool exponent_marker() const {
    char c = lower();
    if (c != 'e' && c != 's' && c != 'f' && c != 'd' && c != 'l') return false;
    u64 k = peek(1) == '+' || peek(1) == '-' ? 2 : 1;
    return is_digit(k);
  }

  bool read_exponent(i64* exponent) {
    ++p_;
    bool negative = peek() == '-';
    if (negative || peek() == '+') ++p_;
    i64 e = 0;
    for (; is_digit(); ++p_)
      if (e < 1'000'000'000'000) e = e * 10 + (*p_ - '0');
    *exponent = negative ? -e : e;
    return true;
  }

  /// The digits of both parts × radix^(exponent − fraction_count).
  Value decimal_value(const char* whole, u64 whole_count, const char* fraction, u64 fraction_count, i64 exponent, i64 width,
                      bool negative) {
    u64 count = whole_count + fraction_count;
    char small[128];
    char* digits = small;
    if (count > sizeof small) digits = reinterpret_cast<char*>(bytes_of(make_bytevector(count)));
    for (u64 i = 0; i < whole_count; ++i) digits[i] = whole[i];
    for (u64 i = 0; i < fraction_count; ++i) digits[whole_count + i] = fraction[i];
    i64 power = exponent - static_cast<i64>(fraction_count);
    if (exactness_ != 'e' && radix_ == 10 && width == 53) {
      double d = decimal_to_double(digits, count, power);
      return flonum(negative ? -d : d);
    }
    if (exactness_ != 'e' && radix_ == 10 && is_far(count, power)) {  // over- or underflows whatever the width
      double d = decimal_to_double(digits, count, power);
      return flonum(negative ? -d : d);
    }
    if (power > 10'000'000 || power < -10'000'000) return False;
    Value n = integer(digits, count, radix_);
    if (n == False || failed(n)) return n;
    Value scale = integer_expt(fixnum(radix_), static_cast<u64>(power < 0 ? -power : power));
    Value q = power < 0 ? make_rational(n, scale) : integer_multiply(n, scale);
    if (failed(q)) return False;
    if (exactness_ == 'e') {
      if (width < 53) q = double_to_exact(rational_to_double(q, static_cast<int>(width)));
      return negative ? rational_negate(q) : q;
    }
    double d = rational_to_double(q, static_cast<int>(width));
    return flonum(negative ? -d : d);
  }

  static bool is_far(u64 count, i64 power) {
    return power + static_cast<i64>(count) > 400 || power + static_cast<i64>(count) < -400;
  }

  static double decimal_to_double(const char* digits, u64 count, i64 power) {
    while (count && *digits == '0') ++digits, --count;
    while (count && digits[count - 1] == '0') --count, ++power;
    if (count == 0) return 0.0;
    // Digits beyond 800 only matter by being there: the last one kept isn't 0.
    i64 top = power + static_cast<i64>(count);
    if (top > 400) return __builtin_inf();
    if (top < -400) return 0.0;
    char cut[801];
    if (count > 800) {
      for (int i = 0; i < 800; ++i) cut[i] = digits[i];
      cut[800] = '1';
      power += static_cast<i64>(count) - 801;
      count = 801;
      digits = cut;
    }
    return double_conversion::Strtod(double_conversion::Vector<const char>(digits, static_cast<int>(count)),
                                     static_cast<int>(power));
  }

  const char* p_;
  const char* end_;
  int radix_;
  char exactness_ = 0;
  bool interrupted_ = false;
};

}  // namespace

Value parse_number(const char* text, u64 length, int default_radix) {
  Value z = Parser(text, length, default_radix).parse();
  return failed(z) ? False : z;
}

/// The number that a string denotes, or #f.
Value string_to_number(Value string, Value radix) {
  constexpr const char* who = "string->number";
  if (!is_string(string)) return raise_assertion(who, "expected a string", string);
  int base = 10;
  if (radix.bits != kDefault) {
    if (!is_fixnum(radix) || fixnum_value(radix) < 2 || fixnum_value(radix) > 36)
      return raise_assertion(who, "expected a radix from 2 to 36", radix);
    base = static_cast<int>(fixnum_value(radix));
  }
  u64 n = string_length(string);
  if (is_narrow(string)) return Parser(reinterpret_cast<const char*>(bytes_of(string)), n, base).parse();
  Value ascii = make_bytevector(n);
  for (u64 i = 0; i < n; ++i) {
    u32 c = string_ref(string, i);
    if (c >= 128) return False;
    bytes_of(ascii)[i] = static_cast<u8>(c);
  }
  return Parser(reinterpret_cast<const char*>(bytes_of(ascii)), n, base).parse();
}

}  // namespace loko
