// SPDX-License-Identifier: MIT
//
// Types of tagged values over SSA: what lowering knows of a definition, joins of block parameters (optimistic, by
// iteration), narrowed by the branches that dominate. A branch that they decide becomes a jump, and so does one whose
// very condition was tested before. Conditions are recognized by the shape of the tag tests that lowering emits.
//
// Wegman and Zadeck, "Constant Propagation with Conditional Branches"; types instead of constants.
#include "low/passes.h"

#include <algorithm>
#include <map>
#include <tuple>

#include "low/closures.h"
#include "low/graph.h"

namespace loko::low {
namespace {

constexpr u32 kAlwaysTyped = kTypeBignum | kTypeRatnum | kTypeCompnum | kTypeSymbol | kTypeString | kTypeVector | kTypeBytevector |
                             kTypeRecord | kTypeBox;
constexpr u32 kMaybeTyped = kAlwaysTyped | kTypeFlonum | kTypeOther;
constexpr u32 kMutables = kTypeMutableString | kTypeMutableVector | kTypeMutableBytevector;
constexpr u32 kImmutables = kTypeImmutableString | kTypeImmutableVector | kTypeImmutableBytevector;
constexpr u32 kSingletons = kTypeNull | kTypeTrue | kTypeFalse | kTypeEof;

/// What a condition tells of one value: the types that it may have if the test passes, and if it fails.
struct Test {
  ValueId value = kNone;
  u32 pass = kTypeAny, fail = kTypeAny;
};

/// A condition as tests that must all pass.
struct Tests {
  std::vector<Test> list;
  bool negated = false;  // the condition holds if they don't
};

class Inference {
 public:
  explicit Inference(Function& f) : f_(f), graph_(make_graph(f)) {
    size_t n = f.values.size();
    definition_.assign(n, nullptr);
    joined_.assign(n, 0);
    reached_.assign(f.blocks.size(), false);
    reached_[0] = true;
    for (ValueId v = 0; v < n; ++v) declared_.push_back(f.type(v));
    for (Block& b : f.blocks)
      for (Inst& i : b.insts) {
        if (i.result == kNone) continue;
        definition_[i.result] = &i;
        if (i.op == Op::Imm && i.rep == Rep::Tagged) declared_[i.result] &= type_of_datum(Value{static_cast<u64>(i.imm)});
      }
    types_ = declared_;
  }

  /// A jump that decides the branch at the end of the block that it leads to.
  struct Thread {
    BlockId from, to;
    bool truth, is_back_edge;
  };

  /// Finds types and decides.
  void run() {
    constexpr int kMostRounds = 12;
    for (int round = 0; changed_; ++round) {
      changed_ = false;
      widen_ = round >= kMostRounds;
      walk();
    }
    deciding_ = true;
    walk();
    publish();
  }
  size_t decisions() const { return decisions_.size(); }
  /// Of these, in blocks that are not cold.
  int likely_decisions() const { return likely_; }
  const std::vector<Thread>& threads() const { return threads_; }

  void apply() {
    for (auto& [t, value] : reduced_) t->a = value;
    for (auto& [t, truth] : decisions_) decide_branch(*t, truth);
  }

 private:
  using Condition = std::tuple<Cond, ValueId, ValueId>;
  struct Undo {
    ValueId value;
    u32 types;
  };
  /// What is in force before a block.
  struct Mark {
    size_t types, conditions;
  };

  void narrow(ValueId v, u32 types) {
    if ((types_[v] & types) == types_[v]) return;
    log_.push_back({v, types_[v]});
    types_[v] &= types;
  }
  void undo(size_t mark) {
    for (; log_.size() > mark; log_.pop_back()) types_[log_.back().value] = log_.back().types;
  }

  /// Preorder over the dominator tree, with what holds in each block in force.
  void walk() {
    auto enter = [&](BlockId b) {
      Mark mark{log_.size(), conditions_.size()};
      for (ValueId p : f_.blocks[b].params) types_[p] = joined_[p];
      if (b != 0 && graph_.edges[b].size() == 1) assume(graph_.edges[b][0]);
      if (reached_[b]) visit(b);
      return mark;
    };
    walk_dominators(graph_, enter, [&](const Mark& mark) {
      undo(mark.types);
      for (; conditions_.size() > mark.conditions; conditions_.pop_back()) known_.erase(conditions_.back());
    });
  }

  /// Gives the parameters of successors what the block passes, or decides its branch.
  void visit(BlockId b) {
    Terminator& t = f_.blocks[b].term;
    for (Inst& i : f_.blocks[b].insts)
      if (i.op == Op::Select && i.rep == Rep::Tagged) types_[i.result] = (types_[i.c] | types_[i.d]) & declared_[i.result];
    if (deciding_) return decide(b);
    int way = t.kind == TermKind::Branch ? outcome(t) : -1;
    bool otherwise = false;
    for_each_successor(t, [&](BlockId s, std::vector<ValueId>& args) {
      if (way < 0 || (way == 0) == otherwise) {
        if (!reached_[s]) reached_[s] = changed_ = true;
        size_t mark = log_.size();
        if (t.kind == TermKind::Branch) narrow_by(t, !otherwise);
        for (size_t i = 0; i < args.size(); ++i) join(f_.blocks[s].params[i], types_[args[i]]);
        undo(mark);
      }
      otherwise = true;
    });
  }

  void join(ValueId p, u32 types) {
    u32 next = (joined_[p] | types) & declared_[p];
    if (next == joined_[p]) return;
    joined_[p] = widen_ ? declared_[p] : next;
    changed_ = true;
  }

  /// What the only edge into a block tells.
  void assume(const Edge& e) {
    Terminator& t = f_.blocks[e.from].term;
    if (t.kind != TermKind::Branch) return;
    narrow_by(t, !e.otherwise);
    Condition c{t.cond, t.a, operand(t.b)};
    if (known_.emplace(c, !e.otherwise).second) conditions_.push_back(c);
  }

  void narrow_by(const Terminator& t, bool truth) {
    Tests tests = tests_of(t);
    bool pass = truth != tests.negated;
    for (const Test& x : tests.list) {
      // Of several, the one that failed is known only if the others can't have.
      bool only = true;
      for (const Test& y : tests.list) only = only && (&x == &y || (types_[y.value] & y.fail) == 0);
      if (pass || only) narrow(x.value, pass ? x.pass : x.fail);
    }
  }

  /// Equal immediates count as one operand.
  ValueId operand(ValueId v) {
    u64 n;
    if (!immediate(v, &n)) return v;
    return immediates_.try_emplace({n, is_tagged(v)}, v).first->second;
  }

  bool immediate(ValueId v, u64* n) const {
    const Inst* i = definition_[v];
    if (!i || i->op != Op::Imm) return false;
    *n = static_cast<u64>(i->imm);
    return true;
  }
  bool is_tagged(ValueId v) const { return f_.values[v] == Rep::Tagged; }

  Tests tests_of(const Terminator& t) const {
    u64 n;
    if (!immediate(t.b, &n)) return record_test(t);
    bool negated = t.cond == Cond::TestNonZero || t.cond == Cond::Ne;
    if (t.cond == Cond::TestZero || t.cond == Cond::TestNonZero) return {bit_tests(t.a, n), negated};
    if (t.cond == Cond::Eq || t.cond == Cond::Ne) return {equality_tests(t.a, n, is_tagged(t.b)), negated};
    return {};
  }

  /// The header of an object is a known rtd.
  Tests record_test(const Terminator& t) const {
    const Inst* i = definition_[t.a];
    bool equality = t.cond == Cond::Eq || t.cond == Cond::Ne;
    if (!equality || !i || !is_header(*i) || !is_tagged(t.a) || !is_tagged(t.b) || types_[t.b] != kTypeRecord) return {};
    return {{{i->a, kTypeRecord, kTypeAny}}, t.cond == Cond::Ne};
  }

  static Test test(ValueId v, u32 exact) { return {v, exact, kTypeAny & ~exact}; }

  /// (x & bits) == 0
  std::vector<Test> bit_tests(ValueId x, u64 bits) const {
    u32 pass = bits == 7 ? u32{kTypeFixnum} : u32{kTypeFixnum | kTypeFlonum}, fail = kTypeAny & ~u32{kTypeFixnum};
    bool numbers = bits == 7 || bits == 2;
    if (is_tagged(x)) return numbers ? std::vector<Test>{{x, pass, fail}} : std::vector<Test>{};
    const Inst* i = definition_[x];
    if (!i || i->a == kNone || !is_tagged(i->a)) return {};
    if (bits == kImmutableKind && is_header(*i)) return {{i->a, kTypeAny & ~kImmutables, kTypeAny & ~kMutables}};
    if (i->op == Op::Or && i->b != kNone && is_tagged(i->b) && numbers) return {{i->a, pass, fail}, {i->b, pass, fail}};
    if (i->op != Op::Lea || i->b != kNone || bits != 7) return {};
    switch (static_cast<u64>(-i->imm)) {
      case kTagPair: return {test(i->a, kTypePair)};
      case kTagProcedure: return {test(i->a, kTypeProcedure)};
      case kTagTyped: return {{i->a, kMaybeTyped, kTypeAny & ~kAlwaysTyped}};
      default: return {};
    }
  }

  /// x == bits
  std::vector<Test> equality_tests(ValueId x, u64 bits, bool tagged) const {
    if (is_tagged(x)) {
      if (!tagged) return {};
      u32 type = type_of_datum(Value{bits});
      return {{x, type, kTypeAny & ~(type & kSingletons)}};
    }
    const Inst* i = definition_[x];
    u64 mask;
    if (!i || i->op != Op::And || !immediate(i->b, &mask)) return {};
    if (is_tagged(i->a)) {
      if (mask != 0xff) return {};
      u32 type = bits == kCharTag ? u32{kTypeChar} : bits == kVoidTag ? u32{kTypeVoid} : 0;
      return type ? std::vector<Test>{test(i->a, type)} : std::vector<Test>{};
    }
    const Inst* header = definition_[i->a];
    if (!header || !is_header(*header)) return {};
    u32 type = type_of_kind(mask, bits);
    return type ? std::vector<Test>{test(header->a, type)} : std::vector<Test>{};
  }

  bool is_header(const Inst& i) const {
    return i.op == Op::Load && i.b == kNone && i.imm == kHeaderOffset && is_tagged(i.a);
  }
  /// The type of objects with (header & mask) == kind, or 0 if that isn't exactly one.
  static u32 type_of_kind(u64 mask, u64 kind) {
    auto is = [&](u64 m, Kind k) { return mask == m && kind == static_cast<u64>(k); };
    if (is(kSequenceMask, Kind::Vector)) return kTypeVector;
    if (is(kKindMask, Kind::Vector)) return kTypeMutableVector;
    if (is(kSequenceMask, Kind::Bytevector)) return kTypeBytevector;
    if (is(kKindMask, Kind::Bytevector)) return kTypeMutableBytevector;
    if (is(kStringMask, Kind::String1)) return kTypeString;
    if (is(kStringMask | kImmutableKind, Kind::String1)) return kTypeMutableString;
    if (is(kKindMask, Kind::Symbol)) return kTypeSymbol;
    if (is(kKindMask, Kind::Box)) return kTypeBox;
    return 0;
  }

  /// 1: the condition surely holds, 0: surely not, -1: unknown.
  int outcome(const Terminator& t) {
    Tests tests = tests_of(t);
    bool all = !tests.list.empty(), none = false;
    for (const Test& x : tests.list) {
      if (types_[x.value] == 0) return -1;
      all = all && (types_[x.value] & x.fail) == 0;
      none = none || (types_[x.value] & x.pass) == 0;
    }
    if (all || none) return all != tests.negated;
    auto it = known_.find({t.cond, t.a, operand(t.b)});
    if (it != known_.end()) return it->second;
    it = known_.find({opposite(t.cond), t.a, operand(t.b)});
    return it == known_.end() ? -1 : !it->second;
  }

  void decide(BlockId b) {
    Terminator& t = f_.blocks[b].term;
    if (t.kind == TermKind::Jump) return note_jump(b, t);
    if (t.kind != TermKind::Branch) return;
    int way = outcome(t);
    if (way >= 0) {
      decisions_.push_back({&t, way == 1});
      if (!f_.blocks[b].cold) ++likely_;
      return;
    }
    Tests tests = tests_of(t);
    if (tests.list.size() != 2) return;
    // (a | b) & 7 with a fixnum a: test b alone.
    for (size_t k : {0, 1})
      if (types_[tests.list[k].value] == kTypeFixnum) reduced_.push_back({&t, tests.list[1 - k].value});
  }

  /// Does the jump from b decide the test of a loop header that it goes back to, or of a small block where paths join?
  void note_jump(BlockId b, Terminator& t) {
    BlockId header = t.target;
    Terminator& test = f_.blocks[header].term;
    bool is_back_edge = graph_.number[header] <= graph_.number[b];
    if (test.kind != TermKind::Branch || f_.blocks[header].cold || !(is_back_edge || is_small_join(header))) return;
    // In the next round parameters are what is passed, and nothing is known of what the header computes.
    const std::vector<ValueId>& params = f_.blocks[header].params;
    std::vector<Undo> saved, next;
    for (size_t i = 0; i < params.size(); ++i) next.push_back({params[i], types_[t.target_args[i]]});
    for (const Inst& i : f_.blocks[header].insts)
      if (i.result != kNone) next.push_back({i.result, declared_[i.result]});
    for (const Undo& n : next) {
      saved.push_back({n.value, types_[n.value]});
      types_[n.value] = n.types;
    }
    // Dominating conditions may be about parameters of the last round.
    std::map<Condition, bool> known;
    known.swap(known_);
    int way = outcome(test);
    known.swap(known_);
    for (const Undo& n : saved) types_[n.value] = n.types;
    if (way < 0) return;
    BlockId to = way ? test.target : test.otherwise;
    if (!is_back_edge || (to != header && graph_.dominates(to, b))) threads_.push_back({b, header, way == 1, is_back_edge});
  }

  /// A block to be copied for those of its predecessors that decide its test.
  bool is_small_join(BlockId b) const {
    constexpr size_t kMostInsts = 3;
    const Block& block = f_.blocks[b];
    if (block.loop_header || block.insts.size() > kMostInsts || graph_.edges[b].size() < 2) return false;
    return std::all_of(block.insts.begin(), block.insts.end(), is_pure);
  }

  void publish() {
    f_.types = declared_;
    for (BlockId b : graph_.order)
      for (ValueId p : f_.blocks[b].params)
        if (joined_[p]) f_.types[p] = joined_[p];
  }

  Function& f_;
  Graph graph_;
  std::vector<const Inst*> definition_;
  std::vector<u32> declared_, types_, joined_;  // of definitions; in force at the present block; of parameters
  std::vector<bool> reached_;
  std::vector<Undo> log_;
  std::map<Condition, bool> known_;
  std::vector<Condition> conditions_;
  std::map<std::pair<u64, bool>, ValueId> immediates_;
  std::vector<std::pair<Terminator*, bool>> decisions_;
  std::vector<std::pair<Terminator*, ValueId>> reduced_;
  std::vector<Thread> threads_;
  int likely_ = 0;
  bool changed_ = true, widen_ = false, deciding_ = false;
};

}  // namespace

void infer_types(Function& f) { Inference(f).run(); }

int remove_implied_checks(Function& f, int* likely) {
  Inference i(f);
  i.run();
  i.apply();
  if (likely) *likely = i.likely_decisions();
  return static_cast<int>(i.decisions());
}

bool thread_tests(Function& f) {
  Inference inference(f);
  inference.run();
  if (inference.threads().empty()) return false;
  localize_constants(f);
  std::vector<Definition> copies;
  std::map<std::pair<BlockId, bool>, BlockId> made;
  for (const auto& t : inference.threads()) {
    auto [it, fresh] = made.try_emplace({t.to, t.truth}, kNone);
    if (fresh) {
      it->second = copy_block(f, t.to, copies);
      Block& copy = f.blocks[it->second];
      decide_branch(copy.term, t.truth);
      copy.loop_header = false;
      if (t.is_back_edge) f.blocks[copy.term.target].loop_header = true;
    }
    f.blocks[t.from].term.target = it->second;
  }
  repair_ssa(f, copies);
  return true;
}

}  // namespace loko::low
