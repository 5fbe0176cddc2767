// SPDX-License-Identifier: MIT
//
// The primitives of tables/primitives/memory.scm: requests to the collector, weak objects, guardians.
#include "runtime/memory/heap_state.h"

namespace loko {

using namespace memory;

namespace {

Value wrong(const char* who, Value v) { return raise_assertion(who, "wrong type of argument", v); }

Value make_three(Kind kind, Value a, Value b) {
  u64* p = allocate_words(3);
  p[0] = make_header(kind, 0);
  p[1] = a.bits;
  p[2] = b.bits;
  return Value{reinterpret_cast<u64>(p) | kTagTyped};
}

}  // namespace

Value request_collection(Value full) {
  HeapState& h = heap();
  (full == False ? h.collect_minor : h.collect_full) = true;
  trip_safepoint();
  return Void;
}

Value request_worthwhile_collection() {
  collect_if_worthwhile();
  return Void;
}

Value collection_count() { return fixnum(static_cast<i64>(context().collections)); }
Value nursery_epoch() { return fixnum(static_cast<i64>(context().nursery_epoch)); }
Value address_epoch() { return fixnum(static_cast<i64>(context().address_epoch)); }
Value address_hash(Value v) { return fixnum(static_cast<i64>(v.bits >> 4)); }
Value young_p(Value v) { return boolean(is_young(v)); }

Value memory_statistics() {
  const HeapState& h = heap();
  const Context& c = context();
  u64 present = h.used_in_closed_chunks + (c.alloc - h.chunk_start) + h.young_large_bytes;
  const u64 numbers[] = {h.minor_count, h.full_count, c.allocated + present, h.used_units << kUnitShift, h.live, h.limit,
                         h.collection_ns, h.longest_ns, h.in_place_count, h.frames_scanned, h.code_bytes};
  constexpr i64 kCount = sizeof numbers / sizeof *numbers;
  Value v = make_vector(kCount, fixnum(0));
  for (i64 i = 0; i < kCount; ++i) slot(v, 1 + i) = fixnum(static_cast<i64>(numbers[i]));
  return v;
}

Value set_heap_limit(Value bytes) {
  if (!is_fixnum(bytes) || fixnum_value(bytes) <= 0) return wrong("%heap-limit!", bytes);
  HeapState& h = heap();
  h.limit = static_cast<u64>(fixnum_value(bytes));
  if (h.next_full > h.limit) h.next_full = h.limit;
  return Void;
}

Value set_exhausted_status(Value status) {
  if (!is_fixnum(status) || fixnum_value(status) <= 0 || fixnum_value(status) > 255) return wrong("%exhausted-status!", status);
  heap().exhausted_status = static_cast<int>(fixnum_value(status));
  return Void;
}

Value weak_cons(Value a, Value d) { return make_three(Kind::WeakPair, a, d); }
Value is_weak_pair(Value v) { return boolean(is_kind(v, Kind::WeakPair)); }
Value weak_car(Value p) { return is_kind(p, Kind::WeakPair) ? slot(p, 1) : wrong("%weak-car", p); }
Value weak_cdr(Value p) { return is_kind(p, Kind::WeakPair) ? slot(p, 2) : wrong("%weak-cdr", p); }

Value set_weak_car(Value p, Value v) {
  if (!is_kind(p, Kind::WeakPair)) return wrong("%set-weak-car!", p);
  set_field(p, 1, v);
  return Void;
}

Value set_weak_cdr(Value p, Value v) {
  if (!is_kind(p, Kind::WeakPair)) return wrong("%set-weak-cdr!", p);
  set_field(p, 2, v);
  return Void;
}

Value is_weak_broken(Value p) {
  if (is_kind(p, Kind::WeakPair)) return boolean(slot(p, 1).bits == kDeleted);
  if (is_kind(p, Kind::Ephemeron)) return boolean((header(p) & kHeaderFlag0) != 0);
  return wrong("%weak-broken?", p);
}

Value make_ephemeron(Value key, Value value) { return make_three(Kind::Ephemeron, key, value); }
Value is_ephemeron(Value v) { return boolean(is_kind(v, Kind::Ephemeron)); }
Value ephemeron_key(Value e) { return is_kind(e, Kind::Ephemeron) ? slot(e, 1) : wrong("%ephemeron-key", e); }
Value ephemeron_value(Value e) { return is_kind(e, Kind::Ephemeron) ? slot(e, 2) : wrong("%ephemeron-value", e); }

// A guardian: [h][list of representatives to deliver][its last pair, meaningless when the list is empty].
Value make_guardian() { return make_three(Kind::Guardian, Null, Null); }
Value is_guardian(Value v) { return boolean(is_kind(v, Kind::Guardian)); }

Value guardian_register(Value g, Value object, Value representative) {
  if (!is_kind(g, Kind::Guardian)) return wrong("%guardian-register!", g);
  heap().guardians_young.push({object, representative, g});
  return Void;
}

Value guardian_get(Value g) {
  if (!is_kind(g, Kind::Guardian)) return wrong("%guardian-get!", g);
  Value first = slot(g, 1);
  if (!is_pair(first)) return Value{kDeleted};
  set_field(g, 1, cdr(first));
  if (!is_pair(cdr(first))) set_field(g, 2, Null);
  return car(first);
}

Value make_handle(Value words) {
  if (!is_fixnum(words) || fixnum_value(words) < 0 || !allocation_fits(8 * static_cast<u64>(fixnum_value(words))))
    return wrong("%make-handle", words);
  u64 n = static_cast<u64>(fixnum_value(words));
  return make_typed(Kind::Handle, n, n);
}

Value set_torture(Value n) {
  if (!is_fixnum(n) || fixnum_value(n) < 0) return wrong("%set-torture!", n);
  context().torture = static_cast<u32>(fixnum_value(n));
  heap().poison = context().torture != 0;
  trip_safepoint();
  return Void;
}

Value verify_heap_now() {
  verify_heap();
  return Void;
}

}  // namespace loko
