// SPDX-License-Identifier: MIT
//
// Weak pairs, ephemerons (Hayes 1997), guardians (Dybvig, Bruggeman, Eby 1993) and the weak symbol table.
// Order: guardians see what is otherwise unreachable, with ephemerons traced to a fixed point in between; then
// symbols are dropped (full collections only) and weak references broken.
#include "runtime/memory/heap_state.h"

namespace loko::memory {

namespace {

Value as_typed(u64* p) { return Value{reinterpret_cast<u64>(p) | kTagTyped}; }

/// Traces the values of ephemerons whose keys were reached, until nothing changes.
void trace_ephemerons() {
  HeapState& h = heap();
  for (bool progress = true; progress;) {
    progress = false;
    drain();
    u64 kept = 0, count = h.ephemerons.count;
    for (u64 i = 0; i < count; ++i) {
      Value e = h.ephemerons.items[i];
      if (is_reached(slot(e, 1))) {
        visit_anywhere(&slot(e, 1));
        visit_anywhere(&slot(e, 2));
        progress = true;
      } else {
        h.ephemerons.items[kept++] = e;
      }
    }
    // Nothing was scanned in this loop, so no ephemeron was added behind `count`.
    h.ephemerons.count = kept;
  }
}

/// Appends to the queue of a guardian that is in its final place.
void enqueue(Value guardian, Value representative) {
  Age age = heap().full ? Age::Old : Age::Young;
  u64* pair = allocate_copy(age, StorageClass::Pairs, 2);
  pair[0] = representative.bits;
  pair[1] = kNull;
  Value cell{reinterpret_cast<u64>(pair) | kTagPair};
  if (is_pair(slot(guardian, 2))) set_field(slot(guardian, 2), 1, cell);
  else set_field(guardian, 1, cell);
  set_field(guardian, 2, cell);
  if (age == Age::Old) mark_card(pair);
}

void classify(PageVector<GuardianEntry>& list) {
  HeapState& h = heap();
  for (u64 i = 0; i < list.count; ++i) {
    GuardianEntry& e = list.items[i];
    (is_reached(e.object) ? h.pending_hold : h.pending_final).push(e);
  }
  list.count = 0;
}

void trace_guardians() {
  HeapState& h = heap();
  classify(h.guardians_young);
  if (h.full) classify(h.guardians_old);
  bool queued = false;
  for (bool progress = true; progress;) {
    progress = false;
    // Held entries keep their representative when their guardian lives.
    u64 kept = 0, count = h.pending_hold.count;
    for (u64 i = 0; i < count; ++i) {
      GuardianEntry e = h.pending_hold.items[i];
      if (!is_reached(e.guardian)) {
        h.pending_hold.items[kept++] = e;
        continue;
      }
      e = {evacuate(e.object), evacuate(e.representative), evacuate(e.guardian)};
      bool young = is_young(e.object) || is_young(e.representative) || is_young(e.guardian);
      (young ? h.guardians_young : h.guardians_old).push(e);
      progress = true;
    }
    h.pending_hold.count = kept;
    kept = 0;
    count = h.pending_final.count;
    for (u64 i = 0; i < count; ++i) {
      GuardianEntry e = h.pending_final.items[i];
      if (!is_reached(e.guardian)) {
        h.pending_final.items[kept++] = e;
        continue;
      }
      enqueue(evacuate(e.guardian), evacuate(e.representative));
      progress = queued = true;
    }
    h.pending_final.count = kept;
    if (progress) trace_ephemerons();
  }
  h.pending_hold.count = h.pending_final.count = 0;  // their guardians are garbage
  if (queued && is_procedure(context().hooks[kHookInterrupt])) {
    __atomic_fetch_or(&context().interrupts, static_cast<u32>(kInterruptGuardian), __ATOMIC_RELAXED);
    trip_safepoint();
  }
}

/// A bucket without its unreached symbols. Pairs that others hold, or that lie in the image, end the search.
Value filter_bucket(Value list) {
  Value first = Null;
  u64* last = nullptr;
  while (is_pair(list) && is_from(list)) {
    u64* p = untagged(list);
    if (p[0] == kForwardMark) break;
    Value next{p[1]};
    if (is_reached(Value{p[0]})) {
      u64* copy = allocate_copy(Age::Old, StorageClass::Pairs, 2);
      copy[0] = evacuate(Value{p[0]}).bits;
      Value cell{reinterpret_cast<u64>(copy) | kTagPair};
      (last ? last[1] : first.bits) = cell.bits;
      last = copy;
    }
    list = next;
  }
  (last ? last[1] : first.bits) = evacuate(list).bits;
  return first;
}

void sweep_symbol_table() {
  HeapState& h = heap();
  Value table = h.held_symbol_table;
  if (!is_reference(table)) return;
  table = evacuate(table);
  context().roots[kRootSymbolTable] = table;
  for (u64 i = 0, n = length_of(table); i < n; ++i) {
    Value& bucket = slot(table, static_cast<i64>(1 + i));
    Value fresh = filter_bucket(bucket);
    if (fresh != bucket) {
      bucket = fresh;
      if (!in_heap(table.bits)) mark_card(&bucket);
    }
  }
  drain();
}

}  // namespace

void note_weak_pair(u64* p) {
  Value v{p[1]};
  if (is_from(v)) heap().weak_pairs.push(as_typed(p));
  else visit_anywhere(reinterpret_cast<Value*>(p + 1));  // for the card only
}

void note_ephemeron(u64* p) {
  Value key{p[1]};
  if (is_reached(key)) {
    visit_anywhere(reinterpret_cast<Value*>(p + 1));
    visit_anywhere(reinterpret_cast<Value*>(p + 2));
  } else {
    heap().ephemerons.push(as_typed(p));
  }
}

void finish_weak() {
  HeapState& h = heap();
  trace_ephemerons();
  trace_guardians();
  if (h.full) sweep_symbol_table();
  for (u64 i = 0; i < h.ephemerons.count; ++i) {
    Value e = h.ephemerons.items[i];
    word(e, 0) |= kHeaderFlag0;
    slot(e, 1) = slot(e, 2) = Value{kDeleted};
  }
  h.ephemerons.count = 0;
  for (u64 i = 0; i < h.weak_pairs.count; ++i) {
    Value p = h.weak_pairs.items[i];
    if (is_reached(slot(p, 1))) visit_anywhere(&slot(p, 1));
    else slot(p, 1) = Value{kDeleted};
  }
  h.weak_pairs.count = 0;
}

}  // namespace loko::memory
