// SPDX-License-Identifier: MIT
//
// A prepared function -> the values that are live at the borders of its blocks.
// INVARIANT(ssa): a value's definition dominates its uses, so a path upwards from a use meets it.
#include "machine/x64/liveness.h"

namespace loko::x64 {

namespace {

/// The blocks that define each value (kNone: constants) and those that use it before defining it.
struct Occurrences {
  std::vector<BlockId> definition;
  std::vector<std::vector<BlockId>> uses;
};

Occurrences find_occurrences(const Prepared& p) {
  const low::Function& f = p.f;
  Occurrences o{std::vector<BlockId>(f.values.size(), kNone), std::vector<std::vector<BlockId>>(f.values.size())};
  for (ValueId v : f.params) o.definition[v] = 0;
  if (f.closure != kNone) o.definition[f.closure] = 0;
  for (BlockId b : p.order) {
    for (ValueId v : f.blocks[b].params) o.definition[v] = b;
    for (const low::Inst& i : f.blocks[b].insts)
      if (i.result != kNone) o.definition[i.result] = b;
    if (f.blocks[b].term.kind == low::TermKind::BranchOvf) o.definition[f.blocks[b].term.result] = b;
  }
  auto folded = [&](ValueId v) { return v != kNone && p.is_immediate(v); };
  for (BlockId b : p.order) {
    auto use = [&](ValueId v, Use, Constant) {
      if (p.is_immediate(v) || o.definition[v] == b) return;
      if (o.uses[v].empty() || o.uses[v].back() != b) o.uses[v].push_back(b);
    };
    for (const low::Inst& i : f.blocks[b].insts) visit_uses(i, folded, use);
    visit_term_uses(f.blocks[b].term, folded, use);
  }
  return o;
}

}  // namespace

std::vector<BlockId> successors(const Prepared& p, BlockId b) {
  const low::Terminator& t = p.f.blocks[b].term;
  if (t.kind == low::TermKind::Jump) return {t.target};
  if (is_two_way(t.kind)) return {t.target, t.otherwise};
  return {};
}

Liveness compute_liveness(const Prepared& p) {
  std::size_t blocks = p.f.blocks.size();
  Occurrences o = find_occurrences(p);
  Liveness live{std::vector<std::vector<ValueId>>(blocks), std::vector<std::vector<ValueId>>(blocks)};
  auto add = [](std::vector<ValueId>& list, ValueId v) {
    if (!list.empty() && list.back() == v) return false;
    list.push_back(v);
    return true;
  };
  std::vector<BlockId> work;
  for (ValueId v = 0; v < o.uses.size(); ++v) {
    work.assign(o.uses[v].begin(), o.uses[v].end());
    while (!work.empty()) {
      BlockId b = work.back();
      work.pop_back();
      if (!add(live.in[b], v)) continue;
      for (BlockId q : p.preds[b])
        if (add(live.out[q], v) && o.definition[v] != q) work.push_back(q);
    }
  }
  return live;
}

}  // namespace loko::x64
