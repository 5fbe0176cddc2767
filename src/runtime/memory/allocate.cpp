// SPDX-License-Identifier: MIT
//
// Allocation by C++: bump in the nursery, further chunks when it is full, units of their own for large objects.
// Nothing here collects: running out sets a request and trips the safepoint check.
#include "os/platform.h"
#include "runtime/memory/heap_state.h"

namespace loko {

using namespace memory;

namespace memory {

namespace {

void use_chunk(u32 unit) {
  Context& c = context();
  HeapState& h = heap();
  h.chunk = unit;
  h.chunk_start = c.alloc = unit_start(unit);
  c.alloc_limit = c.alloc + (u64{h.units[unit].units} << kUnitShift);
}

u32 take_chunk_units(u64 bytes) {
  u64 n = (bytes + kUnitBytes - 1) >> kUnitShift;
  u32 unit = take_units(n);
  for (u64 i = 0; i < n; ++i) {
    heap().units[unit + i].space = Space::Nursery;
    heap().units[unit + i].units = static_cast<u32>(n);
  }
  return unit;
}

}  // namespace

void trip_safepoint() { __atomic_store_n(&context().stack_limit, ~u64{0}, __ATOMIC_RELAXED); }

void start_nursery() {
  HeapState& h = heap();
  if (!h.nursery_unit) h.nursery_unit = take_chunk_units(kNurseryBytes);
  use_chunk(h.nursery_unit);
  if (h.few_survived == kFewInTurn) context().alloc_limit = context().alloc + kCachedNurseryBytes;
  h.used_in_closed_chunks = 0;
}

u64 close_nursery() {
  HeapState& h = heap();
  Context& c = context();
  h.units[h.chunk].top = c.alloc;
  h.used_in_closed_chunks += c.alloc - h.chunk_start;
  h.chunk_start = c.alloc;
  return h.used_in_closed_chunks;
}

/// Supplies `bytes` from what lies behind the part of the nursery that was in use, and asks for a collection; null if there is no room.
u64* allocate_in_rest_of_nursery(u64 bytes) {
  HeapState& h = heap();
  Context& c = context();
  const u64 end = unit_start(h.nursery_unit) + kNurseryBytes;
  if (h.chunk != h.nursery_unit || c.alloc_limit == end || bytes > end - c.alloc) return nullptr;
  c.alloc_limit = end;
  h.collect_minor = true;
  trip_safepoint();
  u64* result = reinterpret_cast<u64*>(c.alloc);
  c.alloc += bytes;
  return result;
}

/// Supplies `bytes` in another chunk and asks for a collection. Called when the present chunk is full.
u64* allocate_in_new_chunk(u64 bytes) {
  HeapState& h = heap();
  Context& c = context();
  if (u64* words = allocate_in_rest_of_nursery(bytes)) return words;
  close_nursery();
  // A primitive that never ends would take all of the machine's memory, as nothing is collected before it does.
  if (u64 used = h.used_units << kUnitShift; used > 2 * h.limit + (u64{256} << 20)) out_of_memory(bytes);
  u32 unit = take_chunk_units(bytes > kExtraChunkBytes ? bytes : kExtraChunkBytes);
  h.units[unit].next = h.chunks;
  h.chunks = unit;
  use_chunk(unit);
  h.collect_minor = true;
  trip_safepoint();
  u64* result = reinterpret_cast<u64*>(c.alloc);
  c.alloc += bytes;
  return result;
}

}  // namespace memory

u64* allocate_words(u64 words) {
  Context& c = context();
  if (words > kLargeWords) return allocate_large(words);
  u64 bytes = 8 * words, at = c.alloc;
  if (at + bytes > c.alloc_limit) return allocate_in_new_chunk(bytes);
  c.alloc = at + bytes;
  return reinterpret_cast<u64*>(at);
}

bool allocation_fits(u64 bytes) {
  HeapState& h = heap();
  u64 used = h.used_units << kUnitShift;
  return bytes < h.limit && used + bytes < 2 * h.limit + (u64{64} << 20) && bytes < (h.unit_count - h.used_units) << kUnitShift;
}

namespace {

Value typed(u64* p) { return Value{reinterpret_cast<u64>(p) | kTagTyped}; }

constexpr u64 kSuppliedBytes = u64{64} << 20;   // greater objects may be meant to stay sparse

/// The same as allocate_words, and whether the words are zero already: fresh pages are. Where fibers wait, pages of a great object that were
/// used before are given back rather than cleared in one step: the system supplies others as they are touched.
u64* allocate_tracked(u64 words, bool* zeroed) {
  *zeroed = false;
  if (words <= kLargeWords) return allocate_words(words);
  u64* p = allocate_large(words, zeroed);
  const u64 pages = (8 * words + kUnitBytes - 1) >> kUnitShift << kUnitShift;
  if (!*zeroed && pages > kSuppliedBytes && !heap().poison && is_procedure(context().hooks[kHookLongWork]))
    *zeroed = os::system_call(os::kSysMadvise, reinterpret_cast<u64>(p), pages, os::kMadvDontNeed) == 0;
  return p;
}

void fill_words(u64* p, u64 words, u64 value) {
  constexpr u64 kStringInstruction = 256;   // from so many words on it is faster than a loop
  if (words < kStringInstruction) {
    for (u64 i = 0; i < words; ++i) p[i] = value;
  } else {
    asm volatile("rep stosq" : "+D"(p), "+c"(words) : "a"(value) : "memory");
  }
}

Value make_raw(Kind kind, u64 length, u64 payload_words) {
  if (payload_words == 0) payload_words = 1;
  bool zeroed;
  u64* p = allocate_tracked(1 + payload_words, &zeroed);
  p[0] = make_header(kind, length);
  if (!zeroed) __builtin_memset(p + 1, 0, 8 * payload_words);
  return typed(p);
}

}  // namespace

Value make_pair(Value first, Value second) {
  u64* p = allocate_words(2);
  p[0] = first.bits;
  p[1] = second.bits;
  return Value{reinterpret_cast<u64>(p) | kTagPair};
}

Value make_flonum(double d) {
  Value v = flonum_encode(d);
  if (is_immediate_flonum(v)) return v;
  u64* p = allocate_words(2);
  p[0] = make_header(Kind::Flonum, 0);
  p[1] = __builtin_bit_cast(u64, d);
  return typed(p);
}

Value make_vector(u64 length, Value fill) {
  bool zeroed;
  u64* p = allocate_tracked(1 + (length ? length : 1), &zeroed);
  p[0] = make_header(Kind::Vector, length);
  if (zeroed && 8 * length <= kSuppliedBytes) supply_pages(reinterpret_cast<u64>(p), 8 * (1 + length));
  if (length == 0) p[1] = kFalse;
  else if (!zeroed || fill != fixnum(0)) fill_words(p + 1, length, fill.bits);
  return typed(p);
}

Value make_bytevector(u64 length) { return make_raw(Kind::Bytevector, length, (length + 7) / 8); }
Value make_string1(u64 length) { return make_raw(Kind::String1, length, (length + 7) / 8); }
Value make_string4(u64 length) { return make_raw(Kind::String4, length, (length + 1) / 2); }

Value make_box(Value v) {
  u64* p = allocate_words(2);
  p[0] = make_header(Kind::Box, 0);
  p[1] = v.bits;
  return typed(p);
}

Value make_record(Value rtd, u64 fields) {
  u64 n = fields ? fields : 1;
  u64* p = allocate_words(1 + n);
  p[0] = rtd.bits;
  for (u64 i = 1; i <= n; ++i) p[i] = kFalse;
  return typed(p);
}

Value make_typed(Kind kind, u64 length_field, u64 payload_words) { return make_raw(kind, length_field, payload_words); }

void set_field(Value object, i64 word_index, Value v) {
  Value* p = &slot(object, word_index);
  *p = v;
  mark_card(p);
}

u32 allocate_slot(Value v) {
  Context& c = context();
  HeapState& h = heap();
  u32 address;
  if (h.owning_slots) {
    address = allocate_owned_slot();
  } else {
    if (c.slots_top >= (h.owned_slots ? h.owned_slots : kSlotsEnd)) out_of_memory(8);
    address = static_cast<u32>(c.slots_top);
    c.slots_top += 8;
  }
  set_slot(address, v);
  return address;
}

void set_slot(u32 address, Value v) {
  slot_at(address) = v;
  mark_card(&slot_at(address));
}

HandleArena::HandleArena() {
  HeapState& h = heap();
  next = h.arenas;
  if (next) next->previous = this;
  h.arenas = this;
}

HandleArena::~HandleArena() {
  HeapState& h = heap();
  while (Block* b = blocks) {
    blocks = b->next;
    b->next = h.free_blocks;
    h.free_blocks = b;
  }
  (previous ? previous->next : h.arenas) = next;
  if (next) next->previous = previous;
}

Handle HandleArena::make(Value v) {
  constexpr u64 kCapacity = sizeof(Block::values) / sizeof(Value);
  if (!blocks || blocks->used == kCapacity) {
    HeapState& h = heap();
    if (!h.free_blocks) {
      constexpr u64 kAtOnce = 32;
      Block* fresh = static_cast<Block*>(map_pages(kAtOnce * sizeof(Block)));
      h.handle_blocks += kAtOnce;
      for (u64 i = 0; i < kAtOnce; ++i) {
        fresh[i].next = h.free_blocks;
        h.free_blocks = &fresh[i];
      }
    }
    Block* b = h.free_blocks;
    h.free_blocks = b->next;
    b->next = blocks;
    b->used = 0;
    blocks = b;
  }
  Value* place = &blocks->values[blocks->used++];
  *place = v;
  return Handle(place);
}

}  // namespace loko
