// SPDX-License-Identifier: MIT
//
// The dominator tree of the reachable blocks.
#pragma once

#include "low/graph.h"

namespace loko::low {

/// Sets idom, children (in reverse postorder), enter and leave of a graph that has order, number and edges.
void find_dominators(Function& f, Graph& g);

}  // namespace loko::low
