// SPDX-License-Identifier: MIT
//
// Physical memory in pages and blocks of 2 MB, the areas of the process, and its page tables, filled on first touch:
// by whole blocks while memory is plentiful, else sixteen pages at a time.
// INVARIANT(entries): an entry that owns memory has kOwned, present or not (protection "none" keeps the contents).
#include "os/pc/kernel.h"

namespace loko::pc {

namespace {

constexpr u64 kPresent = 1, kWritable = 2, kUser = 4, kLarge = 0x80, kOwned = 0x200, kNoExecute = u64{1} << 63;
constexpr u64 kAddressMask = 0x000ffffffffff000;
constexpr u64 kPlenty = (u64{64} << 20) / kPage, kBatch = 16;  // free pages, above which blocks are used; else so many
constexpr i64 kENoMem = -12, kEExist = -17, kEInval = -22;
constexpr u64 kMapFixed = 0x10, kMapFixedNoReplace = 0x100000;
constexpr u32 kRead = 1, kWrite = 2, kExec = 4;

u64 up(u64 a, u64 unit = kPage) { return (a + unit - 1) & ~(unit - 1); }
u64 down(u64 a, u64 unit = kPage) { return a & ~(unit - 1); }

void add_range(Range* list, u32* count, u64 start, u64 end) {
  if (start < end && *count < 64) {
    list[(*count)++] = {start, end};
    kernel().free_pages += (end - start) / kPage;
  }
}

/// One piece of free memory: whole blocks apart from what does not fill one.
void add_free(u64 start, u64 end) {
  Kernel& k = kernel();
  u64 first = up(start, kBlock), last = down(end, kBlock);
  if (first >= last) return add_range(k.small, &k.small_count, start, end);
  add_range(k.small, &k.small_count, start, first);
  add_range(k.large, &k.large_count, first, last);
  add_range(k.small, &k.small_count, last, end);
}

void add_without(u64 start, u64 end, const Range* taken, u32 count) {
  for (u32 i = 0; i < count; ++i) {
    if (taken[i].start >= end || taken[i].end <= start) continue;
    add_without(start, down(taken[i].start), taken + i + 1, count - i - 1);
    start = up(taken[i].end);
  }
  if (start < end) add_free(start, end);
}

u64 take_block_raw() {
  Kernel& k = kernel();
  u64 block = k.free_block;
  if (block) {
    k.free_block = *physical<u64>(block);
  } else {
    while (k.large_count && k.large[k.large_count - 1].start == k.large[k.large_count - 1].end) --k.large_count;
    if (!k.large_count) return 0;
    Range& r = k.large[k.large_count - 1];
    block = r.start;
    r.start += kBlock;
  }
  k.free_pages -= kBlock / kPage;
  return block;
}

void give_page(u64 page) {
  *physical<u64>(page) = kernel().free_page;
  kernel().free_page = page;
  ++kernel().free_pages;
}

void give_block(u64 block) {
  *physical<u64>(block) = kernel().free_block;
  kernel().free_block = block;
  kernel().free_pages += kBlock / kPage;
}

void flush() { asm volatile("mov %%cr3, %%rax; mov %%rax, %%cr3" : : : "rax", "memory"); }

u64 flags_of(u32 protection) {
  if (!(protection & (kRead | kWrite | kExec))) return kOwned;
  return kOwned | kPresent | kUser | (protection & kWrite ? kWritable : 0) | (protection & kExec ? 0 : kNoExecute);
}

/// The entry of the lowest directory (of 2 MB pages) for an address, with its tables made; null without memory.
u64* directory_entry(u64 address) {
  u64* table = physical<u64>(kernel().tables);
  for (int shift = 39;; shift -= 9) {
    u64* entry = table + (address >> shift & 511);
    if (shift == 21) return entry;
    if (!*entry) {
      u64 page = take_page();
      if (!page) return nullptr;
      *entry = page | kPresent | kWritable | kUser;
    }
    table = physical<u64>(*entry & kAddressMask);
  }
}

/// The table of pages below a directory entry, made if need be; a large page is split.
u64* page_table(u64* directory) {
  if (*directory && !(*directory & kLarge)) return physical<u64>(*directory & kAddressMask);
  u64 page = take_page();
  if (!page) return nullptr;
  u64* table = physical<u64>(page);
  if (*directory)
    for (u64 i = 0; i < 512; ++i) table[i] = (*directory & ~kLarge) + i * kPage;
  *directory = page | kPresent | kWritable | kUser;
  return table;
}

/// Calls f(entry, size) for every owned page or block in [start, end); blocks that are partly inside are split.
template <class F> bool for_each_page(u64 start, u64 end, F f) {
  for (u64 at = start; at < end;) {
    u64* table = physical<u64>(kernel().tables);
    u64* entry = nullptr;
    int shift = 39;
    for (;; shift -= 9) {
      entry = table + (at >> shift & 511);
      if (!*entry || shift == 21) break;
      table = physical<u64>(*entry & kAddressMask);
    }
    u64 next = down(at, u64{1} << shift) + (u64{1} << shift);
    if (*entry && (*entry & kLarge) && at == down(at, kBlock) && next <= end) {
      f(*entry, kBlock);
    } else if (*entry) {
      table = page_table(entry);
      if (!table) return false;
      for (; at < end && at < next; at += kPage)
        if (table[at >> 12 & 511]) f(table[at >> 12 & 511], kPage);
    }
    at = next;
  }
  return true;
}

bool release(u64 start, u64 end) {
  bool any = false;
  bool done = for_each_page(start, end, [&](u64& entry, u64 size) {
    u64 address = entry & kAddressMask;
    bool owned = entry & kOwned;
    entry = 0;
    any = true;
    if (!owned) return;
    if (size == kBlock) give_block(address);
    else give_page(address);
  });
  if (any) flush();
  return done;
}

u32 area_after(u64 address) {  // the first area that ends above the address
  Kernel& k = kernel();
  u32 low = 0, high = k.area_count;
  while (low < high) {
    u32 middle = (low + high) / 2;
    if (k.areas[middle].end > address) high = middle;
    else low = middle + 1;
  }
  return low;
}

void insert_area(u32 at, Area area) {
  Kernel& k = kernel();
  for (u32 i = k.area_count++; i > at; --i) k.areas[i] = k.areas[i - 1];
  k.areas[at] = area;
}

void remove_areas(u32 at, u32 count) {
  Kernel& k = kernel();
  k.area_count -= count;
  for (u32 i = at; i < k.area_count; ++i) k.areas[i] = k.areas[i + count];
}

bool overlaps(u64 start, u64 end) {
  u32 i = area_after(start);
  return i < kernel().area_count && kernel().areas[i].start < end;
}

/// The highest gap of this size; large ones begin at blocks.
u64 find_gap(u64 bytes) {
  Kernel& k = kernel();
  u64 unit = bytes >= kBlock ? kBlock : kPage, top = u64{0x7ff000000000};
  for (u32 i = k.area_count;; --i) {
    u64 floor = i ? k.areas[i - 1].end : u64{1} << 32;
    if (top > floor && top - floor >= bytes) {
      u64 start = down(top - bytes, unit);
      if (start >= floor) return start;
    }
    if (!i) return 0;
    if (k.areas[i - 1].start < top) top = k.areas[i - 1].start;
  }
}

}  // namespace

void add_memory(const Range* usable, u32 usable_count, const Range* taken, u32 taken_count) {
  Kernel& k = kernel();
  constexpr u64 kFirst = u64{4} << 30;  // boot.S mapped these
  for (u32 i = 0; i < usable_count; ++i) {
    u64 start = up(usable[i].start), end = down(usable[i].end);
    if (end > kFirst) end = start < kFirst ? kFirst : start;
    if (start < end) add_without(start, end, taken, taken_count);
  }
  u64* upper = physical<u64>(kTablesPlace + 0x1000);
  for (u32 i = 0; i < usable_count; ++i) {
    u64 start = up(usable[i].start), end = down(usable[i].end);
    if (start < kFirst) start = kFirst;
    if (end > u64{510} << 30) end = u64{510} << 30;
    if (start >= end) continue;
    for (u64 g = start >> 30; g <= (end - 1) >> 30; ++g) {
      if (upper[g]) continue;
      u64 page = take_page();
      if (!page) panic("too little memory for page tables");
      for (u64 j = 0; j < 512; ++j) physical<u64>(page)[j] = (g << 30) + j * kBlock + (kLarge | kWritable | kPresent);
      upper[g] = page | kWritable | kPresent;
    }
    add_without(start, end, taken, taken_count);
  }
  k.total_bytes = k.free_pages * kPage;
}

u64 take_page() {
  Kernel& k = kernel();
  u64 page = k.free_page;
  if (page) {
    k.free_page = *physical<u64>(page);
  } else {
    while (k.small_count && k.small[k.small_count - 1].start == k.small[k.small_count - 1].end) --k.small_count;
    if (!k.small_count) {
      u64 block = take_block_raw();
      if (!block) return 0;
      add_range(k.small, &k.small_count, block, block + kBlock);
    }
    Range& r = k.small[k.small_count - 1];
    page = r.start;
    r.start += kPage;
  }
  --k.free_pages;
  clear_page(physical<u64>(page));
  return page;
}

void map_page(u64 address, u64 page, u32 protection) {
  u64* directory = directory_entry(address);
  u64* table = directory ? page_table(directory) : nullptr;
  if (!table) panic("too little memory for the program");
  table[address >> 12 & 511] = page | flags_of(protection);
}

bool set_area(u64 start, u64 end, u32 protection) {
  Kernel& k = kernel();
  if (k.area_count > 1020) return false;
  const u64 cuts[] = {start, end};
  for (u64 cut : cuts) {
    u32 i = area_after(cut);
    if (i == k.area_count || k.areas[i].start >= cut) continue;
    insert_area(i, {k.areas[i].start, cut, k.areas[i].protection});
    k.areas[i + 1].start = cut;
  }
  u32 first = area_after(start), last = first;
  while (last < k.area_count && k.areas[last].start < end) ++last;
  remove_areas(first, last - first);
  if (protection == kUnmapped) return true;
  insert_area(first, {start, end, protection});
  auto join = [&](u32 i) {  // with the next one
    if (i + 1 >= k.area_count || k.areas[i].end != k.areas[i + 1].start || k.areas[i].protection != k.areas[i + 1].protection) return;
    k.areas[i].end = k.areas[i + 1].end;
    remove_areas(i + 1, 1);
  };
  join(first);
  if (first) join(first - 1);
  return true;
}

bool covered(u64 address, u64 bytes, u32 protection) {
  Kernel& k = kernel();
  if (bytes == 0) return true;
  if (address + bytes < address || address + bytes > kUserTop) return false;
  for (u32 i = area_after(address); i < k.area_count && k.areas[i].start <= address; ++i) {
    if (~k.areas[i].protection & protection) return false;
    if (k.areas[i].end >= address + bytes) return true;
    bytes -= k.areas[i].end - address;
    address = k.areas[i].end;
  }
  return false;
}

bool resolve_fault(u64 address, u64 error) {
  Kernel& k = kernel();
  u32 i = area_after(address);
  if (i == k.area_count || k.areas[i].start > address) return false;
  Area area = k.areas[i];
  u32 wanted = error & 16 ? kExec : error & 2 ? kWrite : kRead | kWrite | kExec;
  if (!(area.protection & wanted)) return false;
  u64* directory = directory_entry(address);
  if (!directory) panic("out of memory");
  u64 block = down(address, kBlock), flags = flags_of(area.protection);
  if (!*directory && area.start <= block && block + kBlock <= area.end && k.free_pages > kPlenty) {
    if (u64 memory = take_block_raw()) {
      for (u64 at = memory; at < memory + kBlock; at += kPage) clear_page(physical<u64>(at));
      *directory = memory | flags | kLarge;
      return true;
    }
  }
  if (*directory & kLarge) {
    *directory = (*directory & kAddressMask) | flags | kLarge;
    flush();
    return true;
  }
  u64* table = page_table(directory);
  u64 start = down(address, kBatch * kPage), end = start + kBatch * kPage;
  if (start < area.start) start = area.start;
  if (end > area.end) end = area.end;
  for (u64 at = start; table && at < end; at += kPage) {
    u64& entry = table[at >> 12 & 511];
    if (entry) {
      entry = (entry & (kAddressMask | kOwned)) | (flags & ~kOwned);
      asm volatile("invlpg (%0)" : : "r"(at) : "memory");
    } else if (u64 page = k.free_pages > kBatch || at == down(address) ? take_page() : 0) {
      entry = page | flags;
    } else if (at == down(address)) {
      table = nullptr;
    }
  }
  if (!table) panic("out of memory");
  return true;
}

i64 call_mmap(u64 address, u64 bytes, u32 protection, u64 flags, u64 physical_place) {
  if (bytes == 0 || bytes > kUserTop) return kEInval;
  bytes = up(bytes);
  if (flags & (kMapFixed | kMapFixedNoReplace)) {
    if ((address & (kPage - 1)) || address < kPage || address > kUserTop - bytes) return kEInval;
    if (overlaps(address, address + bytes)) {
      if (flags & kMapFixedNoReplace) return kEExist;
      if (!release(address, address + bytes)) return kENoMem;
    }
  } else {
    address = find_gap(bytes);
    if (!address) return kENoMem;
  }
  if (!set_area(address, address + bytes, protection & 7)) return kENoMem;
  for (u64 at = 0; physical_place != kAnonymous && at < bytes; at += kPage) {
    u64* directory = directory_entry(address + at);
    u64* table = directory ? page_table(directory) : nullptr;
    if (!table) return kENoMem;
    table[(address + at) >> 12 & 511] = (physical_place + at) | (flags_of(protection & 7) & ~kOwned);
  }
  return static_cast<i64>(address);
}

i64 call_munmap(u64 address, u64 bytes) {
  if ((address & (kPage - 1)) || bytes == 0 || address > kUserTop || bytes > kUserTop - address) return kEInval;
  bytes = up(bytes);
  return set_area(address, address + bytes, kUnmapped) && release(address, address + bytes) ? 0 : kENoMem;
}

i64 call_mprotect(u64 address, u64 bytes, u32 protection) {
  if (address & (kPage - 1)) return kEInval;
  bytes = up(bytes);
  if (!covered(address, bytes, 0)) return kENoMem;
  if (bytes == 0) return 0;
  if (!set_area(address, address + bytes, protection & 7)) return kENoMem;
  u64 flags = flags_of(protection);
  bool any = false;
  bool done = for_each_page(address, address + bytes, [&](u64& entry, u64 size) {
    entry = (entry & (kAddressMask | kOwned)) | (flags & ~kOwned) | (size == kBlock ? kLarge : 0);
    any = true;
  });
  if (any) flush();
  return done ? 0 : kENoMem;
}

i64 call_madvise(u64 address, u64 bytes, u64 advice) {
  constexpr u64 kDontNeed = 4;
  if (advice != kDontNeed) return 0;
  if (address & (kPage - 1)) return kEInval;
  bytes = up(bytes);
  if (!covered(address, bytes, 0)) return kENoMem;
  return release(address, address + bytes) ? 0 : kENoMem;
}

u64 call_brk(u64 address) {
  Kernel& k = kernel();
  if (address < k.brk_start) return k.brk;
  u64 from = up(k.brk), to = up(address);
  if (to > from) {
    if (overlaps(from, to) || !set_area(from, to, kRead | kWrite)) return k.brk;
  } else if (to < from) {
    call_munmap(to, from - to);
  }
  return k.brk = address;
}

}  // namespace loko::pc
