// SPDX-License-Identifier: MIT
//
// What passes over the control-flow graph share: operands and successors, orders and dominators, and the repair of SSA
// form after blocks were copied.
#pragma once

#include <vector>

#include "low/language.h"

namespace loko::low {

/// Calls f(ValueId&) for each operand.
template <class F>
void for_each_use(Inst& i, F f) {
  if (i.a != kNone) f(i.a);
  if (i.b != kNone) f(i.b);
  if (i.c != kNone) f(i.c);
  if (i.d != kNone) f(i.d);
  for (ValueId& v : i.args) f(v);
}

/// Calls f(ValueId&) for each operand, edge arguments included.
template <class F>
void for_each_use(Terminator& t, F f) {
  if (t.a != kNone) f(t.a);
  if (t.b != kNone) f(t.b);
  for (ValueId& v : t.args) f(v);
  for (ValueId& v : t.target_args) f(v);
  for (ValueId& v : t.otherwise_args) f(v);
}

/// Calls f(BlockId&, std::vector<ValueId>& arguments) for each edge.
template <class F>
void for_each_successor(Terminator& t, F f) {
  switch (t.kind) {
    case TermKind::Jump: f(t.target, t.target_args); break;
    case TermKind::Branch: case TermKind::FBranch: case TermKind::BranchOvf:
      f(t.target, t.target_args);
      f(t.otherwise, t.otherwise_args);
      break;
    default: break;
  }
}

/// The condition that holds where this one does not.
Cond opposite(Cond c);

/// Makes a branch a jump one way.
void decide_branch(Terminator& t, bool truth);

/// Has no effect: may be deleted if nobody uses the result.
bool is_pure(const Inst& i);

/// Is the raw result of i the address of an object, or made from one? `address` tells so of raw operands. Such a word is
/// not taken over a safepoint.
bool may_be_address(const Function& f, const Inst& i, const std::vector<bool>& address);

/// Is the result of i, which is tagged, surely a value? The bits of a double may be none until they are tested.
bool is_value(const Function& f, const Inst& i);

/// One way into a block.
struct Edge {
  BlockId from;
  bool otherwise;  // the second successor of `from`
};

/// Orders and dominators of the reachable blocks.
struct Graph {
  std::vector<BlockId> order;                  // reverse postorder
  std::vector<u32> number;                     // of a block in `order`, kNone if unreachable
  std::vector<std::vector<Edge>> edges;        // into each block, from reachable blocks
  std::vector<BlockId> idom;                   // of the entry: itself
  std::vector<std::vector<BlockId>> children;  // in the dominator tree
  std::vector<u32> enter, leave;               // the numbers in preorder of the dominator tree of what a block dominates

  bool reachable(BlockId b) const { return number[b] != kNone; }
  bool dominates(BlockId a, BlockId b) const { return enter[a] <= enter[b] && enter[b] < leave[a]; }
};
Graph make_graph(Function& f);

/// Preorder over the dominator tree: enter(b) answers what leave gets when b and all that it dominates are done.
template <class Enter, class Leave>
void walk_dominators(const Graph& g, Enter enter, Leave leave) {
  struct Frame {
    BlockId block;
    size_t child;
    decltype(enter(BlockId{})) state;
  };
  std::vector<Frame> stack{{0, 0, enter(0)}};
  while (!stack.empty()) {
    Frame& top = stack.back();
    const std::vector<BlockId>& children = g.children[top.block];
    if (top.child < children.size()) {
      BlockId next = children[top.child++];
      stack.push_back({next, 0, enter(next)});
      continue;
    }
    leave(top.state);
    stack.pop_back();
  }
}

/// The arguments of an edge.
inline std::vector<ValueId>& arguments(Function& f, const Edge& e) {
  Terminator& t = f.blocks[e.from].term;
  return e.otherwise ? t.otherwise_args : t.target_args;
}

/// Another definition of a value, made by copying its block.
struct Definition {
  ValueId original;
  BlockId block;
  ValueId value;
};

/// Gives each block that uses a constant its own instruction for it, so that copies of blocks need no parameters for them.
void localize_constants(Function& f);

/// A copy of block b with fresh values, added to `copies`; edges still lead to the old blocks.
BlockId copy_block(Function& f, BlockId b, std::vector<Definition>& copies);

/// Makes uses see the definition that reaches them, by new block parameters where several do (Braun et al., "Simple and
/// Efficient Construction of SSA Form"). Copies of a block already use the copies of values that it defines itself.
void repair_ssa(Function& f, const std::vector<Definition>& copies);

}  // namespace loko::low
