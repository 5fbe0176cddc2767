// SPDX-License-Identifier: MIT
//
// The passes on one function in SSA form.
#pragma once

#include <functional>

#include "low/language.h"

namespace loko::low {

/// Is told the name of each pass that has run and what it left. False: no further pass on this function.
using PassObserver = std::function<bool(const char* pass, const Function& f)>;

/// Runs the passes of low in their order; the function was cleaned up and is so again.
void optimize(Function& f, const PassObserver& observer = {});

}  // namespace loko::low
