// SPDX-License-Identifier: MIT
//
// Core as text (format: language.h). Variables are numbered in order of appearance, so that dumps don't churn.
#pragma once

#include <string>

#include "core/language.h"

namespace loko::core {

/// The expression as an indented S-expression, with a newline at the end.
std::string print(const Expr* e);
/// A datum in external syntax (no cycles).
std::string print_datum(Value v);

}  // namespace loko::core
