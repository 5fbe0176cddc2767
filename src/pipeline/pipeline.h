// SPDX-License-Identifier: MIT
//
// The column of verbs: core unit -> optimized core -> low -> x64 -> published procedure.
#pragma once

#include <string>

#include "base/diagnostics.h"
#include "base/options.h"
#include "core/language.h"

namespace loko::pipeline {

/// The options in force, for all units.
Options& options();

/// Compiles a unit and publishes its code; the result is a procedure of no arguments, or kFalse after an error
/// was reported. `in_image` puts the code in the image code region, where the image writer finds it in place.
Value compile(core::Unit& unit, const SourceManager& sources, Diagnostics& diagnostics, bool in_image);

/// Is there a pass of that name (passes.def)?
bool is_pass(const std::string& name);
/// Prints the list of passes on standard output (for --passes).
void print_passes();
/// Prints the time spent in each stage so far, on standard error (for --time-passes).
void print_times();

}  // namespace loko::pipeline
