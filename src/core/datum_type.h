// SPDX-License-Identifier: MIT
//
// The types of the tables as seen in a value.
#pragma once

#include "runtime/memory/heap.h"
#include "tables/primitives.h"

namespace loko::core {

/// The TypeBits of a datum: one bit.
u32 type_of_datum(Value v);

}  // namespace loko::core
