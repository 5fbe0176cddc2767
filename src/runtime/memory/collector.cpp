// SPDX-License-Identifier: MIT
//
// The copying collector (Cheney 1970; generations and cards after Wilson). Minor: nursery -> young segments ->
// old segments, roots are the context, the stack and dirty cards. Full: everything -> fresh old segments;
// global slots are roots as a whole, the image still by its cards. Large objects are marked, not moved.
#include "os/platform.h"
#include "runtime/memory/heap_state.h"

namespace loko::memory {

namespace {

enum class Mark { None, Old, Static };   // when to dirty the card of a visited slot

template <Mark kMark>
[[gnu::always_inline]] inline void visit(Value* p) {
  Value v = *p;
  if (!is_reference(v) || !in_heap(v.bits)) return;
  u8 flags = flags_of(v.bits);
  if (flags & kFrom) {
    *p = v = evacuate_from(v, flags);
    if constexpr (kMark == Mark::Old) flags = in_heap(v.bits) ? flags_of(v.bits) : 0;
  }
  if constexpr (kMark == Mark::Old) {
    if (flags & kYoung) mark_card(p);
  } else if constexpr (kMark == Mark::Static) {
    if (in_heap(v.bits)) mark_card(p);
  }
}

void next_unit(Destination& d, Age age, StorageClass storage) {
  HeapState& h = heap();
  u32 unit = take_units(1);
  if (d.unit) {
    h.units[d.unit].top = d.alloc;
    h.units[d.unit].next = unit;
  } else {
    d.head = unit;
  }
  Unit& u = h.units[unit];
  u.space = Space::Segment;
  u.storage = storage;
  h.flags[unit] = age == Age::Young ? kYoung : 0;
  d.unit = unit;
  d.alloc = unit_start(unit);
  d.limit = d.alloc + kUnitBytes;
  if (age == Age::Old) {
    ++h.old_units;
    clear_cards(d.alloc, d.limit);
  }
}

Age destination_age(u8 flags) { return flags & kPromote ? Age::Old : Age::Young; }

/// Copies words >= 2 words; most objects have so few that a call of memcpy would cost more.
inline void copy_words(u64* to, const u64* from, u64 words) {
  if (words > 16) {
    __builtin_memcpy(to, from, 8 * words);
    return;
  }
  to[0] = from[0];
  to[1] = from[1];
  for (u64 i = 2; i < words; ++i) {
    to[i] = from[i];
    asm("");  // keeps the compiler from making it a memcpy again
  }
}

inline Value copy_object(Value v, u8 flags, StorageClass storage, u64 words) {
  Age age = destination_age(flags);
  u64* p = untagged(v);
  u64* to = allocate_copy(age, storage, words);
  copy_words(to, p, words);
  Value moved{reinterpret_cast<u64>(to) | tag(v)};
  p[0] = kForwardMark;
  p[1] = moved.bits;
  return moved;
}

template <Mark kMark>
void visit_other_typed(u64* p) {
  if (header_kind(p[0]) == Kind::WeakPair) note_weak_pair(p);
  if (header_kind(p[0]) == Kind::Ephemeron) return note_ephemeron(p);
  visit_typed(p, [](Value* v) { visit<kMark>(v); });
}

/// Visits an object of a segment and returns its size in words.
template <Mark kMark>
inline u64 visit_sized(u64* p, StorageClass storage) {
  Value* v = reinterpret_cast<Value*>(p);
  if (storage == StorageClass::Pairs) {
    visit<kMark>(v);
    visit<kMark>(v + 1);
    return 2;
  }
  if (storage == StorageClass::Procedures) {
    u64 n = code_header(p[0])->nfree;
    for (u64 i = 1; i <= n; ++i) visit<kMark>(v + i);
    return 1 + (n ? n : 1);
  }
  u64 h = p[0], words = typed_words(h);
  if (header_is_rtd(h)) {
    for (u64 i = 0; i < words; ++i) visit<kMark>(v + i);
  } else if ((h & kSequenceMask) == static_cast<u64>(Kind::Vector)) {
    for (u64 i = 1, n = header_length(h); i <= n; ++i) visit<kMark>(v + i);
  } else {
    visit_other_typed<kMark>(p);
  }
  return words;
}

/// Visits only the slots in [low, high).
template <Mark kMark>
void visit_clipped(u64* p, StorageClass storage, u64 low, u64 high) {
  u64 from = 0, to = 0;
  if (storage == StorageClass::Pairs) {
    to = 2;
  } else if (storage == StorageClass::Procedures) {
    from = 1;
    to = 1 + code_header(p[0])->nfree;
  } else if (header_is_rtd(p[0])) {
    to = typed_words(p[0]);
  } else if (Kind k = header_kind(p[0]); k == Kind::Vector || k == Kind::ImmutableVector || k == Kind::CodeInfo) {
    from = 1;
    to = 1 + header_length(p[0]);
  } else {
    if (k == Kind::WeakPair) note_weak_pair(p);
    if (k == Kind::Ephemeron) return note_ephemeron(p);
    visit_typed(p, [&](Value* v) {
      if (reinterpret_cast<u64>(v) >= low && reinterpret_cast<u64>(v) < high) visit<kMark>(v);
    });
    return;
  }
  u64 base = reinterpret_cast<u64>(p);
  if (base + 8 * from < low) from = (low - base) / 8;
  if (base + 8 * to > high) to = (high - base) / 8;
  for (u64 i = from; i < to; ++i) visit<kMark>(reinterpret_cast<Value*>(p + i));
}

/// Cleans the dirty cards of [start, end) and visits their slots; `find(card_start)` gives the last object that
/// starts at or before that address.
template <Mark kMark, class Find>
void scan_dirty_cards(u64 start, u64 end, StorageClass storage, u64* skip, Find&& find) {
  if (start >= end) return;
  u8* last = &card_of(end - 1);
  for (u8* c = &card_of(start); c <= last; ++c) {
    if ((reinterpret_cast<u64>(c) & 7) == 0)
      while (c + 8 <= last && *reinterpret_cast<u64*>(c) == 0) c += 8;
    if (!*c) continue;
    *c = 0;
    u64 low = static_cast<u64>(c - reinterpret_cast<u8*>(kCardsBase)) << kCardShift, high = low + kCardBytes;
    if (low < start) low = start;
    if (high > end) high = end;
    for (u64 at = find(low); at < high;) {
      u64* p = reinterpret_cast<u64*>(at);
      u64 words = words_at(p, storage);
      if (p == skip) *c = 1;
      else visit_clipped<kMark>(p, storage, low, high);
      at += 8 * words;
    }
  }
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
      scan_dirty_cards<Mark::Old>(start, end, storage, nullptr, [&](u64 low) {
        return storage == StorageClass::Pairs ? low : start + 8 * u64{h.first[(low - kHeapBase) >> kCardShift]};
      });
      if (unit == d.scan_unit) break;
    }
  }
  for (u32 unit = h.old_larges; unit; unit = h.units[unit].next) {
    Unit& u = h.units[unit];
    u64 start = unit_start(unit);
    if (u.storage != StorageClass::Raw || header_kind(*reinterpret_cast<u64*>(start)) == Kind::StringWide)
      scan_dirty_cards<Mark::Old>(start, u.top, u.storage, nullptr, [&](u64) { return start; });
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

void scan_static_cards() {
  HeapState& h = heap();
  for (u32 i = 0; i < h.static_count; ++i) {
    StaticRange& r = h.statics[i];
    u64* skip = h.full && is_typed(h.held_symbol_table) ? untagged(h.held_symbol_table) : nullptr;
    scan_dirty_cards<Mark::Static>(r.start, r.end, r.storage, skip, [&](u64 low) {
      if (r.storage == StorageClass::Pairs) return r.start + (low - r.start) / 16 * 16;
      if (!r.first) index_static(r);
      return low <= r.start ? r.start : r.start + 8 * u64{r.first[(low - (r.start & ~(kCardBytes - 1))) / kCardBytes]};
    });
  }
}

void scan_slots() {
  Context& c = context();
  if (c.slots_top == kSlotsBase) return;
  if (heap().full) {
    clear_cards(kSlotsBase, c.slots_top);
    for (u64 a = kSlotsBase; a < c.slots_top; a += 8) visit<Mark::Old>(reinterpret_cast<Value*>(a));
    return;
  }
  u8* last = &card_of(c.slots_top - 1);
  for (u8* card = &card_of(kSlotsBase); card <= last; ++card) {
    if (!*card) continue;
    *card = 0;
    u64 low = static_cast<u64>(card - reinterpret_cast<u8*>(kCardsBase)) << kCardShift;
    for (u64 a = low; a < low + kCardBytes && a < c.slots_top; a += 8) visit<Mark::Old>(reinterpret_cast<Value*>(a));
  }
}

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
  for (HandleArena* a = h.arenas; a; a = a->next)
    for (HandleArena::Block* b = a->blocks; b; b = b->next)
      for (u64 i = 0; i < b->used; ++i) root(&b->values[i]);
}

/// Visits the contents of a large object that was reached; from now on it is old.
void scan_large(u32 unit) {
  HeapState& h = heap();
  Unit& u = h.units[unit];
  clear_cards(unit_start(unit), u.top);
  for (u64 i = 0, n = u.units; i < n; ++i) h.flags[unit + i] &= static_cast<u8>(~kYoung);
  if (u.storage != StorageClass::Raw) visit_sized<Mark::Old>(reinterpret_cast<u64*>(unit_start(unit)), u.storage);
}

/// Fetches what the words a line further on refer to; they are visited in a moment.
inline void prefetch_ahead(const u64* p, u64 end) {
  constexpr u64 kAhead = 8;
  if (reinterpret_cast<u64>(p + kAhead + 2) > end) return;
  if (is_reference(Value{p[kAhead]})) __builtin_prefetch(reinterpret_cast<const void*>(p[kAhead] & ~kTagMask), 1);
  if (is_reference(Value{p[kAhead + 1]})) __builtin_prefetch(reinterpret_cast<const void*>(p[kAhead + 1] & ~kTagMask), 1);
}

template <Mark kMark>
bool scan_destination(Destination& d, StorageClass storage) {
  HeapState& h = heap();
  if (!d.unit) return false;
  if (!d.scan_unit) {
    d.scan_unit = d.head;
    d.scan = unit_start(d.head);
  }
  bool progress = false;
  for (;;) {
    u64 end = d.scan_unit == d.unit ? d.alloc : h.units[d.scan_unit].top;
    if (d.scan < end) {
      progress = true;
      while (d.scan < end) {
        u64* p = reinterpret_cast<u64*>(d.scan);
        prefetch_ahead(p, end);
        d.scan += 8 * visit_sized<kMark>(p, storage);
      }
    } else if (d.scan_unit == d.unit) {
      return progress;
    } else {
      d.scan_unit = h.units[d.scan_unit].next;
      d.scan = unit_start(d.scan_unit);
    }
  }
}

void set_from(u32 list, u32 stop) {
  for (u32 unit = list; unit; unit = heap().units[unit].next) {
    heap().flags[unit] |= kFrom | kPromote;
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

void sweep_larges(u32 list) {
  HeapState& h = heap();
  while (list) {
    Unit& u = h.units[list];
    u32 next = u.next;
    h.flags[list] &= static_cast<u8>(~(kFrom | kPromote));
    if (u.marked) {
      u.marked = false;
      u.next = h.old_larges;
      h.old_larges = list;
      h.old_large_units += u.units;
    } else {
      release_units(list, u.units);
    }
    list = next;
  }
}

/// Makes everything that this collection empties "from", and returns the lists of segments to free.
void flip(u32 (&from)[2][kClasses], u32* young_larges, u32* old_larges) {
  HeapState& h = heap();
  const u8 nursery = h.full || h.unaged ? kYoung | kFrom | kPromote : kYoung | kFrom;
  for (u64 i = 0; i < kNurseryBytes >> kUnitShift; ++i) h.flags[h.nursery_unit + i] = nursery;
  for (u32 chunk = h.chunks; chunk; chunk = h.units[chunk].next)
    for (u64 i = 0, n = h.units[chunk].units; i < n; ++i) h.flags[chunk + i] = nursery;
  for (int age = 0; age < 2; ++age) {
    for (unsigned s = 0; s < kClasses; ++s) {
      Destination& d = h.to[age][s];
      from[age][s] = 0;
      if (d.unit) h.units[d.unit].top = d.alloc;
      if (age == 0 || h.full) {
        from[age][s] = d.head;
        set_from(d.head, d.unit);
        d = Destination{};
      } else {
        d.scan = d.alloc;
        d.scan_unit = d.unit;
      }
    }
  }
  *young_larges = h.young_larges;
  h.young_larges = 0;
  set_from(*young_larges, 0);
  h.young_large_bytes = 0;
  *old_larges = 0;
  if (h.full) {
    *old_larges = h.old_larges;
    h.old_larges = 0;
    h.old_large_units = 0;
    set_from(*old_larges, 0);
  }
}

/// Bytes in the segments of an age.
u64 bytes_of_age(Age age) {
  HeapState& h = heap();
  u64 bytes = 0;
  for (const Destination& d : h.to[static_cast<int>(age)])
    for (u32 unit = d.head; unit; unit = h.units[unit].next) {
      if (unit == d.unit) {
        bytes += d.alloc - unit_start(unit);
        break;
      }
      bytes += kUnitBytes;
    }
  return bytes;
}

/// Ageing copies each survivor once more. When nearly all that was aged survives again, the next collections do without.
void adapt_ageing(u64 aged, u64 promoted) {
  constexpr u32 kUnagedCollections = 3;
  HeapState& h = heap();
  if (h.unaged) --h.unaged;
  else if (aged > kNurseryBytes / 4 && promoted > aged / 8 * 7) h.unaged = kUnagedCollections;
}

u64 monotonic_nanoseconds() {
  constexpr u64 kMonotonic = 1;
  u64 time[2] = {};
  os::system_call(os::kSysClockGettime, kMonotonic, reinterpret_cast<u64>(time));
  return time[0] * 1000000000 + time[1];
}

void after_full() {
  HeapState& h = heap();
  constexpr u64 kReserve = u64{16} << 20;
  h.live = (h.old_units + h.old_large_units) << kUnitShift;
  u64 next = 2 * h.live > kMinFullBytes ? 2 * h.live : kMinFullBytes;
  if (next > h.limit) next = h.limit;
  if (next < h.live + h.live / 8 + kUnitBytes) next = h.live + h.live / 8 + kUnitBytes;
  h.next_full = next;
  if (h.live > h.limit) {
    if (!h.heap_full_reported) {
      h.heap_full_reported = true;
      __atomic_fetch_or(&context().interrupts, static_cast<u32>(kInterruptHeapFull), __ATOMIC_RELAXED);
      trip_safepoint();
    } else if (h.live > h.limit + (h.limit / 4 > kReserve ? h.limit / 4 : kReserve)) {
      out_of_memory(h.live - h.limit);
    }
  } else if (h.live < h.limit / 4 * 3) {
    h.heap_full_reported = false;
  }
  trim_free_units();
}

/// A large object stays in place; it is scanned later.
Value mark_large(Value v) {
  Unit& u = unit_of(v.bits);
  u64* p = untagged(v);
  bool typed = is_typed(v);
  if (typed && !header_is_rtd(p[0]) && header_kind(p[0]) == Kind::StringWide) return evacuate(Value{p[1]});
  if (!u.marked) {
    u.marked = true;
    u.storage = typed ? storage_of_typed(p[0]) : StorageClass::Procedures;
    heap().large_work.push(static_cast<u32>((v.bits - kHeapBase) >> kUnitShift));
  }
  return v;
}

/// Copies a pair and those behind it that are reached by cdrs and have the same destination: lists become contiguous.
Value copy_pairs(u64* p, u8 flags) {
  Age age = destination_age(flags);
  Destination& d = heap().to[static_cast<int>(age)][static_cast<unsigned>(StorageClass::Pairs)];
  Value first{};
  for (u64* last = nullptr;;) {
    if (d.alloc + 16 > d.limit) next_unit(d, age, StorageClass::Pairs);
    u64* to = reinterpret_cast<u64*>(d.alloc);
    d.alloc += 16;
    Value moved{reinterpret_cast<u64>(to) | kTagPair};
    if (last) last[1] = moved.bits;
    else first = moved;
    last = to;
    to[0] = p[0];
    Value rest{p[1]};
    to[1] = rest.bits;
    p[0] = kForwardMark;
    p[1] = moved.bits;
    if (!is_pair(rest) || !in_heap(rest.bits) || flags_of(rest.bits) != flags) return first;
    p = untagged(rest);
    if (p[0] == kForwardMark) return first;
  }
}

}  // namespace

u64* allocate_copy(Age age, StorageClass storage, u64 words) {
  Destination& d = heap().to[static_cast<int>(age)][static_cast<unsigned>(storage)];
  u64 bytes = 8 * words;
  if (d.alloc + bytes > d.limit) next_unit(d, age, storage);
  u64 at = d.alloc, end = d.alloc = at + bytes;
  if (storage != StorageClass::Pairs && age == Age::Old) {
    u16 offset = static_cast<u16>((at & (kUnitBytes - 1)) / 8);
    for (u64 b = (at + kCardBytes - 1) & ~(kCardBytes - 1); b < end; b += kCardBytes)
      heap().first[(b - kHeapBase) >> kCardShift] = offset;
  }
  return reinterpret_cast<u64*>(at);
}

Value evacuate(Value v) { return is_from(v) ? evacuate_from(v, flags_of(v.bits)) : v; }

Value evacuate_from(Value v, u8 flags) {
  u64* p = untagged(v);
  if (flags & kLarge) return mark_large(v);
  u64 h = p[0];
  if (h == kForwardMark) return Value{p[1]};
  if (is_pair(v)) return copy_pairs(p, flags);
  if (is_procedure(v)) return copy_object(v, flags, StorageClass::Procedures, procedure_words(h));
  if (!header_is_rtd(h) && header_kind(h) == Kind::StringWide) {  // the indirection ends here
    Value wide = evacuate(Value{p[1]});
    p[0] = kForwardMark;
    p[1] = wide.bits;
    return wide;
  }
  return copy_object(v, flags, storage_of_typed(h), typed_words(h));
}

bool is_reached(Value v) {
  if (!is_from(v)) return true;
  const u64* p = untagged(v);
  if (!(flags_of(v.bits) & kLarge)) return p[0] == kForwardMark;
  if (is_typed(v) && !header_is_rtd(p[0]) && header_kind(p[0]) == Kind::StringWide) return is_reached(Value{p[1]});
  return unit_of(v.bits).marked;
}

void visit_anywhere(Value* p) {
  u64 a = reinterpret_cast<u64>(p);
  if (!in_heap(a)) visit<Mark::Static>(p);
  else if (flags_of(a) & kYoung) visit<Mark::None>(p);
  else visit<Mark::Old>(p);
}

void drain() {
  HeapState& h = heap();
  for (bool progress = true; progress;) {
    progress = false;
    for (unsigned s = 0; s < static_cast<unsigned>(StorageClass::Raw); ++s) {
      StorageClass storage = static_cast<StorageClass>(s);
      progress |= scan_destination<Mark::None>(h.to[0][s], storage);
      progress |= scan_destination<Mark::Old>(h.to[1][s], storage);
    }
    while (h.large_work.count) {
      scan_large(h.large_work.pop());
      progress = true;
    }
  }
}

void collect(bool full) {
  HeapState& h = heap();
  const u64 started = monotonic_nanoseconds();
  Context& c = context();
  h.collecting = true;
  c.allocated += close_nursery() + h.young_large_bytes;
  u64 used_end = h.units[h.nursery_unit].top;
  if ((h.old_units + h.old_large_units) << kUnitShift > h.next_full) full = true;
  h.full = full;
  const u64 aged = bytes_of_age(Age::Young), old_before = bytes_of_age(Age::Old);
  u32 from[2][kClasses], young_larges, old_larges;
  flip(from, &young_larges, &old_larges);
  scan_context();
  if (!full) scan_old_cards();
  scan_static_cards();
  scan_slots();
  drain();
  finish_weak();
  for (int age = 0; age < 2; ++age)
    for (unsigned s = 0; s < kClasses; ++s) release_list(from[age][s]);
  sweep_larges(young_larges);
  sweep_larges(old_larges);
  while (u32 chunk = h.chunks) {
    h.chunks = h.units[chunk].next;
    release_units(chunk, h.units[chunk].units);
  }
  for (u64 i = 0; i < kNurseryBytes >> kUnitShift; ++i) h.flags[h.nursery_unit + i] = kYoung;
  if (h.poison) {
    u64* p = reinterpret_cast<u64*>(unit_start(h.nursery_unit));
    for (; p < reinterpret_cast<u64*>(used_end); ++p) *p = 0xdeadbeefdeadbee8;
  }
  start_nursery();
  ++c.collections;
  ++c.nursery_epoch;
  if (full) {
    ++c.address_epoch;
    ++h.full_count;
    after_full();
  } else {
    ++h.minor_count;
    adapt_ageing(aged, bytes_of_age(Age::Old) - old_before);
  }
  h.collect_minor = h.collect_full = h.collecting = false;
  const u64 taken = monotonic_nanoseconds() - started;
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
