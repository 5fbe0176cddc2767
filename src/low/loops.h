// SPDX-License-Identifier: MIT
//
// The nest of natural loops: a header dominates the blocks from which edges lead back to it; the loop is what reaches those
// without passing the header. Loops are disjoint or one is inside the other, so each is named by its header and they form a
// forest. Cycles without such a header are no loops.
#pragma once

#include <vector>

#include "low/graph.h"

namespace loko::low {

struct LoopForest {
  std::vector<BlockId> headers;  // those of inner loops before those around them
  std::vector<BlockId> loop;     // by block: header of the innermost loop around it (of a header: itself), or kNone
  std::vector<BlockId> outer;    // by header: header of the next loop around, or kNone
  std::vector<u32> depth;        // by block: number of loops around it
  std::vector<bool> header;      // by block

  bool is_header(BlockId b) const { return header[b]; }
  /// Is block b in the loop with that header?
  bool contains(BlockId h, BlockId b) const { return loop[b] != kNone && first[h] <= first[loop[b]] && first[loop[b]] < last[h]; }

  /// The outermost loop at or around h of which `holds` is true, which it is up to there; it must be of h.
  template <class Predicate>
  BlockId outermost_while(BlockId h, Predicate holds) const {
    for (;;) {
      if (skip[h] != kNone && holds(skip[h])) h = skip[h];
      else if (outer[h] != kNone && holds(outer[h])) h = outer[h];
      else return h;
    }
  }
  /// The outermost loop around block b that `other` is not in, or kNone.
  BlockId outermost_without(BlockId b, BlockId other) const {
    BlockId h = loop[b];
    if (h == kNone || contains(h, other)) return kNone;
    return outermost_while(h, [&](BlockId l) { return !contains(l, other); });
  }

  std::vector<u32> first, last;  // by header: numbers in preorder of the forest
  std::vector<BlockId> skip;     // by header: a loop farther out, so that any is a logarithmic number of steps away
};

/// Finds the natural loops, in nearly linear time (as Tarjan, "Testing Flow Graph Reducibility": loops already found are
/// skipped by union-find).
LoopForest find_loops(const Graph& g);

}  // namespace loko::low
