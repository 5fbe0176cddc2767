// SPDX-License-Identifier: MIT
//
// Large objects: units of their own, never moved. A collection marks what it reaches, scans it, and gives back the rest.
#include "runtime/memory/visit.h"

namespace loko::memory {

u64* allocate_large(u64 words, bool* zeroed, Pages pages) {
  HeapState& h = heap();
  u64 bytes = 8 * words, n = (bytes + kUnitBytes - 1) >> kUnitShift;
  u32 unit = take_units(n, zeroed, pages);
  for (u64 i = 0; i < n; ++i) {
    Unit& u = h.units[unit + i];
    u.space = i ? Space::LargeRest : Space::Large;
    u.units = static_cast<u32>(i ? i : n);
  }
  h.flags[unit] |= kLarge;
  Unit& head = h.units[unit];
  head.top = unit_start(unit) + bytes;
  head.next = h.young_larges;
  h.young_larges = unit;
  h.young_large_bytes += n << kUnitShift;
  if (h.young_large_bytes > kYoungLargeBytes) {
    h.collect_minor = true;
    trip_safepoint();
  }
  return reinterpret_cast<u64*>(unit_start(unit));
}

void scan_large(u32 unit) {
  constexpr u64 kSlice = u64{64} << 10;
  HeapState& h = heap();
  Unit& u = h.units[unit];
  const u64 start = unit_start(unit);
  const bool promoted = h.flags[unit] & kPromote, carded = u.carded;
  if (promoted) {
    if (!carded) clear_cards(start, u.top);
    u.carded = false;
    for (u64 i = 0, n = u.units; i < n; ++i) h.flags[unit + i] &= static_cast<u8>(~kYoung);
  }
  if (u.storage == StorageClass::Raw) return;
  for (u64 at = start; at < u.top; at += kSlice) {   // in slices, so that the mark stack stays short
    const u64 end = at + kSlice < u.top ? at + kSlice : u.top;
    if (carded) scan_large_cards(unit, at, end, promoted);
    else visit_clipped<Mark::Old>(reinterpret_cast<u64*>(start), u.storage, at, end);
    if (h.in_place) drain_marks();
  }
}

void sweep_larges(u32 list) {
  HeapState& h = heap();
  while (list) {
    Unit& u = h.units[list];
    u32 next = u.next;
    const bool promoted = h.flags[list] & kPromote;
    h.flags[list] &= static_cast<u8>(~(kFrom | kPromote));
    if (u.marked && !promoted) {
      u.marked = false;
      u.aged = true;
      u.next = h.young_larges;
      h.young_larges = list;
    } else if (u.marked) {
      u.marked = u.aged = false;
      u.next = h.old_larges;
      h.old_larges = list;
      h.old_large_units += u.units;
    } else {
      release_units(list, u.units);
    }
    list = next;
  }
}

Value mark_large(Value v) {
  Unit& u = unit_of(v.bits);
  u64* p = untagged(v);
  bool typed = is_typed(v);
  if (typed && !header_is_rtd(p[0]) && header_kind(p[0]) == Kind::StringWide) {
    heap().moved = true;
    return evacuate(Value{p[1]});
  }
  if (!u.marked) {
    u.marked = true;
    u.storage = typed ? storage_of_typed(p[0]) : StorageClass::Procedures;
    heap().large_work.push(static_cast<u32>((v.bits - kHeapBase) >> kUnitShift));
  }
  return v;
}

}  // namespace loko::memory

namespace loko {

using namespace memory;

void scan_by_cards(Value v) {
  if (!in_heap(v.bits) || !(flags_of(v.bits) & kLarge)) return;
  Unit& u = unit_of(v.bits);
  clear_cards(v.bits & ~kTagMask, u.top);
  u.carded = true;
}

}  // namespace loko
