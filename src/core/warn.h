// SPDX-License-Identifier: MIT
//
// Warnings about code that can't do what was meant, found in core as the expander made it.
#pragma once

#include "base/diagnostics.h"
#include "core/language.h"

namespace loko::core {

/// Reports calls that must fail (wrong-type, wrong-argument-count of procedures of other units) and code that is never
/// reached (unreachable-code). Of a unit that runs at once (the REPL) only the bodies of its procedures are looked at:
/// what runs right away tells its errors itself. Flags of variables must be exact (recompute_flags).
void warn(const Unit& unit, Diagnostics& diagnostics);

}  // namespace loko::core
