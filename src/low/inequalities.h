// SPDX-License-Identifier: MIT
//
// Differences of words, proved on demand: is a <= b + c at a place? Known are the conditions of the branches on the way
// there, what values are made of, and, for parameters of blocks, what all edges pass (by induction over the rounds of
// loops). Bodik, Gupta, Sarkar, "ABCD: Eliminating Array Bounds Checks on Demand"; here facts are found by dominance
// instead of renaming, and go both ways, upper and lower bounds.
//
// INVARIANT(scope): a question is asked only about values whose definitions dominate the place.
#pragma once

#include <span>
#include <unordered_map>
#include <vector>

#include "low/graph.h"
#include "low/range.h"

namespace loko::low {

class Inequalities {
 public:
  /// `at` has the ranges of values where they are defined.
  Inequalities(Function& f, const Graph& graph, const std::vector<Range>& at);

  /// Is a <= b + c, as numbers, wherever block b is running?
  bool at_most(ValueId a, ValueId b, i64 c, BlockId block);
  /// The same of a constant: 0 <= a + c; a <= c.
  bool at_least_zero(ValueId a, i64 c, BlockId block);
  bool at_most_constant(ValueId a, i64 c, BlockId block);
  /// Is the word a multiple of 8 wherever the block is running?
  bool is_multiple(ValueId v, BlockId block) const;

 private:
  using Wide = __int128;
  /// A block, or an edge that leaves it.
  struct Place {
    BlockId block;
    const Edge* edge = nullptr;
  };
  /// What an edge tells of a value that a list belongs to, in force where the edge is the only way.
  struct Fact {
    enum class Kind : u8 { AtMost, AtLeast, Differs } kind;
    ValueId other;
    Wide offset;       // v <= other + offset, v >= other + offset, v != other + offset
    i64 step;          // Differs: the difference is one of at least this
    BlockId block;     // that the edge is the only way into, or
    BlockId from;      // the edge itself, where it leads to a join
    bool otherwise;
  };
  /// v is root + offset.
  struct Sum {
    ValueId root;
    Wide offset;
  };
  /// A claim about a parameter that holds in earlier rounds.
  struct Hypothesis {
    ValueId a, b;
    Wide c;
  };

  void define();
  void learn();
  void learn_edge(const Edge& e, BlockId to, bool only);
  void add(ValueId v, Fact::Kind kind, ValueId other, Wide offset, i64 step, const Edge& e, BlockId only);
  void at_most_fact(const Sum& a, const Sum& b, Wide c, const Edge& e, BlockId only);
  bool multiple_anywhere(ValueId v, int depth) const;
  bool in_force(const Fact& f, const Place& p) const;
  static std::span<const Fact> latest(const std::vector<Fact>& facts);
  bool dominates(BlockId a, BlockId b) const { return graph_.dominates(a, b); }
  Sum sum(ValueId v) const;
  Range at(ValueId v) const { return v == zero_ ? exactly(0) : at_[v]; }
  bool constant(ValueId v, i64* n) const;
  /// What computes a value: an instruction, or the arithmetic that ends a block with a check; Imm stands for anything else.
  struct Operation {
    Op op = Op::Imm;
    ValueId x = kNone, y = kNone;
    bool exact = false;          // it can't wrap
    const Inst* inst = nullptr;  // null if it ends a block
  };
  Operation operation(ValueId v) const;
  const Inst* definition(ValueId v) const { return v == zero_ ? nullptr : definition_[v]; }

  bool ask(ValueId a, ValueId b, Wide c, BlockId block);
  bool prove(ValueId a, ValueId b, Wide c, const Place& p);
  bool prove_sums(ValueId a, ValueId b, Wide c, const Place& p);
  bool by_upper_facts(ValueId a, ValueId b, Wide c, const Place& p);
  bool by_lower_facts(ValueId a, ValueId b, Wide c, const Place& p);
  bool by_upper_definition(ValueId a, ValueId b, Wide c, const Place& p);
  bool by_lower_definition(ValueId a, ValueId b, Wide c, const Place& p);
  bool by_parameter(ValueId param, ValueId other, ValueId a, ValueId b, Wide c);

  Function& f_;
  const Graph& graph_;
  const std::vector<Range>& at_;
  ValueId zero_;                                  // stands for the number 0
  std::vector<const Inst*> definition_;
  std::vector<const Terminator*> checked_;        // BranchOvf that defines a value
  std::vector<BlockId> home_;                     // block that defines a value (parameters of the function: 0)
  std::vector<u32> parameter_;                    // index among the parameters of its block, or kNone
  std::unordered_map<ValueId, std::vector<Fact>> facts_;
  std::unordered_map<ValueId, std::vector<BlockId>> multiples_;  // is a multiple of 8 below these blocks
  std::vector<Hypothesis> hypotheses_;
  std::vector<Hypothesis> asked_;
  int budget_ = 0, total_budget_;
};

}  // namespace loko::low
