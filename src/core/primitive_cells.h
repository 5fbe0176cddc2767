// SPDX-License-Identifier: MIT
//
// The cells that hold the procedures of primitives (primref nodes): consecutive slots, one per primitive.
#pragma once

#include <vector>

#include "tables/primitives.h"

namespace loko {

/// The slot address of a primitive's procedure.
u32 primitive_cell(PrimitiveId id);
/// All of them, in the order of PrimitiveId.
const std::vector<u32>& primitive_cells();

}  // namespace loko
