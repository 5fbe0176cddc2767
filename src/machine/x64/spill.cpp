// SPDX-License-Identifier: MIT
//
// Where values are written to their slots; see spill.h.
#include "machine/x64/spill.h"

#include <algorithm>

namespace loko::x64 {

using low::TermKind;

Borders compute_borders(const Prepared& p, const Allocation& a) {
  std::size_t n = p.f.blocks.size();
  Borders r{std::vector<std::vector<ValueId>>(n), std::vector<std::vector<ValueId>>(n)};
  for (ValueId v = 0; v < a.fragments.size(); ++v)
    for (const Fragment& g : a.fragments[v]) {
      for (u32 i = p.index[p.block_at[g.from / 2]]; i < p.order.size() && p.start[p.order[i]] < g.to; ++i) {
        BlockId b = p.order[i];
        if (p.start[b] >= g.from) r.start[b].push_back(v);
        if (p.end[b] - 1 >= g.from && p.end[b] - 1 < g.to) r.end[b].push_back(v);
      }
    }
  return r;
}

bool Spills::available_at_start(ValueId v, BlockId b) const {
  const auto& list = doubtful[b];
  auto it = std::lower_bound(list.begin(), list.end(), v);
  return it == list.end() || *it != v || available[b][static_cast<std::size_t>(it - list.begin())];
}

bool defined_at_home(const Prepared& p, const Lifetimes& l, const Allocation& a, ValueId v) {
  u32 at = l.definition[v];
  return at != kNone && at % 2 == 0 && !l.ranges(v).empty() && !a.register_at(p, v, at).is_register();
}

namespace {

class StorePlacement {
 public:
  StorePlacement(const Prepared& p, const Lifetimes& l, const Borders& borders, const Allocation& a)
      : p_(p), l_(l), borders_(borders), a_(a) {}

  Spills run() {
    transitions_.resize(p_.f.values.size());
    find_transitions();
    find_edge_transitions();
    choose_spilled();
    find_doubtful();
    for (ValueId v : r_.values) r_.stores.insert(r_.stores.end(), transitions_[v].begin(), transitions_[v].end());
    find_available();
    std::vector<Store> chosen;
    for (ValueId v : r_.values) choose_stores(v, chosen);
    r_.stores = std::move(chosen);
    find_available();
    return std::move(r_);
  }

 private:
  u32 term_position(BlockId b) const { return p_.end[b] - 2; }
  BlockId block_of(u32 position) const { return p_.block_at[position / 2]; }
  Location register_at(ValueId v, u32 position) const { return a_.register_at(p_, v, position); }
  bool may_spill(ValueId v) const { return p_.const_kind[v] == ConstKind::None && !l_.ranges(v).empty(); }
  bool at_home(ValueId v) const { return defined_at_home(p_, l_, a_, v); }

  // -- places where a value stops being in registers while it lives on --

  void find_transitions() {
    for (ValueId v = 0; v < a_.fragments.size(); ++v) {
      if (!may_spill(v)) continue;
      const auto& list = a_.fragments[v];
      for (std::size_t i = 0; i < list.size(); ++i) {
        u32 to = list[i].to;
        if (!l_.covers(v, to) || (i + 1 < list.size() && list[i + 1].from == to)) continue;
        BlockId b = block_of(to);
        if (to == p_.start[b]) continue;  // edges
        u32 at = to & ~1u;
        if (at == p_.start[b]) {
          transitions_[v].push_back({v, b, at * 2 + 1, a_.register_of(p_, v, list[i])});
          continue;
        }
        Location before = register_at(v, at - 1);
        if (before.is_register()) transitions_[v].push_back({v, b, at * 2, before});  // else it was just loaded from its home
      }
    }
  }

  void find_edge_transitions() {
    for (BlockId s : p_.order)
      for (BlockId q : p_.preds[s])
        for (ValueId v : borders_.end[q]) {
          if (!may_spill(v) || !l_.live_in(p_, v, s) || register_at(v, p_.start[s]).is_register()) continue;
          Location from = register_at(v, term_position(q) + 1);
          bool jump = p_.f.blocks[q].term.kind == TermKind::Jump;
          transitions_[v].push_back({v, jump ? q : s, jump ? term_position(q) * 2 : p_.start[s] * 2, from});
        }
  }

  void choose_spilled() {
    r_.is_spilled.assign(p_.f.values.size(), false);
    for (ValueId v = 0; v < transitions_.size(); ++v) {
      if (p_.is_immediate(v) || !may_spill(v) || (transitions_[v].empty() && !at_home(v))) continue;
      r_.is_spilled[v] = true;
      r_.values.push_back(v);
      auto& list = transitions_[v];
      std::sort(list.begin(), list.end(), [](auto& x, auto& y) { return x.key < y.key; });
      list.erase(std::unique(list.begin(), list.end(), [](auto& x, auto& y) { return x.key == y.key; }), list.end());
    }
  }

  // -- where slots hold their values --

  void find_doubtful() {
    r_.doubtful.resize(p_.f.blocks.size());
    for (BlockId b : p_.order) {
      auto& list = r_.doubtful[b];
      auto add = [&](ValueId v) {
        if (r_.is_spilled[v] && l_.live_in(p_, v, b)) list.push_back(v);
      };
      for (ValueId v : borders_.start[b]) add(v);
      for (BlockId q : p_.preds[b])
        for (ValueId v : borders_.end[q]) add(v);
      std::sort(list.begin(), list.end());
      list.erase(std::unique(list.begin(), list.end()), list.end());
    }
  }

  /// The greatest solution: a value is in its slot when a block begins if it is when all predecessors end.
  void find_available() {
    std::vector<std::vector<ValueId>> made(p_.f.blocks.size());
    for (const Store& t : r_.stores) made[t.block].push_back(t.value);
    for (ValueId v : r_.values)
      if (at_home(v)) made[block_of(l_.definition[v])].push_back(v);
    for (auto& list : made) std::sort(list.begin(), list.end());
    r_.available.assign(p_.f.blocks.size(), {});
    for (BlockId b : p_.order) r_.available[b].assign(r_.doubtful[b].size(), true);
    auto at_end = [&](ValueId v, BlockId q) {
      if (std::binary_search(made[q].begin(), made[q].end(), v)) return true;
      return block_of(l_.definition[v]) != q && r_.available_at_start(v, q);
    };
    std::vector<BlockId> work(p_.order.rbegin(), p_.order.rend());
    std::vector<bool> waiting(p_.f.blocks.size(), true);
    while (!work.empty()) {
      BlockId b = work.back();
      work.pop_back();
      waiting[b] = false;
      bool changed = false;
      for (std::size_t i = 0; i < r_.doubtful[b].size(); ++i) {
        if (!r_.available[b][i]) continue;
        bool all = true;
        for (BlockId q : p_.preds[b]) all = all && at_end(r_.doubtful[b][i], q);
        if (!all) r_.available[b][i] = false, changed = true;
      }
      if (!changed) continue;
      for (BlockId s : successors(p_, b))
        if (!waiting[s]) waiting[s] = true, work.push_back(s);
    }
  }

  // -- which stores --

  void choose_stores(ValueId v, std::vector<Store>& chosen) const {
    std::vector<Store> needed;
    BlockId seen = kNone;
    for (const Store& t : transitions_[v]) {
      bool fresh = t.block != seen;
      seen = t.block;
      bool defined_here = block_of(l_.definition[v]) == t.block;
      if (fresh && (defined_here ? !at_home(v) : !r_.available_at_start(v, t.block))) needed.push_back(t);
    }
    if (needed.empty()) return;
    Store single;
    if (cheaper(v, needed, &single)) chosen.push_back(single);
    else chosen.insert(chosen.end(), needed.begin(), needed.end());
  }

  /// Is one store at a dominating place cheaper than one at each transition?
  bool cheaper(ValueId v, const std::vector<Store>& needed, Store* single) const {
    double cost = 0;
    const std::vector<u32>& preorder = p_.dominators.enter;
    BlockId first = needed[0].block, last = first;  // in preorder of the dominator tree: all share their common dominator
    for (const Store& t : needed) {
      cost += p_.frequency[t.block];
      if (preorder[t.block] < preorder[first]) first = t.block;
      if (preorder[t.block] > preorder[last]) last = t.block;
    }
    BlockId d = first;
    while (!p_.dominators.dominates(d, last)) d = p_.dominators.idom[d];
    BlockId best = cheapest_dominator(v, d);
    if (p_.frequency[best] > cost || (p_.frequency[best] == cost && needed.size() == 1)) return false;
    for (const Store& t : transitions_[v])
      if (t.block == best) {
        *single = t;
        return true;
      }
    u32 def = l_.definition[v];
    bool after = best == block_of(def) && def % 2 == 1;
    Location from = register_at(v, after ? def : p_.start[best]);
    if (!from.is_register()) return false;
    *single = {v, best, after ? (def + 1) * 2 : p_.start[best] * 2 + 1, from};
    return true;
  }

  /// From d up to the definition, the block that runs least.
  BlockId cheapest_dominator(ValueId v, BlockId d) const {
    u32 def = l_.definition[v];
    BlockId home = block_of(def), best = d;
    for (BlockId b = d;; b = p_.dominators.idom[b]) {
      if (b == home && def == term_position(b) + 1) break;
      if (p_.frequency[b] < p_.frequency[best]) best = b;
      if (b == home) break;
    }
    return best;
  }

  const Prepared& p_;
  const Lifetimes& l_;
  const Borders& borders_;
  const Allocation& a_;
  Spills r_;
  std::vector<std::vector<Store>> transitions_;   // by value
};

}  // namespace

Spills place_stores(const Prepared& p, const Lifetimes& l, const Borders& borders, const Allocation& a) {
  return StorePlacement(p, l, borders, a).run();
}

}  // namespace loko::x64
