// SPDX-License-Identifier: MIT
//
// See inequalities.h.
#include "low/inequalities.h"

#include <algorithm>

namespace loko::low {
namespace {

constexpr int kMostSteps = 120;          // of one proof
constexpr int kStepsPerValue = 60;       // of all proofs in a function
constexpr std::size_t kDeepest = 24;
constexpr std::size_t kMostFacts = 200;  // of one value, that one step looks at: those that come last, which are the nearest in a long chain of tests

}  // namespace

Inequalities::Inequalities(Function& f, const Graph& graph, const std::vector<Range>& at)
    : f_(f), graph_(graph), at_(at), zero_(static_cast<ValueId>(f.values.size())),
      total_budget_(2000 + kStepsPerValue * static_cast<int>(f.values.size())) {
  define();
  learn();
}

void Inequalities::define() {
  std::size_t n = f_.values.size();
  definition_.assign(n, nullptr);
  checked_.assign(n, nullptr);
  home_.assign(n, 0);
  parameter_.assign(n, kNone);
  for (BlockId b : graph_.order) {
    const Block& block = f_.blocks[b];
    for (u32 i = 0; i < block.params.size(); ++i) home_[block.params[i]] = b, parameter_[block.params[i]] = i;
    for (const Inst& i : block.insts)
      if (i.result != kNone) definition_[i.result] = &i, home_[i.result] = b;
    if (block.term.result != kNone) checked_[block.term.result] = &block.term, home_[block.term.result] = b;
  }
}

// -- facts -----------------------------------------------------------------------------------------

void Inequalities::learn() {
  for (BlockId b : graph_.order) {
    const std::vector<Edge>& edges = graph_.edges[b];
    for (const Edge& e : edges) learn_edge(e, b, edges.size() == 1 && b != 0);
  }
}

void Inequalities::learn_edge(const Edge& e, BlockId to, bool only) {
  const Terminator& t = f_.blocks[e.from].term;
  if (t.kind != TermKind::Branch) return;
  BlockId place = only ? to : kNone;
  Cond cond = e.otherwise ? opposite(t.cond) : t.cond;
  if (cond == Cond::TestZero) {
    i64 mask;
    if (!only || !constant(t.b, &mask) || mask != 7) return;
    const Inst* i = definition_[t.a];
    bool both = i && i->op == Op::Or;
    for (ValueId v : {both ? i->a : t.a, both ? i->b : t.a}) multiples_[v].push_back(to);
    return;
  }
  if (cond == Cond::TestNonZero) return;
  Sum a = sum(t.a), b = sum(t.b);
  i64 step = is_multiple(t.a, e.from) && is_multiple(t.b, e.from) ? 8 : 1;
  Range ra = at(t.a), rb = at(t.b);
  switch (cond) {
    case Cond::Eq:
      at_most_fact(a, b, 0, e, place);
      at_most_fact(b, a, 0, e, place);
      break;
    case Cond::Ne:
      add(a.root, Fact::Kind::Differs, b.root, b.offset - a.offset, step, e, place);
      add(b.root, Fact::Kind::Differs, a.root, a.offset - b.offset, step, e, place);
      break;
    case Cond::Lt: at_most_fact(a, b, -step, e, place); break;
    case Cond::Le: at_most_fact(a, b, 0, e, place); break;
    case Cond::Gt: at_most_fact(b, a, -step, e, place); break;
    case Cond::Ge: at_most_fact(b, a, 0, e, place); break;
    case Cond::Below: case Cond::BelowEq:
      if (rb.lo < 0) break;
      at_most_fact({zero_, 0}, a, 0, e, place);
      at_most_fact(a, b, cond == Cond::Below ? -step : 0, e, place);
      break;
    case Cond::Above: case Cond::AboveEq:
      if (ra.lo < 0) break;
      at_most_fact({zero_, 0}, b, 0, e, place);
      at_most_fact(b, a, cond == Cond::Above ? -step : 0, e, place);
      break;
    default: break;
  }
}

/// a <= b + c, as one fact for each side.
void Inequalities::at_most_fact(const Sum& a, const Sum& b, Wide c, const Edge& e, BlockId only) {
  Wide offset = b.offset - a.offset + c;
  add(a.root, Fact::Kind::AtMost, b.root, offset, 1, e, only);
  add(b.root, Fact::Kind::AtLeast, a.root, -offset, 1, e, only);
}

void Inequalities::add(ValueId v, Fact::Kind kind, ValueId other, Wide offset, i64 step, const Edge& e, BlockId only) {
  if (v == zero_ || v == other) return;
  facts_[v].push_back({kind, other, offset, step, only, e.from, e.otherwise});
}

bool Inequalities::in_force(const Fact& f, const Place& p) const {
  if (f.block != kNone) return dominates(f.block, p.block);
  return p.edge && p.edge->from == f.from && p.edge->otherwise == f.otherwise;
}

bool Inequalities::multiple_anywhere(ValueId v, int depth) const {
  if (f_.values[v] == Rep::Tagged && f_.type(v) == kTypeFixnum) return true;
  const Inst* i = definition_[v];
  if (!i || depth > 4) return false;
  auto operand = [&](ValueId x) { return multiple_anywhere(x, depth + 1); };
  i64 n;
  switch (i->op) {
    case Op::Imm: return (i->imm & 7) == 0;
    case Op::And: return operand(i->a) || operand(i->b);
    case Op::Add: case Op::Sub: case Op::Or: case Op::Xor: return operand(i->a) && operand(i->b);
    case Op::Lea: return (i->imm & 7) == 0 && operand(i->a) && (i->b == kNone || i->scale == 8 || operand(i->b));
    case Op::Shl: return constant(i->b, &n) && n >= 3 && n < 64;
    case Op::Select: return operand(i->c) && operand(i->d);
    // A length as a fixnum: the flags below it are 0 for everything that is indexed.
    case Op::Shr: {
      const Inst* h = definition_[i->a];
      return constant(i->b, &n) && n == kLengthShift - 3 && h && h->op == Op::Load && h->b == kNone && h->imm == kHeaderOffset && h->width == 8;
    }
    default: return false;
  }
}

bool Inequalities::is_multiple(ValueId v, BlockId block) const {
  if (multiple_anywhere(v, 0)) return true;
  auto it = multiples_.find(v);
  if (it == multiples_.end()) return false;
  return std::any_of(it->second.begin(), it->second.end(), [&](BlockId b) { return dominates(b, block); });
}

// -- values as sums --------------------------------------------------------------------------------

bool Inequalities::constant(ValueId v, i64* n) const {
  const Inst* i = definition_[v];
  if (i && i->op == Op::Imm) *n = i->imm;
  else if (at_[v].lo == at_[v].hi) *n = at_[v].lo;
  else return false;
  return true;
}

Inequalities::Operation Inequalities::operation(ValueId v) const {
  if (const Inst* i = definition_[v]) return {i->op, i->a, i->b, i->exact, i};
  if (const Terminator* t = checked_[v]) return {t->op, t->a, t->b, true, nullptr};
  return {};
}

Inequalities::Sum Inequalities::sum(ValueId v) const {
  Sum s{v, 0};
  for (int depth = 0; depth < 16; ++depth) {
    i64 n;
    if (constant(s.root, &n)) return {zero_, s.offset + n};
    const auto [op, a, b, exact, inst] = operation(s.root);
    if (op == Op::Lea) {
      if (b != kNone || !fits(Op::Add, at_[a], exactly(inst->imm))) return s;
      s = {a, s.offset + inst->imm};
    } else if ((op == Op::Add || op == Op::Sub) && constant(b, &n)) {
      if (!exact && !fits(op, at_[a], exactly(n))) return s;
      s = {a, op == Op::Add ? s.offset + n : s.offset - n};
    } else if (op == Op::Add && constant(a, &n)) {
      if (!exact && !fits(op, exactly(n), at_[b])) return s;
      s = {b, s.offset + n};
    } else {
      return s;
    }
  }
  return s;
}

// -- proofs ----------------------------------------------------------------------------------------

bool Inequalities::ask(ValueId a, ValueId b, Wide c, BlockId block) {
  if (total_budget_ <= 0) return false;
  budget_ = std::min(kMostSteps, total_budget_);
  int before = budget_;
  hypotheses_.clear();
  asked_.clear();
  bool proved = prove_sums(a, b, c, {block, nullptr});
  total_budget_ -= before - std::max(budget_, 0);
  return proved;
}

bool Inequalities::at_most(ValueId a, ValueId b, i64 c, BlockId block) { return ask(a, b, c, block); }
bool Inequalities::at_least_zero(ValueId a, i64 c, BlockId block) { return ask(zero_, a, c, block); }
bool Inequalities::at_most_constant(ValueId a, i64 c, BlockId block) { return ask(a, zero_, c, block); }

bool Inequalities::prove_sums(ValueId a, ValueId b, Wide c, const Place& p) {
  Sum x = a == zero_ ? Sum{zero_, 0} : sum(a), y = b == zero_ ? Sum{zero_, 0} : sum(b);
  return prove(x.root, y.root, c + y.offset - x.offset, p);
}

/// a <= b + c of two roots.
bool Inequalities::prove(ValueId a, ValueId b, Wide c, const Place& p) {
  if (a == b) return c >= 0;
  if (at(a).hi <= at(b).lo + c) return true;
  if (--budget_ < 0 || asked_.size() > kDeepest) return false;
  for (const Hypothesis& h : hypotheses_)
    if (h.a == a && h.b == b && c >= h.c) return true;
  for (const Hypothesis& h : asked_)
    if (h.a == a && h.b == b && c <= h.c) return false;
  asked_.push_back({a, b, c});
  bool proved = (a != zero_ && (by_upper_facts(a, b, c, p) || by_upper_definition(a, b, c, p))) ||
                (b != zero_ && (by_lower_facts(a, b, c, p) || by_lower_definition(a, b, c, p)));
  asked_.pop_back();
  return proved;
}

std::span<const Inequalities::Fact> Inequalities::latest(const std::vector<Fact>& facts) {
  return std::span(facts).last(std::min(facts.size(), kMostFacts));
}

bool Inequalities::by_upper_facts(ValueId a, ValueId b, Wide c, const Place& p) {
  auto it = facts_.find(a);
  if (it == facts_.end()) return false;
  for (const Fact& f : latest(it->second)) {
    if (f.kind == Fact::Kind::AtLeast || !in_force(f, p)) continue;
    if (f.kind == Fact::Kind::AtMost) {
      if (prove(f.other, b, c - f.offset, p)) return true;
    } else if (prove(f.other, b, c - f.offset + f.step, p) && prove(a, f.other, f.offset, p)) {
      return true;
    }
  }
  return false;
}

bool Inequalities::by_lower_facts(ValueId a, ValueId b, Wide c, const Place& p) {
  auto it = facts_.find(b);
  if (it == facts_.end()) return false;
  for (const Fact& f : latest(it->second)) {
    if (f.kind == Fact::Kind::AtMost || !in_force(f, p)) continue;
    if (f.kind == Fact::Kind::AtLeast) {
      if (prove(a, f.other, c + f.offset, p)) return true;
    } else if (prove(a, f.other, c + f.offset + f.step, p) && prove(f.other, b, -f.offset, p)) {
      return true;
    }
  }
  return false;
}

bool Inequalities::by_upper_definition(ValueId a, ValueId b, Wide c, const Place& p) {
  if (parameter_[a] != kNone) return by_parameter(a, b, a, b, c);
  const auto [op, x, y, exact, inst] = operation(a);
  auto below = [&](ValueId v, Wide by) { return prove_sums(v, b, by, p); };
  i64 n;
  switch (op) {
    case Op::Add:
      if (!exact && !fits(op, at(x), at(y))) return false;
      return below(x, c - at(y).hi) || below(y, c - at(x).hi);
    case Op::Sub:
      if (!exact && !fits(op, at(x), at(y))) return false;
      if (b == zero_ && prove_sums(x, y, c, p)) return true;
      return below(x, c + at(y).lo);
    case Op::And:  // a negative mask clears bits
      if (at(y).hi < 0) return below(x, c);
      return at(x).lo >= 0 && at(y).lo >= 0 && (below(x, c) || below(y, c));
    case Op::Sar: {  // (x + y) >> 1 is no more than the greater
      if (!constant(y, &n) || n < 1 || n > 63) return false;
      if (at(x).lo >= 0 && below(x, c)) return true;
      Operation sum = operation(x);
      if (n != 1 || sum.op != Op::Add || (!sum.exact && !fits(Op::Add, at(sum.x), at(sum.y)))) return false;
      return below(sum.x, c) && below(sum.y, c);
    }
    case Op::Rem:
      if (at(y).lo >= 0 && below(y, c + 1)) return true;  // it isn't 0
      return at(x).lo >= 0 && below(x, c);
    case Op::Select: return below(inst->c, c) && below(inst->d, c);
    default: return false;
  }
}

bool Inequalities::by_lower_definition(ValueId a, ValueId b, Wide c, const Place& p) {
  if (parameter_[b] != kNone) return by_parameter(b, a, a, b, c);
  const auto [op, x, y, exact, inst] = operation(b);
  auto above = [&](ValueId v, Wide by) { return prove_sums(a, v, by, p); };
  i64 n;
  switch (op) {
    case Op::Add:
      if (!exact && !fits(op, at(x), at(y))) return false;
      return above(x, c + at(y).lo) || above(y, c + at(x).lo);
    case Op::Sub:
      if (!exact && !fits(op, at(x), at(y))) return false;
      if (a == zero_ && prove_sums(y, x, c, p)) return true;
      return above(x, c - at(y).hi);
    case Op::And:
      return at(y).hi < 0 && constant(y, &n) && above(x, c - (-static_cast<Wide>(n) - 1));
    case Op::Select: return above(inst->c, c) && above(inst->d, c);
    default: return false;
  }
}

/// What all edges into the block of `param` pass keeps the bound; `other` is one side of it, which no round changes.
bool Inequalities::by_parameter(ValueId param, ValueId other, ValueId a, ValueId b, Wide c) {
  BlockId block = home_[param];
  if (other != zero_ && (home_[other] == block || !dominates(home_[other], block))) return false;
  if (graph_.edges[block].empty() || block == 0) return false;
  for (const Hypothesis& h : hypotheses_)
    if (h.a == a && h.b == b) return false;  // it would grow from round to round
  hypotheses_.push_back({a, b, c});
  std::vector<Hypothesis> asked;
  asked.swap(asked_);  // elsewhere these are other questions
  bool proved = hypotheses_.size() <= kDeepest;
  for (const Edge& e : graph_.edges[block]) {
    if (!proved) break;
    ValueId argument = arguments(f_, e)[parameter_[param]];
    Place p{e.from, &e};
    proved = param == a ? prove_sums(argument, b, c, p) : prove_sums(a, argument, c, p);
  }
  asked.swap(asked_);
  hypotheses_.pop_back();
  return proved;
}

}  // namespace loko::low
