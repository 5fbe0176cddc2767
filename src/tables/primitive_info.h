// SPDX-License-Identifier: MIT
//
// What the compiler knows of each primitive. The rows are generated from tables/primitives/*.scm by
// tools/tablegen into primitives.h (the enum PrimitiveId, X-macro LOKO_PRIMITIVES) and primitives.cpp.
#pragma once

#include <string_view>

#include "tables/abi.h"

namespace loko {

/// Argument and result types of the tables, as bit sets (type recovery joins them with |).
enum TypeBits : u32 {
  kTypeFixnum = 1, kTypeFlonum = 2, kTypeBignum = 4, kTypeRatnum = 8, kTypeCompnum = 16,
  kTypeChar = 32, kTypeTrue = 64, kTypeFalse = 128, kTypeNull = 256, kTypePair = 512, kTypeSymbol = 1024,
  kTypeMutableString = 2048, kTypeMutableVector = 4096, kTypeMutableBytevector = 8192, kTypeProcedure = 1 << 14, kTypeRecord = 1 << 15,
  kTypeBox = 1 << 16, kTypeEof = 1 << 17, kTypeVoid = 1 << 18, kTypeOther = 1 << 19,
  kTypeImmutableString = 1 << 20, kTypeImmutableVector = 1 << 21, kTypeImmutableBytevector = 1 << 22,  // literals
  kTypeString = kTypeMutableString | kTypeImmutableString,
  kTypeVector = kTypeMutableVector | kTypeImmutableVector,
  kTypeBytevector = kTypeMutableBytevector | kTypeImmutableBytevector,
  kTypeInteger = kTypeFixnum | kTypeBignum,             // exact integers
  kTypeRational = kTypeInteger | kTypeRatnum,           // exact rationals
  kTypeReal = kTypeRational | kTypeFlonum,
  kTypeNumber = kTypeReal | kTypeCompnum,
  kTypeBoolean = kTypeTrue | kTypeFalse,
  kTypeList = kTypeNull | kTypePair,
  kTypeAny = (1 << 23) - 1
};

enum EffectBits : u8 { kEffectReads = 1, kEffectWrites = 2, kEffectAllocates = 4, kEffectCalls = 8, kEffectRaises = 16 };

enum class Lowering : u8 {
  Low,       // a template of low/expand_primitives, named by `target`
  Runtime,   // a C++ function in the entry table, at index `entry`
  Compiler,  // same, but registered at start by the compiler; absent from programs without eval
  Stub       // an entry of the stub table
};

struct PrimitiveInfo {
  const char* name;
  u8 min_args;
  u8 max_args;            // kManyArgs: any number
  Lowering lowering;
  u8 effects;
  bool fold;
  i32 length;             // the argument that is the length of the result, which is a sequence; or -1
  u16 entry;              // index in Context::entries (Runtime, Compiler, Stub)
  const char* target;     // template or C++ function name
  u32 gives;              // TypeBits of the result
  u32 takes[6];           // TypeBits of the arguments; a rest argument repeats the last
  const char* takes_names[6];
  const char* doc;
};
inline constexpr u8 kManyArgs = 255;

}  // namespace loko
