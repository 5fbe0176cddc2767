// SPDX-License-Identifier: MIT
//
// What lies on the ways from a block down to one that it dominates, as runs of positions: where a value that is defined in the
// first and live when the second begins is live.
//
// The region of a block are the blocks on ways to it from its immediate dominator. What lies between a block and any dominator is
// the regions on the way up the dominator tree, and these blocks themselves. For stretches of that way the runs are merged and
// kept (Myers, "An Applicative Random-Access Stack"), so that a question takes a logarithmic number of steps however far the
// dominator is, and values that live through thousands of blocks cost as much as others. It takes few runs as long as blocks from
// which no way leads back lie last in the order (prepare).
#pragma once

#include <vector>

#include "machine/x64/language.h"

namespace loko::x64 {

/// Positions from `from` up to, not including, `to`.
struct Range {
  u32 from, to;
};

/// Sorts ranges and joins those that touch.
void merge(std::vector<Range>& list);

class Regions {
 public:
  explicit Regions(const Prepared& p);

  /// The nearest block that dominates both b and `other`; adds the runs of all that lies between its end and the start of b, unless it is b.
  BlockId between(BlockId other, BlockId b, std::vector<Range>& out);

 private:
  using Runs = std::vector<Range>;

  void number_depths();
  void find(BlockId b);
  BlockId ancestor(BlockId b, u32 depth) const;
  void find_irreducible(BlockId b);
  const Runs& stretch(BlockId b);
  Range whole(BlockId b) const { return {p_.start[b], p_.end[b]}; }
  void add(const Runs& runs, std::vector<Range>& out) const { out.insert(out.end(), runs.begin(), runs.end()); }

  const Prepared& p_;
  const low::Graph& g_;
  std::vector<Runs> regions_;      // shared by the blocks of an irreducible cycle
  std::vector<u32> region_;        // by block: index, 0 if its only predecessor is its dominator, kNone until it is known
  std::vector<u32> depth_;         // in the dominator tree
  std::vector<BlockId> skip_;      // a dominator farther up; the root's is itself
  std::vector<Runs> stretches_;    // by block: what lies between it and its skip
  std::vector<bool> has_stretch_;
  std::vector<u32> seen_;          // by block: twice the number of the search that came here last, and one more by its second part
  u32 searches_ = 0;
};

}  // namespace loko::x64
