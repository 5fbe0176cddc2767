// SPDX-License-Identifier: MIT
//
// Is a unit of low well formed? Each value is defined once and its definition dominates its uses; edges match
// block parameters; representations fit the operations; calls name lambdas that take these arguments.
#pragma once

#include <string>

#include "low/language.h"

namespace loko::low {

/// "" or the first problem found, with function and block.
std::string verify(const Unit& unit);
/// The same for one function; `unit` may be null (then calls within the unit are not checked).
std::string verify(const Function& function, const Unit* unit);

}  // namespace loko::low
