// SPDX-License-Identifier: MIT
//
// What is done about values that leave their registers. Slots are written where a value first leaves them, or once at a cheaper
// place that dominates all of these; edges get the moves that make both ends agree.
//
// INVARIANT(home): wherever a live value has no fragment, its home holds it (frame slot, constant slot or constant pool).
#pragma once

#include <vector>

#include "machine/x64/lifetimes.h"

namespace loko::x64 {

/// The values that are in registers when blocks begin and end, sorted: as many as there are registers, at most.
struct Borders {
  std::vector<std::vector<ValueId>> start, end;   // by block
};
Borders compute_borders(const Prepared& p, const Allocation& a);

/// A place where a value is, or has to be, written to its slot.
struct Store {
  ValueId value;
  BlockId block;
  u32 key;           // of the move group
  Location from;
};

/// The values that have slots. A slot holds its value from the store on: of the values that are live when a block begins, only
/// those in registers there, or at the end of a predecessor, may be in no slot yet.
struct Spills {
  std::vector<ValueId> values;                    // sorted
  std::vector<bool> is_spilled;                   // by value
  std::vector<Store> stores;
  std::vector<std::vector<ValueId>> doubtful;     // by block: those, sorted
  std::vector<std::vector<bool>> available;       // of these: whether they are in their slots when the block begins

  /// Is v, which is spilled and live when b begins, in its slot there?
  bool available_at_start(ValueId v, BlockId b) const;
};

/// Is v defined without a register: a parameter that begins at home?
bool defined_at_home(const Prepared& p, const Lifetimes& l, const Allocation& a, ValueId v);

/// Which values get slots, and where they are stored.
Spills place_stores(const Prepared& p, const Lifetimes& l, const Borders& borders, const Allocation& a);

/// Gives each spilled value a frame word, one word to values whose ranges don't meet. Sets slot and frame_words.
void assign_slots(const Prepared& p, const Lifetimes& l, const std::vector<ValueId>& spilled, Allocation* a);

/// The moves into and out of fragments, and on edges. Sets groups.
void resolve(const Prepared& p, const Lifetimes& l, const Borders& borders, const Spills& spills, Allocation* a);

/// What frame descriptors say. Sets safepoints.
void make_safepoints(const Prepared& p, const Lifetimes& l, const Borders& borders, const Spills& spills, Allocation* a);

/// Where the frame is made and given back. Sets framed, enter_at_start, enter_at_end and leave_at_end.
void place_frame(const Prepared& p, Allocation* a);

/// The blocks that control may go to from the end of b.
std::vector<BlockId> successors(const Prepared& p, BlockId b);

}  // namespace loko::x64
