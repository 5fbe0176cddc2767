// SPDX-License-Identifier: MIT
//
// The shape of heap objects as the image writer walks them: how many words, which of them are values.
#pragma once

#include "runtime/image_start.h"
#include "tables/abi.h"

namespace loko::image {

/// Where the object belongs, how large it is and which words [first_value, end_value) are values.
/// word 0 of records (the rtd) counts as a value; entry words of procedures do not.
struct Shape {
  StorageClass storage;
  u64 words;
  u64 first_value, end_value;
  bool belongs_to_process = false;   // must not be dumped
};

/// The shape of a pair, procedure or typed object.
inline Shape shape_of(Value v) {
  auto padded = [](u64 bytes) { return 1 + (bytes ? (bytes + 7) / 8 : 1); };
  switch (tag(v)) {
    case kTagPair: return {StorageClass::Pairs, 2, 0, 2};
    case kTagProcedure: {
      u64 n = code_header(word(v, 0))->nfree;
      u64 words = 1 + (n ? n : 1);
      return {StorageClass::Procedures, words, 1, 1 + n};
    }
    default: break;
  }
  u64 h = header(v);
  if (header_is_rtd(h)) {
    u64 n = static_cast<u64>(fixnum_value(slot(Value{h}, 1 + kRtdSize)));
    return {StorageClass::Typed, 1 + (n ? n : 1), 0, 1 + (n ? n : 1)};
  }
  u64 n = header_length(h);
  switch (header_kind(h)) {
    case Kind::Vector:
    case Kind::ImmutableVector:
    case Kind::CodeInfo: return {StorageClass::Typed, 1 + (n ? n : 1), 1, 1 + n};
    case Kind::String1:
    case Kind::ImmutableString1: return {StorageClass::Raw, padded(n), 0, 0};
    case Kind::String4:
    case Kind::ImmutableString4: return {StorageClass::Raw, padded(4 * n), 0, 0};
    case Kind::StringWide: return {StorageClass::Typed, padded(n), 1, 2};
    case Kind::Bytevector:
    case Kind::ImmutableBytevector: return {StorageClass::Raw, padded(n), 0, 0};
    case Kind::Symbol: return {StorageClass::Typed, 3, 1, 3};
    case Kind::Bignum: return {StorageClass::Raw, 1 + n, 0, 0};
    case Kind::Flonum: return {StorageClass::Raw, 2, 0, 0};
    case Kind::Ratnum:
    case Kind::Compnum:
    case Kind::WeakPair:
    case Kind::Ephemeron: return {StorageClass::Typed, 3, 1, 3};
    case Kind::Box: return {StorageClass::Typed, 2, 1, 2};
    case Kind::Syntax: return {StorageClass::Typed, 5, 1, 5};
    default: return {StorageClass::Typed, 2, 0, 0, true};
  }
}

}  // namespace loko::image
