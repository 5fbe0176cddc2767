// SPDX-License-Identifier: MIT
//
// Reads the text form of low, for tests and for people who try passes by hand.
#pragma once

#include <string>
#include <string_view>

#include "low/language.h"

namespace loko::low {

/// Reads what print(Unit) writes. Constants are left for the caller to fill in. Returns "" or what is wrong.
std::string read(std::string_view text, Unit* unit);
/// Reads what print(Function) writes.
std::string read(std::string_view text, Function* function);

}  // namespace loko::low
