// SPDX-License-Identifier: MIT
//
// What evaluating an expression may do, read off its form and the primitives' table.
#pragma once

#include "core/language.h"

namespace loko::core {

/// Evaluating e now, later or never makes no difference, apart from its value (it may read what others change).
bool is_pure(const Expr* e);
/// A procedure of this unit's top level.
bool is_known_procedure(const Global* g);
/// A constant or a name: it may stand where a variable that is bound to it stood.
bool is_copyable(const Expr* e);
/// The value is surely #t or #f.
bool gives_boolean(const Expr* e);
/// Evaluating e surely ends in an error or a jump: no value is returned. `self`: a global assumed to be such a procedure.
bool never_returns(const Expr* e, const Global* self = nullptr);
/// Calling the value never returns: a summary that libraries keep (stored.h), or known within the unit.
bool is_no_return(const Global* g);
/// The value is surely exactly one value (no unknown call ends it).
bool gives_one_value(const Expr* e);

}  // namespace loko::core
