// SPDX-License-Identifier: MIT
//
// Snapshots: what a procedure can reach, as words for another process that runs the same code (docs/adr/0017). Unlike messages
// (fasl_format.h) they contain addresses, of code and of static objects, and travel only between a process and its own forks.
//
// A snapshot is a bytevector of 64-bit words:
//   magic, number of objects, number of slots, the root
//   for each slot: its address, its value
//   for each object: SnapshotKind | words of the payload << 8, payload
// A word of a value is the value itself if it is immediate or refers to code or to data that no program changes; else it
// is a reference with kSnapshotObject set, whose address is 8 times the number of an object.
//
// The reach table (src/image/reach_table.h) is a bytevector of 32-bit words:
//   number of code objects; for each, in the order of addresses: its checked entry, the index of its list in this table
//   lists: number of slots (kReachesAll: it evaluates forms), number of code objects, slots (addresses), code objects (their numbers)
#pragma once

#include "tables/abi.h"

namespace loko {

inline constexpr u64 kSnapshotMagic = 0x31504e534f4b4f4c;   // "LOKOSNP1"
inline constexpr u64 kSnapshotHeaderWords = 4;
inline constexpr u64 kSnapshotObject = u64{1} << 62;
inline constexpr unsigned kSnapshotPayloadShift = 8;
inline constexpr u32 kReachesAll = ~u32{0};
inline constexpr u64 kMostSnapshotObjects = 20000;
inline constexpr u64 kMostSnapshotWords = u64{1} << 17;

enum class SnapshotKind : u8 {
  Pair,        // car, cdr
  Procedure,   // entry, values of the free variables
  Typed,       // header; one word of header, the others values
  Raw,         // header; one word of header, the others bytes
  Record,      // rtd, fields
  SharedType,  // an rtd with a uid: rtd, fields
  Symbol,      // an interned one: header of the name, its bytes
  InPlace,     // a static object: its address | its first word that is a value, the end of these; all its words
};

}  // namespace loko
