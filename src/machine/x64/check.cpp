// SPDX-License-Identifier: MIT
//
// Checks an allocation without trusting the allocator (the idea of regalloc2's checker): abstract
// interpretation of moves, instructions and edges, where the state says which values each register and frame
// slot surely holds. Every operand must be where the allocation says; after a call only frame slots that the
// descriptor marks still hold tagged values, and a marked place must hold one; frames agree on all edges.
#include <algorithm>
#include <set>

#include "machine/x64/language.h"

namespace loko::x64 {

using low::Block;
using low::Inst;
using low::Op;
using low::TermKind;
using low::Terminator;

namespace {

using Content = std::vector<ValueId>;  // sorted
using State = std::vector<Content>;    // by place: 16 general registers, 16 float registers, frame slots

class Checker {
 public:
  Checker(const Prepared& p, const Allocation& a) : p_(p), a_(a), f_(p.f) {}

  std::string run() {
    frames();
    std::vector<State> in(f_.blocks.size());
    in[0] = entry_state();
    std::set<u32> work{0};
    while (!work.empty()) {
      BlockId b = p_.order[*work.begin()];
      work.erase(work.begin());
      State s = in[b];
      quiet_ = true;
      block(b, s);
      const Terminator& t = f_.blocks[b].term;
      auto flow = [&](BlockId to, State state) {
        if (meet(in[to], state)) work.insert(p_.index[to]);
      };
      if (t.kind == TermKind::Jump) flow(t.target, renamed(s, t));
      if (!is_two_way(t.kind)) continue;
      if (t.kind == TermKind::BranchOvf) define(s, t.result, a_.location(p_, t.result, position_ + 1));
      flow(t.target, s);
      flow(t.otherwise, s);
    }
    quiet_ = false;
    for (BlockId b : p_.order) {
      State s = in[b];
      block(b, s);
    }
    return problem_;
  }

 private:
  void fail(const std::string& what) {
    if (!quiet_ && problem_.empty()) problem_ = "block b" + std::to_string(b_) + ", position " + std::to_string(position_) + ": " + what;
  }
  static std::string name(ValueId v) { return "v" + std::to_string(v); }
  static std::string name(Location l) {
    static const char* const kinds[] = {"nowhere", "r", "xmm", "slot ", "argument ", "constant v"};
    return kinds[static_cast<int>(l.where)] + std::to_string(l.index);
  }

  /// Index in a State, or -1 for places that are not tracked.
  int place(Location l) const {
    if (l.where == Where::Gpr) return static_cast<int>(l.index);
    if (l.where == Where::Xmm) return 16 + static_cast<int>(l.index);
    if (l.where == Where::Slot) return 32 + static_cast<int>(l.index);
    return -1;
  }

  State entry_state() {
    State s(32 + a_.frame_words);
    std::vector<Rep> reps;
    for (ValueId v : f_.params) reps.push_back(f_.values[v]);
    auto places = argument_places(reps);
    for (std::size_t i = 0; i < f_.params.size(); ++i) {
      int k = place(places[i]);
      if (k >= 0) s[static_cast<std::size_t>(k)] = {f_.params[i]};
      else from_arguments_.push_back({places[i], f_.params[i]});
    }
    if (f_.closure != kNone) s[R10] = {f_.closure};
    return s;
  }

  Content content(const State& s, Location l) const {
    if (l.where == Where::Const) return {l.index};
    if (l.where == Where::Arg) {
      for (auto& [at, v] : from_arguments_)
        if (at == l && b_ == 0) return {v};
      return {};
    }
    int k = place(l);
    return k < 0 ? Content{} : s[static_cast<std::size_t>(k)];
  }

  static bool holds(const Content& c, ValueId v) { return std::binary_search(c.begin(), c.end(), v); }

  static void forget(State& s, ValueId v) {
    for (Content& c : s)
      if (auto it = std::lower_bound(c.begin(), c.end(), v); it != c.end() && *it == v) c.erase(it);
  }
  void forget(State& s, Location l) const {
    if (int k = place(l); k >= 0) s[static_cast<std::size_t>(k)].clear();
  }
  void define(State& s, ValueId v, Location l) {
    forget(s, v);
    int k = place(l);
    if (k >= 0) s[static_cast<std::size_t>(k)] = {v};
  }

  /// Intersection; true if `into` changed (an empty State is "not reached yet").
  static bool meet(State& into, const State& s) {
    if (into.empty()) {
      into = s;
      return true;
    }
    bool changed = false;
    for (std::size_t i = 0; i < s.size(); ++i) {
      Content both;
      std::set_intersection(into[i].begin(), into[i].end(), s[i].begin(), s[i].end(), std::back_inserter(both));
      if (both.size() != into[i].size()) changed = true, into[i] = std::move(both);
    }
    return changed;
  }

  /// Block parameters get their names on the edge.
  State renamed(const State& s, const Terminator& t) const {
    const auto& params = f_.blocks[t.target].params;
    State out(s.size());
    for (std::size_t k = 0; k < s.size(); ++k) {
      for (ValueId v : s[k])
        if (std::find(params.begin(), params.end(), v) == params.end()) out[k].push_back(v);
      for (std::size_t i = 0; i < params.size(); ++i)
        if (holds(s[k], t.target_args[i])) out[k].push_back(params[i]);
      std::sort(out[k].begin(), out[k].end());
      out[k].erase(std::unique(out[k].begin(), out[k].end()), out[k].end());
    }
    return out;
  }

  void group(State& s, u32 phase) {
    const MoveGroup* g = a_.group(position_, phase);
    if (!g) return;
    std::vector<std::pair<int, Content>> writes;
    for (const Move& m : g->moves) {
      Content c = content(s, m.from);
      if (c.empty()) fail("a move reads " + name(m.from) + ", which holds nothing");
      for (auto& [k, unused] : writes)
        if (k == place(m.to)) fail("two moves write " + name(m.to));
      if (place(m.to) < 0) fail("a move writes " + name(m.to));
      else writes.emplace_back(place(m.to), std::move(c));
    }
    for (auto& [k, c] : writes) s[static_cast<std::size_t>(k)] = std::move(c);
  }

  void use(const State& s, ValueId v, Use kind) {
    if (p_.is_immediate(v)) return;
    Location l = a_.location(p_, v, position_);
    if ((kind == Use::Register || kind == Use::Late) && !l.is_register()) return fail(name(v) + " must be in a register, is in " + name(l));
    if (l.where == Where::Const) return;
    if (!holds(content(s, l), v)) fail(name(l) + " does not hold " + name(v));
  }

  void block(BlockId b, State& s) {
    b_ = b;
    const Block& k = f_.blocks[b];
    auto is_const = [&](ValueId v) { return v != kNone && p_.is_immediate(v); };
    auto check = [&](ValueId v, Use kind, Constant) { use(s, v, kind); };
    position_ = p_.start[b];
    group(s, 0);
    group(s, 1);
    for (const Inst& i : k.insts) {
      position_ += 2;
      group(s, 0);
      visit_uses(i, is_const, check);
      if (is_call(i) || i.op == Op::Poll) safepoint(i, s);
      effect(i, s, is_const(i.b));
    }
    position_ += 2;
    group(s, 0);
    if (k.term.kind != TermKind::Jump) visit_term_uses(k.term, is_const, check);  // edge moves have read a jump's arguments
  }

  void effect(const Inst& i, State& s, bool b_is_immediate) {
    u32 mask = clobbers(i, b_is_immediate);
    for (u32 r = 0; r < 16; ++r)
      if (mask >> r & 1) s[r].clear();
    if (i.result == kNone) return;
    if (p_.const_kind[i.result] != ConstKind::None) return;
    Location l = a_.location(p_, i.result, position_ + 1);
    if (!l.is_register() && !is_call(i)) fail("result " + name(i.result) + " is not in a register");
    if (i.op == Op::AllocDynamic && l == a_.location(p_, i.a, position_)) fail("result over a late operand");
    if (l == gpr(kScratchGpr) || l == gpr(RSP) || l == gpr(R15) || l == xmm(kScratchXmm)) fail("result in a reserved register");
    define(s, i.result, l);
  }

  void keep_marked(Content& c, bool marked, Location l) {
    bool tagged = false;
    for (ValueId v : c) tagged = tagged || f_.values[v] == Rep::Tagged;
    if (marked && !tagged) fail("the descriptor marks " + name(l) + ", which holds no tagged value");
    if (!marked) c.erase(std::remove_if(c.begin(), c.end(), [&](ValueId v) { return f_.values[v] == Rep::Tagged; }), c.end());
  }

  void safepoint(const Inst& i, State& s) {
    const Safepoint* at = a_.safepoint(position_);
    if (!at) return fail("no descriptor");
    for (u32 k = 0; k < a_.frame_words; ++k)
      keep_marked(s[32 + k], at->holds(k), frame_slot(k));
    for (u32 r = 0; r < 16; ++r) {
      if (i.op == Op::Poll) keep_marked(s[r], at->registers >> r & 1, gpr(r));
      else s[r].clear();
    }
    if (i.op != Op::Poll)
      for (u32 r = 0; r < 16; ++r) s[16 + r].clear();
  }

  void frames() {
    for (BlockId b : p_.order) {
      b_ = b;
      bool out = a_.leave_at_end[b] ? !a_.framed[b] : a_.framed[b] || a_.enter_at_end[b];
      if (a_.leave_at_end[b] && f_.blocks[b].term.kind != TermKind::Jump) fail("a frame is left at a branch");
      auto edge = [&](BlockId s) {
        if (out != (a_.framed[s] && !a_.enter_at_start[s])) fail("frames differ on the edge to b" + std::to_string(s));
      };
      const Terminator& t = f_.blocks[b].term;
      if (t.kind == TermKind::Jump || is_two_way(t.kind)) edge(t.target);
      if (is_two_way(t.kind)) edge(t.otherwise);
    }
  }

  const Prepared& p_;
  const Allocation& a_;
  const low::Function& f_;
  BlockId b_ = 0;
  u32 position_ = 0;
  bool quiet_ = false;
  std::vector<std::pair<Location, ValueId>> from_arguments_;
  std::string problem_;
};

}  // namespace

std::string check(const Prepared& p, const Allocation& a) { return Checker(p, a).run(); }

}  // namespace loko::x64
