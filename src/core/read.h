// SPDX-License-Identifier: MIT
//
// Reads core from its text form (language.h), for tests and tools.
#pragma once

#include <string>
#include <string_view>

#include "core/language.h"

namespace loko::core {

/// Parses one expression into the unit's body; false with a message on a syntax error. Globals are made as they
/// are mentioned (existing ones of the unit are found by name); flags are computed from the text.
bool read(Unit& unit, std::string_view text, std::string* error);

}  // namespace loko::core
