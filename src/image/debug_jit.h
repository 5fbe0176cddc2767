// SPDX-License-Identifier: MIT
//
// Tells gdb of code that was published in this process (gdb manual, "JIT Compilation Interface").
#pragma once

#include <cstddef>

namespace loko::image {

/// Describes the code objects of the registry from index `first` on to a debugger that may be attached.
void tell_debugger(std::size_t first);

}  // namespace loko::image
