// SPDX-License-Identifier: MIT
//
// The address map and the units of the heap. Everything is reserved at start without access; what is used
// is made readable and writable in steps of 4 MB.
#include "os/platform.h"
#include "runtime/memory/heap_state.h"

namespace loko::memory {

namespace {

constexpr u64 kPage = 4096;
constexpr u64 kCommitUnits = 16;

u64 page_up(u64 a) { return (a + kPage - 1) & ~(kPage - 1); }

/// Maps [start, end) with this protection, except what the kernel has mapped there of the image.
bool map_region(u64 start, u64 end, int protection) {
  return start >= end || os::map_memory(start, end - start, protection) == static_cast<i64>(start);
}

}  // namespace

[[noreturn]] void out_of_memory(u64 bytes) {
  constexpr int kInternalFailure = 70;   // EX_SOFTWARE
  os::ErrorText text;
  (text << "loko: out of memory: can't get " << bytes << " more bytes; the heap has " << (heap().used_units << kUnitShift)
        << " bytes").fatal(heap().exhausted_status ? heap().exhausted_status : kInternalFailure);
}

void* map_pages(u64 bytes) {
  i64 r = os::map_memory(0, page_up(bytes), os::kProtRead | os::kProtWrite);
  if (r < 0 && r > -4096) out_of_memory(bytes);
  return reinterpret_cast<void*>(r);
}

void unmap_pages(void* pages, u64 bytes) { os::system_call(os::kSysMunmap, reinterpret_cast<u64>(pages), page_up(bytes)); }

/// Reserves the regions of abi.h. The image, if there is one, is in its place already.
const char* reserve_address_map(u64 limit_bytes) {
  constexpr int kReadWrite = os::kProtRead | os::kProtWrite;
  if (!map_region(kContextBase, kSlotsEnd, kReadWrite)) return "the address range of the context and the slots is taken";
  const ImageHeader* image = find_image();
  u64 code = image ? page_up(image->code_end) : kImageCodeBase, data = image ? page_up(image->data_end) : kImageDataBase;
  if (!map_region(code, kImageCodeEnd, os::kProtNone)) return "the address range of code is taken";
  if (!map_region(data, kImageDataEnd, os::kProtNone)) return "the address range of static data is taken";
  if (!map_region(kCardsBase, kRunCodeBase, kReadWrite)) return "the address range of the cards is taken";
  if (!map_region(kRunCodeBase, kLowEnd, os::kProtNone)) return "the address range of run-time code is taken";
  HeapState& h = heap();
  u64 bytes = kHeapMax;
  while (os::map_memory(kHeapBase, bytes, os::kProtNone) != static_cast<i64>(kHeapBase)) {
    bytes /= 2;
    if (bytes < u64{16} << 20) return "the address range of the heap is taken or memory is too short";
  }
  h.unit_count = bytes >> kUnitShift;
  h.units = static_cast<Unit*>(map_pages(h.unit_count * sizeof(Unit)));
  h.flags = static_cast<u8*>(map_pages(h.unit_count));
  h.touched = static_cast<u8*>(map_pages(h.unit_count));
  h.first = static_cast<u16*>(map_pages(h.unit_count * kCardsPerUnit * sizeof(u16)));
  h.unit_top = 0;
  h.unit_hint = 1;  // unit 0 stays unused: it ends lists
  if (limit_bytes == 0) {
    u64 info[14] = {};  // struct sysinfo: totalram is the fifth word, mem_unit the u32 at byte 104
    os::system_call(os::kSysSysinfo, reinterpret_cast<u64>(info));
    u64 unit = static_cast<u32>(info[13]);
    limit_bytes = info[4] * (unit ? unit : 1) / 8 * 3;  // a full collection needs the live data twice
  }
  if (limit_bytes < u64{8} << 20) limit_bytes = u64{8} << 20;
  h.limit = limit_bytes;
  h.next_full = kMinFullBytes < limit_bytes / 2 ? kMinFullBytes : limit_bytes / 2;
  return nullptr;
}

u32 take_units(u64 n, bool* zeroed, Pages pages) {
  HeapState& h = heap();
  const bool any = pages == Pages::Any || h.poison;   // poisoned ones are never fresh
  // First fit. Free units below unit_top; units above are all free.
  u64 start = h.unit_hint;
  while (start < h.unit_top && h.units[start].space != Space::Free) ++start;
  h.unit_hint = start;
  u64 run = 0, at = start;
  while (at < h.unit_top && run < n) {
    if (h.units[at].space == Space::Free && (any || !h.touched[at])) {
      ++run;
      ++at;
    } else {
      run = 0;
      ++at;
      start = at;
    }
  }
  if (run < n) {
    u64 end = start + n;
    if (end > h.unit_count) out_of_memory(n << kUnitShift);
    if (end > h.unit_top) {
      u64 top = (end + kCommitUnits - 1) / kCommitUnits * kCommitUnits;
      if (top > h.unit_count) top = h.unit_count;
      if (os::mprotect(unit_start(h.unit_top), (top - h.unit_top) << kUnitShift, os::kProtRead | os::kProtWrite) < 0)
        out_of_memory(n << kUnitShift);
      h.unit_top = top;
    }
  }
  u8 touched = 0;
  for (u64 i = start; i < start + n; ++i) {
    h.units[i] = Unit{};
    h.flags[i] = kYoung;
    touched |= h.touched[i];
    h.touched[i] = 1;
  }
  if (zeroed) *zeroed = !touched;
  h.used_units += n;
  if (h.used_units > h.peak_units) h.peak_units = h.used_units;
  if (start == h.unit_hint) h.unit_hint = start + n;
  return static_cast<u32>(start);
}

void supply_pages(u64 start, u64 bytes) {
  constexpr u64 kPopulateWrite = 23;   // Linux 5.14; older ones say that they don't know it
  os::system_call(os::kSysMadvise, start, page_up(bytes), kPopulateWrite);
}

void release_units(u32 unit, u64 n) {
  HeapState& h = heap();
  if (h.units[unit].mapping != Mapping::None || h.units[unit].file) release_mapping(unit, n);
  for (u64 i = 0; i < n; ++i) h.units[unit + i] = Unit{}, h.flags[unit + i] = 0;
  if (h.poison) {
    u64* p = reinterpret_cast<u64*>(unit_start(unit));
    for (u64 i = 0; i < n << kUnitShift >> 3; ++i) p[i] = 0xdeadbeefdeadbee8;
    __builtin_memset(h.touched + unit, 1, n);   // also where release_mapping has given fresh pages
  }
  h.used_units -= n;
  if (unit < h.unit_hint) h.unit_hint = unit;
}

void clear_cards(u64 start, u64 end) {
  u8* from = &card_of(start);
  __builtin_memset(from, 0, static_cast<u64>(&card_of(end - 1) + 1 - from));
}

void trim_free_units() {
  HeapState& h = heap();
  // Fresh pages must be cleared, which costs as much as copying into them. So a heap that shrinks gives back a quarter
  // of its pages at each full collection, down to what the next one will want.
  u64 wanted = h.kept_units / 4 * 3;
  if (h.peak_units / 4 * 3 > wanted) wanted = h.peak_units / 4 * 3;
  u64 next = (h.next_full + (u64{16} << 20)) >> kUnitShift;
  if (next > wanted) wanted = next;
  h.kept_units = wanted;
  h.peak_units = h.used_units;
  u64 keep = wanted > h.used_units ? wanted - h.used_units : 0;
  for (u64 i = 1; i < h.unit_top;) {
    if (h.units[i].space != Space::Free) {
      ++i;
      continue;
    }
    u64 end = i;
    while (end < h.unit_top && h.units[end].space == Space::Free) ++end;
    if (end - i <= keep) {
      keep -= end - i;
    } else {
      u64 from = i + keep;
      keep = 0;
      if (os::system_call(os::kSysMadvise, unit_start(from), (end - from) << kUnitShift, os::kMadvDontNeed) == 0)
        __builtin_memset(h.touched + from, 0, end - from);
    }
    i = end;
  }
}

}  // namespace loko::memory

namespace loko {

namespace {

constexpr u64 kCodePage = 4096;

void protect_code(u64 address, u64 bytes, int protection) {
  u64 start = address & ~(kCodePage - 1), end = (address + bytes + kCodePage - 1) & ~(kCodePage - 1);
  if (os::mprotect(start, end - start, protection) < 0) memory::out_of_memory(end - start);
}

}  // namespace

u64 allocate_code(u64 bytes, bool in_image_region) {
  Context& c = context();
  u64& top = in_image_region ? c.image_code_top : c.run_code_top;
  u64 end = in_image_region ? kImageCodeEnd : kLowEnd;
  u64 start = (top + 15) & ~u64{15};
  if (bytes > end - start) return 0;
  top = start + bytes;
  protect_code(start, bytes, os::kProtRead | os::kProtWrite);
  return start;
}

void seal_code(u64 address, u64 bytes) { protect_code(address, bytes, os::kProtRead | os::kProtExec); }
void unseal_code(u64 address, u64 bytes) { protect_code(address, bytes, os::kProtRead | os::kProtWrite); }

}  // namespace loko
