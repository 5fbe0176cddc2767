// SPDX-License-Identifier: MIT
//
// Constant folding of primitives: those whose result on these operands is certain and the same in every run.
#pragma once

#include <vector>

#include "core/language.h"

namespace loko::core {

/// True and the result if the table says that the primitive folds, all operands are quotations, and it does not raise.
bool fold_primitive(PrimitiveId id, const std::vector<const Expr*>& operands, Value* result);

}  // namespace loko::core
