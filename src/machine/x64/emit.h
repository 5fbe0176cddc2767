// SPDX-License-Identifier: MIT
//
// From allocated functions to bytes: a lambda's checked entry, its clauses, slow paths, descriptors.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "machine/x64/language.h"
#include "machine/x64/writer.h"

namespace loko::x64 {

/// A clause ready for emission.
struct AllocatedFunction {
  Prepared prepared;
  Allocation allocation;
};

/// What emission must know of the unit.
struct EmitContext {
  const low::Unit* unit;
  u32 lambda;                                  // its index
  u32 info_slot;
  u32 atomicity;                               // kAtomicCode … or 0: added to the mask of each safepoint and call
  std::function<u32(u32)> constant_slot;       // slot of a constant of the unit
};

/// Writes the code object of a lambda. Returns "" or what went wrong.
std::string emit_lambda(const EmitContext& context, const std::vector<AllocatedFunction>& clauses, bool listing,
                        CodeObject* out);

}  // namespace loko::x64
