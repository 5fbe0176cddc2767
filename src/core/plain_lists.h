// SPDX-License-Identifier: MIT
//
// Lists that a procedure only looks at: its rest parameter, tails of it, and variables that stand for these, used by null? pair? car cdr
// length list? and as the last operand of apply. Nobody can tell such a list from its elements in variables.
#pragma once

#include "core/language.h"

namespace loko::core {

/// Is every occurrence of the unassigned variable v in e one that only looks at a list?
bool is_only_looked_at(const Expr* e, const Variable* v);

}  // namespace loko::core
