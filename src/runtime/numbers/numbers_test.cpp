// SPDX-License-Identifier: MIT
//
// Numbers against GMP's mpz on random operands, against identities, against the examples of the reports, and
// text there and back. Hosted; the runtime's own GMP is private in runtime.o, so mpz here is another copy.
#include "runtime/numbers/numbers.h"

#include <gmp.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstdio>
#include <cstring>
#include <random>
#include <string>
#include <vector>

#include "runtime/memory/runtime_fixture.h"
#include "runtime/numbers/integers.h"

namespace loko {
namespace {

class Runtime : public testing::Environment {
 public:
  void SetUp() override { need_runtime(); }
};
[[maybe_unused]] const auto* const kRuntime = testing::AddGlobalTestEnvironment(new Runtime);

Value n(const std::string& text, int radix = 10) { return parse_number(text.data(), text.size(), radix); }

std::string text(Value v, int radix = 10) {
  if (v == True) return "#t";
  if (v == False) return "#f";
  if (v == RaiseMark) return "raises";
  if (is_pair(v)) return text(car(v)) + " " + text(cdr(v));
  Value s = number_to_string(v, fixnum(radix), Default);
  return std::string(reinterpret_cast<const char*>(bytes_of(s)), string_length(s));
}

std::mt19937_64 random_words(42);

/// A random integer of up to 64 · `limbs` bits, often with long runs of ones and zeros.
std::string random_integer_text(unsigned limbs) {
  std::string hex;
  for (unsigned i = 0; i < 1 + random_words() % limbs; ++i) {
    char word[20];
    u64 w = random_words();
    if (w % 5 == 0) w = 0;
    if (w % 5 == 1) w = ~u64{0};
    std::snprintf(word, sizeof word, "%016lx", w);
    hex += word;
  }
  hex.resize(1 + random_words() % hex.size());
  return (random_words() & 1 ? "-" : "") + hex;
}

struct Mpz {
  mpz_t z;
  Mpz() { mpz_init(z); }
  explicit Mpz(const std::string& hex) { mpz_init_set_str(z, hex.c_str(), 16); }
  ~Mpz() { mpz_clear(z); }
  Mpz(const Mpz&) = delete;
  std::string hex() const { return digits(16); }
  std::string digits(int radix) const {
    char* s = mpz_get_str(nullptr, radix, z);
    std::string r = s;
    free(s);
    return r;
  }
  bool is_zero() const { return mpz_sgn(z) == 0; }
};

void check_invariant(Value v) {
  if (!is_bignum(v)) return;
  EXPECT_NE(word(v, static_cast<i64>(length_of(v))), 0u);
  EXPECT_FALSE(length_of(v) == 1 && word(v, 1) < u64{1} << 60);
}

TEST(Integers, AgreeWithGmp) {
  for (int round = 0; round < 4000; ++round) {
    unsigned limbs = round % 10 == 0 ? 60 : round % 2 ? 5 : 1;
    std::string ta = random_integer_text(limbs), tb = random_integer_text(limbs);
    Value a = n(ta, 16), b = n(tb, 16);
    Mpz x(ta), y(tb), r, q;
    auto same = [&](Value v, const char* what) {
      check_invariant(v);
      EXPECT_EQ(text(v, 16), r.hex()) << what << " " << ta << " " << tb;
    };
    mpz_add(r.z, x.z, y.z), same(generic_add(a, b), "+");
    mpz_sub(r.z, x.z, y.z), same(generic_subtract(a, b), "-");
    mpz_mul(r.z, x.z, y.z), same(generic_multiply(a, b), "*");
    mpz_mul(r.z, x.z, x.z), same(generic_multiply(a, a), "square");
    mpz_gcd(r.z, x.z, y.z), same(gcd(a, b), "gcd");
    mpz_lcm(r.z, x.z, y.z), same(lcm(a, b), "lcm");
    mpz_and(r.z, x.z, y.z), same(bitwise_and(a, b), "and");
    mpz_ior(r.z, x.z, y.z), same(bitwise_ior(a, b), "ior");
    mpz_xor(r.z, x.z, y.z), same(bitwise_xor(a, b), "xor");
    mpz_com(r.z, x.z), same(bitwise_not(a), "not");
    unsigned shift = static_cast<unsigned>(random_words() % 200);
    mpz_mul_2exp(r.z, x.z, shift), same(bitwise_arithmetic_shift(a, fixnum(shift)), "shift left");
    mpz_fdiv_q_2exp(r.z, x.z, shift), same(bitwise_arithmetic_shift_right(a, fixnum(shift)), "shift right");
    EXPECT_EQ(bitwise_is_bit_set(a, fixnum(shift)), boolean(mpz_tstbit(x.z, shift)));
    mpz_abs(r.z, x.z);
    mpz_sqrtrem(r.z, q.z, r.z);
    Value root = exact_integer_sqrt(number_abs(a));
    same(car(root), "root");
    EXPECT_EQ(text(cdr(root), 16), q.hex());
    int c = mpz_cmp(x.z, y.z);
    EXPECT_EQ(generic_less(a, b), boolean(c < 0));
    EXPECT_EQ(generic_equal(a, b), boolean(c == 0));
    EXPECT_EQ(generic_greater_equal(a, b), boolean(c >= 0));
    EXPECT_EQ(text(a), x.digits(10));
    if (y.is_zero()) continue;
    mpz_tdiv_q(r.z, x.z, y.z), same(quotient(a, b), "quotient");
    mpz_tdiv_r(r.z, x.z, y.z), same(remainder(a, b), "remainder");
    mpz_fdiv_r(r.z, x.z, y.z), same(modulo(a, b), "modulo");
    mpz_fdiv_q(r.z, x.z, y.z), same(floor_quotient(a, b), "floor-quotient");
    mpz_mod(r.z, x.z, y.z), same(real_mod(a, b), "mod");
    mpz_sub(q.z, x.z, r.z);
    mpz_divexact(r.z, q.z, y.z), same(real_div(a, b), "div");
    Value m0 = real_mod0(a, b), twice = generic_add(m0, m0), m = number_abs(b);
    EXPECT_EQ(generic_less(twice, m), True);
    EXPECT_EQ(generic_less_equal(negate(m), twice), True);
    EXPECT_EQ(text(generic_add(generic_multiply(real_div0(a, b), b), m0)), text(a));
  }
}

TEST(Integers, Doubles) {
  for (int round = 0; round < 20000; ++round) {
    std::string ta = random_integer_text(4), tb = random_integer_text(4);
    Mpz x(ta), y(tb);
    // mpf and mpq truncate; the oracle is strtod on exact decimal text.
    char* decimal = mpz_get_str(nullptr, 10, x.z);
    EXPECT_EQ(flonum_value(inexact(n(ta, 16))), std::strtod(decimal, nullptr)) << ta;
    free(decimal);
    double d = flonum_value(inexact(n(ta, 16)));
    EXPECT_EQ(flonum_value(inexact(exact(inexact(n(ta, 16))))), d);
  }
}

TEST(Rationals, Doubles) {
  for (int round = 0; round < 20000; ++round) {
    // m · 2^e, a little more and a little less: rounds to m · 2^e; halfway: to even.
    i64 e = static_cast<i64>(random_words() % 2200) - 1150;
    u64 m = (random_words() >> 11) | u64{1} << 52;
    double expected = std::ldexp(static_cast<double>(m), static_cast<int>(e));
    Value power = expt(fixnum(2), fixnum(e));
    Value q = generic_multiply(fixnum(static_cast<i64>(m)), power);
    double got = flonum_value(inexact(q));
    EXPECT_EQ(got, expected) << m << " " << e;  // ldexp rounds subnormals to even, too
    if (expected < 1e-290 || std::isinf(expected)) continue;
    Value third = generic_divide(power, fixnum(3));
    EXPECT_EQ(flonum_value(inexact(generic_add(q, third))), expected);
    EXPECT_EQ(flonum_value(inexact(generic_subtract(q, third))), expected);
    Value half = generic_add(q, generic_divide(power, fixnum(2)));
    EXPECT_EQ(flonum_value(inexact(half)), m % 2 ? std::nextafter(expected, INFINITY) : expected);
  }
}

TEST(Rationals, FieldLaws) {
  auto random_rational = [] {
    Value d = n(random_integer_text(2), 16);
    return d == fixnum(0) ? n(random_integer_text(2), 16) : generic_divide(n(random_integer_text(2), 16), d);
  };
  for (int round = 0; round < 2000; ++round) {
    Value a = random_rational(), b = random_rational(), c = random_rational();
    auto same = [&](Value x, Value y) { EXPECT_TRUE(eqv(x, y)) << text(x) << " " << text(y); };
    same(generic_add(a, b), generic_add(b, a));
    same(generic_add(generic_add(a, b), c), generic_add(a, generic_add(b, c)));
    same(generic_multiply(a, generic_add(b, c)), generic_add(generic_multiply(a, b), generic_multiply(a, c)));
    same(generic_subtract(generic_add(a, b), b), a);
    if (b != fixnum(0)) {
      same(generic_multiply(generic_divide(a, b), b), a);
      Value q = real_div(a, b), m = real_mod(a, b);
      same(generic_add(generic_multiply(q, b), m), a);
      EXPECT_EQ(is_integer_p(q), True);
      EXPECT_EQ(generic_less(m, number_abs(b)), True);
      EXPECT_EQ(is_negative(m), False);
      m = real_mod0(a, b);
      same(generic_add(generic_multiply(real_div0(a, b), b), m), a);
      Value twice = generic_add(m, m);
      EXPECT_EQ(generic_less(twice, number_abs(b)), True);
      EXPECT_EQ(generic_less_equal(negate(number_abs(b)), twice), True);
    }
    Value f = number_floor(a);
    EXPECT_EQ(generic_less_equal(f, a), True);
    EXPECT_EQ(generic_less(a, generic_add(f, fixnum(1))), True);
    same(gcd(numerator(a), denominator(a)), fixnum(1));
    EXPECT_TRUE(eqv(n(text(a)), a));
    EXPECT_EQ(number_hash(n(text(a))), number_hash(a));
  }
}

TEST(Rationals, AgreeWithGmp) {
  // Parts from a few bits to beyond fixnums, so that each of the ways through rationals.cpp is taken.
  auto part = [](bool positive) {
    i64 x = static_cast<i64>(random_words() >> (1 + random_words() % 63));
    if (random_words() % 16 == 0) x = (i64{1} << 60) - static_cast<i64>(random_words() % 3);
    if (positive) return x == 0 ? i64{1} : x;
    return random_words() & 1 ? -x : x;
  };
  auto show = [](const mpq_t q) {
    char* s = mpq_get_str(nullptr, 10, q);
    std::string r = s;
    free(s);
    return r;
  };
  mpq_t x, y, r;
  mpq_inits(x, y, r, nullptr);
  for (int round = 0; round < 20000; ++round) {
    std::string ta = std::to_string(part(false)) + "/" + std::to_string(part(true)), tb = std::to_string(part(false)) + "/" + std::to_string(part(true));
    Value a = n(ta), b = n(tb);
    mpq_set_str(x, ta.c_str(), 10), mpq_set_str(y, tb.c_str(), 10);
    mpq_canonicalize(x), mpq_canonicalize(y);
    ASSERT_EQ(text(a), show(x));
    mpq_add(r, x, y);
    ASSERT_EQ(text(generic_add(a, b)), show(r)) << ta << " + " << tb;
    mpq_sub(r, x, y);
    ASSERT_EQ(text(generic_subtract(a, b)), show(r)) << ta << " - " << tb;
    mpq_mul(r, x, y);
    ASSERT_EQ(text(generic_multiply(a, b)), show(r)) << ta << " * " << tb;
    ASSERT_EQ(generic_less(a, b), boolean(mpq_cmp(x, y) < 0)) << ta << " < " << tb;
    if (mpq_sgn(y) == 0) continue;
    mpq_div(r, x, y);
    ASSERT_EQ(text(generic_divide(a, b)), show(r)) << ta << " / " << tb;
  }
  mpq_clears(x, y, r, nullptr);
}

TEST(Text, FlonumsThereAndBack) {
  for (int round = 0; round < 100000; ++round) {
    u64 bits = random_words();
    double d;
    std::memcpy(&d, &bits, 8);
    if (std::isnan(d)) continue;
    Value v = make_flonum(d);
    std::string s = text(v);
    ASSERT_TRUE(eqv(n(s), v)) << s;
    EXPECT_EQ(std::strtod(s.c_str(), nullptr), d) << s;
    if (round % 50 == 0) {
      EXPECT_TRUE(eqv(n(text(v, 2), 2), v)) << s;
      EXPECT_TRUE(eqv(n(text(v, 16), 16), v)) << s;
      EXPECT_TRUE(eqv(n(text(v, 7), 7), v)) << s;
      EXPECT_TRUE(eqv(inexact(exact(v)), v)) << s;
    }
  }
}

TEST(Text, LongIntegers) {
  for (int radix = 2; radix <= 36; ++radix) {
    Value v = expt(fixnum(-12345), fixnum(1001));
    EXPECT_TRUE(eqv(n(text(v, radix), radix), v)) << radix;
  }
  Value big = expt(fixnum(7), fixnum(400000));  // 338,000 digits
  EXPECT_TRUE(eqv(n(text(big)), big));
}

struct Row {
  const char* function;
  std::vector<const char*> operands;
  const char* result;
};

Value call(const std::string& f, const std::vector<Value>& a) {
  struct Unary { const char* name; Value (*function)(Value); };
  struct Binary { const char* name; Value (*function)(Value, Value); };
  static const Unary unary[] = {
      {"number?", is_number_p}, {"real?", is_real_p}, {"rational?", is_rational_p}, {"integer?", is_integer_p},
      {"real-valued?", is_real_valued}, {"rational-valued?", is_rational_valued}, {"integer-valued?", is_integer_valued},
      {"exact?", is_exact}, {"inexact?", is_inexact}, {"zero?", is_zero}, {"positive?", is_positive}, {"negative?", is_negative},
      {"odd?", is_odd}, {"even?", is_even}, {"finite?", is_finite_p}, {"infinite?", is_infinite_p}, {"nan?", is_nan_p},
      {"-", negate}, {"abs", number_abs}, {"numerator", numerator}, {"denominator", denominator}, {"floor", number_floor},
      {"ceiling", number_ceiling}, {"truncate", number_truncate}, {"round", number_round}, {"exp", number_exp},
      {"sin", number_sin}, {"cos", number_cos}, {"tan", number_tan}, {"asin", number_asin}, {"acos", number_acos},
      {"sqrt", number_sqrt}, {"exact-integer-sqrt", exact_integer_sqrt}, {"exact", exact}, {"inexact", inexact},
      {"magnitude", magnitude}, {"angle", angle}, {"real-part", real_part}, {"imag-part", imag_part},
      {"flnumerator", flnumerator}, {"fldenominator", fldenominator}, {"bitwise-bit-count", bitwise_bit_count},
      {"bitwise-length", bitwise_length}, {"bitwise-first-bit-set", bitwise_first_bit_set}};
  static const Binary binary[] = {
      {"+", generic_add}, {"-", generic_subtract}, {"*", generic_multiply}, {"/", generic_divide}, {"=", generic_equal},
      {"<", generic_less}, {">", generic_greater}, {"<=", generic_less_equal}, {">=", generic_greater_equal},
      {"max", generic_max}, {"min", generic_min}, {"div", real_div}, {"mod", real_mod}, {"div0", real_div0}, {"mod0", real_mod0},
      {"quotient", quotient}, {"remainder", remainder}, {"modulo", modulo}, {"floor-quotient", floor_quotient}, {"gcd", gcd},
      {"lcm", lcm}, {"expt", expt}, {"make-rectangular", make_rectangular}, {"make-polar", make_polar}, {"atan", number_atan},
      {"log", number_log}, {"bitwise-arithmetic-shift", bitwise_arithmetic_shift}, {"fldiv", fldiv}, {"flmod", flmod},
      {"fldiv0", fldiv0}, {"flmod0", flmod0}, {"bitwise-bit-set?", bitwise_is_bit_set}, {"bitwise-xor", bitwise_xor}};
  if (a.size() == 1) {
    if (f == "log") return number_log(a[0], Default);
    if (f == "atan") return number_atan(a[0], Default);
    for (const Unary& u : unary)
      if (f == u.name) return u.function(a[0]);
  }
  if (a.size() == 2)
    for (const Binary& b : binary)
      if (f == b.name) return b.function(a[0], a[1]);
  if (f == "bitwise-reverse-bit-field") return bitwise_reverse_bit_field(a[0], a[1], a[2]);
  if (f == "bitwise-bit-field") return bitwise_bit_field(a[0], a[1], a[2]);
  if (f == "bitwise-copy-bit") return bitwise_copy_bit(a[0], a[1], a[2]);
  if (f == "bitwise-if") return bitwise_if(a[0], a[1], a[2]);
  if (f == "bitwise-copy-bit-field") return bitwise_copy_bit_field(a[0], a[1], a[2], a[3]);
  ADD_FAILURE() << "unknown " << f;
  return False;
}

void check_rows(const std::vector<Row>& rows) {
  for (const Row& row : rows) {
    std::string shown = std::string("(") + row.function;
    std::vector<Value> operands;
    for (const char* t : row.operands) {
      shown += std::string(" ") + t;
      operands.push_back(n(t));
      EXPECT_NE(operands.back(), False) << t;
    }
    Value v = call(row.function, operands);
    std::string got = text(v);
    if (row.result[0] == '~') {  // nearly
      Value expected = n(row.result + 1);
      Value difference = magnitude(generic_subtract(v, expected));
      EXPECT_LT(flonum_value(inexact(difference)), 1e-14 * (1 + flonum_value(inexact(magnitude(expected)))))
          << shown << ") gave " << got;
    } else {
      EXPECT_EQ(got, row.result) << shown << ")";
    }
  }
}

TEST(Reports, Examples) {
  check_rows({
      {"real?", {"-2.5+0.0i"}, "#f"}, {"real?", {"-2.5+0i"}, "#t"}, {"real?", {"#e1e10"}, "#t"}, {"rational?", {"6/10"}, "#t"},
      {"integer?", {"3+0i"}, "#t"}, {"integer?", {"8/4"}, "#t"}, {"rational?", {"+nan.0"}, "#f"}, {"real?", {"-inf.0"}, "#t"},
      {"integer?", {"-inf.0"}, "#f"}, {"real-valued?", {"+nan.0+0i"}, "#t"}, {"real-valued?", {"-2.5+0.0i"}, "#t"},
      {"rational-valued?", {"-inf.0"}, "#f"}, {"rational-valued?", {"6/10+0.0i"}, "#t"}, {"integer-valued?", {"3.0+0.0i"}, "#t"},
      {"exact?", {"5"}, "#t"}, {"inexact?", {"+inf.0"}, "#t"}, {"=", {"+inf.0", "+inf.0"}, "#t"}, {"=", {"-inf.0", "+inf.0"}, "#f"},
      {"<", {"-inf.0", "1"}, "#t"}, {"<", {"+nan.0", "1"}, "#f"}, {">", {"+nan.0", "1"}, "#f"}, {"zero?", {"-0.0"}, "#t"},
      {"zero?", {"+nan.0"}, "#f"}, {"positive?", {"+inf.0"}, "#t"}, {"negative?", {"-inf.0"}, "#t"}, {"finite?", {"+inf.0"}, "#f"},
      {"finite?", {"3.0+inf.0i"}, "#f"}, {"infinite?", {"+nan.0"}, "#f"}, {"infinite?", {"3.0+inf.0i"}, "#t"},
      {"nan?", {"+nan.0+5.0i"}, "#t"}, {"nan?", {"1+2i"}, "#f"}, {"max", {"1", "3.9"}, "3.9"}, {"max", {"3.9", "4"}, "4.0"},
      {"max", {"1", "+nan.0"}, "+nan.0"}, {"+", {"+inf.0", "-inf.0"}, "+nan.0"}, {"+", {"-0.0", "0.0"}, "0.0"},
      {"+", {"-0.0", "-0.0"}, "-0.0"}, {"-", {"0.0"}, "-0.0"}, {"-", {"-0.0", "0.0"}, "-0.0"}, {"-", {"0.0", "0.0"}, "0.0"},
      {"/", {"3", "20"}, "3/20"}, {"/", {"1.0", "0"}, "+inf.0"}, {"/", {"-1", "0.0"}, "-inf.0"}, {"/", {"0", "0"}, "raises"},
      {"/", {"3", "0"}, "raises"}, {"/", {"0", "3.5"}, "0.0"}, {"/", {"0", "0.0"}, "+nan.0"}, {"/", {"0.0", "0"}, "+nan.0"},
      {"abs", {"-7"}, "7"}, {"abs", {"-inf.0"}, "+inf.0"}, {"div", {"123", "10"}, "12"}, {"mod", {"123", "10"}, "3"},
      {"div", {"123", "-10"}, "-12"}, {"mod", {"123", "-10"}, "3"}, {"div", {"-123", "10"}, "-13"}, {"mod", {"-123", "10"}, "7"},
      {"div", {"-123", "-10"}, "13"}, {"mod", {"-123", "-10"}, "7"}, {"div0", {"123", "10"}, "12"}, {"mod0", {"123", "10"}, "3"},
      {"div0", {"123", "-10"}, "-12"}, {"div0", {"-123", "10"}, "-12"}, {"mod0", {"-123", "10"}, "-3"},
      {"div0", {"-123", "-10"}, "12"}, {"mod0", {"-123", "-10"}, "-3"}, {"div0", {"5", "10"}, "1"}, {"mod0", {"5", "10"}, "-5"},
      {"div0", {"-5", "10"}, "0"}, {"mod0", {"-5", "10"}, "-5"}, {"div0", {"5", "-10"}, "-1"}, {"div0", {"-5", "-10"}, "0"},
      {"gcd", {"32", "-36"}, "4"}, {"lcm", {"32", "-36"}, "288"}, {"lcm", {"32.0", "-36"}, "288.0"}, {"gcd", {"0", "0"}, "0"},
      {"numerator", {"6/4"}, "3"}, {"denominator", {"1.5"}, "2.0"}, {"floor", {"-4.3"}, "-5.0"}, {"ceiling", {"-4.3"}, "-4.0"},
      {"truncate", {"-4.3"}, "-4.0"}, {"round", {"-4.3"}, "-4.0"}, {"round", {"3.5"}, "4.0"}, {"round", {"7/2"}, "4"},
      {"round", {"5/2"}, "2"}, {"round", {"-7/2"}, "-4"}, {"floor", {"-7/2"}, "-4"}, {"truncate", {"-7/2"}, "-3"},
      {"round", {"7"}, "7"}, {"floor", {"+inf.0"}, "+inf.0"}, {"round", {"+nan.0"}, "+nan.0"}, {"exp", {"+inf.0"}, "+inf.0"},
      {"exp", {"-inf.0"}, "0.0"}, {"log", {"+inf.0"}, "+inf.0"}, {"log", {"0.0"}, "-inf.0"}, {"log", {"0"}, "raises"},
      {"log", {"-inf.0"}, "+inf.0+3.141592653589793i"}, {"atan", {"-inf.0"}, "-1.5707963267948966"},
      {"log", {"-1.0+0.0i"}, "~0.0+3.141592653589793i"}, {"log", {"-1.0-0.0i"}, "~0.0-3.141592653589793i"},
      {"sqrt", {"-5"}, "0.0+2.23606797749979i"}, {"sqrt", {"+inf.0"}, "+inf.0"}, {"sqrt", {"-inf.0"}, "0.0+inf.0i"},
      {"sqrt", {"9"}, "3"}, {"sqrt", {"-1"}, "+i"}, {"sqrt", {"4/9"}, "2/3"}, {"sqrt", {"-3+4i"}, "1+2i"}, {"sqrt", {"16.0"}, "4.0"},
      {"exact-integer-sqrt", {"4"}, "2 0"}, {"exact-integer-sqrt", {"5"}, "2 1"}, {"exact-integer-sqrt", {"-1"}, "raises"},
      {"expt", {"5", "3"}, "125"}, {"expt", {"5", "-3"}, "1/125"}, {"expt", {"5", "0"}, "1"}, {"expt", {"0", "5"}, "0"},
      {"expt", {"0", "5+.0000312i"}, "0"}, {"expt", {"0", "0"}, "1"}, {"expt", {"0.0", "0.0"}, "1.0"}, {"expt", {"0.0", "3"}, "0.0"},
      {"expt", {"0", "-5"}, "raises"}, {"expt", {"-2/3", "3"}, "-8/27"}, {"expt", {"2", "0.5"}, "1.4142135623730951"},
      {"expt", {"4", "1/2"}, "2"}, {"expt", {"-1", "100000000000000000000000"}, "1"}, {"expt", {"1+i", "10"}, "+32i"},
      {"expt", {"-8", "1/3"}, "~1.0+1.7320508075688772i"}, {"expt", {"2", "100000000000"}, "raises"},
      {"real-part", {"1.1+2.2i"}, "1.1"}, {"imag-part", {"1.1+2.2i"}, "2.2"}, {"magnitude", {"1.1@2.2"}, "~1.1"},
      {"angle", {"1.1@2.2"}, "~2.2"}, {"angle", {"-1.0"}, "3.141592653589793"}, {"angle", {"-1.0-0.0i"}, "-3.141592653589793"},
      {"angle", {"+inf.0"}, "0.0"}, {"angle", {"-1"}, "3.141592653589793"}, {"magnitude", {"3+4i"}, "5"},
      {"magnitude", {"+inf.0+1.0i"}, "+inf.0"}, {"magnitude", {"-5"}, "5"}, {"make-rectangular", {"1", "2.0"}, "1.0+2.0i"},
      {"atan", {"1", "0"}, "1.5707963267948966"}, {"atan", {"-0.0", "0"}, "-1.5707963267948966"}, {"atan", {"0.0", "-0.0"}, "3.141592653589793"},
      {"atan", {"-1", "-1"}, "-2.356194490192345"}, {"exact", {"+inf.0"}, "raises"}, {"exact", {".3"}, "5404319552844595/18014398509481984"},
      {"exact", {"2.5+1.0i"}, "5/2+i"}, {"inexact", {"1/3"}, "0.3333333333333333"}, {"odd?", {"3.0"}, "#t"}, {"even?", {"1.5"}, "raises"},
      {"quotient", {"-5.0", "2"}, "-2.0"}, {"remainder", {"-5.0", "2"}, "-1.0"}, {"modulo", {"-5", "2"}, "1"}, {"modulo", {"5", "-2"}, "-1"},
      {"floor-quotient", {"-5", "2"}, "-3"}, {"floor-quotient", {"5", "-2"}, "-3"}, {"floor-quotient", {"-5", "-2"}, "2"},
      {"quotient", {"1", "0"}, "raises"}, {"div", {"1.0", "0.0"}, "raises"}, {"div", {"+inf.0", "1"}, "raises"}, {"mod", {"1.5", "1"}, "0.5"},
      {"mod", {"-1.5", "1"}, "0.5"}, {"div", {"-7/2", "2"}, "-2"}, {"mod", {"-7/2", "2"}, "1/2"}, {"fldiv", {"1.0", "0.0"}, "+nan.0"},
      {"fldiv", {"1e300", "-3.0"}, "-3.3333333333333335e299"}, {"flmod0", {"7.5", "5.0"}, "-2.5"}, {"fldiv0", {"7.5", "5.0"}, "2.0"},
      {"flnumerator", {"-0.0"}, "-0.0"}, {"fldenominator", {"-inf.0"}, "1.0"}, {"flnumerator", {"0.75"}, "3.0"},
      {"bitwise-first-bit-set", {"0"}, "-1"}, {"bitwise-first-bit-set", {"-4"}, "2"}, {"bitwise-bit-count", {"-1"}, "-1"},
      {"bitwise-bit-count", {"-18446744073709551616"}, "-65"}, {"bitwise-length", {"-18446744073709551616"}, "64"},
      {"bitwise-arithmetic-shift", {"-5", "-1"}, "-3"}, {"bitwise-arithmetic-shift", {"-1", "-100"}, "-1"},
      {"bitwise-arithmetic-shift", {"-18446744073709551617", "-1"}, "-9223372036854775809"},
      {"bitwise-bit-set?", {"-18446744073709551616", "63"}, "#f"}, {"bitwise-bit-set?", {"-18446744073709551616", "64"}, "#t"},
      {"bitwise-reverse-bit-field", {"#b1010010", "1", "4"}, "88"}, {"bitwise-bit-field", {"#xabcdef", "4", "12"}, "222"},
      {"bitwise-bit-field", {"-1", "3", "70"}, "147573952589676412927"}, {"bitwise-copy-bit", {"0", "70", "1"}, "1180591620717411303424"},
      {"bitwise-copy-bit-field", {"#b1111111", "2", "5", "0"}, "99"}, {"bitwise-if", {"12", "10", "5"}, "9"},
      {"bitwise-copy-bit", {"-1", "2", "0"}, "-5"},
      // about the greatest integers that are computed in registers
      {"bitwise-arithmetic-shift", {"85070591730234615865843651857942052864", "1"}, "170141183460469231731687303715884105728"},
      {"bitwise-arithmetic-shift", {"85070591730234615865843651857942052864", "-1"}, "42535295865117307932921825928971026432"},
      {"bitwise-arithmetic-shift", {"85070591730234615865843651857942052864", "63"}, "784637716923335095479473677900958302012794430558004314112"},
      {"bitwise-arithmetic-shift", {"85070591730234615865843651857942052864", "-126"}, "1"},
      {"bitwise-arithmetic-shift", {"85070591730234615865843651857942052864", "-127"}, "0"},
      {"bitwise-arithmetic-shift", {"85070591730234615865843651857942052864", "-128"}, "0"},
      {"bitwise-xor", {"85070591730234615865843651857942052864", "-1"}, "-85070591730234615865843651857942052865"},
      {"bitwise-xor", {"85070591730234615865843651857942052864", "170141183460469231731687303715884105727"}, "85070591730234615865843651857942052863"},
      {"bitwise-xor", {"85070591730234615865843651857942052864", "-170141183460469231731687303715884105728"}, "-85070591730234615865843651857942052864"},
      {"bitwise-arithmetic-shift", {"85070591730234615865843651857942052863", "1"}, "170141183460469231731687303715884105726"},
      {"bitwise-arithmetic-shift", {"85070591730234615865843651857942052863", "-1"}, "42535295865117307932921825928971026431"},
      {"bitwise-arithmetic-shift", {"85070591730234615865843651857942052863", "63"}, "784637716923335095479473677900958302003571058521149538304"},
      {"bitwise-arithmetic-shift", {"85070591730234615865843651857942052863", "-126"}, "0"},
      {"bitwise-arithmetic-shift", {"85070591730234615865843651857942052863", "-127"}, "0"},
      {"bitwise-arithmetic-shift", {"85070591730234615865843651857942052863", "-128"}, "0"},
      {"bitwise-xor", {"85070591730234615865843651857942052863", "-1"}, "-85070591730234615865843651857942052864"},
      {"bitwise-xor", {"85070591730234615865843651857942052863", "170141183460469231731687303715884105727"}, "85070591730234615865843651857942052864"},
      {"bitwise-xor", {"85070591730234615865843651857942052863", "-170141183460469231731687303715884105728"}, "-85070591730234615865843651857942052865"},
      {"bitwise-arithmetic-shift", {"-85070591730234615865843651857942052864", "1"}, "-170141183460469231731687303715884105728"},
      {"bitwise-arithmetic-shift", {"-85070591730234615865843651857942052864", "-1"}, "-42535295865117307932921825928971026432"},
      {"bitwise-arithmetic-shift", {"-85070591730234615865843651857942052864", "63"}, "-784637716923335095479473677900958302012794430558004314112"},
      {"bitwise-arithmetic-shift", {"-85070591730234615865843651857942052864", "-126"}, "-1"},
      {"bitwise-arithmetic-shift", {"-85070591730234615865843651857942052864", "-127"}, "-1"},
      {"bitwise-arithmetic-shift", {"-85070591730234615865843651857942052864", "-128"}, "-1"},
      {"bitwise-xor", {"-85070591730234615865843651857942052864", "-1"}, "85070591730234615865843651857942052863"},
      {"bitwise-xor", {"-85070591730234615865843651857942052864", "170141183460469231731687303715884105727"}, "-85070591730234615865843651857942052865"},
      {"bitwise-xor", {"-85070591730234615865843651857942052864", "-170141183460469231731687303715884105728"}, "85070591730234615865843651857942052864"},
      {"bitwise-arithmetic-shift", {"170141183460469231731687303715884105727", "1"}, "340282366920938463463374607431768211454"},
      {"bitwise-arithmetic-shift", {"170141183460469231731687303715884105727", "-1"}, "85070591730234615865843651857942052863"},
      {"bitwise-arithmetic-shift", {"170141183460469231731687303715884105727", "63"}, "1569275433846670190958947355801916604016365489079153852416"},
      {"bitwise-arithmetic-shift", {"170141183460469231731687303715884105727", "-126"}, "1"},
      {"bitwise-arithmetic-shift", {"170141183460469231731687303715884105727", "-127"}, "0"},
      {"bitwise-arithmetic-shift", {"170141183460469231731687303715884105727", "-128"}, "0"},
      {"bitwise-xor", {"170141183460469231731687303715884105727", "-1"}, "-170141183460469231731687303715884105728"},
      {"bitwise-xor", {"170141183460469231731687303715884105727", "170141183460469231731687303715884105727"}, "0"},
      {"bitwise-xor", {"170141183460469231731687303715884105727", "-170141183460469231731687303715884105728"}, "-1"},
      {"bitwise-arithmetic-shift", {"-170141183460469231731687303715884105728", "1"}, "-340282366920938463463374607431768211456"},
      {"bitwise-arithmetic-shift", {"-170141183460469231731687303715884105728", "-1"}, "-85070591730234615865843651857942052864"},
      {"bitwise-arithmetic-shift", {"-170141183460469231731687303715884105728", "63"}, "-1569275433846670190958947355801916604025588861116008628224"},
      {"bitwise-arithmetic-shift", {"-170141183460469231731687303715884105728", "-126"}, "-2"},
      {"bitwise-arithmetic-shift", {"-170141183460469231731687303715884105728", "-127"}, "-1"},
      {"bitwise-arithmetic-shift", {"-170141183460469231731687303715884105728", "-128"}, "-1"},
      {"bitwise-xor", {"-170141183460469231731687303715884105728", "-1"}, "170141183460469231731687303715884105727"},
      {"bitwise-xor", {"-170141183460469231731687303715884105728", "170141183460469231731687303715884105727"}, "-1"},
      {"bitwise-xor", {"-170141183460469231731687303715884105728", "-170141183460469231731687303715884105728"}, "0"},
      {"bitwise-arithmetic-shift", {"-170141183460469231731687303715884105727", "1"}, "-340282366920938463463374607431768211454"},
      {"bitwise-arithmetic-shift", {"-170141183460469231731687303715884105727", "-1"}, "-85070591730234615865843651857942052864"},
      {"bitwise-arithmetic-shift", {"-170141183460469231731687303715884105727", "63"}, "-1569275433846670190958947355801916604016365489079153852416"},
      {"bitwise-arithmetic-shift", {"-170141183460469231731687303715884105727", "-126"}, "-2"},
      {"bitwise-arithmetic-shift", {"-170141183460469231731687303715884105727", "-127"}, "-1"},
      {"bitwise-arithmetic-shift", {"-170141183460469231731687303715884105727", "-128"}, "-1"},
      {"bitwise-xor", {"-170141183460469231731687303715884105727", "-1"}, "170141183460469231731687303715884105726"},
      {"bitwise-xor", {"-170141183460469231731687303715884105727", "170141183460469231731687303715884105727"}, "-2"},
      {"bitwise-xor", {"-170141183460469231731687303715884105727", "-170141183460469231731687303715884105728"}, "1"},
      {"bitwise-arithmetic-shift", {"170141183460469231731687303715884105728", "1"}, "340282366920938463463374607431768211456"},
      {"bitwise-arithmetic-shift", {"170141183460469231731687303715884105728", "-1"}, "85070591730234615865843651857942052864"},
      {"bitwise-arithmetic-shift", {"170141183460469231731687303715884105728", "63"}, "1569275433846670190958947355801916604025588861116008628224"},
      {"bitwise-arithmetic-shift", {"170141183460469231731687303715884105728", "-126"}, "2"},
      {"bitwise-arithmetic-shift", {"170141183460469231731687303715884105728", "-127"}, "1"},
      {"bitwise-arithmetic-shift", {"170141183460469231731687303715884105728", "-128"}, "0"},
      {"bitwise-xor", {"170141183460469231731687303715884105728", "-1"}, "-170141183460469231731687303715884105729"},
      {"bitwise-xor", {"170141183460469231731687303715884105728", "170141183460469231731687303715884105727"}, "340282366920938463463374607431768211455"},
      {"bitwise-xor", {"170141183460469231731687303715884105728", "-170141183460469231731687303715884105728"}, "-340282366920938463463374607431768211456"},
      {"bitwise-arithmetic-shift", {"340282366920938463463374607431768211455", "1"}, "680564733841876926926749214863536422910"},
      {"bitwise-arithmetic-shift", {"340282366920938463463374607431768211455", "-1"}, "170141183460469231731687303715884105727"},
      {"bitwise-arithmetic-shift", {"340282366920938463463374607431768211455", "63"}, "3138550867693340381917894711603833208041954350195162480640"},
      {"bitwise-arithmetic-shift", {"340282366920938463463374607431768211455", "-126"}, "3"},
      {"bitwise-arithmetic-shift", {"340282366920938463463374607431768211455", "-127"}, "1"},
      {"bitwise-arithmetic-shift", {"340282366920938463463374607431768211455", "-128"}, "0"},
      {"bitwise-xor", {"340282366920938463463374607431768211455", "-1"}, "-340282366920938463463374607431768211456"},
      {"bitwise-xor", {"340282366920938463463374607431768211455", "170141183460469231731687303715884105727"}, "170141183460469231731687303715884105728"},
      {"bitwise-xor", {"340282366920938463463374607431768211455", "-170141183460469231731687303715884105728"}, "-170141183460469231731687303715884105729"},
      {"bitwise-arithmetic-shift", {"-340282366920938463463374607431768211456", "1"}, "-680564733841876926926749214863536422912"},
      {"bitwise-arithmetic-shift", {"-340282366920938463463374607431768211456", "-1"}, "-170141183460469231731687303715884105728"},
      {"bitwise-arithmetic-shift", {"-340282366920938463463374607431768211456", "63"}, "-3138550867693340381917894711603833208051177722232017256448"},
      {"bitwise-arithmetic-shift", {"-340282366920938463463374607431768211456", "-126"}, "-4"},
      {"bitwise-arithmetic-shift", {"-340282366920938463463374607431768211456", "-127"}, "-2"},
      {"bitwise-arithmetic-shift", {"-340282366920938463463374607431768211456", "-128"}, "-1"},
      {"bitwise-xor", {"-340282366920938463463374607431768211456", "-1"}, "340282366920938463463374607431768211455"},
      {"bitwise-xor", {"-340282366920938463463374607431768211456", "170141183460469231731687303715884105727"}, "-170141183460469231731687303715884105729"},
      {"bitwise-xor", {"-340282366920938463463374607431768211456", "-170141183460469231731687303715884105728"}, "170141183460469231731687303715884105728"},
  });
}

TEST(Reports, Transitivity) {
  Value big = expt(fixnum(2), fixnum(1000));
  EXPECT_EQ(generic_equal(generic_subtract(big, fixnum(1)), inexact(big)), False);
  EXPECT_EQ(generic_equal(big, inexact(big)), True);
  EXPECT_EQ(generic_less(inexact(big), generic_add(big, fixnum(1))), True);
  EXPECT_EQ(generic_equal(n("1/3"), inexact(n("1/3"))), False);
  EXPECT_EQ(text(number_sqrt(generic_add(expt(fixnum(10), fixnum(400)), fixnum(1)))), "1.0e200");
  EXPECT_EQ(text(number_log(expt(fixnum(10), fixnum(1000)), Default)), "2302.5850929940457");
  EXPECT_EQ(text(number_log(expt(fixnum(10), fixnum(-1000)), Default)), "-2302.5850929940457");
}

TEST(Complex, InverseFunctions) {
  check_rows({
      {"asin", {"2"}, "~1.5707963267948966-1.3169578969248166i"}, {"asin", {"-2"}, "~-1.5707963267948966+1.3169578969248166i"},
      {"acos", {"2"}, "~0.0+1.3169578969248166i"}, {"acos", {"-2"}, "~3.141592653589793-1.3169578969248166i"},
      {"asin", {"0.5"}, "~0.5235987755982989"}, {"atan", {"1+i"}, "~1.0172219678978514+0.4023594781085251i"},
      {"atan", {"+2.0i"}, "~1.5707963267948966+0.5493061443340549i"}, {"exp", {"+3.141592653589793i"}, "~-1.0+1.2246467991473532e-16i"},
      {"sin", {"1+i"}, "~1.2984575814159773+0.6349639147847361i"}, {"cos", {"1+i"}, "~0.8337300251311491-0.9888977057628651i"},
      {"tan", {"1+i"}, "~0.2717525853195118+1.0839233273386946i"}, {"tan", {"1.0+400.0i"}, "~0.0+1.0i"},
      {"log", {"1+i"}, "~0.34657359027997264+0.7853981633974483i"}, {"expt", {"+i", "+i"}, "~0.20787957635076193"},
      {"/", {"1+2i", "3-4i"}, "-1/5+2/5i"}, {"*", {"1+2i", "3-4i"}, "11+2i"}, {"*", {"+i", "+i"}, "-1"}, {"-", {"+2.0i"}, "-0.0-2.0i"},
      {"log", {"8", "2"}, "3.0"}, {"log", {"1000", "10"}, "3.0"}, {"log", {"1"}, "0"},
  });
  std::uniform_real_distribution<double> parts(-3, 3);
  for (int i = 0; i < 2000; ++i) {
    Value z = make_rectangular(make_flonum(parts(random_words)), make_flonum(parts(random_words)));
    auto near = [&](Value a, const char* what) {
      EXPECT_LT(flonum_value(inexact(magnitude(generic_subtract(a, z)))), 1e-12) << what << text(z);
    };
    near(number_sin(number_asin(z)), "sin asin ");
    near(number_cos(number_acos(z)), "cos acos ");
    near(number_tan(number_atan(z, Default)), "tan atan ");
    near(number_exp(number_log(z, Default)), "exp log ");
    Value root = number_sqrt(z);
    near(generic_multiply(root, root), "sqrt ");
    near(generic_divide(generic_multiply(z, root), root), "* / ");
  }
}

TEST(Text, Syntax) {
  struct { const char* text; const char* written; } rows[] = {
      {"0", "0"}, {"-0", "0"}, {"+5", "5"}, {"007", "7"}, {"1e2", "100.0"}, {"#x-Ff", "-255"}, {"#b101", "5"}, {"#o17", "15"},
      {"#d10", "10"}, {"#e1.5", "3/2"}, {"#E#x1A", "26"}, {"#x#e1a", "26"}, {"#i1/3", "0.3333333333333333"}, {"#x#i10", "16.0"},
      {"1/2", "1/2"}, {"-6/4", "-3/2"}, {"1/0", "#f"}, {"#i1/0", "#f"}, {"0/5", "0"}, {".5", "0.5"}, {"5.", "5.0"}, {"-.5e-3", "-0.0005"},
      {"1.5E3", "1500.0"}, {"1s2", "100.0"}, {"1F2", "100.0"}, {"1d2", "100.0"}, {"1L2", "100.0"}, {"1e+2", "100.0"}, {"1e-7", "1.0e-7"},
      {"0.000001", "0.000001"}, {"123456789012345678901.0", "123456789012345680000.0"}, {"1e21", "1.0e21"}, {"1e22", "1.0e22"},
      {"1e400", "+inf.0"}, {"-1e400", "-inf.0"}, {"1e-400", "0.0"}, {"-0.0", "-0.0"}, {"4.9406564584124654e-324", "5.0e-324"},
      {"2.2250738585072011e-308", "2.225073858507201e-308"}, {"1.7976931348623157e308", "1.7976931348623157e308"},
      {"9007199254740993.0", "9007199254740992.0"}, {"+inf.0", "+inf.0"}, {"-INF.0", "-inf.0"}, {"+nan.0", "+nan.0"}, {"-nan.0", "+nan.0"},
      {"inf.0", "#f"}, {"nan.0", "#f"}, {"#e+inf.0", "#f"}, {"+i", "+i"}, {"-I", "-i"}, {"+2i", "+2i"}, {"1+i", "1+i"}, {"1-2/3i", "1-2/3i"},
      {"1.5+2i", "1.5+2.0i"}, {"+inf.0i", "0.0+inf.0i"}, {"1+inf.0i", "1.0+inf.0i"}, {"+inf.0-nan.0i", "+inf.0+nan.0i"}, {"1+0i", "1"},
      {"1+0.0i", "1.0+0.0i"}, {"#i1+2i", "1.0+2.0i"}, {"#e1.5+.5i", "3/2+1/2i"}, {"#x1f+ai", "31+10i"}, {"1@0", "1"}, {"0@5", "0"},
      {"1@1", "0.5403023058681398+0.8414709848078965i"}, {"1.1|53", "1.1"}, {"1.1|2", "1.0"}, {"1.1|4", "1.125"}, {"1|10", "1.0"}, {"3.3e0|24", "3.299999952316284"},
      {"1.1|0", "#f"}, {"1.1|", "#f"}, {"1/2|5", "#f"}, {"", "#f"}, {"+", "#f"}, {"-", "#f"}, {".", "#f"}, {"...", "#f"}, {"+.", "#f"}, {"e5", "#f"}, {"1e", "#f"}, {"1e+", "#f"},
      {"1+", "#f"}, {"1+2", "#f"}, {"i", "#f"}, {"2i", "#f"}, {"1i", "#f"}, {"+1i+", "#f"}, {"1+2ii", "#f"}, {"1@", "#f"}, {"@1", "#f"}, {"1@2i", "#f"}, {"1.2.3", "#f"},
      {"--1", "#f"}, {"+-1", "#f"}, {"1/", "#f"}, {"/2", "#f"}, {"1/-2", "#f"}, {"1/2/3", "#f"}, {"1 ", "#f"}, {" 1", "#f"}, {"#", "#f"}, {"#x", "#f"}, {"#b2", "#f"}, {"#o8", "#f"},
      {"#x#x1", "#f"}, {"#e#i1", "#f"}, {"#q1", "#f"}, {"1_0", "#f"}, {"\xce\xbb", "#f"}, {"1.5/2", "#f"}, {"1/2e3", "#f"}, {"#e1e99999999999", "#f"}, {"1e99999999999999999999999", "+inf.0"},
      {"0e99999999999999999999999", "0.0"}, {"123456789012345678901234567890", "123456789012345678901234567890"}, {"1152921504606846975", "1152921504606846975"},
      {"1152921504606846976", "1152921504606846976"}, {"-1152921504606846976", "-1152921504606846976"}, {"-1152921504606846977", "-1152921504606846977"},
      {"#b0.1", "0.5"}, {"#x.8", "0.5"}, {"1e308", "1.0e308"}, {"+e", "#f"}, {"-abc", "#f"}, {"+infinity", "#f"}, {"-inf.0e5", "#f"}, {"1+inf.0", "#f"},
  };
  for (auto& row : rows) EXPECT_EQ(text(n(row.text)), row.written) << row.text;
  EXPECT_EQ(text(n("zz", 36)), "1295");
  EXPECT_EQ(text(n("100", 16)), "256");
  EXPECT_EQ(text(n("#d100", 16)), "100");
  EXPECT_EQ(text(n("1e2", 16)), "482");
  std::string halfway = "9007199254740993" + std::string(2000, '0') + "1";  // just above a tie
  EXPECT_EQ(text(n(halfway + "e-2001")), "9007199254740994.0");
}

TEST(Text, RandomSyntax) {
  const std::string pieces[] = {"0", "1", "9", "12", "00", "+", "-", ".", "e", "E3", "i", "@", "/", "#x", "#e", "#i", "|", "inf.0", "nan.0", "+inf.0", "a", "f", " "};
  int numbers = 0;
  const char* rounds = getenv("LOKO_FUZZ");
  for (u64 round = 0, last = rounds ? strtoull(rounds, nullptr, 10) : 300000; round < last; ++round) {
    std::string s;
    for (u64 k = 1 + random_words() % 8; k != 0; --k) s += pieces[random_words() % std::size(pieces)];
    Value v = n(s);
    if (v == False) continue;
    ++numbers;
    ASSERT_TRUE(eqv(n(text(v)), v)) << s << " " << text(v);
  }
  EXPECT_GT(numbers, 10000);
}

TEST(Text, Precision) {
  auto with = [](const char* t, int p) {
    Value s = number_to_string(n(t), fixnum(10), fixnum(p));
    return s == RaiseMark ? std::string("raises") : std::string(reinterpret_cast<const char*>(bytes_of(s)), string_length(s));
  };
  EXPECT_EQ(with("1.5", 1), "1.5|2");
  EXPECT_EQ(with("1.5", 10), "1.5|10");
  EXPECT_EQ(with("0.1", 1), "0.1|52");
  EXPECT_EQ(with("0.1", 60), "0.1|60");
  EXPECT_EQ(with("+inf.0", 60), "+inf.0");
  EXPECT_EQ(with("1", 60), "raises");
  for (int i = 0; i < 2000; ++i) {
    double d = std::ldexp(static_cast<double>(random_words() >> (random_words() % 64)), static_cast<int>(random_words() % 200) - 100);
    Value v = make_flonum(d), s = number_to_string(v, fixnum(10), fixnum(1));
    EXPECT_TRUE(eqv(parse_number(reinterpret_cast<const char*>(bytes_of(s)), string_length(s), 10), v));
  }
}

TEST(Doubles, DivisionIdentities) {
  for (int i = 0; i < 20000; ++i) {
    auto random_double = [] {
      return std::ldexp(static_cast<double>(static_cast<i64>(random_words())), static_cast<int>(random_words() % 100) - 90);
    };
    double x = random_double(), y = random_double();
    if (y == 0) continue;
    Value a = make_flonum(x), b = make_flonum(y);
    EXPECT_EQ(generic_equal(real_div(a, b), inexact(real_div(exact(a), exact(b)))), True) << x << " " << y;
    EXPECT_EQ(generic_equal(real_div0(a, b), inexact(real_div0(exact(a), exact(b)))), True) << x << " " << y;
    EXPECT_TRUE(generic_equal(real_mod(a, b), inexact(real_mod(exact(a), exact(b)))) == True) << x << " " << y;
    EXPECT_TRUE(generic_equal(real_mod0(a, b), inexact(real_mod0(exact(a), exact(b)))) == True) << x << " " << y;
  }
}

TEST(Hash, AgreesWithEqv) {
  for (const char* t : {"0", "5", "-5", "123456789012345678901234567890", "-1/3", "0.0", "-0.0", "1e300", "1e-300", "+inf.0", "+nan.0", "1+2i", "1.5-2.5i"}) {
    EXPECT_TRUE(eqv(n(t), n(t))) << t;
    EXPECT_EQ(number_hash(n(t)), number_hash(n(t))) << t;
  }
  EXPECT_FALSE(eqv(n("0.0"), n("-0.0")));
  EXPECT_FALSE(eqv(n("1"), n("1.0")));
  EXPECT_FALSE(eqv(n("1+2i"), n("1.0+2.0i")));
}

TEST(Random, Ranges) {
  Value state = make_bytevector(32);
  random_seed(state, fixnum(1));
  int below = 0;
  for (int i = 0; i < 10000; ++i) {
    Value r = random_integer(state, fixnum(10));
    ASSERT_TRUE(is_fixnum(r) && fixnum_value(r) >= 0 && fixnum_value(r) < 10);
    below += fixnum_value(r) < 5;
    double d = flonum_value(random_real(state));
    ASSERT_TRUE(d >= 0 && d < 1);
    Value big = expt(fixnum(10), fixnum(30));
    ASSERT_EQ(generic_less(random_integer(state, big), big), True);
  }
  EXPECT_NEAR(below, 5000, 300);
  EXPECT_EQ(random_integer(state, fixnum(0)), RaiseMark);
}

}  // namespace
}  // namespace loko
