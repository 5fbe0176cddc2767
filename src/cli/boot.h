// SPDX-License-Identifier: MIT
//
// loko-boot: the compiler without an image. It makes the image of `loko`, and for our own work runs programs
// from source with the library compiled on the way.
#pragma once

#include "syntax/compiler.h"

namespace loko::cli {

/// Runs the boot command line; the result is the exit status.
int boot_main(syntax::Compiler& compiler, int argc, char** argv);

}  // namespace loko::cli
