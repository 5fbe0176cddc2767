// SPDX-License-Identifier: MIT
//
// The last pass on functions: the result of an addition or subtraction that overflows is used where it did.
#pragma once

#include "low/language.h"

namespace loko::low {

/// Where a sum overflowed, computes an operand from what the sum wrapped around to, if only that path needs it; gives the number
/// of such operands. No pass may follow.
int recover_operands(Function& f);

}  // namespace loko::low
