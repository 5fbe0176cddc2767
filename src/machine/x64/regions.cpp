// SPDX-License-Identifier: MIT
//
// See regions.h.
// INVARIANT(regions): regions become known from the bottom of the dominator tree upwards, and in reverse postorder among the
// children of a block, so that what a region needs is known, but for cycles that are entered at several places.
#include "machine/x64/regions.h"

#include <algorithm>

namespace loko::x64 {

void merge(std::vector<Range>& list) {
  std::sort(list.begin(), list.end(), [](const Range& x, const Range& y) { return x.from < y.from; });
  std::size_t n = 0;
  for (const Range& r : list) {
    if (n > 0 && r.from <= list[n - 1].to) list[n - 1].to = std::max(list[n - 1].to, r.to);
    else list[n++] = r;
  }
  list.resize(n);
}

Regions::Regions(const Prepared& p) : p_(p), g_(p.dominators) {
  std::size_t n = p.f.blocks.size();
  regions_.resize(1);
  region_.assign(n, kNone);
  stretches_.resize(n);
  has_stretch_.assign(n, false);
  number_depths();
  low::walk_dominators(
      g_, [](BlockId b) { return b; },
      [this](BlockId b) {
        if (b != 0) find(b);
      });
}

void Regions::number_depths() {
  depth_.assign(p_.f.blocks.size(), 0);
  skip_.assign(p_.f.blocks.size(), 0);
  for (BlockId b : g_.order) {
    if (b == 0) continue;
    BlockId up = g_.idom[b], far = skip_[up], farther = skip_[far];
    depth_[b] = depth_[up] + 1;
    skip_[b] = depth_[up] - depth_[far] == depth_[far] - depth_[farther] ? farther : up;
  }
}

/// The dominator of b at that depth.
BlockId Regions::ancestor(BlockId b, u32 depth) const {
  while (depth_[b] > depth) b = depth_[skip_[b]] >= depth ? skip_[b] : g_.idom[b];
  return b;
}

/// The region of b, from those of what dominates its predecessors.
void Regions::find(BlockId b) {
  if (region_[b] != kNone) return;
  BlockId up = g_.idom[b];
  Runs runs;
  for (BlockId q : p_.preds[b]) {
    if (q == up) continue;
    BlockId child = ancestor(q, depth_[b]);
    if (child != b && region_[child] == kNone) return find_irreducible(b);
    runs.push_back(whole(q));
    if (child != b) {
      between(up, q, runs);
    } else if (q != b) {
      between(b, q, runs);
      runs.push_back(whole(b));
    }
  }
  merge(runs);
  region_[b] = runs.empty() ? 0 : static_cast<u32>(regions_.size());
  if (!runs.empty()) regions_.push_back(std::move(runs));
}

/// By a walk up from b. Blocks with the same immediate dominator that b leads back to in there have the same region.
void Regions::find_irreducible(BlockId b) {
  BlockId up = g_.idom[b];
  seen_.resize(p_.f.blocks.size(), 0);
  u32 leads = 2 * ++searches_, both = leads + 1;
  std::vector<BlockId> work{b};
  Runs runs;
  while (!work.empty()) {
    BlockId x = work.back();
    work.pop_back();
    for (BlockId q : p_.preds[x])
      if (q != up && seen_[q] != leads) {
        seen_[q] = leads;
        runs.push_back(whole(q));
        work.push_back(q);
      }
  }
  merge(runs);
  u32 index = static_cast<u32>(regions_.size());
  regions_.push_back(std::move(runs));
  region_[b] = index;
  for (work.push_back(b); !work.empty();) {
    const low::Terminator& t = p_.f.blocks[work.back()].term;
    work.pop_back();
    for (BlockId s : {t.target, t.otherwise})
      if (s != kNone && seen_[s] == leads) {
        seen_[s] = both;
        if (g_.idom[s] == up) region_[s] = index;
        work.push_back(s);
      }
  }
}

/// What lies between b and its skip.
const Regions::Runs& Regions::stretch(BlockId b) {
  if (has_stretch_[b]) return stretches_[b];
  Runs runs = regions_[region_[b]];
  BlockId up = g_.idom[b], far = skip_[up];
  if (skip_[b] != up) {
    runs.push_back(whole(up));
    add(stretch(up), runs);
    runs.push_back(whole(far));
    add(stretch(far), runs);
    merge(runs);
  }
  has_stretch_[b] = true;
  return stretches_[b] = std::move(runs);
}

BlockId Regions::between(BlockId other, BlockId b, std::vector<Range>& out) {
  for (bool below = false; !g_.dominates(b, other); below = true) {
    if (below) out.push_back(whole(b));
    bool far = !g_.dominates(skip_[b], other) || skip_[b] == g_.idom[b];
    add(far ? stretch(b) : regions_[region_[b]], out);
    b = far ? skip_[b] : g_.idom[b];
  }
  return b;
}

}  // namespace loko::x64
