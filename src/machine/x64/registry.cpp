// SPDX-License-Identifier: MIT
//
// The code registry. Serialized form: count, then per record the entry, the number of relocations and these
// as (offset << 3 | kind in one 32-bit word, target in 32 bits): all code and slots lie below 2 GiB. Entries are even: their lowest
// bit tells whether they are aligned to cache lines.
#include "machine/x64/registry.h"

#include <cstring>

namespace loko::x64 {

void CodeRegistry::add(CodeRecord record) {
  u32 index = next_index();
  by_entry_[record.entry] = index;
  if (index == records_.size()) {
    records_.push_back(std::move(record));
  } else {
    records_[index] = std::move(record);
    free_.pop_back();
  }
}

void CodeRegistry::remove(u64 start, u64 end) {
  auto first = by_entry_.lower_bound(start), last = by_entry_.lower_bound(end);
  for (auto it = first; it != last; ++it) {
    records_[it->second] = CodeRecord{};
    free_.push_back(it->second);
  }
  by_entry_.erase(first, last);
}

const CodeRecord* CodeRegistry::find(u64 entry) const {
  auto it = by_entry_.find(entry);
  return it == by_entry_.end() ? nullptr : &records_[it->second];
}

u64 CodeRegistry::containing_entry(u64 address) const {
  auto it = by_entry_.upper_bound(address + sizeof(CodeHeader));
  if (it == by_entry_.begin()) return 0;
  --it;
  u64 entry = it->first;
  return address < entry + code_header(entry)->size ? entry : 0;
}

std::vector<u8> CodeRegistry::serialize() const {
  std::vector<u8> out;
  auto put = [&](u64 n) {
    for (int shift = 0; shift < 32; shift += 8) out.push_back(static_cast<u8>(n >> shift));
  };
  put(by_entry_.size());
  for (const CodeRecord& r : records_) {
    if (!r.entry) continue;
    put(r.entry | (r.aligned ? 1 : 0));
    put(r.relocations.size());
    for (const Relocation& x : r.relocations) {
      put(u64{x.offset} << 3 | static_cast<u64>(x.kind));
      put(x.target);
    }
  }
  return out;
}

bool CodeRegistry::load(const u8* bytes, std::size_t size) {
  std::size_t at = 0;
  bool good = true;
  auto get = [&]() -> u32 {
    u32 word = 0;
    if (at + 4 > size) good = false;
    else memcpy(&word, bytes + at, 4), at += 4;
    return word;
  };
  u32 n = get();
  for (u32 i = 0; i < n && good; ++i) {
    CodeRecord r;
    u32 entry = get();
    r.entry = entry & ~u32{1};
    r.aligned = entry & 1;
    u32 m = get();
    if (!good || u64{m} * 8 > size - at) return false;
    r.relocations.resize(m);
    for (Relocation& x : r.relocations) {
      u32 word = get();
      x.offset = word >> 3;
      x.kind = static_cast<RelocationKind>(word & 7);
      x.target = get();
    }
    if (good) add(std::move(r));
  }
  return good && at == size;
}

CodeRegistry& registry() {
  static CodeRegistry* the_registry = new CodeRegistry;
  return *the_registry;
}

}  // namespace loko::x64
