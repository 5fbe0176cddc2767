// SPDX-License-Identifier: MIT
//
// The source-level optimizer: everything between the expander and lowering.
#pragma once

#include "base/options.h"
#include "core/language.h"

namespace loko::core {

/// Called after each pass with its name and the unit.
using PassObserver = std::function<void(const char* pass, Unit& unit)>;

/// Runs the passes on core that `options` ask for. Afterwards the unit has no letrec* and can be lowered.
void optimize(Unit& unit, const Options& options, const PassObserver& observer = {});

/// A lambda with the meaning of a primitive, for its cell: clauses for the counts of arguments it takes.
Expr* make_primitive_lambda(Unit& unit, PrimitiveId id);

}  // namespace loko::core
