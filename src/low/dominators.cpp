// SPDX-License-Identifier: MIT
//
// Lengauer and Tarjan, "A Fast Algorithm for Finding Dominators in a Flowgraph", the simple version: m log n whatever the
// shape, where intersecting paths of the tree takes quadratic time for a join of many branches of a long chain.
//
// Vertices are numbers in preorder of a depth-first spanning tree. semi[v] is the least vertex with a path to v whose inner
// vertices are all above v; the immediate dominator is the semidominator of the vertex on the tree path below it whose
// semidominator is least, or that vertex' dominator.
#include "low/dominators.h"

namespace loko::low {
namespace {

class DominatorFinder {
 public:
  DominatorFinder(Function& f, Graph& g) : f_(f), g_(g) {}

  void run() {
    span();
    std::size_t n = vertex_.size();
    semi_.resize(n);
    label_.resize(n);
    ancestor_.assign(n, kNone);
    idom_.assign(n, 0);
    std::vector<u32> first(n, kNone), next(n, kNone);  // lists of the vertices with a common semidominator
    for (u32 v = 0; v < n; ++v) semi_[v] = label_[v] = v;
    for (u32 v = static_cast<u32>(n); v-- > 1;) {
      for (const Edge& e : g_.edges[vertex_[v]]) semi_[v] = std::min(semi_[v], semi_[least(vertex_number_[e.from])]);
      next[v] = first[semi_[v]];
      first[semi_[v]] = v;
      ancestor_[v] = parent_[v];
      for (u32& w = first[parent_[v]]; w != kNone; w = next[w]) {
        u32 u = least(w);
        idom_[w] = semi_[u] < semi_[w] ? u : parent_[v];
      }
    }
    for (u32 v = 1; v < n; ++v)
      if (idom_[v] != semi_[v]) idom_[v] = idom_[idom_[v]];
    for (u32 v = 0; v < n; ++v) g_.idom[vertex_[v]] = vertex_[idom_[v]];
  }

 private:
  /// Numbers the blocks in preorder.
  void span() {
    vertex_number_.assign(f_.blocks.size(), kNone);
    std::vector<std::pair<BlockId, u32>> work{{0, 0}};  // a block and its parent, once for each edge
    while (!work.empty()) {
      auto [b, parent] = work.back();
      work.pop_back();
      if (vertex_number_[b] != kNone) continue;
      u32 v = vertex_number_[b] = static_cast<u32>(vertex_.size());
      vertex_.push_back(b);
      parent_.push_back(parent);
      for_each_successor(f_.blocks[b].term, [&](BlockId s, std::vector<ValueId>&) {
        if (vertex_number_[s] == kNone) work.push_back({s, v});
      });
    }
  }

  /// The vertex with the least semidominator on the way from v up to the root of its tree so far; paths are compressed.
  u32 least(u32 v) {
    if (ancestor_[v] == kNone) return v;
    path_.clear();
    for (u32 u = v; ancestor_[ancestor_[u]] != kNone; u = ancestor_[u]) path_.push_back(u);
    for (std::size_t i = path_.size(); i-- > 0;) {
      u32 u = path_[i], above = ancestor_[u];
      if (semi_[label_[above]] < semi_[label_[u]]) label_[u] = label_[above];
      ancestor_[u] = ancestor_[above];
    }
    return label_[v];
  }

  Function& f_;
  Graph& g_;
  std::vector<BlockId> vertex_;
  std::vector<u32> vertex_number_, parent_, semi_, label_, ancestor_, idom_, path_;
};

}  // namespace

void find_dominators(Function& f, Graph& g) {
  std::size_t n = f.blocks.size();
  g.idom.assign(n, kNone);
  DominatorFinder(f, g).run();
  g.children.assign(n, {});
  for (BlockId b : g.order)
    if (b != 0) g.children[g.idom[b]].push_back(b);
  g.enter.assign(n, kNone);
  g.leave.assign(n, kNone);
  u32 clock = 0;
  auto enter = [&](BlockId b) {
    g.enter[b] = clock++;
    return b;
  };
  walk_dominators(g, enter, [&](BlockId b) { g.leave[b] = clock; });
}

}  // namespace loko::low
