// SPDX-License-Identifier: MIT
//
// Integer ranges over SSA: intervals of words, narrowed by the branches that dominate, joined in block parameters with
// widening to the constants of the function and then narrowed again (Cousot and Cousot); and differences of values,
// proved on demand (inequalities.h). Comparisons, index checks and overflow checks that they decide go.
//
// INVARIANT(words): ranges are of words, whatever they represent, so no type need be known.
#include "low/passes.h"

#include <algorithm>

#include "low/graph.h"
#include "low/inequalities.h"
#include "low/range.h"

namespace loko::low {
namespace {

constexpr u8 kFreeGrowth = 2, kThresholdGrowth = 6;  // how often a range may grow as it likes, to a threshold
constexpr int kMostRounds = 24, kMostWideningRounds = 2 * kMostRounds, kNarrowingRounds = 2;
constexpr std::size_t kMostThresholds = 48;

class Ranges {
 public:
  explicit Ranges(Function& f) : f_(f), graph_(make_graph(f)) {
    std::size_t n = f.values.size();
    definition_.assign(n, nullptr);
    growth_.assign(n, 0);
    joined_.assign(n, kNothing);
    reached_.assign(f.blocks.size(), false);
    reached_[0] = true;
    for (ValueId v = 0; v < n; ++v) declared_.push_back(declared(v));
    for (Block& b : f.blocks)
      for (Inst& i : b.insts)
        if (i.result != kNone) definition_[i.result] = &i;
    now_ = at_ = declared_;
    find_thresholds();
  }

  int run() {
    for (int round = 0; changed_; ++round) {
      changed_ = false;
      give_up_ = round >= kMostRounds;
      if (round == kMostWideningRounds) {
        know_nothing();
        break;
      }
      walk();
    }
    mode_ = Mode::Narrow;
    for (int round = 0; round < kNarrowingRounds && loops_; ++round) {
      next_.assign(f_.values.size(), kNothing);
      walk();
      for (BlockId b : graph_.order)
        for (ValueId p : f_.blocks[b].params) joined_[p] = meet(joined_[p], next_[p]);
    }
    mode_ = Mode::Record;
    walk();
    Inequalities inequalities(f_, graph_, at_);
    inequalities_ = &inequalities;
    mode_ = Mode::Decide;
    walk();
    for (auto& [t, truth] : branches_) decide_branch(*t, truth);
    for (BlockId b : sums_) make_exact(f_.blocks[b]);
    return static_cast<int>(branches_.size() + sums_.size());
  }

 private:
  enum class Mode : u8 { Widen, Narrow, Record, Decide };
  struct Undo {
    ValueId value;
    Range range;
  };

  /// What its representation and type tell of a value.
  Range declared(ValueId v) const {
    if (f_.values[v] != Rep::Tagged) return {};
    switch (f_.type(v)) {
      case kTypeChar: return {static_cast<i64>(kCharTag), i64{0x10ffff} << 8 | static_cast<i64>(kCharTag)};
      case kTypeFixnum: return {kFixnumMin * 8, kFixnumMax * 8};
      default: return {};
    }
  }

  void find_thresholds() {
    thresholds_ = {-8, 0, 8};
    for (BlockId b : graph_.order) {
      const Terminator& t = f_.blocks[b].term;
      if (graph_.edges[b].size() > 1 && std::any_of(graph_.edges[b].begin(), graph_.edges[b].end(), [&](const Edge& e) { return graph_.number[e.from] >= graph_.number[b]; })) loops_ = true;
      if (t.kind != TermKind::Branch || thresholds_.size() > kMostThresholds) continue;
      for (ValueId v : {t.a, t.b})
        if (const Inst* i = definition_[v]; i && i->op == Op::Imm)
          for (i64 d : {-8, -1, 0, 1, 8}) thresholds_.push_back(static_cast<i64>(static_cast<u64>(i->imm) + static_cast<u64>(d)));
    }
    std::sort(thresholds_.begin(), thresholds_.end());
    thresholds_.erase(std::unique(thresholds_.begin(), thresholds_.end()), thresholds_.end());
  }

  // -- ranges in force --

  void set(ValueId v, const Range& r) {
    if (now_[v] == r) return;
    log_.push_back({v, now_[v]});
    now_[v] = r;
  }
  void undo(std::size_t mark) {
    for (; log_.size() > mark; log_.pop_back()) now_[log_.back().value] = log_.back().range;
  }
  Range of(ValueId v) const { return v == kNone ? Range{} : now_[v]; }
  Range result(const Inst& i) const { return result_range(i, of(i.a), of(i.b), of(i.c), of(i.d)); }

  /// v is in r; so is what it is a copy of, or a sum with a constant of.
  void learn(ValueId v, Range r) {
    for (int depth = 0; depth < 4; ++depth) {
      set(v, meet(now_[v], r));
      const Inst* i = definition_[v];
      if (!i || i->op != Op::Lea || i->b != kNone || !fits(Op::Add, now_[i->a], exactly(i->imm)) || now_[v].empty()) return;
      r = exact_result(Op::Sub, now_[v], exactly(i->imm));
      v = i->a;
    }
  }

  bool is_fixnum(ValueId v) const {
    if (f_.values[v] == Rep::Tagged && f_.type(v) == kTypeFixnum) return true;
    const Inst* i = definition_[v];
    return i && i->op == Op::Imm && (i->imm & 7) == 0;
  }

  /// Narrows by the condition of a branch. False: this way is impossible.
  bool assume(const Terminator& t, bool truth) {
    if (t.kind != TermKind::Branch) return true;
    Range a = now_[t.a], b = now_[t.b];
    narrow(truth ? t.cond : opposite(t.cond), a, b, is_fixnum(t.a) && is_fixnum(t.b) ? 8 : 1);
    learn(t.a, a);
    learn(t.b, b);
    return !a.empty() && !b.empty();
  }

  // -- the walk --

  /// Preorder over the dominator tree, with what holds in each block in force.
  void walk() {
    auto enter = [&](BlockId b) {
      std::size_t mark = log_.size();
      for (ValueId p : f_.blocks[b].params) set(p, meet(joined_[p], declared_[p]));
      bool possible = reached_[b];
      if (b != 0 && graph_.edges[b].size() == 1) {
        const Edge& e = graph_.edges[b][0];
        Terminator& t = f_.blocks[e.from].term;
        possible = assume(t, !e.otherwise) && possible;
        if (t.result != kNone && !e.otherwise) set(t.result, meet(declared_[t.result], exact_result(t.op, now_[t.a], now_[t.b])));
      }
      if (possible) visit(b);
      return mark;
    };
    walk_dominators(graph_, enter, [&](std::size_t mark) { undo(mark); });
  }

  void visit(BlockId b) {
    Block& block = f_.blocks[b];
    for (const Inst& i : block.insts)
      if (i.result != kNone && f_.values[i.result] != Rep::F64) set(i.result, meet(result(i), declared_[i.result]));
    if (mode_ == Mode::Record) return record(b);
    if (mode_ == Mode::Decide) return decide(b);
    bool otherwise = false;
    for_each_successor(block.term, [&](BlockId s, std::vector<ValueId>& args) {
      std::size_t mark = log_.size();
      if (assume(block.term, !otherwise)) pass(block.term, s, args);
      undo(mark);
      otherwise = true;
    });
  }

  void pass(const Terminator& t, BlockId s, const std::vector<ValueId>& args) {
    if (!reached_[s]) reached_[s] = changed_ = true;
    for (std::size_t i = 0; i < args.size(); ++i) {
      ValueId p = f_.blocks[s].params[i], v = args[i];
      if (f_.values[p] == Rep::F64) continue;
      Range r = v == t.result && t.kind == TermKind::BranchOvf ? meet(declared_[v], exact_result(t.op, now_[t.a], now_[t.b])) : now_[v];
      r = meet(r, declared_[p]);
      if (mode_ == Mode::Narrow) next_[p] = join(next_[p], r);
      else widen(p, r);
    }
  }

  void widen(ValueId p, const Range& r) {
    Range old = joined_[p], grown = join(old, r);
    if (grown == old) return;
    changed_ = true;
    if (!old.empty() && ++growth_[p] > kFreeGrowth) {
      bool far = give_up_ || growth_[p] > kThresholdGrowth;
      if (grown.lo < old.lo) {
        auto t = std::upper_bound(thresholds_.begin(), thresholds_.end(), grown.lo);
        grown.lo = far || t == thresholds_.begin() ? declared_[p].lo : std::max(*(t - 1), declared_[p].lo);
      }
      if (grown.hi > old.hi) {
        auto t = std::lower_bound(thresholds_.begin(), thresholds_.end(), grown.hi);
        grown.hi = far || t == thresholds_.end() ? declared_[p].hi : std::min(*t, declared_[p].hi);
      }
    }
    joined_[p] = grown;
  }

  /// A round may bring news to one more of the loops of a deep nest only: narrowing begins with what surely holds.
  void know_nothing() {
    for (BlockId b : graph_.order) {
      reached_[b] = true;
      for (ValueId p : f_.blocks[b].params) joined_[p] = declared_[p];
    }
  }

  void record(BlockId b) {
    Block& block = f_.blocks[b];
    for (ValueId p : block.params) at_[p] = now_[p];
    for (const Inst& i : block.insts)
      if (i.result != kNone) at_[i.result] = now_[i.result];
    const Terminator& t = block.term;
    if (t.kind == TermKind::BranchOvf) at_[t.result] = meet(declared_[t.result], exact_result(t.op, now_[t.a], now_[t.b]));
  }

  // -- decisions --

  void decide(BlockId b) {
    Terminator& t = f_.blocks[b].term;
    if (t.kind == TermKind::BranchOvf && never_overflows(t, b)) sums_.push_back(b);
    if (t.kind != TermKind::Branch) return;
    if (surely(t.cond, t, b)) branches_.push_back({&t, true});
    else if (surely(opposite(t.cond), t, b)) branches_.push_back({&t, false});
  }

  /// Does the condition hold of the operands of t whenever b is running?
  bool surely(Cond cond, const Terminator& t, BlockId b) {
    Range x = now_[t.a], y = now_[t.b];
    narrow(opposite(cond), x, y, 1);
    if (x.empty() || y.empty()) return true;
    auto below = [&](ValueId v, ValueId w, i64 by) { return inequalities_->at_most(v, w, -by, b); };
    switch (cond) {
      case Cond::Lt: return below(t.a, t.b, 1);
      case Cond::Le: return below(t.a, t.b, 0);
      case Cond::Gt: return below(t.b, t.a, 1);
      case Cond::Ge: return below(t.b, t.a, 0);
      case Cond::Ne: return below(t.a, t.b, 1) || below(t.b, t.a, 1);
      // As unsigned words: both are no negative numbers.
      case Cond::Below: return not_negative(t.a, b) && below(t.a, t.b, 1);
      case Cond::BelowEq: return not_negative(t.a, b) && below(t.a, t.b, 0);
      case Cond::Above: return not_negative(t.b, b) && below(t.b, t.a, 1);
      case Cond::AboveEq: return not_negative(t.b, b) && below(t.b, t.a, 0);
      default: return false;
    }
  }

  bool not_negative(ValueId v, BlockId b) { return now_[v].lo >= 0 || inequalities_->at_least_zero(v, 0, b); }

  bool never_overflows(const Terminator& t, BlockId b) {
    Range x = now_[t.a], y = now_[t.b];
    if (x.empty() || y.empty()) return false;
    if (fits(t.op, x, y)) return true;
    if (t.op == Op::Mul) return false;
    // One bound may be known as a difference only.
    constexpr i64 kMin = std::numeric_limits<i64>::min(), kMax = std::numeric_limits<i64>::max();
    if (t.op == Op::Add && y.lo != y.hi) return false;
    if (y.lo != y.hi || y.lo == kMin) return false;
    i64 n = t.op == Op::Add ? y.lo : -y.lo;
    if (n >= 0) return inequalities_->at_most_constant(t.a, kMax - n, b);
    return inequalities_->at_least_zero(t.a, -(kMin - n), b);
  }

  void make_exact(Block& block) {
    Terminator& t = block.term;
    Inst i;
    i.op = t.op;
    i.rep = f_.values[t.result];
    i.result = t.result;
    i.a = t.a;
    i.b = t.b;
    i.exact = true;
    i.span = t.span;
    t.result = kNone;
    decide_branch(t, true);
    block.insts.push_back(std::move(i));
  }

  Function& f_;
  Graph graph_;
  std::vector<const Inst*> definition_;
  std::vector<Range> declared_, now_, at_, joined_, next_;  // of types; in force; at definitions; of parameters
  std::vector<u8> growth_;
  std::vector<bool> reached_;
  std::vector<Undo> log_;
  std::vector<i64> thresholds_;
  std::vector<std::pair<Terminator*, bool>> branches_;
  std::vector<BlockId> sums_;
  Inequalities* inequalities_ = nullptr;
  Mode mode_ = Mode::Widen;
  bool changed_ = true, give_up_ = false, loops_ = false;
};

/// Is there anything that ranges might decide?
bool has_candidates(const Function& f) {
  return std::any_of(f.blocks.begin(), f.blocks.end(), [](const Block& b) {
    if (b.term.kind == TermKind::BranchOvf) return true;
    return b.term.kind == TermKind::Branch && b.term.cond != Cond::TestZero && b.term.cond != Cond::TestNonZero &&
           b.term.cond != Cond::Eq && b.term.cond != Cond::Ne;
  });
}

}  // namespace

int remove_range_checks(Function& f) { return has_candidates(f) ? Ranges(f).run() : 0; }

}  // namespace loko::low
