// SPDX-License-Identifier: MIT
//
// What the code of a program mentions, for snapshots (runtime/io/snapshot_format.h has the form): from the code registry to a table
// of slots and code by code object. The image's own code and slots are left out, and code that the collector frees.
#pragma once

#include <functional>
#include <vector>

#include "tables/abi.h"

namespace loko::image {

/// One code object, at present addresses: of the program, or of the image if it may expand and evaluate forms. From such code
/// everything can be reached.
struct ReachingCode {
  u64 entry;                  // its checked entry
  bool evaluates;
  std::vector<u32> slots;     // addresses
  std::vector<u64> code;      // checked entries
};

/// A root of the image of `loko`: a bytevector of the checked entries, sorted 32-bit words, of its code that calls the expander,
/// directly or not. note_evaluating_code makes it when that image is built.
inline constexpr int kRootEvaluatingCode = kRootReach + 1;
static_assert(kRootEvaluatingCode < kRootLibrary0);
void note_evaluating_code();

/// All that code, but for what is not kept (by its checked entry).
std::vector<ReachingCode> reaching_code(const std::function<bool(u64 entry)>& is_kept);
/// Words of the table.
u64 reach_table_words(const std::vector<ReachingCode>& code);
/// The table, with the addresses that the functions give for the present ones.
std::vector<u32> make_reach_table(const std::vector<ReachingCode>& code, const std::function<u64(u64 entry)>& code_place,
                                  const std::function<u32(u32 slot)>& slot_place);

}  // namespace loko::image
