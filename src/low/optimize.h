// SPDX-License-Identifier: MIT
//
// The passes on one function in SSA form.
#pragma once

#include "low/language.h"

namespace loko::low {

/// Runs the passes of low in their order; the function was cleaned up and is so again.
void optimize(Function& f);

}  // namespace loko::low
