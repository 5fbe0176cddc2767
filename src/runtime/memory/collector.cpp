// SPDX-License-Identifier: MIT
//
// The collector (generations and cards after Wilson). Minor: nursery -> young segments -> old segments, roots are the
// context, the stack and dirty cards. Full: everything -> fresh old segments, or old segments are marked in place; global
// slots are roots as a whole, the image still by its cards. Large objects are marked, not moved.
#include "os/platform.h"
#include "runtime/memory/visit.h"

namespace loko::memory {

namespace {

void scan_context() {
  Context& c = context();
  HeapState& h = heap();
  auto root = visit<Mark::None>;
  for (Value* v = &c.link; v <= &c.pending; ++v) root(v);  // link, winders, handlers, params, pending
  for (Value& v : c.hooks) root(&v);
  h.held_symbol_table = False;
  for (int i = 0; i < kRootCount; ++i) {
    if (i == kRootSymbolTable && h.full && is_vector(c.roots[i])) h.held_symbol_table = c.roots[i];
    else root(&c.roots[i]);
  }
  for (int i = 0; i < 16; ++i)
    if (c.saved_mask >> i & 1) root(reinterpret_cast<Value*>(&c.saved[i]));
  for (u64 i = 0; i < c.saved_args; ++i) root(reinterpret_cast<Value*>(kArgsBase) + i);
  if (c.scheme_sp) visit_frames(reinterpret_cast<u64*>(c.scheme_sp), reinterpret_cast<u64*>(c.stack_base), root);
  if (in_marked_code(h.trap_pc)) mark_code(h.trap_pc);
  for (u64 i = 0; i < h.trap_frame_count; ++i)
    if (in_marked_code(h.trap_frames[i])) mark_code(h.trap_frames[i]);
  for (HandleArena* a = h.arenas; a; a = a->next)
    for (HandleArena::Block* b = a->blocks; b; b = b->next)
      for (u64 i = 0; i < b->used; ++i) root(&b->values[i]);
}

/// What a collection empties, or marks in place.
struct From {
  u32 lists[2][kClasses];   // segments by age
  u32 last_old[kClasses];
  u32 young_larges, old_larges;
};

void set_flags(u32 list, u32 stop, u8 flags) {
  for (u32 unit = list; unit; unit = heap().units[unit].next) {
    heap().flags[unit] |= flags;
    if (unit == stop) break;
  }
}

/// Frees the units of a list of segments.
void release_list(u32 list) {
  HeapState& h = heap();
  while (list) {
    u32 next = h.units[list].next;
    if (!(h.flags[list] & kYoung)) --h.old_units;
    release_units(list, 1);
    list = next;
  }
}

void flip_segments(From& from) {
  HeapState& h = heap();
  for (int age = 0; age < 2; ++age) {
    for (unsigned s = 0; s < kClasses; ++s) {
      Destination& d = h.to[age][s];
      from.lists[age][s] = 0;
      if (d.unit) h.units[d.unit].top = d.alloc;
      if (age == 0 || h.full) {
        from.lists[age][s] = d.head;
        if (age) from.last_old[s] = d.unit;
        set_flags(d.head, d.unit, age && h.in_place ? kFrom | kInPlace : kFrom | kPromote);
        d = Destination{};
      } else {
        d.scan = d.alloc;
        d.scan_unit = d.unit;
      }
    }
  }
}

/// Makes everything that this collection empties "from".
void flip(From& from) {
  HeapState& h = heap();
  const u8 promote = h.full || h.unaged ? u8{kPromote} : u8{0};
  const u8 nursery = u8{kYoung} | kFrom | promote;
  for (u64 i = 0; i < kNurseryBytes >> kUnitShift; ++i) h.flags[h.nursery_unit + i] = nursery;
  for (u32 chunk = h.chunks; chunk; chunk = h.units[chunk].next)
    for (u64 i = 0, n = h.units[chunk].units; i < n; ++i) h.flags[chunk + i] = nursery;
  flip_segments(from);
  from.young_larges = h.young_larges;
  for (u32 unit = h.young_larges; unit; unit = h.units[unit].next)
    h.flags[unit] |= static_cast<u8>(kFrom | (h.units[unit].aged ? u8{kPromote} : promote));
  h.young_larges = 0;
  h.young_large_bytes = 0;
  from.old_larges = 0;
  if (h.full) {
    from.old_larges = h.old_larges;
    h.old_larges = 0;
    h.old_large_units = 0;
    set_flags(from.old_larges, 0, kFrom | kPromote);
  }
}

/// Gives back what was emptied, and adds what was marked in place to the old segments. Bytes that live in the latter.
u64 release_from(const From& from) {
  HeapState& h = heap();
  u64 live = 0;
  for (u32 list : from.lists[static_cast<int>(Age::Young)]) release_list(list);
  if (h.in_place) live = sweep_in_place(from.lists[static_cast<int>(Age::Old)], from.last_old);
  else
    for (u32 list : from.lists[static_cast<int>(Age::Old)]) release_list(list);
  sweep_larges(from.young_larges);
  sweep_larges(from.old_larges);
  while (u32 chunk = h.chunks) {
    h.chunks = h.units[chunk].next;
    release_units(chunk, h.units[chunk].units);
  }
  return live;
}

}  // namespace

void collect(bool full) {
  HeapState& h = heap();
  const u64 started = monotonic_nanoseconds();
  Context& c = context();
  h.collecting = true;
  const u64 fresh = close_nursery() + h.young_large_bytes;
  c.allocated += fresh;
  u64 used_end = h.units[h.nursery_unit].top;
  const u64 old = (h.old_units + h.old_large_units) << kUnitShift;
  if (old > h.next_full) full = true;
  h.full = full;
  h.in_place = full && h.dense;
  const u64 aged = bytes_of_age(Age::Young), old_before = bytes_of_age(Age::Old);
  if (h.in_place) start_marking();
  if (full) start_code_marking();
  From from;
  flip(from);
  scan_context();
  if (!full) scan_old_cards();
  scan_static_cards();
  scan_slots();
  drain();
  finish_weak();
  const u64 copied = full ? bytes_of_age(Age::Old) : 0;
  const u64 in_place = release_from(from);
  sweep_code();
  for (u64 i = 0; i < kNurseryBytes >> kUnitShift; ++i) h.flags[h.nursery_unit + i] = kYoung;
  if (h.poison) {
    u64* p = reinterpret_cast<u64*>(unit_start(h.nursery_unit));
    for (; p < reinterpret_cast<u64*>(used_end); ++p) *p = 0xdeadbeefdeadbee8;
  }
  if (!full) adapt_nursery(bytes_of_age(Age::Young) + bytes_of_age(Age::Old) - old_before);
  start_nursery();
  ++c.collections;
  ++c.nursery_epoch;
  if (full) {
    if (!h.in_place || h.moved) ++c.address_epoch;
    ++h.full_count;
    after_full(old + aged + fresh, in_place + copied + (h.old_large_units << kUnitShift));
  } else {
    ++h.minor_count;
    adapt_ageing(aged, bytes_of_age(Age::Old) - old_before);
  }
  h.collect_minor = h.collect_full = h.collecting = h.in_place = false;
  const u64 ended = monotonic_nanoseconds(), taken = ended - started;
  if (full) h.full_ended = ended;
  h.collection_ns += taken;
  if (taken > h.longest_ns) h.longest_ns = taken;
}

}  // namespace loko::memory

namespace loko {

void collect_now(bool full) {
  Context& c = context();
  c.saved_mask = 0;
  c.saved_args = 0;
  memory::collect(full);
}

}  // namespace loko
