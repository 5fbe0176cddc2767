// SPDX-License-Identifier: MIT
//
// Constant folding of primitives: those whose result on these operands is certain and the same in every run.
#pragma once

#include <vector>

#include "core/language.h"

namespace loko::core {

/// True and the result if the primitive can be computed now. Operands that are no quotations prevent most.
bool fold_primitive(const PrimitiveInfo& info, const std::vector<const Expr*>& operands, Value* result);

}  // namespace loko::core
