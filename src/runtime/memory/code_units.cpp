// SPDX-License-Identifier: MIT
//
// Code that the collector takes back: that of forms given to eval or the REPL. A unit is what one compilation published; it
// has its code, and slots that only this code uses. A full collection finds units alive by procedures, static closures and
// return addresses that it visits; then the slots of the unit are visited, too. All other code lives for ever.
// INVARIANT(code): outside of a full collection, every place in the heap, on the stack and in slots that refers to code
// of a unit refers to one that is in the table. Code of other units that it calls directly is pinned.
// Freed code is overwritten by int3, and its room and slots are used again once the compiler has forgotten it.
#include "os/platform.h"
#include "runtime/memory/visit.h"

namespace loko::memory {

namespace {

constexpr u64 kPage = 4096;
constexpr u64 kMostFreshCode = u64{4} << 20;   // so much new code asks for a full collection, at least

/// Sorts the table by addresses (heap sort: no further memory, no bad case).
void sort_units(CodeUnit* items, u64 count) {
  auto sift = [&](u64 at, u64 end) {
    for (u64 child; (child = 2 * at + 1) < end; at = child) {
      if (child + 1 < end && items[child].start < items[child + 1].start) ++child;
      if (items[at].start >= items[child].start) return;
      CodeUnit moved = items[at];
      items[at] = items[child];
      items[child] = moved;
    }
  };
  for (u64 i = count / 2; i-- > 0;) sift(i, count);
  for (u64 end = count; end > 1; --end) {
    CodeUnit last = items[end - 1];
    items[end - 1] = items[0];
    items[0] = last;
    sift(0, end - 1);
  }
}

/// The unit that contains the address, or null. The table is sorted.
CodeUnit* unit_at(u64 address) {
  PageVector<CodeUnit>& units = heap().code_units;
  u64 low = 0, high = units.count;
  while (low < high) {
    u64 middle = (low + high) / 2;
    if (units.items[middle].start <= address) low = middle + 1;
    else high = middle;
  }
  return low && address < units.items[low - 1].end ? &units.items[low - 1] : nullptr;
}

void sort_table() {
  HeapState& h = heap();
  if (!h.code_units_sorted) sort_units(h.code_units.items, h.code_units.count);
  h.code_units_sorted = true;
}

/// Where the unit remembers its slots: behind its code.
const u32* slots_of(const CodeUnit& unit) { return reinterpret_cast<const u32*>(unit.end) - unit.slot_count; }

void free_slots_of(const CodeUnit& unit) {
  HeapState& h = heap();
  const u32* slots = slots_of(unit);
  for (u32 i = 0; i < unit.slot_count; ++i) {
    slot_at(slots[i]) = fixnum(0);
    h.free_slots.push(slots[i]);
  }
}

void free_code(CodeRange range) {
  HeapState& h = heap();
  const u64 bytes = range.end - range.start;
  if (!bytes) return;
  h.code_bytes -= bytes;
  unseal_code(range.start, bytes);
  __builtin_memset(reinterpret_cast<void*>(range.start), 0xcc, bytes);
  seal_code(range.start, bytes);
  h.freed_code.push(range);
}

/// Adds [start, end) to the sorted holes.
void add_hole(CodeRange hole) {
  PageVector<CodeRange>& holes = heap().code_holes;
  u64 at = holes.count;
  holes.push(hole);
  for (; at > 0 && holes.items[at - 1].start > hole.start; --at) holes.items[at] = holes.items[at - 1];
  holes.items[at] = hole;
  u64 kept = at && holes.items[at - 1].end == hole.start ? at - 1 : at;
  if (kept != at) holes.items[kept].end = hole.end;
  u64 next = at + 1;
  if (next < holes.count && holes.items[next].start == hole.end) holes.items[kept].end = holes.items[next++].end;
  for (u64 i = next, to = kept + 1; i < holes.count; ++i, ++to) holes.items[to] = holes.items[i];
  holes.count -= next - kept - 1;
}

}  // namespace

void start_code_marking() {
  HeapState& h = heap();
  h.code_span = 0;
  if (!h.code_units.count) return;
  sort_table();
  h.code_span = context().run_code_top - kRunCodeBase;
  for (u64 i = 0; i < h.code_units.count; ++i) h.code_units.items[i].marked = h.code_units.items[i].pinned;
  for (u64 i = 0; i < h.code_units.count; ++i)
    if (h.code_units.items[i].pinned) h.code_work.push(h.code_units.items[i]);
}

void mark_code(u64 address) {
  CodeUnit* unit = unit_at(address);
  if (!unit || unit->marked) return;
  unit->marked = true;
  heap().code_work.push(*unit);
}

bool is_code_marked(u64 address) {
  const CodeUnit* unit = unit_at(address);
  return !unit || unit->marked;
}

bool drain_code() {
  HeapState& h = heap();
  if (!h.code_work.count) return false;
  while (h.code_work.count) {
    CodeUnit unit = h.code_work.pop();
    const u32* slots = slots_of(unit);
    for (u32 i = 0; i < unit.slot_count; ++i) visit<Mark::Old>(&slot_at(slots[i]));
  }
  return true;
}

void sweep_code() {
  HeapState& h = heap();
  if (!h.code_span) return;
  h.code_span = 0;
  u64 kept = 0;
  CodeRange dead{};
  for (u64 i = 0; i < h.code_units.count; ++i) {
    const CodeUnit unit = h.code_units.items[i];
    if (unit.marked) {
      h.code_units.items[kept++] = unit;
      continue;
    }
    free_slots_of(unit);
    if (unit.start != dead.end) {
      free_code(dead);
      dead.start = unit.start;
    }
    dead.end = unit.end;
  }
  free_code(dead);
  h.code_units.count = kept;
  h.fresh_code_bytes = 0;
}

u32 allocate_owned_slot() {
  HeapState& h = heap();
  u32 address;
  if (h.free_slots.count) {
    address = h.free_slots.pop();
  } else {
    if (!h.owned_slots) h.owned_slots = kSlotsEnd;
    if (h.owned_slots - 8 < context().slots_top) out_of_memory(8);
    address = static_cast<u32>(h.owned_slots -= 8);
  }
  h.unit_slots.push(address);
  return address;
}

}  // namespace loko::memory

namespace loko {

using namespace memory;

void begin_code_unit() {
  heap().owning_slots = true;
  heap().unit_slots.count = 0;
}

void pause_code_unit(bool paused) { heap().owning_slots = !paused; }

void abandon_code_unit() {
  HeapState& h = heap();
  h.owning_slots = false;
  while (h.unit_slots.count) {
    u32 address = h.unit_slots.pop();
    slot_at(address) = fixnum(0);
    h.free_slots.push(address);
  }
}

u64 unit_slots_bytes() { return 4 * heap().unit_slots.count; }

u64 allocate_unit_code(u64 bytes) {
  PageVector<CodeRange>& holes = heap().code_holes;
  bytes = (bytes + 15) & ~u64{15};
  for (u64 i = 0; i < holes.count; ++i) {
    CodeRange& hole = holes.items[i];
    if (hole.end - hole.start < bytes) continue;
    u64 start = hole.start;
    hole.start += bytes;
    if (hole.start == hole.end) {
      for (u64 j = i + 1; j < holes.count; ++j) holes.items[j - 1] = holes.items[j];
      --holes.count;
    }
    unseal_code(start, bytes);
    return start;
  }
  return allocate_code(bytes, false);
}

void end_code_unit(u64 start, u64 bytes) {
  HeapState& h = heap();
  bytes = (bytes + 15) & ~u64{15};
  CodeUnit unit{start, start + bytes, static_cast<u32>(h.unit_slots.count), false, false};
  u32* slots = reinterpret_cast<u32*>(unit.end) - unit.slot_count;
  for (u32 i = 0; i < unit.slot_count; ++i) slots[i] = h.unit_slots.items[i];
  h.unit_slots.count = 0;
  h.owning_slots = false;
  h.code_units_sorted = h.code_units.count == 0 || (h.code_units_sorted && h.code_units.items[h.code_units.count - 1].start < start);
  h.code_units.push(unit);
  h.code_bytes += bytes;
  h.fresh_code_bytes += bytes;
  if (h.fresh_code_bytes > kMostFreshCode && h.fresh_code_bytes > h.code_bytes / 2) {
    h.collect_full = true;
    trip_safepoint();
  }
}

void pin_code(u64 address) {
  if (address < kRunCodeBase || !heap().code_units.count) return;
  sort_table();
  if (CodeUnit* unit = unit_at(address)) unit->pinned = true;
}

bool take_freed_code(u64* start, u64* end) {
  HeapState& h = heap();
  if (!h.freed_code.count) return false;
  CodeRange range = h.freed_code.pop();
  *start = range.start;
  *end = range.end;
  add_hole(range);
  return true;
}

}  // namespace loko
