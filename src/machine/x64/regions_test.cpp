// SPDX-License-Identifier: MIT
//
// What lies between blocks, in random graphs with loops, cycles with several entries and dead ends, against a plain search.
#include "machine/x64/regions.h"

#include <gtest/gtest.h>

#include <random>

namespace loko::x64 {
namespace {

/// A function of n blocks that jump anywhere; the nearer to 1 `back` is, the more go back.
low::Function random_graph(std::mt19937& random, u32 n, double back) {
  low::Function f;
  low::ValueId x = f.new_value(Rep::Tagged);
  f.params.push_back(x);
  f.blocks.resize(n);
  std::uniform_real_distribution<double> chance(0, 1);
  auto somewhere = [&](u32 b) {
    u32 low = chance(random) < back ? 1 : b + 1, high = std::min(n - 1, b + 6);
    return low >= high ? n - 1 : std::uniform_int_distribution<u32>(low, high)(random);
  };
  for (u32 b = 0; b < n; ++b) {
    low::Terminator& t = f.blocks[b].term;
    double kind = chance(random);
    t.a = x;
    if (b == n - 1 || kind < 0.05) {
      t.kind = low::TermKind::Return;
    } else if (kind < 0.3) {
      t.kind = low::TermKind::Jump;
      t.a = kNone;
      t.target = somewhere(b);
    } else {
      t.kind = low::TermKind::Branch;
      t.b = x;
      t.target = somewhere(b);
      t.otherwise = somewhere(b);
    }
    f.blocks[b].cold = b > 0 && chance(random) < 0.2;
  }
  return f;
}

std::vector<Range> search(const Prepared& p, BlockId top, BlockId b) {
  std::vector<bool> seen(p.f.blocks.size(), false);
  std::vector<BlockId> work{b};
  std::vector<Range> runs;
  while (!work.empty()) {
    BlockId x = work.back();
    work.pop_back();
    for (BlockId q : p.preds[x])
      if (q != top && !seen[q]) {
        seen[q] = true;
        runs.push_back({p.start[q], p.end[q]});
        work.push_back(q);
      }
  }
  merge(runs);
  return runs;
}

void check_graph(u32 seed, u32 n, double back) {
  std::mt19937 random(seed);
  Prepared p = prepare(random_graph(random, n, back));
  Regions regions(p);
  for (BlockId b : p.order)
    for (BlockId top : p.order) {
      if (top == b || !p.dominators.dominates(top, b)) continue;
      std::vector<Range> expected = search(p, top, b), found;
      regions.between(top, b, found);
      merge(found);
      ASSERT_EQ(expected.size(), found.size()) << "seed " << seed << ": " << top << " to " << b;
      for (std::size_t i = 0; i < found.size(); ++i) {
        ASSERT_EQ(expected[i].from, found[i].from) << "seed " << seed;
        ASSERT_EQ(expected[i].to, found[i].to) << "seed " << seed;
      }
    }
}

TEST(Regions, LieBetweenBlocks) {
  for (u32 seed = 0; seed < 300; ++seed) check_graph(seed, 4 + seed % 40, seed % 7 * 0.1);
  for (u32 seed = 300; seed < 310; ++seed) check_graph(seed, 150, seed % 5 * 0.04);
}

}  // namespace
}  // namespace loko::x64
