// SPDX-License-Identifier: MIT
//
// How much work a form that is evaluated is worth.
#pragma once

#include "base/options.h"
#include "core/language.h"

namespace loko::pipeline {

/// The options that a unit is compiled with. Programs, libraries and forms that leave procedures behind get all passes, as do the first forms that a
/// process evaluates, so that what people type is as fast as what they compile. A process that evaluates many forms gets for the later ones a
/// compiler whose work is in proportion to code that runs once: small procedures are integrated, and the passes on SSA are left out.
Options within_budget(const core::Unit& unit, const Options& options);

}  // namespace loko::pipeline
