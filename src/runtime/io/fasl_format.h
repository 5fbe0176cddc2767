// SPDX-License-Identifier: MIT
//
// The binary form of data, version 1 (docs/reference/fasl.md): what encoder and decoder share. A datum is a tag byte
// and what belongs to it; numbers are little-endian base-128 ("varint"). Nothing in it is an address.
#pragma once

#include "tables/abi.h"

namespace loko::fasl {

inline constexpr u8 kMagic[4] = {0xb1, 'L', 'K', 'F'};
inline constexpr u8 kVersion = 1;
inline constexpr u64 kHeaderBytes = 16;  // magic, version, three zeros, length of what follows as 64 bits

enum Tag : u8 {
  kDatumFalse, kDatumTrue, kDatumNull, kDatumEof, kDatumVoid, kDatumDefault,
  kDatumChar,             // varint: scalar value
  kDatumFixnum,           // varint, zigzag
  kDatumBignum,           // varint: limbs * 2 + negative; limbs
  kDatumRatnum,           // two exact integers
  kDatumFlonum,           // 8 bytes
  kDatumCompnum,          // two real numbers
  kDatumString1,          // varint: length; Latin-1
  kDatumString4,          // varint: length; 32-bit scalar values
  kDatumSymbol,           // varint: bytes; UTF-8
  kDatumUninterned,       // varint: bytes; UTF-8
  kDatumBytevector,       // varint: length; bytes
  kDatumVector,           // varint: length; elements
  kDatumList,             // varint: n; n elements, proper
  kDatumDotted,           // varint: n; n elements, the tail
  kDatumBox,              // datum
  kDatumHashtable,        // kind, mutable; varint: n; n keys and values
  kDatumRecordType,       // a record of a new type, which gets the next number; uninterned, uid, name, fields; the fields
  kDatumRecord,           // varint: number of the type; fields
  kDatumShared,           // the next datum gets the next number
  kDatumReference,        // varint: number of a datum
  kDatumExternal,         // varint: index in what travels beside the message
  kDatumRun,              // no datum, but several elements: log2 of the width in bytes (0 … 3); varint: n; n signed fixnums
  kTagCount,
  kSmall = 0x80      // 0x80 … 0xff: the fixnums -16 … 111
};
inline constexpr i64 kSmallBias = 16, kSmallMax = 111;

/// A run of fixnums: so many of one width. Shorter ones are written one by one; a longer one is several.
inline constexpr u64 kRunLeast = 8, kRunMost = 1024;

/// The kinds of tables are their types (runtime/data/hash_tables.h) and behind them the known pairs of procedures.
inline constexpr i64 kTableKnown = 5;

/// What the library passes beside the datum: a vector.
enum Environment : int {
  kEnvTableRtd = 1,   // the rtd of hash tables
  kEnvKnown,          // vector: hash function, equivalence, hash function, …
  kEnvTypes,          // list of the nongenerative rtds
  kEnvExternals,      // encoding: list of rtds whose records travel beside; decoding: vector of what came
  kEnvBeside          // encoding: bytevectors of at least so many bytes, and shared ones, travel beside; #f: none
};

}  // namespace loko::fasl
