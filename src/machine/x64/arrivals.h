// SPDX-License-Identifier: MIT
//
// Where a value may enter blocks in a register, by the blocks' positions. They come as jumps do: the next block, the ends of forms
// around, and unlikely blocks at the end of the code, the last first. So there is a run for each of these orders, to whose end is
// added, and a tree for what fits none.
#pragma once

#include <algorithm>
#include <map>
#include <memory>
#include <vector>

#include "machine/x64/language.h"

namespace loko::x64 {

class Arrivals {
 public:
  /// Notes that the block at `start` is entered from the block `from`, which ends at `end`. Blocks come in order.
  void add(u32 start, BlockId from, u32 end) {
    if (start == end) return next_.push_back({start, from});
    if (down_.empty() || start <= down_.back().first) return down_.push_back({start, from});
    if (up_.empty() || start >= up_.back().first) return up_.push_back({start, from});
    if (!rest_) rest_ = std::make_unique<std::multimap<u32, BlockId>>();
    rest_->emplace(start, from);
  }

  /// The least start in [from, to) whose block is wanted(block), or `none`.
  template <class F>
  u32 first(u32 from, u32 to, u32 none, F wanted) const {
    u32 found = none;
    auto look = [&](auto it, auto end) {
      for (; it != end && it->first < to; ++it)
        if (wanted(it->second)) {
          to = found = it->first;
          return;
        }
    };
    auto is_before = [](const auto& a, u32 x) { return a.first < x; };
    look(std::lower_bound(next_.begin(), next_.end(), from, is_before), next_.end());
    look(std::lower_bound(up_.begin(), up_.end(), from, is_before), up_.end());
    look(std::lower_bound(down_.rbegin(), down_.rend(), from, is_before), down_.rend());
    if (rest_) look(rest_->lower_bound(from), rest_->end());
    return found;
  }

 private:
  using Run = std::vector<std::pair<u32, BlockId>>;
  Run next_, up_, down_;
  std::unique_ptr<std::multimap<u32, BlockId>> rest_;
};

}  // namespace loko::x64
