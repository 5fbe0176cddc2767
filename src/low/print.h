// SPDX-License-Identifier: MIT
//
// Low as text: one S-expression per unit, lambda and function (read by low/read). Spans are not written.
#pragma once

#include <string>

#include "low/language.h"

namespace loko::low {

/// (unit name (constants n) (lambda 0 name (free n) (clause required [rest] (function …)) …) …)
std::string print(const Unit& unit);
/// (function name (params …) [(closure v)] [(returns rep)] [no-entry-check] (block …) …)
std::string print(const Function& function);

}  // namespace loko::low
