// SPDX-License-Identifier: MIT
//
// The entry table: how compiled code reaches stubs and C++ functions, wherever the runtime is linked.
#pragma once

namespace loko {

/// Stores the addresses of all runtime functions in the context's entry table.
void install_runtime_entries();

}  // namespace loko
