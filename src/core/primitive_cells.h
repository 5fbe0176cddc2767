// SPDX-License-Identifier: MIT
//
// The cells that hold the procedures of primitives (primref nodes): consecutive slots, one per primitive.
#pragma once

#include "tables/primitives.h"

namespace loko {

/// The slot address of a primitive's procedure.
u32 primitive_cell(PrimitiveId id);

}  // namespace loko
