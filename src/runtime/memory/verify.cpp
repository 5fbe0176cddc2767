// SPDX-License-Identifier: MIT
//
// Walks everything that can be walked and ends the process with a message at the first thing that can't be
// right: references to nowhere or into the middle of an object, wrong tags, and old objects that refer to young
// ones from clean cards.
#include "os/platform.h"
#include "runtime/memory/heap_state.h"

namespace loko::memory {

namespace {

/// One bit per word of the heap: an object starts here.
class Starts {
 public:
  Starts() : words_(heap().unit_top * kUnitBytes / 8), bits_(static_cast<u64*>(map_pages(words_ / 8 + 8))) {}
  ~Starts() { unmap_pages(bits_, words_ / 8 + 8); }
  void add(u64 a) { bits_[index(a) / 64] |= u64{1} << (index(a) % 64); }
  bool has(u64 a) const { return bits_[index(a) / 64] >> (index(a) % 64) & 1; }

 private:
  static u64 index(u64 a) { return (a - kHeapBase) / 8; }
  u64 words_;
  u64* bits_;
};

[[noreturn]] void fail(const char* what, const void* where, Value v) {
  os::ErrorText text;
  (text << "loko: heap check: " << what << "; at ").hex(reinterpret_cast<u64>(where)) << ": ";
  text.hex(v.bits).fatal();
}

bool is_known_kind(u64 h) {
  switch (header_kind(h)) {
    case Kind::Vector: case Kind::String1: case Kind::String4: case Kind::StringWide: case Kind::Bytevector: case Kind::Symbol:
    case Kind::ImmutableVector: case Kind::ImmutableString1: case Kind::ImmutableString4: case Kind::ImmutableBytevector:
    case Kind::Bignum: case Kind::Ratnum: case Kind::Flonum: case Kind::Compnum: case Kind::Box: case Kind::Continuation:
    case Kind::WeakPair: case Kind::Ephemeron: case Kind::Guardian: case Kind::Syntax: case Kind::Handle: case Kind::CodeInfo:
    case Kind::Filler: return true;
  }
  return false;
}

void check_code(u64 entry, const void* where, Value v) {
  bool plausible = entry % 16 == 0 && entry >= 0x10000 && entry < kLowEnd;
  if (!plausible || code_header(entry)->closure != entry) fail("not a procedure's entry", where, v);
}

void check_first_word(Value v, const void* where) {
  u64 first = word(v, 0);
  if (is_procedure(v)) return check_code(first, where, v);
  if (!is_typed(v)) return;
  if (header_is_rtd(first)) {
    u64 rtd = word(Value{first}, 0);
    if (!header_is_rtd(rtd) || !is_fixnum(slot(Value{first}, 1 + kRtdSize))) fail("record without a descriptor", where, v);
  } else if (!is_known_kind(first)) {
    fail("object of no known kind", where, v);
  }
}

/// Is it a place in a large object of which only dirty cards are scanned?
bool is_carded(u64 at) {
  if (!in_heap(at)) return false;
  const Unit* u = &unit_of(at);
  return (u->space == Space::LargeRest ? u - u->units : u)->carded;
}

void check(const Value* where, const Starts& starts) {
  Value v = *where;
  if (!is_reference(v)) return;
  u64 a = v.bits & ~kTagMask;
  if (!in_heap(a)) {
    const Context& c = context();
    bool code = a < kContextBase || (a >= kImageCodeBase && a < c.image_code_top) || (a >= kRunCodeBase && a < c.run_code_top);
    if (is_procedure(v) && code) return check_code(a - static_cast<u64>(i64{kStaticClosureFromEntry}), where, v);
    if (a < kImageDataBase || a >= c.image_data_top) fail("reference to nowhere", where, v);
    return check_first_word(v, where);
  }
  const Unit& u = unit_of(a);
  switch (u.space) {
    case Space::Free: fail("reference to free memory", where, v);
    case Space::LargeRest: fail("reference into a large object", where, v);
    case Space::Nursery: break;
    case Space::Large:
      if (a != large_start((a - kHeapBase) >> kUnitShift)) fail("reference into a large object", where, v);
      break;
    case Space::Segment: {
      if (!starts.has(a)) fail("reference into an object", where, v);
      StorageClass expected = is_pair(v) ? StorageClass::Pairs : is_procedure(v) ? StorageClass::Procedures : storage_of_typed(word(v, 0));
      if (u.storage != expected) fail("reference with a wrong tag", where, v);
    }
  }
  check_first_word(v, where);
  if (is_young(v)) {
    u64 at = reinterpret_cast<u64>(where);
    bool needs_card = (in_heap(at) && !(flags_of(at) & kYoung)) || (at >= kImageDataBase && at < kImageDataEnd) ||
                      (at >= kSlotsBase && at < kSlotsEnd) || is_carded(at);
    if (needs_card && !(card_of(at) & 1)) fail("old object refers to a young one from a clean card", where, v);
  }
  u64 at = reinterpret_cast<u64>(where);
  if (is_carded(at) && !card_of(at)) fail("large object refers to the heap from a clean card", where, v);
  if (at >= kImageDataBase && at < kImageDataEnd && !card_of(at)) fail("image object refers to the heap from a clean card", where, v);
}

void check_object(u64* p, StorageClass storage, const Starts& starts) {
  auto visit = [&](Value* v) { check(v, starts); };
  if (storage == StorageClass::Pairs) {
    visit(reinterpret_cast<Value*>(p));
    visit(reinterpret_cast<Value*>(p + 1));
  } else if (storage == StorageClass::Procedures) {
    if (is_procedure_filler(p[0])) return;
    check_code(p[0], p, Value{p[0]});
    for (u64 i = 1, n = code_header(p[0])->nfree; i <= n; ++i) visit(reinterpret_cast<Value*>(p + i));
  } else {
    if (!header_is_rtd(p[0])) {
      if (!is_known_kind(p[0])) fail("object of no known kind", p, Value{p[0]});
      if (header_kind(p[0]) == Kind::WeakPair || header_kind(p[0]) == Kind::Ephemeron) visit(reinterpret_cast<Value*>(p + 1));
      if (header_kind(p[0]) == Kind::Ephemeron) visit(reinterpret_cast<Value*>(p + 2));
    }
    visit_typed(p, visit);
  }
}

template <class Action>
void each_segment(Action&& action) {
  HeapState& h = heap();
  for (auto& by_class : h.to)
    for (Destination& d : by_class)
      for (u32 unit = d.head; unit; unit = h.units[unit].next) {
        action(unit_start(unit), unit == d.unit ? d.alloc : h.units[unit].top, h.units[unit].storage);
        if (unit == d.unit) break;
      }
}

void check_context(const Starts& starts) {
  Context& c = context();
  auto visit = [&](Value* v) { check(v, starts); };
  for (Value* v = &c.link; v <= &c.pending; ++v) visit(v);
  for (Value& v : c.hooks) visit(&v);
  for (Value& v : c.roots) visit(&v);
  for (int i = 0; i < 16; ++i)
    if (c.saved_mask >> i & 1) visit(reinterpret_cast<Value*>(&c.saved[i]));
  for (u64 i = 0; i < c.saved_args; ++i) visit(reinterpret_cast<Value*>(kArgsBase) + i);
  visit_frames(reinterpret_cast<u64*>(c.scheme_sp), reinterpret_cast<u64*>(c.stack_base), visit);
  for (HandleArena* a = heap().arenas; a; a = a->next)
    for (HandleArena::Block* b = a->blocks; b; b = b->next)
      for (u64 i = 0; i < b->used; ++i) visit(&b->values[i]);
  for (u64 a = kSlotsBase; a < c.slots_top; a += 8) visit(reinterpret_cast<Value*>(a));
  if (heap().owned_slots)
    for (u64 a = heap().owned_slots; a < kSlotsEnd; a += 8) visit(reinterpret_cast<Value*>(a));
}

}  // namespace

}  // namespace loko::memory

namespace loko {

using namespace memory;

void verify_heap() {
  HeapState& h = heap();
  Starts starts;
  each_segment([&](u64 at, u64 end, StorageClass storage) {
    while (at < end) {
      starts.add(at);
      u64 words = words_at(reinterpret_cast<u64*>(at), storage);
      if (words == 0 || at + 8 * words > end) fail("object of a wrong size", reinterpret_cast<void*>(at), Value{*reinterpret_cast<u64*>(at)});
      at += 8 * words;
    }
  });
  each_segment([&](u64 at, u64 end, StorageClass storage) {
    for (; at < end; at += 8 * words_at(reinterpret_cast<u64*>(at), storage)) check_object(reinterpret_cast<u64*>(at), storage, starts);
  });
  for (u32 unit = h.old_larges; unit; unit = h.units[unit].next)
    check_object(reinterpret_cast<u64*>(unit_start(unit)), h.units[unit].storage, starts);
  for (u32 unit = h.young_larges; unit; unit = h.units[unit].next)
    if (h.units[unit].aged || h.units[unit].carded) check_object(reinterpret_cast<u64*>(unit_start(unit)), h.units[unit].storage, starts);
  for (u32 i = 0; i < h.static_count; ++i)
    for (u64 at = h.statics[i].start; at < h.statics[i].end; at += 8 * words_at(reinterpret_cast<u64*>(at), h.statics[i].storage))
      check_object(reinterpret_cast<u64*>(at), h.statics[i].storage, starts);
  check_context(starts);
}

/// (%record-instances rtd most): list of at most that many records of exactly this type that were alive at the last full
/// collection.
Value record_instances(Value rtd, Value most) {
  if (!is_record(rtd)) return raise_assertion("%record-instances", "expected a record type", rtd);
  if (!is_fixnum(most)) return raise_assertion("%record-instances", "expected a count", most);
  Value found = Null;
  i64 left = fixnum_value(most);
  each_segment([&](u64 at, u64 end, StorageClass storage) {
    if (storage != StorageClass::Typed) return;
    for (; at < end && left > 0; at += 8 * words_at(reinterpret_cast<u64*>(at), storage)) {
      if (*reinterpret_cast<const u64*>(at) != rtd.bits) continue;
      found = make_pair(Value{at | kTagTyped}, found);
      --left;
    }
  });
  return found;
}

}  // namespace loko
