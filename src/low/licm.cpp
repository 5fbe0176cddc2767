// SPDX-License-Identifier: MIT
//
// Loop-invariant code motion: operations without effects whose operands no round changes are done before the loop. What
// may raise is a branch and stays (peel_checks gives loops with invariant checks a first round of their own).
//
// Only what every round does is moved, so nothing is computed in vain but before a loop of no rounds; there an operation must
// not trap, so loads move only from the header, which runs at least once, or from the closure, and divisions only from the
// header. All registers are caller-saved: where rounds call, a moved value is reloaded from the frame, so only doubles move.
//
// Inner loops come first, so of a loop only the blocks that are in no loop inside it are looked at: what inner loops could spare
// is in the blocks before them by then.
//
// INVARIANT(raw): a raw word made from a reference moves only together with all of its uses (a loop has safepoints).
#include <algorithm>

#include "low/graph.h"
#include "low/loops.h"
#include "low/passes.h"

namespace loko::low {
namespace {

constexpr int kMostGeneral = 6, kMostDoubles = 8;  // values that may occupy registers throughout a loop

bool is_constant(Op op) { return op == Op::Imm || op == Op::FImm || op == Op::Constant || op == Op::StaticClosure; }

bool has_call(const Block& b) {
  return std::any_of(b.insts.begin(), b.insts.end(), [](const Inst& i) {
    return is_safepoint_call(i) || i.op == Op::CallFloat;
  });
}

/// What the function says of values, kept while instructions move.
class Values {
 public:
  /// A use by the instruction that defines `user`, or by something that does not move in `block`.
  struct Use {
    ValueId user;
    BlockId block;
  };

  Values(Function& f, const Graph& g, const LoopForest& loops) : f_(f), loops_(loops) {
    std::size_t n = f.values.size();
    address_.assign(n, true);
    home_.assign(n, 0);
    constant_.assign(n, kNone);
    uses_.resize(n);
    operands_.resize(n);
    for (BlockId b : g.order) read(b);
  }

  /// Is v, or its use, in the loop? Constants are nowhere.
  bool inside(ValueId v, BlockId header) const { return constant_[v] == kNone && loops_.contains(header, home_[v]); }
  bool inside(const Use& u, BlockId header) const { return loops_.contains(header, u.user == kNone ? u.block : home_[u.user]); }
  bool is_address(ValueId v) const { return address_[v]; }
  const std::vector<Use>& uses(ValueId v) const { return uses_[v]; }
  const std::vector<ValueId>& operands(ValueId v) const { return operands_[v]; }
  const Inst* constant(ValueId v) const { return constant_[v] == kNone ? nullptr : &constants_[constant_[v]]; }
  bool constant_inside(ValueId v, BlockId header) const { return loops_.contains(header, home_[v]); }

  void moved(ValueId v, BlockId to) { home_[v] = to; }
  void defined(ValueId v, BlockId b, const Inst* i) {
    std::size_t n = f_.values.size();
    address_.resize(n, true);
    home_.resize(n, 0);
    constant_.resize(n, kNone);
    uses_.resize(n);
    operands_.resize(n);
    home_[v] = b;
    if (i) note_constant(*i);
  }

 private:
  void note_constant(const Inst& i) {
    constant_[i.result] = static_cast<u32>(constants_.size());
    constants_.push_back(i);
  }

  void read(BlockId b) {
    Block& block = f_.blocks[b];
    for (ValueId v : block.params) home_[v] = b;
    for (Inst& i : block.insts) {
      for_each_use(i, [&](ValueId& v) { uses_[v].push_back({i.result, b}); });
      if (i.result == kNone) continue;
      home_[i.result] = b;
      if (is_constant(i.op)) note_constant(i);
      for (ValueId v : {i.a, i.b, i.c, i.d})
        if (v != kNone) operands_[i.result].push_back(v);
      if (i.rep == Rep::Raw) address_[i.result] = may_be_address(f_, i, address_);
    }
    for_each_use(block.term, [&](ValueId& v) { uses_[v].push_back({kNone, b}); });
    if (block.term.result != kNone) home_[block.term.result] = b;
  }

  Function& f_;
  const LoopForest& loops_;
  std::vector<bool> address_;
  std::vector<BlockId> home_;                   // block that defines a value (parameters of the function: the entry)
  std::vector<u32> constant_;                   // index in constants_
  std::vector<Inst> constants_;
  std::vector<std::vector<Use>> uses_;
  std::vector<std::vector<ValueId>> operands_;  // of the instruction that defines a value
};

/// A block and where it stands in the graph, which has no new blocks: those are where the header is that they lead to.
struct Placed {
  BlockId block, at;
};

/// Moves what can be moved before one loop.
class Hoister {
 public:
  /// `own` are the blocks of the loop that are in no loop inside it, in reverse postorder; `calls` tells of all its blocks.
  Hoister(Function& f, const Graph& g, LoopForest& loops, Values& values, BlockId header, const std::vector<Placed>& own, bool calls)
      : f_(f), graph_(g), loops_(loops), values_(values), header_(header), own_(own), calls_(calls) {}

  /// Gives the block that the moved instructions are in, or kNone if there are none. `hoisted` is false everywhere.
  BlockId run(std::vector<bool>& hoisted, int* count) {
    hoisted_ = &hoisted;
    hoisted.resize(f_.values.size(), false);
    for (const Edge& e : graph_.edges[header_])
      if (graph_.dominates(header_, e.from)) back_.push_back(e);
    collect();
    drop_unmovable(candidates_);
    limit();
    std::vector<ValueId> moved;
    for (ValueId v : candidates_)
      if (hoisted[v]) moved.push_back(v);
    *count += static_cast<int>(moved.size());
    BlockId before = moved.empty() ? kNone : move();
    for (ValueId v : moved) values_.moved(v, before), hoisted[v] = false;
    return before;
  }

 private:
  bool every_round(const Placed& b) const {
    return std::all_of(back_.begin(), back_.end(), [&](const Edge& e) { return graph_.dominates(b.at, e.from); });
  }

  bool may_move(const Inst& i, BlockId b) const {
    if (i.result == kNone || !is_pure(i) || (i.rep == Rep::Tagged && !is_value(f_, i))) return false;
    switch (i.op) {
      case Op::Imm: case Op::FImm: case Op::Constant: case Op::StaticClosure: case Op::Alloc: case Op::AllocDynamic: case Op::CallFloat:
      case Op::LoadCtx: return false;
      case Op::Div: case Op::Rem: return b == header_;
      case Op::LoadAbs: return i.fixed;
      case Op::Load: return i.fixed && (b == header_ || (f_.closure != kNone && i.a == f_.closure));
      default: return true;
    }
  }

  void collect() {
    for (const Placed& b : own_) {
      if (f_.blocks[b.block].cold || !every_round(b)) continue;
      std::size_t before = candidates_.size();
      for (const Inst& i : f_.blocks[b.block].insts) {
        if (!may_move(i, b.block) || !std::all_of(values_.operands(i.result).begin(), values_.operands(i.result).end(),
                                                  [&](ValueId v) { return is_invariant(v); }))
          continue;
        (*hoisted_)[i.result] = true;
        candidates_.push_back(i.result);
      }
      if (candidates_.size() > before) sources_.push_back(b.block);
    }
  }

  bool is_invariant(ValueId v) const { return (*hoisted_)[v] || !values_.inside(v, header_); }
  bool is_hoisted(const Values::Use& u) const { return u.user != kNone && (*hoisted_)[u.user]; }

  /// Is the value worth a register, or a word of the frame, in the whole loop?
  bool is_wanted(ValueId v) const {
    if (f_.values[v] == Rep::F64) return true;
    return !calls_ && !(f_.values[v] == Rep::Raw && values_.is_address(v));
  }

  /// What is not wanted itself stays unless only moved operations use it; what uses what stays does, too.
  bool must_stay(ValueId v) const {
    const auto& uses = values_.uses(v);
    const auto& operands = values_.operands(v);
    if (uses.empty()) return true;
    if (!is_wanted(v) && !std::all_of(uses.begin(), uses.end(), [&](const Values::Use& u) { return is_hoisted(u); })) return true;
    return !std::all_of(operands.begin(), operands.end(), [&](ValueId o) { return is_invariant(o); });
  }

  void drop_unmovable(std::vector<ValueId> work) {
    while (!work.empty()) {
      ValueId v = work.back();
      work.pop_back();
      if (!(*hoisted_)[v] || !must_stay(v)) continue;
      (*hoisted_)[v] = false;
      for (ValueId o : values_.operands(v))
        if ((*hoisted_)[o]) work.push_back(o);
      for (const Values::Use& u : values_.uses(v))
        if (is_hoisted(u)) work.push_back(u.user);
    }
  }

  /// Values that are still used in the loop occupy registers there; the first ones may.
  void limit() {
    int general = 0, doubles = 0;
    for (ValueId v : candidates_) {
      if (!(*hoisted_)[v]) continue;
      const auto& uses = values_.uses(v);
      const auto& operands = values_.operands(v);
      bool live = std::any_of(uses.begin(), uses.end(), [&](const Values::Use& u) { return !is_hoisted(u) && values_.inside(u, header_); });
      bool too_many = live && (f_.values[v] == Rep::F64 ? ++doubles > kMostDoubles : ++general > kMostGeneral);
      if (too_many || !std::all_of(operands.begin(), operands.end(), [&](ValueId o) { return is_invariant(o); })) (*hoisted_)[v] = false;
    }
    drop_unmovable(candidates_);
  }

  BlockId move() {
    std::vector<Inst> list;
    for (BlockId b : sources_) {
      std::vector<Inst> kept;
      for (Inst& i : f_.blocks[b].insts) {
        if (i.result != kNone && (*hoisted_)[i.result]) {
          if (b != header_) i.exact = false;
          list.push_back(std::move(i));
        } else {
          kept.push_back(std::move(i));
        }
      }
      f_.blocks[b].insts = std::move(kept);
    }
    BlockId before = preheader();
    for (Inst& i : list) localize(i, before);
    return before;
  }

  /// Adds the instruction; constants of the loop that it uses get a copy there.
  void localize(Inst& i, BlockId before) {
    std::vector<Inst>& insts = f_.blocks[before].insts;
    for (ValueId* v : {&i.a, &i.b, &i.c, &i.d}) {
      if (*v == kNone || !values_.constant(*v) || !values_.constant_inside(*v, header_)) continue;
      Inst copy = *values_.constant(*v);
      copy.result = f_.new_value(copy.rep, f_.type(*v));
      *v = copy.result;
      values_.defined(copy.result, before, &copy);
      insts.push_back(std::move(copy));
    }
    insts.push_back(std::move(i));
  }

  /// A block that only leads into the loop, and all ways into it lead through.
  BlockId preheader() {
    std::vector<Edge> entries;
    for (const Edge& e : graph_.edges[header_])
      if (!loops_.contains(header_, e.from)) entries.push_back(e);
    if (entries.size() == 1 && f_.blocks[entries[0].from].term.kind == TermKind::Jump) return entries[0].from;
    BlockId p = static_cast<BlockId>(f_.blocks.size());
    f_.blocks.emplace_back();
    loops_.loop.push_back(loops_.outer[header_]);
    Block& block = f_.blocks[p];
    block.term.kind = TermKind::Jump;
    block.term.target = header_;
    for (ValueId v : f_.blocks[header_].params) {
      ValueId fresh = f_.new_value(f_.values[v], f_.type(v));
      values_.defined(fresh, p, nullptr);
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
  LoopForest& loops_;
  Values& values_;
  BlockId header_;
  const std::vector<Placed>& own_;
  bool calls_;
  std::vector<Edge> back_;
  std::vector<bool>* hoisted_ = nullptr;
  std::vector<ValueId> candidates_;  // in the order of their definitions
  std::vector<BlockId> sources_;     // blocks that define them
};

}  // namespace

int hoist_invariants(Function& f) {
  Graph g = make_graph(f);
  LoopForest loops = find_loops(g);
  if (loops.headers.empty()) return 0;
  Values values(f, g, loops);
  std::size_t blocks = f.blocks.size();
  std::vector<std::vector<Placed>> own(blocks);  // by header
  std::vector<bool> calls(blocks, false), hoisted(f.values.size(), false);
  for (BlockId b : g.order) {
    BlockId h = loops.loop[b];
    if (h == kNone) continue;
    own[h].push_back({b, b});
    if (!f.blocks[b].cold && has_call(f.blocks[b])) calls[h] = true;
  }
  int moved = 0;
  for (BlockId h : loops.headers) {
    BlockId outer = loops.outer[h];
    if (outer != kNone && calls[h]) calls[outer] = true;
    if (f.blocks[h].cold || h == 0) continue;
    std::sort(own[h].begin(), own[h].end(), [&](const Placed& x, const Placed& y) { return g.number[x.at] < g.number[y.at]; });
    BlockId before = Hoister(f, g, loops, values, h, own[h], calls[h]).run(hoisted, &moved);
    if (before != kNone && before >= blocks && outer != kNone) own[outer].push_back({before, h});
  }
  return moved;
}

}  // namespace loko::low
