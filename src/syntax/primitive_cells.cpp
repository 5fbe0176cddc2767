// SPDX-License-Identifier: MIT
//
// Implements core/primitive_cells.h: the address of the first cell is part of the expander's persistent state.
#include "core/primitive_cells.h"

#include "syntax/bindings.h"

namespace loko {

u32 primitive_cell(PrimitiveId id) {
  syntax::initialize_bindings();
  return static_cast<u32>(fixnum_value(syntax::vector_at(syntax::state(), syntax::kStateCells))) + 8 * static_cast<u32>(id);
}

}  // namespace loko
