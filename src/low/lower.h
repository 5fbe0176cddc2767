// SPDX-License-Identifier: MIT
//
// Core to low: the whole of lowering behind one function.
#pragma once

#include "base/diagnostics.h"
#include "base/options.h"
#include "core/language.h"
#include "low/language.h"
#include "low/optimize.h"

namespace loko::low {

/// Turns call/cc whose continuation only leaves it, by jumps within one function, into exits (Variable::exit); true if anything changed.
bool find_exits(core::Unit& unit);

/// Is told of each lambda of the unit that is finished; it may take its functions away.
using LambdaObserver = std::function<void(Unit& unit, u32 lambda)>;

/// Turns call-with-values with a consumer that is a lambda expression into a let of its variables (Expr::receives); true if there was one.
bool receive_values(core::Unit& unit);

/// Turns an optimized unit (no letrec*, globals' `definition` fields kept up) into functions in SSA form. The observer is
/// told "lower" of each function before the passes on it, then the names of these (optimize.h).
Unit lower(core::Unit& unit, Diagnostics& diagnostics, const Options& options, const PassObserver& observer = {},
           const LambdaObserver& finished = {});

}  // namespace loko::low
