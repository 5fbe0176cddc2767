// SPDX-License-Identifier: MIT
//
// Visiting the references of an object during a collection: each is replaced by the present place of what it refers to,
// which is copied or marked when it was not reached before. Cards are dirtied where INVARIANT(cards) of heap_state.h wants it.
#pragma once

#include "runtime/memory/heap_state.h"

namespace loko::memory {

enum class Mark { None, Old, Static };   // when to dirty the card of a visited slot

/// Dirties a card for full collections only.
inline void keep_card(const void* p) {
  u8& card = card_of(reinterpret_cast<u64>(p));
  if (!card) card = kCardKept;
}

template <Mark kMark>
[[gnu::always_inline]] inline void visit(Value* p) {
  Value v = *p;
  if (!is_reference(v)) return;
  if (!in_heap(v.bits)) {
    if (in_marked_code(v.bits)) mark_code(v.bits);
    if constexpr (kMark == Mark::Static)
      if (v.bits - kRunCodeBase < kLowEnd - kRunCodeBase) keep_card(p);
    return;
  }
  u8 flags = flags_of(v.bits);
  if (flags & kFrom) {
    *p = v = evacuate_from(v, flags);
    if constexpr (kMark == Mark::Old) flags = in_heap(v.bits) ? flags_of(v.bits) : 0;
  }
  if constexpr (kMark == Mark::Old) {
    if (flags & kYoung) mark_card(p);
  } else if constexpr (kMark == Mark::Static) {
    if (!in_heap(v.bits)) return;
    if (flags_of(v.bits) & kYoung) mark_card(p);
    else keep_card(p);
  }
}

template <Mark kMark>
[[gnu::noinline]] void visit_other_typed(u64* p) {
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
    if (in_marked_code(p[0])) mark_code(p[0]);
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

/// For what is rare: not in line.
template <Mark kMark>
[[gnu::noinline]] void visit_one(Value* p) { visit<kMark>(p); }

/// All references have this bit, no number has it.
inline constexpr u64 kReferenceBit = 2;
static_assert(kTagPair & kTagProcedure & kTagTyped & kReferenceBit);

/// Visits only the slots in [low, high).
template <Mark kMark>
[[gnu::noinline]] void visit_clipped(u64* p, StorageClass storage, u64 low, u64 high) {
  u64 from = 0, to = 0;
  if (storage == StorageClass::Pairs) {
    to = 2;
  } else if (storage == StorageClass::Procedures) {
    if (is_procedure_filler(p[0])) return;
    if (in_marked_code(p[0])) mark_code(p[0]);
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
      if (reinterpret_cast<u64>(v) >= low && reinterpret_cast<u64>(v) < high) visit_one<kMark>(v);
    });
    return;
  }
  u64 base = reinterpret_cast<u64>(p);
  if (base + 8 * from < low) from = (low - base) / 8;
  if (base + 8 * to > high) to = (high - base) / 8;
  for (u64 i = from; i < to; ++i) {
    while (i + 4 <= to && !((p[i] | p[i + 1] | p[i + 2] | p[i + 3]) & kReferenceBit)) i += 4;   // numbers
    if (i < to) visit<kMark>(reinterpret_cast<Value*>(p + i));
  }
}

}  // namespace loko::memory
