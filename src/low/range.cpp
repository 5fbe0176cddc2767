// SPDX-License-Identifier: MIT
//
// See range.h.
#include "low/range.h"

#include <algorithm>
#include <bit>

#include "low/graph.h"

namespace loko::low {
namespace {

using Wide = __int128;

constexpr i64 kMin = std::numeric_limits<i64>::min(), kMax = std::numeric_limits<i64>::max();

struct WideRange {
  Wide lo, hi;
};

WideRange combine(Op op, const Range& a, const Range& b) {
  Wide al = a.lo, ah = a.hi, bl = b.lo, bh = b.hi;
  if (op == Op::Add) return {al + bl, ah + bh};
  if (op == Op::Sub) return {al - bh, ah - bl};
  Wide products[] = {al * bl, al * bh, ah * bl, ah * bh};
  return {*std::min_element(products, products + 4), *std::max_element(products, products + 4)};
}

bool in_word(const WideRange& r) { return r.lo >= kMin && r.hi <= kMax; }
Range narrowed(const WideRange& r) { return {static_cast<i64>(std::max<Wide>(r.lo, kMin)), static_cast<i64>(std::min<Wide>(r.hi, kMax))}; }

Range wrapping(Op op, const Range& a, const Range& b) {
  WideRange r = combine(op, a, b);
  return in_word(r) ? narrowed(r) : Range{};
}

/// All words up to the next power of two.
i64 mask_above(i64 n) { return n <= 0 ? 0 : static_cast<i64>(~u64{0} >> std::countl_zero(static_cast<u64>(n))); }

Range bitwise_and(const Range& a, const Range& b) {
  if (b.lo >= 0 && a.lo >= 0) return {0, std::min(a.hi, b.hi)};
  if (b.lo >= 0) return {0, b.hi};
  if (a.lo >= 0) return {0, a.hi};
  // A negative mask that is minus a power of two rounds down.
  if (b.lo == b.hi && std::has_single_bit(-static_cast<u64>(b.lo))) return {a.lo & b.lo, a.hi};
  return {};
}

Range bitwise_or(const Range& a, const Range& b) {
  if (a.lo < 0 || b.lo < 0) return {};
  return {std::max(a.lo, b.lo), mask_above(std::max(a.hi, b.hi))};
}

Range shift(Op op, const Range& a, const Range& count) {
  if (count.lo != count.hi || count.lo < 0 || count.lo > 63) return {};
  int n = static_cast<int>(count.lo);
  switch (op) {
    case Op::Sar: return {a.lo >> n, a.hi >> n};
    case Op::Shr:
      if (a.lo >= 0) return {a.lo >> n, a.hi >> n};
      return n == 0 ? a : Range{0, static_cast<i64>(~u64{0} >> n)};
    default:
      if (n == 63) return a.is(0) ? a : Range{};
      return wrapping(Op::Mul, a, exactly(i64{1} << n));
  }
}

Range divide(const Range& a, const Range& b) {
  if (b.lo <= 0) return {};
  if (a.lo >= 0) return {a.lo / b.hi, a.hi / b.lo};
  return {std::min(a.lo / b.lo, a.lo / b.hi), std::max(a.hi / b.lo, a.hi / b.hi)};
}

/// The remainder has the sign of a and is nearer to 0 than b.
Range remainder(const Range& a, const Range& b) {
  Wide most = std::max<Wide>(b.lo < 0 ? -static_cast<Wide>(b.lo) : b.lo, b.hi < 0 ? -static_cast<Wide>(b.hi) : b.hi) - 1;
  if (most < 0) return {};
  Range r = narrowed({a.lo >= 0 ? 0 : -most, a.hi <= 0 ? 0 : most});
  if (a.lo >= 0) r.hi = std::min(r.hi, a.hi);
  if (a.hi <= 0) r.lo = std::max(r.lo, a.lo);
  return r;
}

/// The heap is less than 2^40 bytes, so the header of an object, or its rtd's address, is less than 2^48.
constexpr i64 kHeaderEnd = i64{1} << 48;

Range loaded(const Inst& i) {
  if (i.rep == Rep::Raw && i.width < 8) {
    i64 n = i64{1} << (8 * i.width - (i.is_signed ? 1 : 0));
    return i.is_signed ? Range{-n, n - 1} : Range{0, n - 1};
  }
  if (i.rep == Rep::Raw && i.width == 8 && i.b == kNone && i.imm == kHeaderOffset) return {0, kHeaderEnd - 1};
  return {};
}

Range selected(const Inst& i, Range a, Range b, Range c, Range d) {
  Range x = a, y = b, v = a, w = b;
  narrow(i.cond, x, y, 1);
  narrow(opposite(i.cond), v, w, 1);
  if (i.c == i.a) c = meet(c, x);
  if (i.c == i.b) c = meet(c, y);
  if (i.d == i.a) d = meet(d, v);
  if (i.d == i.b) d = meet(d, w);
  if (x.empty() || y.empty()) return d;
  if (v.empty() || w.empty()) return c;
  return join(c, d);
}

}  // namespace

Range join(const Range& a, const Range& b) {
  if (a.empty()) return b;
  if (b.empty()) return a;
  return {std::min(a.lo, b.lo), std::max(a.hi, b.hi)};
}

Range meet(const Range& a, const Range& b) { return {std::max(a.lo, b.lo), std::min(a.hi, b.hi)}; }

bool fits(Op op, const Range& a, const Range& b) { return in_word(combine(op, a, b)); }

Range exact_result(Op op, const Range& a, const Range& b) { return narrowed(combine(op, a, b)); }

Range result_range(const Inst& i, const Range& a, const Range& b, const Range& c, const Range& d) {
  switch (i.op) {
    case Op::Imm: return exactly(i.imm);
    case Op::Add: case Op::Sub: case Op::Mul: return i.exact ? exact_result(i.op, a, b) : wrapping(i.op, a, b);
    case Op::Neg: return wrapping(Op::Sub, exactly(0), a);
    case Op::Not: return {~a.hi, ~a.lo};
    case Op::Lea: {
      WideRange r = {a.lo, a.hi};
      if (i.b != kNone) r.lo += static_cast<Wide>(b.lo) * i.scale, r.hi += static_cast<Wide>(b.hi) * i.scale;
      r.lo += i.imm, r.hi += i.imm;
      return in_word(r) ? narrowed(r) : Range{};
    }
    case Op::And: return bitwise_and(a, b);
    case Op::Or: return bitwise_or(a, b);
    case Op::Xor: return a.lo < 0 || b.lo < 0 ? Range{} : Range{0, mask_above(std::max(a.hi, b.hi))};
    case Op::Shl: case Op::Sar: case Op::Shr: return i.op == Op::Shr && i.is_signed ? Range{} : shift(i.op, a, b);
    case Op::Div: return divide(a, b);
    case Op::Rem: return remainder(a, b);
    case Op::Popcount: case Op::Clz: case Op::Ctz: return {0, 64};
    case Op::SetCond: return {0, 1};
    case Op::SetBool: case Op::FSetBool: return {static_cast<i64>(kFalse), static_cast<i64>(kTrue)};
    case Op::Select: return selected(i, a, b, c, d);
    case Op::Load: return loaded(i);
    default: return {};
  }
}

void narrow(Cond cond, Range& a, Range& b, i64 step) {
  auto less = [](Range& x, Range& y, i64 by) {  // x + by <= y
    if (y.hi < kMin + by || x.lo > kMax - by) {
      x = y = kNothing;
      return;
    }
    x.hi = std::min(x.hi, y.hi - by);
    y.lo = std::max(y.lo, x.lo + by);
  };
  auto differs = [step](Range& x, const Range& y) {
    if (y.lo != y.hi) return;
    if (x.is(y.lo)) x = kNothing;
    else if (x.lo == y.lo) x.lo += step;
    else if (x.hi == y.lo) x.hi -= step;
  };
  switch (cond) {
    case Cond::Eq: a = b = meet(a, b); break;
    case Cond::Ne:
      differs(a, b);
      differs(b, a);
      break;
    case Cond::Lt: less(a, b, step); break;
    case Cond::Le: less(a, b, 0); break;
    case Cond::Gt: less(b, a, step); break;
    case Cond::Ge: less(b, a, 0); break;
    // Below something that is no negative number: neither is the other.
    case Cond::Below: case Cond::BelowEq:
      if (b.lo < 0) break;
      a.lo = std::max<i64>(a.lo, 0);
      less(a, b, cond == Cond::Below ? step : 0);
      break;
    case Cond::Above: case Cond::AboveEq:
      if (a.lo >= 0) narrow(cond == Cond::Above ? Cond::Below : Cond::BelowEq, b, a, step);
      break;
    default: break;
  }
}

}  // namespace loko::low
