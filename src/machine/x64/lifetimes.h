// SPDX-License-Identifier: MIT
//
// Where values are live, as ranges of positions, and where they are used.
#pragma once

#include <span>
#include <vector>

#include "machine/x64/language.h"
#include "machine/x64/regions.h"

namespace loko::x64 {

inline constexpr u32 kFar = ~u32{0};

struct UsePoint {
  u32 position;
  Use use;
  u32 next_wanted;  // index among the uses of the value: the first one from here on that isn't Anywhere
};

/// Immediates have no ranges.
struct Lifetimes {
  std::vector<Range> all_ranges;
  std::vector<UsePoint> all_uses;
  std::vector<u32> first_range, first_use;        // by value: index in these, and one more
  std::vector<u32> definition;                    // by value: position or kNone
  std::vector<u32> calls;                         // positions
  std::vector<u32> clobbers[16];                  // by general register: positions at which an instruction destroys it

  std::span<const Range> ranges(ValueId v) const { return {all_ranges.data() + first_range[v], all_ranges.data() + first_range[v + 1]}; }
  std::span<const UsePoint> uses(ValueId v) const { return {all_uses.data() + first_use[v], all_uses.data() + first_use[v + 1]}; }
  bool covers(ValueId v, u32 position) const;
  /// Is v live when block b begins, and not its parameter?
  bool live_in(const Prepared& p, ValueId v, BlockId b) const { return definition[v] != p.start[b] && covers(v, p.start[b]); }

  u32 first_call_from(u32 position) const;
  /// Position of the first use from `from` on that wants a register (or, with `any`, of any use); kFar if none before `to`.
  u32 next_use(ValueId v, u32 from, u32 to, bool any = false) const;
  /// Position of the last use in [from, to), or kFar.
  u32 last_use(ValueId v, u32 from, u32 to) const;
  bool needs_register_at(ValueId v, u32 position) const;
  bool needs_late(ValueId v, u32 position) const;
};

/// A value is live between its definition and each use: what lies between the block of the one and that of the other (regions).
Lifetimes compute_lifetimes(const Prepared& p);

}  // namespace loko::x64
