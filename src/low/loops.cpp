// SPDX-License-Identifier: MIT
//
// See loops.h.
#include "low/loops.h"

namespace loko::low {
namespace {

class LoopFinder {
 public:
  explicit LoopFinder(const Graph& g) : g_(g) {}

  LoopForest run() {
    std::size_t n = g_.number.size();
    r_.loop.assign(n, kNone);
    r_.outer.assign(n, kNone);
    r_.depth.assign(n, 0);
    r_.header.assign(n, false);
    r_.first.assign(n, 0);
    r_.last.assign(n, 0);
    r_.skip.assign(n, kNone);
    outermost_.assign(n, kNone);
    // Headers of inner loops are later in reverse postorder than those around them.
    for (std::size_t k = g_.order.size(); k-- > 0;) collect(g_.order[k]);
    nest();
    return std::move(r_);
  }

 private:
  /// The header of the outermost loop found so far around the loop with header h.
  BlockId outermost(BlockId h) {
    BlockId top = h;
    while (outermost_[top] != top) top = outermost_[top];
    while (outermost_[h] != top) {
      BlockId next = outermost_[h];
      outermost_[h] = top;
      h = next;
    }
    return top;
  }

  void collect(BlockId h) {
    for (const Edge& e : g_.edges[h])
      if (g_.dominates(h, e.from)) work_.push_back(e.from);
    if (work_.empty()) return;
    r_.headers.push_back(h);
    r_.header[h] = true;
    r_.loop[h] = outermost_[h] = h;
    while (!work_.empty()) {
      BlockId b = work_.back();
      work_.pop_back();
      if (r_.loop[b] == kNone) {
        r_.loop[b] = h;
      } else {
        b = outermost(r_.loop[b]);
        if (b == h) continue;
        r_.outer[b] = outermost_[b] = h;
      }
      for (const Edge& e : g_.edges[b]) work_.push_back(e.from);
    }
  }

  /// Outer loops are later in `headers`: their depths and numbers first.
  void nest() {
    std::vector<u32> size(r_.loop.size(), 1);
    for (BlockId h : r_.headers)
      if (r_.outer[h] != kNone) size[r_.outer[h]] += size[h];
    std::vector<u32> next(r_.loop.size(), 0);  // the number that the next loop inside gets
    u32 top = 0;
    for (std::size_t k = r_.headers.size(); k-- > 0;) {
      BlockId h = r_.headers[k];
      u32& from = r_.outer[h] == kNone ? top : next[r_.outer[h]];
      r_.first[h] = from;
      r_.last[h] = from + size[h];
      next[h] = from + 1;
      from += size[h];
      r_.depth[h] = 1 + depth(r_.outer[h]);
      r_.skip[h] = skip(r_.outer[h]);
    }
    for (BlockId b : g_.order)
      if (r_.loop[b] != kNone) r_.depth[b] = r_.depth[r_.loop[b]];
  }

  u32 depth(BlockId h) const { return h == kNone ? 0 : r_.depth[h]; }

  /// Where to skip to from a loop just inside `outer` (Myers, "An Applicative Random-Access Stack").
  BlockId skip(BlockId outer) const {
    if (outer == kNone) return kNone;
    BlockId far = r_.skip[outer], farther = far == kNone ? kNone : r_.skip[far];
    return depth(outer) - depth(far) == depth(far) - depth(farther) ? farther : outer;
  }

  const Graph& g_;
  LoopForest r_;
  std::vector<BlockId> outermost_;  // by header, union-find
  std::vector<BlockId> work_;
};

}  // namespace

LoopForest find_loops(const Graph& g) { return LoopFinder(g).run(); }

}  // namespace loko::low
