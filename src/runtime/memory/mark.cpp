// SPDX-License-Identifier: MIT
//
// Full collections in place: old segments are marked instead of copied when nearly all of them lives, so that no second
// copy of the heap is made. Young objects are evacuated into further old segments as ever. Marks are bits per word of
// the heap that exist during the collection; what is marked waits on a stack, and is fetched into the cache through a
// short queue before it is visited (Cher, Hosking, Vitek 2004). Dead objects are overwritten: INVARIANT(walking).
#include "runtime/memory/visit.h"

namespace loko::memory {

namespace {

u64 word_index(u64 address) { return (address - kHeapBase) / 8; }

void visit_marked(Value v) {
  u64* p = untagged(v);
  Unit& u = unit_of(v.bits);
  u64 words = u.storage == StorageClass::Raw ? typed_words(p[0]) : visit_sized<Mark::None>(p, u.storage);   // nothing stays young
  u.units += static_cast<u32>(words);
}

/// Makes [from, to) of the segment one harmless object (or pairs of zeros).
void fill(u64 from, u64 to, StorageClass storage) {
  HeapState& h = heap();
  u64* p = reinterpret_cast<u64*>(from);
  const u64 words = (to - from) / 8;
  if (storage == StorageClass::Pairs) {
    __builtin_memset(p, 0, to - from);
    return;
  }
  p[0] = storage == StorageClass::Procedures ? words << 1 | 1 : make_header(Kind::Filler, words - 1);
  if (h.poison)
    for (u64 i = 1; i < words; ++i) p[i] = 0xdeadbeefdeadbee8;
  const u16 offset = static_cast<u16>((from & (kUnitBytes - 1)) / 8);
  for (u64 card = (from + kCardBytes - 1) & ~(kCardBytes - 1); card < to; card += kCardBytes)
    h.first[(card - kHeapBase) >> kCardShift] = offset;
}

/// Fills the holes between the marked objects of a segment; its top comes down to the last of them.
void fill_holes(u32 unit) {
  HeapState& h = heap();
  Unit& u = h.units[unit];
  const u64 start = unit_start(unit);
  const u64* words = h.marks + word_index(start) / 64;
  u64 at = start;
  for (u64 i = 0; i < kUnitBytes / 8 / 64; ++i) {
    for (u64 bits = words[i]; bits; bits &= bits - 1) {
      u64 object = start + 8 * (64 * i + static_cast<u64>(__builtin_ctzll(bits)));
      if (object > at) fill(at, object, u.storage);
      at = object + 8 * words_at(reinterpret_cast<u64*>(object), u.storage);
    }
  }
  u.top = at;
}

/// Puts a list of segments behind those that this collection filled; their last one is filled further.
void append(Destination& d, u32 head, u32 tail) {
  HeapState& h = heap();
  if (!head) return;
  if (d.head) {
    h.units[d.unit].top = d.alloc;
    h.units[d.unit].next = head;
  } else {
    d.head = head;
  }
  d.unit = tail;
  d.alloc = h.units[tail].top;
  d.limit = unit_start(tail) + kUnitBytes;
  h.units[tail].next = 0;
}

}  // namespace

void start_marking() {
  HeapState& h = heap();
  h.mark_bytes = h.unit_top * (kUnitBytes / 64);
  h.marks = static_cast<u64*>(map_pages(h.mark_bytes));
  h.moved = false;
  ++h.in_place_count;
}

bool is_marked(Value v) {
  u64 i = word_index(v.bits);
  return heap().marks[i / 64] >> (i % 64) & 1;
}

Value mark_in_place(Value v) {
  HeapState& h = heap();
  u64 i = word_index(v.bits);
  u64& word = h.marks[i / 64];
  const u64 bit = u64{1} << (i % 64);
  if (word & bit) return v;
  if (is_typed(v) && !header_is_rtd(*untagged(v)) && header_kind(*untagged(v)) == Kind::StringWide) {
    h.moved = true;   // the indirection ends here, as it does in copying
    return evacuate(slot(v, 1));
  }
  word |= bit;
  h.mark_stack.push(v);
  return v;
}

bool drain_marks() {
  constexpr u32 kQueue = 8;
  HeapState& h = heap();
  if (!h.mark_stack.count) return false;
  Value queue[kQueue];
  u32 first = 0, waiting = 0;
  for (;;) {
    while (waiting < kQueue && h.mark_stack.count) {
      Value v = h.mark_stack.pop();
      __builtin_prefetch(untagged(v));
      queue[(first + waiting++) % kQueue] = v;
    }
    if (!waiting) return true;
    Value v = queue[first];
    first = (first + 1) % kQueue;
    --waiting;
    visit_marked(v);
  }
}

u64 sweep_in_place(const u32 (&lists)[kClasses], const u32 (&last)[kClasses]) {
  HeapState& h = heap();
  u64 live = 0;
  for (unsigned s = 0; s < kClasses; ++s) {
    u32 head = 0, tail = 0;
    for (u32 unit = lists[s], next = 0; unit; unit = next) {
      Unit& u = h.units[unit];
      next = unit == last[s] ? 0 : u.next;
      const u64 bytes = u64{u.units} * 8;
      if (!bytes) {
        --h.old_units;
        release_units(unit, 1);
        continue;
      }
      live += bytes;
      clear_cards(unit_start(unit), unit_start(unit) + kUnitBytes);
      if (bytes < u.top - unit_start(unit)) fill_holes(unit);
      u.units = 0;
      h.flags[unit] = 0;
      if (tail) h.units[tail].next = unit;
      else head = unit;
      tail = unit;
    }
    append(h.to[static_cast<int>(Age::Old)][s], head, tail);
  }
  unmap_pages(h.marks, h.mark_bytes);
  h.marks = nullptr;
  return live;
}

}  // namespace loko::memory
