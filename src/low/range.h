// SPDX-License-Identifier: MIT
//
// Intervals of signed 64-bit words, and what operations of low make of them. All arithmetic of low wraps: a result that
// may leave the word is any word.
#pragma once

#include <limits>

#include "low/language.h"

namespace loko::low {

/// The words from lo to hi; empty if lo > hi.
struct Range {
  i64 lo = std::numeric_limits<i64>::min();
  i64 hi = std::numeric_limits<i64>::max();
  bool empty() const { return lo > hi; }
  bool is(i64 n) const { return lo == n && hi == n; }
  bool contains(const Range& r) const { return r.empty() || (lo <= r.lo && r.hi <= hi); }
  friend bool operator==(const Range&, const Range&) = default;
};

inline constexpr Range kNothing{1, 0};
inline constexpr Range exactly(i64 n) { return {n, n}; }

/// The least range that contains both.
Range join(const Range& a, const Range& b);
/// What is in both.
Range meet(const Range& a, const Range& b);

/// Do all sums (differences, products) of the two fit a word?
bool fits(Op op, const Range& a, const Range& b);
/// The result of Add, Sub or Mul if it is known not to leave the word.
Range exact_result(Op op, const Range& a, const Range& b);

/// The result of an instruction whose operands are in these ranges (c, d: of Select). Any word if nothing is known.
Range result_range(const Inst& i, const Range& a, const Range& b, const Range& c, const Range& d);

/// What is left of a and b if cond holds of them. Words that are multiples of 8 both differ by a `step` of 8 at least.
void narrow(Cond cond, Range& a, Range& b, i64 step);

}  // namespace loko::low
