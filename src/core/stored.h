// SPDX-License-Identifier: MIT
//
// Cores of small procedures and constants that libraries define, kept with their bindings so that cp0 can integrate
// them in other units. Nothing of a compiled program refers to bindings, so it does not contain them (unless it evals).
#pragma once

#include "core/language.h"

namespace loko::core {

/// Gives Unit::store the cores of what the unit defines and other units may want. The unit is one that cp0 went over.
void store_cores(Unit& unit);

/// Of procedures that never return a summary is kept instead (effects.h); of a case-lambda the clauses that are small,
/// the others have no body.
///
/// The core of an imported variable's value with fresh variables, or null if there is none. Decoded once per unit.
Expr* stored_core(Unit& unit, Global* g);

}  // namespace loko::core
