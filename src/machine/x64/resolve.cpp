// SPDX-License-Identifier: MIT
//
// The moves that an allocation needs: stores to slots, loads where a fragment begins, and on each edge what makes both ends
// agree. Only values in registers at an end can need one there.
#include <algorithm>
#include <map>

#include "machine/x64/spill.h"

namespace loko::x64 {

using low::TermKind;

namespace {

class Resolver {
 public:
  Resolver(const Prepared& p, const Lifetimes& l, const Borders& borders, const Spills& spills, Allocation& a)
      : p_(p), l_(l), borders_(borders), spills_(spills), a_(a) {}

  void run() {
    for (const Store& t : spills_.stores) move(t.key, frame_slot(a_.slot[t.value]), t.from, t.value, t.value);
    for (ValueId v = 0; v < a_.fragments.size(); ++v)
      for (const Fragment& g : a_.fragments[v]) {
        if (g.from % 2 == 1 || g.from == p_.start[p_.block_at[g.from / 2]]) continue;
        move(g.from * 2, a_.register_of(p_, v, g), a_.location(p_, v, g.from - 1), v, v);
      }
    for (BlockId s : p_.order)
      for (BlockId q : p_.preds[s]) edge(q, s);
    enter();
    for (auto& [key, moves] : groups_) a_.groups.push_back({key, std::move(moves)});
  }

 private:
  void move(u32 key, Location to, Location from, ValueId value, ValueId as) {
    if (to != from) groups_[key].push_back({to, from, value, as});
  }

  void edge(BlockId q, BlockId s) {
    bool jump = p_.f.blocks[q].term.kind == TermKind::Jump;
    u32 term = p_.end[q] - 2;
    u32 key = jump ? term * 2 : p_.start[s] * 2;
    for (ValueId v : borders_.start[s])
      if (l_.live_in(p_, v, s)) move(key, a_.location(p_, v, p_.start[s]), a_.location(p_, v, term + 1), v, v);
    if (!jump) return;
    const auto& params = p_.f.blocks[s].params;
    for (std::size_t i = 0; i < params.size(); ++i) {
      if (l_.ranges(params[i]).empty()) continue;
      ValueId arg = p_.f.blocks[q].term.target_args[i];
      move(key, a_.location(p_, params[i], p_.start[s]), a_.location(p_, arg, term), arg, params[i]);
    }
  }

  void enter() {
    auto arrive = [&](ValueId v, Location place) {
      if (!l_.ranges(v).empty()) move(0, a_.location(p_, v, 0), place, v, v);
    };
    std::vector<Rep> reps;
    for (ValueId v : p_.f.params) reps.push_back(p_.f.values[v]);
    auto places = argument_places(reps);
    for (std::size_t i = 0; i < p_.f.params.size(); ++i) arrive(p_.f.params[i], places[i]);
    if (p_.f.closure != kNone) arrive(p_.f.closure, gpr(R10));
  }

  const Prepared& p_;
  const Lifetimes& l_;
  const Borders& borders_;
  const Spills& spills_;
  Allocation& a_;
  std::map<u32, std::vector<Move>> groups_;
};

}  // namespace

void resolve(const Prepared& p, const Lifetimes& l, const Borders& borders, const Spills& spills, Allocation* a) {
  Resolver(p, l, borders, spills, *a).run();
}

}  // namespace loko::x64
