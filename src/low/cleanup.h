// SPDX-License-Identifier: MIT
//
// Tidies a function after lowering.
#pragma once

#include "low/language.h"

namespace loko::low {

/// Removes unreachable blocks, useless instructions and parameters, merges straight lines and allocations, orders the blocks in
/// reverse postorder with the cold ones last, and decides if the entry needs its check.
void clean_up(Function& f);

}  // namespace loko::low
