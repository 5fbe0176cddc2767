// SPDX-License-Identifier: MIT
//
// Primitives through which scheme/loko/main.sls uses the compiler: options, ahead-of-time output.
// Their rows are in tables/primitives/compile.scm.
#pragma once

#include "tables/abi.h"

namespace loko {

/// (%write-program start output whole? reset-slots): writes a static binary that calls `start`.
Value compile_write_program(Value start, Value output, Value whole, Value reset_slots);
/// (%relink program stub output): the image of a compiled program behind another stub.
Value compile_relink(Value program, Value stub, Value output);
/// (%set-compiler-option! name value): name is a symbol; see compile_primitives.cpp.
Value compile_set_option(Value name, Value value);

namespace cli {
/// Puts the functions above into the entry table.
void install_compile_entries();
}  // namespace cli

}  // namespace loko
