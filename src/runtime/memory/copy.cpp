// SPDX-License-Identifier: MIT
//
// Copying what is evacuated (Cheney 1970): survivors go to the destination of their age and storage class, and are
// scanned there in order. Lists are copied along their cdrs, so that they become contiguous.
#include "runtime/memory/visit.h"

namespace loko::memory {

namespace {

void next_unit(Destination& d, Age age, StorageClass storage) {
  HeapState& h = heap();
  bool fresh;
  u32 unit = take_units(1, &fresh);
  if (d.unit) {
    if (fresh) supply_pages(unit_start(unit), kUnitBytes);   // the first of a list may stay nearly empty
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

Value evacuate(Value v) {
  if (!is_from(v)) return v;
  if (in_heap(v.bits)) return evacuate_from(v, flags_of(v.bits));
  mark_code(v.bits);
  return v;
}

Value evacuate_from(Value v, u8 flags) {
  u64* p = untagged(v);
  if (flags & (kLarge | kInPlace)) return flags & kLarge ? mark_large(v) : mark_in_place(v);
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
  if (!in_heap(v.bits)) return is_code_marked(v.bits);
  const u64* p = untagged(v);
  const u8 flags = flags_of(v.bits);
  if (flags & kInPlace) return is_marked(v);
  if (!(flags & kLarge)) return p[0] == kForwardMark;
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
    if (h.in_place) progress |= drain_marks();
    progress |= drain_code();
    while (h.large_work.count) {
      scan_large(h.large_work.pop());
      progress = true;
    }
  }
}

}  // namespace loko::memory
