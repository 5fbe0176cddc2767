// SPDX-License-Identifier: MIT
//
// The remembered set: dirty cards of old segments, of old large objects, of the image and of the global slots, as roots.
// Each card is cleaned and its slots are visited, which dirties it again where the invariant wants it.
#include "runtime/memory/visit.h"

namespace loko::memory {

namespace {

/// Finds the last object that starts at or before an address; `where` says more of the place.
using FirstObject = u64 (*)(u64 address, u64 where);

/// Cleans the dirty cards of [start, end) and visits their slots.
template <Mark kMark>
[[gnu::noinline]] void scan_dirty_cards(u64 start, u64 end, StorageClass storage, u64* skip, FirstObject find, u64 where) {
  if (start >= end) return;
  const u64 wanted = kMark == Mark::Static && !heap().full ? 0x0101010101010101 : ~u64{0};
  u8* last = &card_of(end - 1);
  for (u8* c = &card_of(start); c <= last; ++c) {
    if ((reinterpret_cast<u64>(c) & 7) == 0)
      while (c + 8 <= last && !(*reinterpret_cast<u64*>(c) & wanted)) c += 8;
    if (!(*c & wanted)) continue;
    *c = 0;
    u64 low = static_cast<u64>(c - reinterpret_cast<u8*>(kCardsBase)) << kCardShift, high = low + kCardBytes;
    if (low < start) low = start;
    if (high > end) high = end;
    for (u64 at = find(low, where); at < high;) {
      u64* p = reinterpret_cast<u64*>(at);
      u64 words = words_at(p, storage);
      if (p == skip) *c = 1;
      else visit_clipped<kMark>(p, storage, low, high);
      at += 8 * words;
    }
  }
}

/// Builds the table of first objects of an image range, when its first card is dirty.
void index_static(StaticRange& r) {
  u64 base = r.start & ~(kCardBytes - 1);
  r.first = static_cast<u32*>(map_pages(((r.end - base) / kCardBytes + 2) * sizeof(u32)));
  for (u64 at = r.start; at < r.end;) {
    u64 next = at + 8 * words_at(reinterpret_cast<u64*>(at), r.storage);
    for (u64 b = (at + kCardBytes - 1) & ~(kCardBytes - 1); b < next && b < r.end; b += kCardBytes)
      r.first[(b - base) / kCardBytes] = static_cast<u32>((at - r.start) / 8);
    at = next;
  }
}

[[gnu::noinline]] void scan_dirty_slots(u64 start, u64 end) {
  u8* last = &card_of(end - 1);
  for (u8* card = &card_of(start); card <= last; ++card) {
    if (!*card) continue;
    *card = 0;
    u64 low = static_cast<u64>(card - reinterpret_cast<u8*>(kCardsBase)) << kCardShift, high = low + kCardBytes;
    for (u64 a = low < start ? start : low; a < high && a < end; a += 8) visit<Mark::Old>(reinterpret_cast<Value*>(a));
  }
}

}  // namespace

void scan_large_cards(u32 unit, u64 low, u64 high, bool promoted) {
  const u64 start = unit_start(unit);
  const StorageClass storage = heap().units[unit].storage;
  FirstObject find = [](u64, u64 where) { return where; };
  if (promoted) scan_dirty_cards<Mark::Old>(low, high, storage, nullptr, find, start);
  else scan_dirty_cards<Mark::Static>(low, high, storage, nullptr, find, start);   // a card stays dirty if the next collection might change a slot of it
}

void scan_old_cards() {
  HeapState& h = heap();
  for (unsigned s = 0; s < kClasses; ++s) {
    StorageClass storage = static_cast<StorageClass>(s);
    Destination& d = h.to[1][s];
    if (!d.scan_unit) continue;  // nothing was old before this collection
    // Roots that were evacuated already may have opened further units; scan_unit is the last one with old objects.
    for (u32 unit = d.head; unit; unit = h.units[unit].next) {
      u64 start = unit_start(unit), end = unit == d.scan_unit ? d.scan : h.units[unit].top;
      FirstObject first_pair = [](u64 low, u64) { return low; };
      FirstObject first = [](u64 low, u64 where) { return where + 8 * u64{heap().first[(low - kHeapBase) >> kCardShift]}; };
      scan_dirty_cards<Mark::Old>(start, end, storage, nullptr, storage == StorageClass::Pairs ? first_pair : first, start);
      if (unit == d.scan_unit) break;
    }
  }
  for (u32 unit = h.old_larges; unit; unit = h.units[unit].next) {
    Unit& u = h.units[unit];
    u64 start = unit_start(unit);
    if (u.storage != StorageClass::Raw || header_kind(*reinterpret_cast<u64*>(start)) == Kind::StringWide)
      scan_large_cards(unit, start, u.top, true);
  }
}

void scan_static_cards() {
  HeapState& h = heap();
  for (u32 i = 0; i < h.static_count; ++i) {
    StaticRange& r = h.statics[i];
    u64* skip = h.full && is_typed(h.held_symbol_table) ? untagged(h.held_symbol_table) : nullptr;
    FirstObject find = [](u64 low, u64 where) {
      StaticRange& r = *reinterpret_cast<StaticRange*>(where);
      if (r.storage == StorageClass::Pairs) return r.start + (low - r.start) / 16 * 16;
      if (!r.first) index_static(r);
      return low <= r.start ? r.start : r.start + 8 * u64{r.first[(low - (r.start & ~(kCardBytes - 1))) / kCardBytes]};
    };
    scan_dirty_cards<Mark::Static>(r.start, r.end, r.storage, skip, find, reinterpret_cast<u64>(&r));
  }
}

void scan_slots() {
  Context& c = context();
  if (c.slots_top == kSlotsBase) return;
  const u64 owned = heap().owned_slots;
  if (heap().full) {   // the slots of units are visited with their units
    clear_cards(kSlotsBase, c.slots_top);
    if (owned) clear_cards(owned, kSlotsEnd);
    for (u64 a = kSlotsBase; a < c.slots_top; a += 8) visit<Mark::Old>(reinterpret_cast<Value*>(a));
    return;
  }
  scan_dirty_slots(kSlotsBase, c.slots_top);
  if (owned) scan_dirty_slots(owned, kSlotsEnd);
}

}  // namespace loko::memory
