// SPDX-License-Identifier: MIT
//
// The column of verbs: core unit -> optimized core -> low -> x64 -> published procedure.
#pragma once

#include <string>

#include "base/diagnostics.h"
#include "core/language.h"

namespace loko::pipeline {

/// What the user may ask of the compiler, for all units.
struct Options {
  int cp0_size_limit = 16;
  int cp0_effort_limit = 50;
  int optimize_level = 2;       // 0: only what is needed to run
  bool verify = false;          // run the verifiers and the register allocation checker after each stage
  bool time_passes = false;
  std::string dump;             // name of the stage to print on standard error: core, optimized, low, x64
};

/// The options in force.
Options& options();

/// Compiles a unit and publishes its code; the result is a procedure of no arguments, or kFalse after an error
/// was reported. `in_image` puts the code in the image code region, where the image writer finds it in place.
Value compile(core::Unit& unit, const SourceManager& sources, Diagnostics& diagnostics, bool in_image);

/// Prints the time spent in each stage so far, on standard error (for --time-passes).
void print_times();

}  // namespace loko::pipeline
