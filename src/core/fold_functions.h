// SPDX-License-Identifier: MIT
//
// What templates of low/expand_* compute, for constant operands: the primitives with (fold yes) that have no C++ function
// (tables/primitives). The operands have the types that the table says.
// INVARIANT(fold): such a function refuses what raises, and what may be another object or value in another run.
#pragma once

#include "tables/primitives.h"

namespace loko::core {

/// Computes a primitive on n operands; false if it cannot be folded.
using FoldFunction = bool (*)(const Value* operands, size_t n, Value* result);

#define LOKO_FOLD_ENTRY(primitive, entry, required, most, small)
#define LOKO_FOLD_OWN(primitive, name) bool fold_##name(const Value* operands, size_t n, Value* result);
#include "tables/folds.inc"

}  // namespace loko::core
