// SPDX-License-Identifier: MIT
//
// What the parts of register allocation share: liveness by block, live ranges, and their last steps.
#pragma once

#include <vector>

#include "machine/x64/language.h"

namespace loko::x64 {

/// A set of numbers below a bound: constant time for each operation, members in no particular order.
class SparseSet {
 public:
  explicit SparseSet(std::size_t bound) : place_(bound, 0) {}
  bool has(u32 i) const { return place_[i] < members_.size() && members_[place_[i]] == i; }
  void add(u32 i) {
    if (has(i)) return;
    place_[i] = static_cast<u32>(members_.size());
    members_.push_back(i);
  }
  void remove(u32 i) {
    if (!has(i)) return;
    u32 last = members_.back();
    members_[place_[i]] = last;
    place_[last] = place_[i];
    members_.pop_back();
  }
  void assign(const std::vector<u32>& members) {
    members_.clear();
    for (u32 i : members) add(i);
  }
  const std::vector<u32>& members() const { return members_; }

 private:
  std::vector<u32> members_, place_;
};

/// The values that are live when a block begins and ends, sorted; immediates are in no list.
struct Liveness {
  std::vector<std::vector<ValueId>> in, out;   // by block
};

/// From each use up the predecessors to the definition (Boissinot et al. 2011, "path exploration"): in SSA form the
/// work is proportional to the result.
Liveness compute_liveness(const Prepared& p);

/// Positions at which a value is live.
struct Range {
  u32 from, to;
};

/// Gives each spilled value a frame word, one word to values whose ranges don't meet. Sets slot and frame_words.
void assign_slots(const Prepared& p, const std::vector<std::vector<Range>>& ranges, const std::vector<ValueId>& spilled,
                  Allocation* a);

/// Where the frame is made and given back. Sets framed, enter_at_start, enter_at_end and leave_at_end.
void place_frame(const Prepared& p, Allocation* a);

/// The blocks that control may go to from the end of b.
std::vector<BlockId> successors(const Prepared& p, BlockId b);

}  // namespace loko::x64
