// SPDX-License-Identifier: MIT
//
// A loop that checks in every round what no round changes (is this a vector?) gets a copy of its body before it, for the first
// round. There each check stays where it was, so errors come when they came before; in the loop itself it is implied by
// the copy that dominates, and so is what value numbering finds there: headers, lengths, free variables.
//
// Only inner loops, and only checks that every round makes.
#include "low/graph.h"
#include "low/loops.h"
#include "low/passes.h"

#include <algorithm>

namespace loko::low {
namespace {

constexpr std::size_t kMostLoopBlocks = 60, kMostLoopInsts = 160, kMostInsts = 3000;

/// A loop, as it goes on likely paths, without loops inside: an unlikely way back to the header enters it anew, through the copy.
struct InnerLoop {
  BlockId header;
  std::vector<BlockId> blocks;   // in reverse postorder, the header first
  std::vector<Edge> back;        // edges to the header from the loop
  bool contains(BlockId b) const { return std::find(blocks.begin(), blocks.end(), b) != blocks.end(); }
};

/// The ways back to the header: the likely ones, if there are any.
std::vector<Edge> ways_back(const Function& f, const Graph& g, BlockId header) {
  std::vector<Edge> all, likely;
  for (const Edge& e : g.edges[header]) {
    if (!g.dominates(header, e.from)) continue;
    all.push_back(e);
    if (!f.blocks[e.from].cold) likely.push_back(e);
  }
  return likely.empty() ? all : likely;
}

/// Finds what leads to l.back. False: there is another loop inside, or it is large.
bool find_blocks(const Graph& g, const LoopForest& forest, InnerLoop& l) {
  l.blocks = {l.header};
  auto add = [&](BlockId b) {
    if (!l.contains(b)) l.blocks.push_back(b);
  };
  for (const Edge& e : l.back) add(e.from);
  for (std::size_t k = 1; k < l.blocks.size(); ++k) {
    if (l.blocks.size() > kMostLoopBlocks || forest.is_header(l.blocks[k])) return false;
    for (const Edge& e : g.edges[l.blocks[k]]) add(e.from);
  }
  std::sort(l.blocks.begin(), l.blocks.end(), [&](BlockId x, BlockId y) { return g.number[x] < g.number[y]; });
  return l.blocks.size() <= kMostLoopBlocks;
}

/// Those that are not unlikely and not the whole function, in the order of the forest.
std::vector<InnerLoop> find_inner_loops(const Function& f, const Graph& g) {
  LoopForest forest = find_loops(g);
  std::vector<InnerLoop> loops;
  for (BlockId h : forest.headers) {
    if (f.blocks[h].cold || h == 0) continue;
    InnerLoop l{h, {}, ways_back(f, g, h)};
    if (find_blocks(g, forest, l)) loops.push_back(std::move(l));
  }
  return loops;
}

class Peeler {
 public:
  Peeler(Function& f, const Graph& g) : f_(f), graph_(g) {}

  /// Is there a check in the loop that is the same in all rounds?
  bool repeats_check(const InnerLoop& l) {
    invariant_.assign(f_.values.size(), true);
    for (BlockId b : l.blocks) {
      for (ValueId v : f_.blocks[b].params) invariant_[v] = false;
      for (const Inst& i : f_.blocks[b].insts)
        if (i.result != kNone) invariant_[i.result] = is_invariant(i);
      const Terminator& t = f_.blocks[b].term;
      if (t.result != kNone) invariant_[t.result] = false;
      if (t.kind == TermKind::Branch && invariant_[t.a] && invariant_[t.b] && leaves(l, t) && every_round(l, b)) return true;
    }
    return false;
  }

 private:
  bool is_invariant(const Inst& i) const {
    if (!is_pure(i) || i.op == Op::Alloc || i.op == Op::AllocDynamic || i.op == Op::CallFloat) return false;
    if ((i.op == Op::Load || i.op == Op::LoadAbs || i.op == Op::LoadCtx) && !i.fixed) return false;
    for (ValueId v : {i.a, i.b, i.c, i.d})
      if (v != kNone && !invariant_[v]) return false;
    return true;
  }

  /// One way is unlikely.
  bool leaves(const InnerLoop&, const Terminator& t) const { return f_.blocks[t.target].cold != f_.blocks[t.otherwise].cold; }

  bool every_round(const InnerLoop& l, BlockId b) const {
    return std::all_of(l.back.begin(), l.back.end(), [&](const Edge& e) { return graph_.dominates(b, e.from); });
  }

  Function& f_;
  const Graph& graph_;
  std::vector<bool> invariant_;
};

std::size_t insts(const Function& f, const InnerLoop& l) {
  std::size_t n = 0;
  for (BlockId b : l.blocks) n += f.blocks[b].insts.size();
  return n;
}

/// Copies the loop; the copy does the first round.
void peel(Function& f, const Graph& g, const InnerLoop& l) {
  std::vector<Definition> copies;
  std::vector<BlockId> copy(f.blocks.size(), kNone);
  for (BlockId b : l.blocks) copy[b] = copy_block(f, b, copies);
  for (BlockId b : l.blocks)
    for_each_successor(f.blocks[copy[b]].term, [&](BlockId& s, std::vector<ValueId>&) {
      if (s != l.header && s < copy.size() && copy[s] != kNone) s = copy[s];
    });
  f.blocks[copy[l.header]].loop_header = false;
  for (const Edge& e : g.edges[l.header]) {
    if (l.contains(e.from)) continue;
    Terminator& t = f.blocks[e.from].term;
    (e.otherwise ? t.otherwise : t.target) = copy[l.header];
  }
  repair_ssa(f, copies);
}

}  // namespace

bool peel_checks(Function& f) {
  bool changed = false;
  std::vector<BlockId> done;  // headers; blocks keep their numbers
  for (;;) {
    std::size_t all = 0;
    for (const Block& b : f.blocks) all += b.insts.size();
    if (all > kMostInsts) return changed;
    Graph g = make_graph(f);
    std::vector<InnerLoop> loops = find_inner_loops(f, g);
    const InnerLoop* best = nullptr;
    for (const InnerLoop& l : loops) {
      if (insts(f, l) > kMostLoopInsts) continue;
      if (std::find(done.begin(), done.end(), l.header) != done.end()) continue;
      done.push_back(l.header);
      if (!Peeler(f, g).repeats_check(l)) continue;
      best = &l;
      break;
    }
    if (!best) return changed;
    if (!changed) {
      localize_constants(f);
      changed = true;
      done.clear();
      continue;  // with the constants' new places
    }
    peel(f, g, *best);
  }
}

}  // namespace loko::low
