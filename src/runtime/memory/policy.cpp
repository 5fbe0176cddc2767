// SPDX-License-Identifier: MIT
//
// When the collector does what: the nursery's size, ageing, the next full collection, how much memory is kept.
#include "os/platform.h"
#include "runtime/memory/heap_state.h"

namespace loko::memory {

u64 monotonic_nanoseconds() {
  constexpr u64 kMonotonic = 1;
  u64 time[2] = {};
  os::read_clock(kMonotonic, time);
  return time[0] * 1000000000 + time[1];
}

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

// What dies at once is best allocated where the cache has room for it. What lives a little longer wants more time to die
// before it is copied, and each collection costs something by itself (cards of old segments). So the nursery becomes narrow
// when hardly anything has survived several collections, and wide at once when more does.
void adapt_nursery(u64 survived) {
  constexpr u64 kFew = kCachedNurseryBytes / 64, kMany = kCachedNurseryBytes / 32, kManyUnits = 256;
  HeapState& h = heap();
  const bool narrow = h.few_survived == kFewInTurn;
  if (survived > (narrow ? kMany : kFew) || h.old_units > kManyUnits) h.few_survived = 0;
  else if (!narrow) ++h.few_survived;
}

// Ageing copies each survivor once more. When nearly all that was aged survives again, the next collections do without:
// three, then twice as many each time.
void adapt_ageing(u64 aged, u64 promoted) {
  constexpr u32 kFirst = 3, kMost = 12;
  HeapState& h = heap();
  if (h.unaged) {
    --h.unaged;
  } else if (aged > kNurseryBytes / 4 && promoted > aged / 8 * 7) {
    h.unaged = h.unaged_next ? h.unaged_next : kFirst;
    h.unaged_next = 2 * h.unaged < kMost ? 2 * h.unaged : kMost;
  } else if (aged > kNurseryBytes / 64) {
    h.unaged_next = kFirst;
  }
}

// The old generation may double, and reach 64 MB before the first full collection. What grows slowly, as a server does with every connection
// that lived through two collections, would hold that for ever. A scheduler asks between two steps, so that programs without one collect
// at the same places each time.
void collect_if_worthwhile() {
  constexpr u64 kSlack = u64{4} << 20, kBytesPerNanosecond = 1, kShare = 64;   // at most 1/64 of the time
  HeapState& h = heap();
  const u64 old = (h.old_units + h.old_large_units) << kUnitShift;
  if (h.collect_full || old <= h.live / 4 * 5 + kSlack) return;
  const u64 now = monotonic_nanoseconds();
  if (h.full_ended == 0) h.full_ended = now;
  if ((now - h.full_ended) / kShare < old / kBytesPerNanosecond) return;
  h.collect_full = true;
  trip_safepoint();
}

// A collection that finds hardly any garbage in a growing heap is wasted. After it the heap may grow further, and the next
// one marks in place and needs no room for copies: either way memory stays below three times what lives.
void after_full(u64 before, u64 live) {
  HeapState& h = heap();
  constexpr u64 kReserve = u64{16} << 20;
  h.live = (h.old_units + h.old_large_units) << kUnitShift;
  h.dense = live >= before / 4 * 3;
  u64 next = live >= before / 8 * 7 ? 3 * live : 2 * live;
  if (next < kMinFullBytes) next = kMinFullBytes;
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

}  // namespace loko::memory
