// SPDX-License-Identifier: MIT
//
// All published code objects with their relocations, for the image writer (which moves code and finds what it
// reaches) and for callers of other units' code. It can be written into the image of `loko` and loaded again.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "tables/abi.h"

namespace loko::x64 {

enum class RelocationKind : u8 {
  Slot32,     // absolute address of a slot (constant, global, CodeInfo); target: that address
  Rel32,      // call or jump to code, relative to the end of the field; target: the address called
  Closure32,  // static closure, tagged, or a place near it; target: the entry of its code
  Own32,      // absolute place inside the same code object; target: that place
  Entry,      // no field: the code uses the C++ function at this index of the entry table
};

/// Does the field name a place in code (of this or another code object)?
inline bool refers_to_code(RelocationKind k) { return k != RelocationKind::Slot32 && k != RelocationKind::Entry; }

/// A 4-byte field of the code that changes when something moves.
struct Relocation {
  u32 offset;            // from the checked entry
  RelocationKind kind;
  u64 target;            // its meaning at present addresses
};

/// From this offset on (from the checked entry), code comes from this place (line << 10 | column) of the procedure's
/// file; 0: from elsewhere. `frame_words` of frame lie above the return address.
struct LineMark {
  u32 offset;
  u32 place;
  u32 frame_words;
};

inline constexpr u64 kCacheLine = 64;
/// Where a code object (its header) starts that is placed after `end`.
inline constexpr u64 place_of_code(u64 end, bool aligned) {
  u64 unit = aligned ? kCacheLine : 16;
  return ((end + sizeof(CodeHeader) + unit - 1) & ~(unit - 1)) - sizeof(CodeHeader);
}

/// One code object.
struct CodeRecord {
  u64 entry = 0;                          // its checked entry; the CodeHeader is before it. 0: a free record
  bool collectable = false;               // the collector frees it
  bool aligned = false;                   // the entry starts a cache line, wherever the code is placed
  std::vector<LineMark> lines;            // of code that this process compiled, in order
  std::vector<Relocation> relocations;
  u64 size() const { return code_header(entry)->size; }   // bytes from the entry on
};

/// The registry of a process.
class CodeRegistry {
 public:
  /// Index of the next code object, for its header.
  u32 next_index() const { return free_.empty() ? static_cast<u32>(records_.size()) : free_.back(); }
  void add(CodeRecord record);
  /// Forgets the code objects that begin in the range.
  void remove(u64 start, u64 end);
  /// The record of a checked entry, or null.
  const CodeRecord* find(u64 entry) const;
  /// The checked entry of the code object that contains the address (header included), or 0.
  u64 containing_entry(u64 address) const;
  /// All records, also free ones.
  const std::vector<CodeRecord>& all() const { return records_; }
  std::vector<u8> serialize() const;
  /// Adds what serialize() wrote. False if the bytes make no sense.
  bool load(const u8* bytes, std::size_t size);
  bool load(const std::vector<u8>& bytes) { return load(bytes.data(), bytes.size()); }

 private:
  std::vector<CodeRecord> records_;
  std::vector<u32> free_;         // indices of records that are not used
  std::map<u64, u32> by_entry_;
};

/// The registry of this process (code is published once for all heaps of a process).
CodeRegistry& registry();

}  // namespace loko::x64
