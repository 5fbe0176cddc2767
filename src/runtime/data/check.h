// SPDX-License-Identifier: MIT
//
// Checks of arguments that the primitives of runtime/data share. Each raises &assertion with the public name
// and tells the caller to return RaiseMark.
#pragma once

#include "runtime/memory/heap.h"

namespace loko {

/// Lengths above this can never be had; asking for them is a restriction, not an exhausted heap.
inline constexpr u64 kMaxLength = u64{1} << 34;

inline Value raise_index(const char* who, Value index, Value object) {
  return raise_condition2("assertion", who, "index is out of range", index, object);
}
inline Value raise_type(const char* who, const char* expected, Value v) { return raise_assertion(who, expected, v); }

/// The error of a mutator of a string, vector or bytevector that is_immutable.
inline Value raise_immutable(const char* who, Value v) {
  return raise_assertion(who,
                         is_string(v)   ? "the string is immutable: a literal or the name of a symbol"
                         : is_vector(v) ? "the vector is an immutable literal"
                                        : "the bytevector is an immutable literal",
                         v);
}

inline constexpr const char* kExpectedString = "expected a string";
inline constexpr const char* kExpectedChar = "expected a character";
inline constexpr const char* kExpectedVector = "expected a vector";
inline constexpr const char* kExpectedBytevector = "expected a bytevector";
inline constexpr const char* kExpectedList = "expected a list";
inline constexpr const char* kExpectedSymbol = "expected a symbol";

/// Is v an index below length?
inline bool is_index(Value v, u64 length) { return is_fixnum(v) && (v.bits >> 3) < length && fixnum_value(v) >= 0; }

struct Range {
  u64 start;
  u64 end;
  u64 count() const { return end - start; }
};

/// Resolves optional start and end (kDefault: left out) in an object of `length` elements; false after raising.
inline bool take_range(const char* who, Value object, Value start, Value end, u64 length, Range& out) {
  out = {0, length};
  if (end != Default) {
    if (!is_index(end, length + 1)) return raise_index(who, end, object), false;
    out.end = static_cast<u64>(fixnum_value(end));
  }
  if (start != Default) {
    if (!is_index(start, out.end + 1)) return raise_index(who, start, object), false;
    out.start = static_cast<u64>(fixnum_value(start));
  }
  return true;
}

/// Does an object of `n` elements fit below the heap's limit? Raises if not; small ones are left to the collector.
inline bool check_room(const char* who, u64 n, u64 element_bytes) {
  constexpr u64 kSmall = u64{1} << 20;
  if (n <= kSmall || allocation_fits(n * element_bytes)) return true;
  return raise_condition("implementation-restriction", who, "out of memory", fixnum(static_cast<i64>(n))), false;
}

/// A length for a new object; false after raising.
inline bool take_length(const char* who, Value v, u64 element_bytes, u64& out) {
  if (!is_fixnum(v) || fixnum_value(v) < 0) return raise_assertion(who, "expected a nonnegative fixnum", v), false;
  out = static_cast<u64>(fixnum_value(v));
  if (out > kMaxLength) return raise_condition("implementation-restriction", who, "object is too large", v), false;
  if (!check_room(who, out, element_bytes)) return false;
  return true;
}

/// Number of elements of a proper list; -1 if it is improper, -2 if circular.
i64 list_length(Value list);
/// The error of an argument that is improper or circular.
Value raise_not_list(const char* who, Value list);
/// The write barrier for `words` words from `address` on, all of one object.
void mark_words(const void* address, u64 words);

}  // namespace loko
