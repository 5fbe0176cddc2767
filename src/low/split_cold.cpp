// SPDX-License-Identifier: MIT
//
// Generic arithmetic joins a fixnum, computed in line, with whatever the runtime gave on an unlikely path; after the
// join the type is forgotten and tested again. Here an unlikely path that comes back does so into its own copy of all
// that follows, so that on the likely path every check holds to the end (splitting: Chambers and Ungar, "Making pure
// object-oriented languages practical"). The copy is out of line and never leads back.
#include "low/passes.h"
#include "low/graph.h"

namespace loko::low {
bool split_cold_paths(Function& f) {
  if (!may_be_split(f)) return false;
  // Where cold paths come back, and all that follows.
  std::vector<bool> follows(f.blocks.size());
  std::vector<BlockId> work;
  auto add = [&](BlockId b) {
    if (!follows[b]) follows[b] = true, work.push_back(b);
  };
  size_t old = f.blocks.size();
  for (Block& b : f.blocks)
    if (b.cold)
      for_each_successor(b.term, [&](BlockId s, std::vector<ValueId>&) {
        if (!f.blocks[s].cold) add(s);
      });
  if (work.empty()) return false;
  localize_constants(f);
  while (!work.empty()) {
    BlockId b = work.back();
    work.pop_back();
    for_each_successor(f.blocks[b].term, [&](BlockId s, std::vector<ValueId>&) { add(s); });
  }
  std::vector<BlockId> copy(old, kNone);
  std::vector<Definition> copies;
  for (BlockId b = 0; b < old; ++b)
    if (follows[b]) copy[b] = copy_block(f, b, copies);
  for (BlockId b = 0; b < f.blocks.size(); ++b) {
    bool is_copy = b >= old;
    bool cold = f.blocks[b].cold;
    for_each_successor(f.blocks[b].term, [&](BlockId& s, std::vector<ValueId>&) {
      if (is_copy || (cold && !f.blocks[s].cold)) s = copy[s];
    });
  }
  for (BlockId b = static_cast<BlockId>(old); b < f.blocks.size(); ++b) f.blocks[b].cold = true;
  repair_ssa(f, copies);
  return true;
}

}  // namespace loko::low
