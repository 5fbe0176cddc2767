// SPDX-License-Identifier: MIT
//
// Loop-invariant code motion: operations without effects whose operands no round changes are done before the loop. What
// may raise is a branch and stays (peel_checks gives loops with invariant checks a first round of their own).
//
// Only what every round does is moved, so nothing is computed in vain but before a loop of no rounds; there an operation must
// not trap, so loads move only from the header, which runs at least once, or from the closure, and divisions only from the
// header. All registers are caller-saved: where rounds call, a moved value is reloaded from the frame, so only doubles move.
//
// INVARIANT(raw): a raw word made from a reference moves only together with all of its uses (a loop has safepoints).
#include <algorithm>

#include "low/graph.h"
#include "low/passes.h"

namespace loko::low {
namespace {

constexpr int kMostGeneral = 6, kMostDoubles = 8;  // values that may occupy registers throughout a loop

class Hoister {
 public:
  Hoister(Function& f, const Graph& g, const Loop& l) : f_(f), graph_(g), loop_(l) {}

  /// Moves what can be moved; gives the number of instructions.
  int run() {
    find_addresses();
    calls_ = std::any_of(loop_.blocks.begin(), loop_.blocks.end(), [&](BlockId b) { return !f_.blocks[b].cold && has_call(f_.blocks[b]); });
    collect();
    while (drop_unmovable()) {
    }
    limit();
    if (moved_.empty()) return 0;
    move();
    return static_cast<int>(moved_.size());
  }

 private:
  static bool is_constant(Op op) { return op == Op::Imm || op == Op::FImm || op == Op::Constant || op == Op::StaticClosure; }

  static bool has_call(const Block& b) {
    return std::any_of(b.insts.begin(), b.insts.end(), [](const Inst& i) {
      return i.op == Op::CallDirect || i.op == Op::CallClosure || i.op == Op::CallRuntime || i.op == Op::CallStub || i.op == Op::CallFloat;
    });
  }

  void find_addresses() {
    std::size_t n = f_.values.size();
    address_.assign(n, true);
    outside_.assign(n, true);
    hoisted_.assign(n, false);
    for (BlockId b : graph_.order)
      for (const Inst& i : f_.blocks[b].insts)
        if (i.rep == Rep::Raw && i.result != kNone) address_[i.result] = may_be_address(f_, i, address_);
    for (BlockId b : loop_.blocks) {
      for (ValueId v : f_.blocks[b].params) outside_[v] = false;
      for (const Inst& i : f_.blocks[b].insts)
        if (i.result != kNone && !is_constant(i.op)) outside_[i.result] = false;
      if (f_.blocks[b].term.result != kNone) outside_[f_.blocks[b].term.result] = false;
    }
  }

  bool every_round(BlockId b) const {
    return std::all_of(loop_.back.begin(), loop_.back.end(), [&](const Edge& e) { return graph_.dominates(b, e.from); });
  }

  bool may_move(const Inst& i, BlockId b) const {
    if (i.result == kNone || !is_pure(i) || (i.rep == Rep::Tagged && !is_value(f_, i))) return false;
    switch (i.op) {
      case Op::Imm: case Op::FImm: case Op::Constant: case Op::StaticClosure: case Op::Alloc: case Op::AllocDynamic: case Op::CallFloat:
      case Op::LoadCtx: return false;
      case Op::Div: case Op::Rem: return b == loop_.header;
      case Op::LoadAbs: return i.fixed;
      case Op::Load: return i.fixed && (b == loop_.header || (f_.closure != kNone && i.a == f_.closure));
      default: return true;
    }
  }

  void collect() {
    for (BlockId b : loop_.blocks) {
      if (f_.blocks[b].cold || !every_round(b)) continue;
      for (const Inst& i : f_.blocks[b].insts) {
        if (!may_move(i, b)) continue;
        bool invariant = true;
        for (ValueId v : {i.a, i.b, i.c, i.d}) invariant = invariant && (v == kNone || outside_[v] || hoisted_[v]);
        if (invariant) hoisted_[i.result] = true;
      }
    }
  }

  /// Is the value worth a register, or a word of the frame, in the whole loop?
  bool is_wanted(ValueId v) const {
    if (f_.values[v] == Rep::F64) return true;
    return !calls_ && !(f_.values[v] == Rep::Raw && address_[v]);
  }

  /// What is not wanted itself stays unless only moved operations use it; what uses what stays does, too.
  bool drop_unmovable() {
    std::vector<bool> used(f_.values.size());
    bool changed = false;
    auto stay = [&](ValueId v) {
      if (hoisted_[v]) hoisted_[v] = false, changed = true;
    };
    for (Block& b : f_.blocks) {
      for (Inst& i : b.insts) {
        bool moves = i.result != kNone && hoisted_[i.result];
        for_each_use(i, [&](ValueId& v) {
          if (!moves && hoisted_[v] && !is_wanted(v)) stay(v);
          used[v] = true;
        });
        if (!moves) continue;
        for (ValueId v : {i.a, i.b, i.c, i.d})
          if (v != kNone && !outside_[v] && !hoisted_[v]) stay(i.result);
      }
      for_each_use(b.term, [&](ValueId& v) {
        if (hoisted_[v] && !is_wanted(v)) stay(v);
        used[v] = true;
      });
    }
    for (ValueId v = 0; v < used.size(); ++v)
      if (hoisted_[v] && !used[v]) stay(v);
    return changed;
  }

  /// Values that are still used in the loop occupy registers there; the first ones may.
  void limit() {
    std::vector<bool> live(f_.values.size());
    for (BlockId b : loop_.blocks) {
      for (Inst& i : f_.blocks[b].insts)
        if (i.result == kNone || !hoisted_[i.result]) for_each_use(i, [&](ValueId& v) { live[v] = true; });
      for_each_use(f_.blocks[b].term, [&](ValueId& v) { live[v] = true; });
    }
    int general = 0, doubles = 0;
    for (BlockId b : loop_.blocks)
      for (const Inst& i : f_.blocks[b].insts) {
        if (i.result == kNone || !hoisted_[i.result]) continue;
        bool operands = true;
        for (ValueId v : {i.a, i.b, i.c, i.d}) operands = operands && (v == kNone || outside_[v] || hoisted_[v]);
        bool is_double = f_.values[i.result] == Rep::F64;
        if (!operands || (live[i.result] && (is_double ? ++doubles > kMostDoubles : ++general > kMostGeneral))) hoisted_[i.result] = false;
      }
    while (drop_unmovable()) {
    }
    for (BlockId b : loop_.blocks)
      for (const Inst& i : f_.blocks[b].insts)
        if (i.result != kNone && hoisted_[i.result]) moved_.push_back(i.result);
  }

  void move() {
    std::vector<Inst> list;
    for (BlockId b : loop_.blocks) {
      std::vector<Inst> kept;
      for (Inst& i : f_.blocks[b].insts) {
        if (i.result != kNone && hoisted_[i.result]) {
          if (b != loop_.header) i.exact = false;
          list.push_back(std::move(i));
        } else {
          kept.push_back(std::move(i));
        }
      }
      f_.blocks[b].insts = std::move(kept);
    }
    Block& before = f_.blocks[preheader()];
    for (Inst& i : list) localize(i, before);
  }

  /// Adds the instruction; constants of the loop that it uses get a copy there.
  void localize(Inst& i, Block& before) {
    for (ValueId* v : {&i.a, &i.b, &i.c, &i.d}) {
      if (*v == kNone) continue;
      const Inst* c = constant_in_loop(*v);
      if (!c) continue;
      Inst copy = *c;
      copy.result = f_.new_value(copy.rep, f_.type(*v));
      *v = copy.result;
      before.insts.push_back(std::move(copy));
    }
    before.insts.push_back(std::move(i));
  }
  const Inst* constant_in_loop(ValueId v) const {
    for (BlockId b : loop_.blocks)
      for (const Inst& i : f_.blocks[b].insts)
        if (i.result == v) return &i;
    return nullptr;
  }

  /// A block that only leads into the loop, and all ways into it lead through.
  BlockId preheader() {
    std::vector<Edge> entries;
    for (const Edge& e : graph_.edges[loop_.header])
      if (!loop_.in[e.from]) entries.push_back(e);
    if (entries.size() == 1 && f_.blocks[entries[0].from].term.kind == TermKind::Jump) return entries[0].from;
    BlockId p = static_cast<BlockId>(f_.blocks.size());
    f_.blocks.emplace_back();
    Block& block = f_.blocks[p];
    block.term.kind = TermKind::Jump;
    block.term.target = loop_.header;
    for (ValueId v : f_.blocks[loop_.header].params) {
      ValueId fresh = f_.new_value(f_.values[v], f_.type(v));
      block.params.push_back(fresh);
      block.term.target_args.push_back(fresh);
    }
    for (const Edge& e : entries) {
      Terminator& t = f_.blocks[e.from].term;
      (e.otherwise ? t.otherwise : t.target) = p;
    }
    return p;
  }

  Function& f_;
  const Graph& graph_;
  const Loop& loop_;
  std::vector<bool> address_, outside_, hoisted_;
  std::vector<ValueId> moved_;
  bool calls_ = false;
};

}  // namespace

int hoist_invariants(Function& f) {
  int moved = 0;
  std::vector<BlockId> done;
  for (;;) {
    Graph g = make_graph(f);
    const std::vector<Loop> loops = find_loops(f, g);
    bool again = false;
    for (const Loop& l : loops) {
      if (f.blocks[l.header].cold || l.header == 0 || std::find(done.begin(), done.end(), l.header) != done.end()) continue;
      done.push_back(l.header);
      int n = Hoister(f, g, l).run();
      moved += n;
      if (n > 0) {
        again = true;  // there may be a new block
        break;
      }
    }
    if (!again) return moved;
  }
}

}  // namespace loko::low
