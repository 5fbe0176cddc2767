// SPDX-License-Identifier: MIT
//
// A loop that checks in every round what no round changes (is this a vector?) gets a copy of its body before it, for the first
// round. There each check stays where it was, so errors come when they came before; in the loop itself it is implied by
// the copy that dominates, and so is what value numbering finds there: headers, lengths, free variables.
//
// Only inner loops, and only checks that every round makes.
#include "low/graph.h"
#include "low/passes.h"

#include <algorithm>

namespace loko::low {
namespace {

constexpr std::size_t kMostLoopBlocks = 60, kMostLoopInsts = 160, kMostInsts = 3000;

class Peeler {
 public:
  Peeler(Function& f, const Graph& g) : f_(f), graph_(g) {}

  /// Is there a check in the loop that is the same in all rounds?
  bool repeats_check(const Loop& l) {
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
  bool leaves(const Loop&, const Terminator& t) const { return f_.blocks[t.target].cold != f_.blocks[t.otherwise].cold; }

  bool every_round(const Loop& l, BlockId b) const {
    return std::all_of(l.back.begin(), l.back.end(), [&](const Edge& e) { return graph_.dominates(b, e.from); });
  }

  Function& f_;
  const Graph& graph_;
  std::vector<bool> invariant_;
};

std::size_t insts(const Function& f, const Loop& l) {
  std::size_t n = 0;
  for (BlockId b : l.blocks) n += f.blocks[b].insts.size();
  return n;
}

/// The loop as it goes on likely paths: an unlikely one that comes back to the header enters it anew, through the copy.
Loop likely_part(const Function& f, const Graph& g, const Loop& l) {
  Loop part{l.header, {}, {}, std::vector<bool>(f.blocks.size())};
  for (const Edge& e : l.back)
    if (!f.blocks[e.from].cold) part.back.push_back(e);
  if (part.back.empty() || part.back.size() == l.back.size()) return l;
  std::vector<BlockId> work;
  auto add = [&](BlockId b) {
    if (!part.in[b]) part.in[b] = true, work.push_back(b);
  };
  part.in[l.header] = true;
  for (const Edge& e : part.back) add(e.from);
  while (!work.empty()) {
    BlockId b = work.back();
    work.pop_back();
    for (const Edge& e : g.edges[b]) add(e.from);
  }
  for (BlockId b : l.blocks)
    if (part.in[b]) part.blocks.push_back(b);
  return part;
}

/// Copies the loop; the copy does the first round.
void peel(Function& f, const Graph& g, const Loop& l) {
  std::vector<Definition> copies;
  std::vector<BlockId> copy(f.blocks.size(), kNone);
  for (BlockId b : l.blocks) copy[b] = copy_block(f, b, copies);
  for (BlockId b : l.blocks)
    for_each_successor(f.blocks[copy[b]].term, [&](BlockId& s, std::vector<ValueId>&) {
      if (s != l.header && s < copy.size() && copy[s] != kNone) s = copy[s];
    });
  f.blocks[copy[l.header]].loop_header = false;
  for (const Edge& e : g.edges[l.header]) {
    if (l.in[e.from]) continue;
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
    std::vector<Loop> loops = find_loops(f, g);
    for (Loop& l : loops) l = likely_part(f, g, l);
    const Loop* best = nullptr;
    for (const Loop& l : loops) {
      bool inner = std::none_of(loops.begin(), loops.end(), [&](const Loop& o) { return o.header != l.header && l.in[o.header]; });
      if (!inner || f.blocks[l.header].cold || l.header == 0 || l.blocks.size() > kMostLoopBlocks || insts(f, l) > kMostLoopInsts) continue;
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
