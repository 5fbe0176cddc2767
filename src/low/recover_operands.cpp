// SPDX-License-Identifier: MIT
//
// r = x + y, or another way if it overflows: what computes the sum there needs x, so that on the likely path x has to be
// kept in a register, and moved out of the way, although nothing asks for it any more. But the overflow loses nothing: r
// wraps around, and x = r - y. Here the unlikely path makes x anew, so that r can take x's place. Runs last: no other pass
// expects r to be used where it overflowed.
// INVARIANT: x is not live on the likely path, and y is no part of x.
#include <algorithm>
#include <unordered_map>

#include "low/graph.h"
#include "low/recover_operands.h"

namespace loko::low {
namespace {

class OperandRecovery {
 public:
  explicit OperandRecovery(Function& f) : f_(f) {}

  int run() {
    if (std::none_of(f_.blocks.begin(), f_.blocks.end(), [&](const Block& b) { return is_candidate(b.term); })) return 0;
    graph_ = make_graph(f_);
    find_uses();
    size_t blocks = f_.blocks.size();
    for (BlockId b = 0; b < blocks; ++b)
      if (graph_.reachable(b) && is_candidate(f_.blocks[b].term)) recover(b);
    if (!copies_.empty()) repair_ssa(f_, copies_);
    return static_cast<int>(copies_.size());
  }

 private:
  bool is_candidate(const Terminator& t) const {
    return t.kind == TermKind::BranchOvf && t.op != Op::Mul && t.a != t.b && t.target != t.otherwise &&
           (t.otherwise_cold || f_.blocks[t.otherwise].cold);
  }

  void find_uses() {
    uses_.resize(f_.values.size());
    definition_.assign(f_.values.size(), 0);  // parameters of the function
    constant_.assign(f_.values.size(), false);
    for (BlockId b : graph_.order) {
      auto use = [&](ValueId v) {
        if (uses_[v].empty() || uses_[v].back() != b) uses_[v].push_back(b);
      };
      for (ValueId v : f_.blocks[b].params) definition_[v] = b;
      for (Inst& i : f_.blocks[b].insts) {
        for_each_use(i, use);
        if (i.result == kNone) continue;
        definition_[i.result] = b;
        constant_[i.result] = i.op == Op::Imm || i.op == Op::Constant || i.op == Op::StaticClosure;
      }
      for_each_use(f_.blocks[b].term, use);
      if (f_.blocks[b].term.result != kNone) definition_[f_.blocks[b].term.result] = b;
    }
  }

  /// The blocks that v is alive at the start of, or one that is no block if there are too many.
  const std::vector<BlockId>& live_blocks(ValueId v) {
    constexpr size_t kMostBlocks = 100;
    auto [it, fresh] = live_.try_emplace(v);
    std::vector<BlockId>& live = it->second;
    if (!fresh) return live;
    std::vector<BlockId> work;
    auto add = [&](BlockId b) {
      if (b == definition_[v] || std::find(live.begin(), live.end(), b) != live.end()) return;
      live.push_back(b);
      work.push_back(b);
    };
    for (BlockId b : uses_[v]) add(b);
    while (!work.empty() && live.size() <= kMostBlocks) {
      BlockId b = work.back();
      work.pop_back();
      for (const Edge& e : graph_.edges[b]) add(e.from);
    }
    if (!work.empty()) live.push_back(kNone);
    return live;
  }

  /// Only the path where the sum overflowed needs x.
  bool is_for_overflow(ValueId x, const Terminator& t) {
    if (constant_[x]) return false;
    auto among = [&](const std::vector<ValueId>& list) { return std::find(list.begin(), list.end(), x) != list.end(); };
    if (among(t.target_args)) return false;
    const std::vector<BlockId>& live = live_blocks(x);
    auto at = [&](BlockId b) { return std::find(live.begin(), live.end(), b) != live.end(); };
    return !at(kNone) && !at(t.target) && (at(t.otherwise) || among(t.otherwise_args));
  }

  void recover(BlockId b) {
    Terminator& t = f_.blocks[b].term;
    ValueId x = t.a, y = t.b;
    if (!is_for_overflow(x, t)) {
      std::swap(x, y);
      if (t.op == Op::Sub || !is_for_overflow(x, t)) return;
    }
    Inst i;
    i.op = t.op == Op::Add ? Op::Sub : Op::Add;
    i.rep = f_.values[x];
    i.a = t.result;
    i.b = y;
    i.result = f_.new_value(f_.values[x], f_.type(x));
    i.span = t.span;
    Block way;
    way.cold = true;
    way.term.kind = TermKind::Jump;
    way.term.target = t.otherwise;
    way.term.target_args = std::move(t.otherwise_args);
    way.term.span = t.span;
    std::replace(way.term.target_args.begin(), way.term.target_args.end(), x, i.result);
    BlockId id = static_cast<BlockId>(f_.blocks.size());
    copies_.push_back({x, id, i.result});
    way.insts.push_back(std::move(i));
    t.otherwise = id;
    t.otherwise_args.clear();
    t.otherwise_cold = true;
    f_.blocks.push_back(std::move(way));
  }

  Function& f_;
  Graph graph_;
  std::vector<std::vector<BlockId>> uses_;   // by value
  std::vector<BlockId> definition_;
  std::vector<bool> constant_;
  std::unordered_map<ValueId, std::vector<BlockId>> live_;
  std::vector<Definition> copies_;
};

}  // namespace

int recover_operands(Function& f) { return OperandRecovery(f).run(); }

}  // namespace loko::low
