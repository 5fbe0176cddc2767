// SPDX-License-Identifier: MIT
//
// Ranges against what the operations do to random words in them.
#include "low/range.h"

#include <gtest/gtest.h>

#include <random>
#include <vector>

#include "low/graph.h"

namespace loko::low {
namespace {

constexpr i64 kMin = std::numeric_limits<i64>::min(), kMax = std::numeric_limits<i64>::max();

class RangeTest : public ::testing::Test {
 protected:
  std::mt19937_64 random_{20};

  i64 word() {
    static constexpr i64 kSpecial[] = {0, 1, -1, 7, 8, -8, 63, 64, 255, 256, -256, i64{1} << 32, i64{1} << 62, kMin, kMin + 1, kMax, kMax - 7};
    switch (random_() % 4) {
      case 0: return kSpecial[random_() % std::size(kSpecial)];
      case 1: return static_cast<i64>(random_() % 64) - 32;
      case 2: return static_cast<i64>(random_());
      default: return static_cast<i64>(random_()) >> (random_() % 60);
    }
  }
  Range range() {
    i64 a = word(), b = word();
    if (random_() % 3 == 0) b = a;
    return {std::min(a, b), std::max(a, b)};
  }
  i64 in(const Range& r) {
    u64 width = static_cast<u64>(r.hi) - static_cast<u64>(r.lo);
    switch (random_() % 4) {
      case 0: return r.lo;
      case 1: return r.hi;
      default: return static_cast<i64>(static_cast<u64>(r.lo) + (width == ~u64{0} ? random_() : random_() % (width + 1)));
    }
  }
};

bool holds(Cond c, i64 a, i64 b) {
  u64 x = static_cast<u64>(a), y = static_cast<u64>(b);
  switch (c) {
    case Cond::Eq: return a == b;
    case Cond::Ne: return a != b;
    case Cond::Lt: return a < b;
    case Cond::Le: return a <= b;
    case Cond::Gt: return a > b;
    case Cond::Ge: return a >= b;
    case Cond::Below: return x < y;
    case Cond::BelowEq: return x <= y;
    case Cond::Above: return x > y;
    case Cond::AboveEq: return x >= y;
    case Cond::TestZero: return (x & y) == 0;
    case Cond::TestNonZero: return (x & y) != 0;
  }
  return false;
}

i64 compute(const Inst& i, i64 a, i64 b, i64 c, i64 d) {
  u64 x = static_cast<u64>(a), y = static_cast<u64>(b);
  switch (i.op) {
    case Op::Add: return static_cast<i64>(x + y);
    case Op::Sub: return static_cast<i64>(x - y);
    case Op::Mul: return static_cast<i64>(x * y);
    case Op::And: return a & b;
    case Op::Or: return a | b;
    case Op::Xor: return a ^ b;
    case Op::Shl: return static_cast<i64>(x << (y & 63));
    case Op::Sar: return a >> (y & 63);
    case Op::Shr: return static_cast<i64>(x >> (y & 63));
    case Op::Neg: return static_cast<i64>(-x);
    case Op::Not: return ~a;
    case Op::Div: return a / b;
    case Op::Rem: return a % b;
    case Op::Lea: return static_cast<i64>(x + y * i.scale + static_cast<u64>(i.imm));
    case Op::Select: return holds(i.cond, a, b) ? c : d;
    default: return 0;
  }
}

TEST_F(RangeTest, ResultsAreInTheirRange) {
  const Op ops[] = {Op::Add, Op::Sub, Op::Mul, Op::And, Op::Or, Op::Xor, Op::Shl, Op::Sar, Op::Shr, Op::Neg, Op::Not, Op::Div, Op::Rem, Op::Lea, Op::Select};
  for (int n = 0; n < 400000; ++n) {
    Inst i;
    i.op = ops[random_() % std::size(ops)];
    i.a = 0, i.b = 1;
    i.cond = static_cast<Cond>(random_() % 12);
    i.scale = static_cast<u8>(1 << random_() % 4);
    Range a = range(), b = range(), c = range(), d = range();
    if ((i.op == Op::Shl || i.op == Op::Sar || i.op == Op::Shr) && random_() % 4) b = exactly(static_cast<i64>(random_() % 64));
    i.c = random_() % 4 ? 2 : static_cast<ValueId>(random_() % 2);
    i.d = random_() % 4 ? 3 : static_cast<ValueId>(random_() % 2);
    if (i.c < 2) c = i.c ? b : a;
    if (i.d < 2) d = i.d ? b : a;
    if (i.op == Op::Lea) i.imm = word() >> 33;
    Range r = result_range(i, a, b, c, d);
    for (int k = 0; k < 8; ++k) {
      i64 x = in(a), y = in(b);
      if ((i.op == Op::Div || i.op == Op::Rem) && (y == 0 || (y == -1 && x == kMin))) continue;
      i64 v = compute(i, x, y, i.c == 0 ? x : i.c == 1 ? y : in(c), i.d == 0 ? x : i.d == 1 ? y : in(d));
      ASSERT_TRUE(r.lo <= v && v <= r.hi) << "op " << static_cast<int>(i.op) << " of " << x << " and " << y << " is " << v << ", not in " << r.lo << " … " << r.hi;
    }
    if (i.op != Op::Add && i.op != Op::Sub && i.op != Op::Mul) continue;
    i64 x = in(a), y = in(b), sum;
    bool overflow = i.op == Op::Add ? __builtin_add_overflow(x, y, &sum) : i.op == Op::Sub ? __builtin_sub_overflow(x, y, &sum) : __builtin_mul_overflow(x, y, &sum);
    ASSERT_FALSE(overflow && fits(i.op, a, b));
    Range exact = exact_result(i.op, a, b);
    ASSERT_TRUE(overflow || (exact.lo <= sum && sum <= exact.hi));
  }
}

TEST_F(RangeTest, NarrowingKeepsWhatSatisfiesTheCondition) {
  for (int n = 0; n < 400000; ++n) {
    Cond cond = static_cast<Cond>(random_() % 12);
    i64 step = random_() % 2 ? 8 : 1;
    Range a = range(), b = range(), x = a, y = b;
    narrow(cond, x, y, step);
    for (int k = 0; k < 8; ++k) {
      i64 v = in(a), w = in(b);
      if (step == 8 && ((v | w) & 7)) continue;
      if (!holds(cond, v, w)) continue;
      ASSERT_TRUE(x.lo <= v && v <= x.hi && y.lo <= w && w <= y.hi)
          << "condition " << static_cast<int>(cond) << " of " << v << " and " << w << ", step " << step;
    }
  }
}

TEST_F(RangeTest, NarrowingDecides) {
  Range a{0, 80}, b{88, 100};
  Range x = a, y = b;
  narrow(Cond::Ge, x, y, 1);
  EXPECT_TRUE(x.empty() || y.empty());
  x = {-8, 100}, y = {0, 50};
  narrow(Cond::Below, x, y, 1);
  EXPECT_EQ(x, (Range{0, 49}));
  x = {0, 800}, y = exactly(800);
  narrow(Cond::Ne, x, y, 8);
  EXPECT_EQ(x, (Range{0, 792}));
}

}  // namespace
}  // namespace loko::low
