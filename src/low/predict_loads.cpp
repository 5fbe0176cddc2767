// SPDX-License-Identifier: MIT
//
// A loop that keeps a number in memory (the position of a port, a counter in a record) loads in each round what the round before
// stored, and the processor takes some five cycles to forward it, on which everything in the round waits. Here that number goes
// around the loop in a register, too, as a prediction: the round goes on with it at once and only compares it with what is loaded,
// which the processor does beside (after Lipasti, Wilkerson, Shen, "Value Locality and Load Value Prediction", but by code).
// If somebody else has stored something else, at a safepoint or under another name, an unlikely block takes what was loaded. So
// nothing has to be known of aliases for this to be right, only for it to pay.
//
// Of an inner loop without calls, one load of the header with a store to the same address that comes in every round, with a sum of it.
// Entered with what is loaded just before, which is safe since the header would load it in a moment.
#include <algorithm>

#include "low/graph.h"
#include "low/loops.h"
#include "low/passes.h"

namespace loko::low {
namespace {

class LoadPrediction {
 public:
  explicit LoadPrediction(Function& f) : f_(f), graph_(make_graph(f)), loops_(find_loops(graph_)) {}

  int run() {
    if (loops_.headers.empty()) return 0;
    find_definitions();
    std::vector<std::vector<BlockId>> own(f_.blocks.size());   // blocks by innermost loop
    for (BlockId b : graph_.order)
      if (loops_.loop[b] != kNone) own[loops_.loop[b]].push_back(b);
    std::vector<bool> inner(f_.blocks.size(), true);
    for (BlockId h : loops_.headers)
      if (loops_.outer[h] != kNone) inner[loops_.outer[h]] = false;
    int predicted = 0;
    for (BlockId h : loops_.headers)
      if (inner[h] && h != 0 && !f_.blocks[h].cold) predicted += loop(h, own[h]);
    return predicted;
  }

 private:
  void find_definitions() {
    definition_.assign(f_.values.size(), 0);   // parameters of the function
    for (BlockId b : graph_.order) {
      for (ValueId v : f_.blocks[b].params) definition_[v] = b;
      for (const Inst& i : f_.blocks[b].insts)
        if (i.result != kNone) definition_[i.result] = b;
      if (f_.blocks[b].term.result != kNone) definition_[f_.blocks[b].term.result] = b;
    }
  }

  bool loop(BlockId h, const std::vector<BlockId>& blocks) {
    for (BlockId b : blocks)
      if (!f_.blocks[b].cold && std::any_of(f_.blocks[b].insts.begin(), f_.blocks[b].insts.end(), is_safepoint_call))
        return false;
    const std::vector<Inst>& insts = f_.blocks[h].insts;
    for (std::size_t at = 0; at < insts.size(); ++at) {
      const Inst& i = insts[at];
      if (i.op != Op::Load || i.rep != Rep::Tagged || i.fixed || i.b != kNone || loops_.contains(h, definition_[i.a])) continue;
      ValueId stored = stored_in_each_round(h, blocks, i);
      if (stored == kNone) continue;
      predict(h, at, stored);
      return true;
    }
    return false;
  }

  /// What each round of the loop stores where `load` reads, if it is a sum of what was loaded and there is no other such store.
  ValueId stored_in_each_round(BlockId h, const std::vector<BlockId>& blocks, const Inst& load) {
    const Inst* found = nullptr;
    BlockId where = kNone;
    for (BlockId b : blocks)
      for (const Inst& i : f_.blocks[b].insts) {
        if (i.op != Op::Store || i.a != load.a) continue;
        if (i.b == kNone && (i.imm >= load.imm + 8 || load.imm >= i.imm + i.width)) continue;
        if (found != nullptr || i.b != kNone || i.imm != load.imm || i.width != 8 || f_.values[i.c] != Rep::Tagged) return kNone;
        found = &i;
        where = b;
      }
    if (found == nullptr || !is_sum(found->c, load.result)) return kNone;
    for (const Edge& e : graph_.edges[h])
      if (loops_.contains(h, e.from) && !graph_.dominates(where, e.from)) return kNone;
    return found->c;
  }

  bool is_sum(ValueId sum, ValueId operand) {
    const Block& b = f_.blocks[definition_[sum]];
    if (b.term.kind == TermKind::BranchOvf && b.term.result == sum) return b.term.a == operand || b.term.b == operand;
    for (const Inst& i : b.insts)
      if (i.result == sum) return (i.op == Op::Add || i.op == Op::Sub || i.op == Op::Lea) && (i.a == operand || i.b == operand);
    return false;
  }

  /// The header's instruction at `at` is the load.
  void predict(BlockId h, std::size_t at, ValueId stored) {
    const Inst load = f_.blocks[h].insts[at];
    const ValueId prediction = f_.new_value(Rep::Tagged), present = f_.new_value(Rep::Tagged, f_.type(load.result));
    std::vector<Edge> edges = graph_.edges[h];
    f_.blocks[h].params.push_back(prediction);
    for (const Edge& e : edges) {
      if (loops_.contains(h, e.from)) arguments(f_, e).push_back(stored);
      else load_before(e, load, h);
    }
    const BlockId rest = static_cast<BlockId>(f_.blocks.size()), other = rest + 1;
    f_.blocks.resize(rest + 2);
    Block &header = f_.blocks[h], &goes_on = f_.blocks[rest], &differs = f_.blocks[other];
    goes_on.params.push_back(load.result);
    goes_on.insts.assign(std::make_move_iterator(header.insts.begin() + static_cast<std::ptrdiff_t>(at) + 1), std::make_move_iterator(header.insts.end()));
    goes_on.term = std::move(header.term);
    header.insts.resize(at + 1);
    header.insts[at].result = present;
    header.term = Terminator{};
    header.term.kind = TermKind::Branch;
    header.term.a = present;
    header.term.b = prediction;
    header.term.target = rest;
    header.term.target_args = {prediction};
    header.term.otherwise = other;
    header.term.otherwise_cold = true;
    header.term.span = differs.term.span = load.span;
    differs.cold = true;
    differs.term.kind = TermKind::Jump;
    differs.term.target = rest;
    differs.term.target_args = {present};
  }

  /// Loads what is predicted for the first round, on an edge into the loop.
  void load_before(const Edge& e, Inst load, BlockId h) {
    BlockId from = e.from;
    if (f_.blocks[from].term.kind != TermKind::Jump) {
      from = static_cast<BlockId>(f_.blocks.size());
      f_.blocks.emplace_back();
      Terminator& old = f_.blocks[e.from].term;
      Block& between = f_.blocks[from];
      between.cold = f_.blocks[e.from].cold || (e.otherwise ? old.otherwise_cold : old.target_cold);
      between.term.kind = TermKind::Jump;
      between.term.span = old.span;
      between.term.target = h;
      between.term.target_args = std::move(arguments(f_, e));
      arguments(f_, e).clear();
      (e.otherwise ? old.otherwise : old.target) = from;
    }
    load.result = f_.new_value(Rep::Tagged, f_.type(load.result));
    f_.blocks[from].term.target_args.push_back(load.result);
    f_.blocks[from].insts.push_back(std::move(load));
  }

  Function& f_;
  Graph graph_;
  LoopForest loops_;
  std::vector<BlockId> definition_;   // by value: the block that defines it
};

}  // namespace

int predict_loads(Function& f) { return LoadPrediction(f).run(); }

}  // namespace loko::low
