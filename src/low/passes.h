// SPDX-License-Identifier: MIT
//
// The passes on functions in SSA form; optimize.cpp has their order.
#pragma once

#include "low/language.h"

namespace loko::low {

/// Functions that passes may give copies of much of their code to.
inline bool may_be_split(const Function& f) {
  constexpr size_t kMostBlocks = 200, kMostInsts = 800;
  size_t insts = 0;
  for (const Block& b : f.blocks) insts += b.insts.size();
  return f.blocks.size() <= kMostBlocks && insts <= kMostInsts;
}

/// Loops that copies of unlikely paths may come back to, and the types of values on the likely path.
struct Reentry {
  std::vector<BlockId> headers;
  std::vector<u32> types;
};

/// Leaves out checks of operands and variables, for measuring what they cost; gives their number. Blocks may become unreachable.
int drop_checks(Function& f);

/// Decides branches whose outcome types or dominating branches imply, and drops operands of joint fixnum tests that are
/// known to be fixnums. Gives the number of branches decided, in `likely` of those that are not on unlikely paths. Blocks
/// may become unreachable.
int remove_implied_checks(Function& f, int* likely = nullptr);

/// A jump into a loop header, or into a small block where paths join, that surely takes one way of the branch there goes that
/// way at once; a loop's test then runs in the first round only. True if anything changed.
bool thread_tests(Function& f);

/// Where a test for the empty list is followed by a check for a pair, tests the pair first. The third case gets an unlikely block.
/// True if anything changed.
bool test_pairs_first(Function& f);

/// Gives what follows where an unlikely path comes back its own, unlikely copy, so that the likely one keeps what its
/// checks told; what is to lead back says `reentry`. True if anything changed.
bool split_cold_paths(Function& f, const Reentry& reentry = {});

/// Finds the types of block parameters that the edges and the tests before them imply (Function::types).
void infer_types(Function& f);

/// Drops masks and shifts that change nothing, shrinks tests of bits, branches on the condition that made a boolean. True if
/// anything changed.
bool simplify_bits(Function& f);

/// Decides comparisons, index checks and overflow checks that ranges of integers imply; gives their number. Blocks may
/// become unreachable.
int remove_range_checks(Function& f);

/// Gives inner loops that make the same check in every round a copy for the first round, so that the others need no check.
/// True if anything changed.
bool peel_checks(Function& f);

/// Moves operations that give the same in every round of a loop before it; gives their number.
int hoist_invariants(Function& f);

/// Lets numbers that loops keep in memory go around in registers, too, compared with what is loaded in each round; gives their number.
int predict_loads(Function& f);

/// Makes branches that only choose between #t and #f comparisons with a result, and jumps to returns returns; gives their number.
/// Blocks may become unreachable.
int convert_branches(Function& f);

/// Removes operations that a dominating one has done; gives their number.
int number_values(Function& f);

}  // namespace loko::low
