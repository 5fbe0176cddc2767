// SPDX-License-Identifier: MIT
//
// A test for the end of a list that is followed by a check that there is a pair: the pair is tested first, and the end only when
// that fails. Nearly always one test of two is left, because what follows gets a copy for the third case, neither pair nor
// end (split_cold), and loses its check.
//
// INVARIANT(order): tests of one value have no effects, so their order cannot be seen; what lies between test and check stays.
#include "low/graph.h"
#include "low/passes.h"

namespace loko::low {
namespace {

constexpr size_t kMostVisited = 8;  // blocks between test and check

class PairsFirst {
 public:
  explicit PairsFirst(Function& f) : f_(f), graph_(make_graph(f)), definition_(f.values.size()) {
    for (Block& b : f.blocks)
      for (Inst& i : b.insts)
        if (i.result != kNone) definition_[i.result] = {i.op, i.a, i.b, i.imm};
  }

  bool run() {
    struct Site {
      BlockId block;
      ValueId value;
    };
    std::vector<Site> sites;
    for (BlockId b : graph_.order) {
      ValueId v = f_.blocks[b].cold ? kNone : tested_for_null(f_.blocks[b].term);
      if (v != kNone && is_followed_by_check(b, v)) sites.push_back({b, v});
    }
    for (const Site& s : sites) rewrite(s.block, s.value);
    return !sites.empty();
  }

 private:
  struct Source {
    Op op = Op::Poll;
    ValueId a = kNone, b = kNone;
    i64 imm = 0;
  };

  bool is_imm(ValueId v, i64 n) const { return v != kNone && definition_[v].op == Op::Imm && definition_[v].imm == n; }

  ValueId tested_for_null(const Terminator& t) const {
    bool tests = t.kind == TermKind::Branch && (t.cond == Cond::Eq || t.cond == Cond::Ne) && f_.values[t.a] == Rep::Tagged;
    return tests && is_imm(t.b, kNull) ? t.a : kNone;
  }

  /// Is t the check that v is a pair?
  bool checks_pair(const Terminator& t, ValueId v) const {
    if (t.kind != TermKind::Branch || !is_imm(t.b, kTagMask)) return false;
    const Source& s = definition_[t.a];
    if (s.op != Op::Lea || s.a != v || s.b != kNone || s.imm != -static_cast<i64>(kTagPair)) return false;
    BlockId fails = t.cond == Cond::TestZero ? t.otherwise : t.target;
    return (t.cond == Cond::TestZero || t.cond == Cond::TestNonZero) && f_.blocks[fails].cold;
  }

  BlockId other_way(BlockId b) const {
    const Terminator& t = f_.blocks[b].term;
    return t.cond == Cond::Eq ? t.otherwise : t.target;
  }

  /// On likely ways from where v is not the empty list, and before these join others.
  bool is_followed_by_check(BlockId b, ValueId v) {
    std::vector<BlockId> work{other_way(b)};
    for (size_t n = 0; n < work.size() && n < kMostVisited; ++n) {
      BlockId s = work[n];
      if (f_.blocks[s].cold || graph_.edges[s].size() != 1) continue;
      if (checks_pair(f_.blocks[s].term, v)) return true;
      for_each_successor(f_.blocks[s].term, [&](BlockId next, std::vector<ValueId>&) { work.push_back(next); });
    }
    return false;
  }

  Inst make(Op op, Rep rep, i64 n) {
    Inst i{};
    i.op = op;
    i.rep = rep;
    i.imm = n;
    i.span = f_.span;
    i.result = f_.new_value(rep);
    return i;
  }

  BlockId new_block(Terminator t, bool cold) {
    f_.blocks.emplace_back();
    f_.blocks.back().term = std::move(t);
    f_.blocks.back().cold = cold;
    return static_cast<BlockId>(f_.blocks.size() - 1);
  }

  void rewrite(BlockId b, ValueId v) {
    Terminator null_test = f_.blocks[b].term;
    bool eq = null_test.cond == Cond::Eq;
    Terminator pair_test{};
    pair_test.kind = TermKind::Branch;
    pair_test.cond = Cond::TestZero;
    pair_test.span = null_test.span;
    pair_test.target = eq ? null_test.otherwise : null_test.target;
    pair_test.target_args = eq ? null_test.otherwise_args : null_test.target_args;
    Terminator neither{};
    neither.kind = TermKind::Jump;
    neither.target = pair_test.target;
    neither.target_args = pair_test.target_args;
    neither.span = null_test.span;
    BlockId third = new_block(std::move(neither), true);
    (eq ? null_test.otherwise : null_test.target) = third;
    (eq ? null_test.otherwise_args : null_test.target_args).clear();
    (eq ? null_test.otherwise_cold : null_test.target_cold) = true;
    pair_test.otherwise = new_block(std::move(null_test), false);
    Inst tag = make(Op::Lea, Rep::Raw, -static_cast<i64>(kTagPair)), mask = make(Op::Imm, Rep::Raw, static_cast<i64>(kTagMask));
    tag.a = v;
    pair_test.a = tag.result;
    pair_test.b = mask.result;
    f_.blocks[b].insts.push_back(std::move(tag));
    f_.blocks[b].insts.push_back(std::move(mask));
    f_.blocks[b].term = std::move(pair_test);
  }

  Function& f_;
  Graph graph_;
  std::vector<Source> definition_;
};

}  // namespace

bool test_pairs_first(Function& f) { return PairsFirst(f).run(); }

}  // namespace loko::low
