// SPDX-License-Identifier: MIT
//
// The content of strings whatever their width, and how strings are built. Freestanding.
#pragma once

#include "runtime/memory/heap.h"

namespace loko {

/// A string's characters. Valid until the string is widened.
struct Text {
  const u8* narrow;   // null iff wide
  const u32* wide;
  u64 length;
  u32 operator[](u64 i) const { return narrow != nullptr ? narrow[i] : wide[i]; }
};

inline Text text_of(Value s) {
  u64 length = length_of(s);
  switch (header_kind(header(s))) {
    case Kind::String1: case Kind::ImmutableString1: return {bytes_of(s), nullptr, length};
    case Kind::StringWide: return {nullptr, reinterpret_cast<const u32*>(bytes_of(slot(s, 1))), length};
    default: return {nullptr, reinterpret_cast<const u32*>(bytes_of(s)), length};
  }
}

/// -1, 0 or 1 by code points.
int compare_text(const Text& a, const Text& b);
/// The same characters, whatever the widths?
inline bool same_text(const Text& a, const Text& b) {
  if (a.length != b.length) return false;
  return a.narrow != nullptr && b.narrow != nullptr ? __builtin_memcmp(a.narrow, b.narrow, a.length) == 0 : compare_text(a, b) == 0;
}
inline bool same_text(Value a, Value b) { return length_of(a) == length_of(b) && same_text(text_of(a), text_of(b)); }

inline Text sub_text(Text t, u64 start, u64 end) {
  return {t.narrow == nullptr ? nullptr : t.narrow + start, t.wide == nullptr ? nullptr : t.wide + start, end - start};
}

/// True if all characters are below 256.
bool is_latin1(Text t);
/// A new string with these characters, as narrow as possible.
Value make_string_of(Text t);
Value make_string_of(const u32* characters, u64 length);
/// Stable hash of the characters, the same for both widths: a nonnegative fixnum.
/// With a seed it is another one of a family, for tables that strangers fill.
u64 hash_text(Text t, u64 seed = 0);
/// The same for the keys of tables: of a long text a part.
u64 hash_string(Text t, u64 seed = 0);
/// More characters or bytes than this are not all hashed.
constexpr u64 kHashedWhole = u64{1} << 17;
/// The hash of something so long: part(data, start, end, seed) hashes its ends and some runs between.
u64 hash_long(const void* data, u64 n, u64 seed, u64 (*part)(const void*, u64, u64, u64));
/// Makes a narrow mutable string wide in place (StringWide); no-op for wide ones.
void widen_string(Value s);
/// A new immutable string.
Value make_immutable_string_of(Text t);
/// Stores a character, widening the string when needed. No checks.
void string_put(Value s, u64 i, u32 c);

/// Decodes one character of [p, end), p < end: its length in bytes; invalid sequences give U+FFFD for their
/// maximal valid prefix (Unicode 3.9, best practice).
u64 decode_utf8(const u8* p, const u8* end, u32* c);
/// Writes one to four bytes for a character; the address behind them.
inline u8* encode_utf8(u8* p, u32 c) {
  if (c < 0x80) {
    *p++ = static_cast<u8>(c);
  } else if (c < 0x800) {
    *p++ = static_cast<u8>(0xc0 | c >> 6);
    *p++ = static_cast<u8>(0x80 | (c & 0x3f));
  } else if (c < 0x10000) {
    *p++ = static_cast<u8>(0xe0 | c >> 12);
    *p++ = static_cast<u8>(0x80 | (c >> 6 & 0x3f));
    *p++ = static_cast<u8>(0x80 | (c & 0x3f));
  } else {
    *p++ = static_cast<u8>(0xf0 | c >> 18);
    *p++ = static_cast<u8>(0x80 | (c >> 12 & 0x3f));
    *p++ = static_cast<u8>(0x80 | (c >> 6 & 0x3f));
    *p++ = static_cast<u8>(0x80 | (c & 0x3f));
  }
  return p;
}

/// Memory of words that lives as long as the primitive: an unreachable bytevector, replaced by a larger one as needed.
template <class T>
class ScratchBuffer {
 public:
  T* data() { return data_; }
  u64 size() const { return size_; }
  T& operator[](u64 i) { return data_[i]; }
  bool empty() const { return size_ == 0; }
  void push(T x) {
    if (size_ == capacity_) grow();
    data_[size_++] = x;
  }
  T pop() { return data_[--size_]; }
  void truncate(u64 n) { size_ = n; }

 private:
  [[gnu::noinline]] void grow() {
    u64 capacity = capacity_ * 2;
    T* data = reinterpret_cast<T*>(bytes_of(make_bytevector(capacity * sizeof(T))));
    for (u64 i = 0; i < size_; ++i) data[i] = data_[i];
    data_ = data;
    capacity_ = capacity;
  }
  static constexpr u64 kLocal = 128;
  T local_[kLocal];
  T* data_ = local_;
  u64 size_ = 0, capacity_ = kLocal;
};

/// The symbol of an ASCII name (symbols.cpp).
Value intern_ascii(const u8* name, u64 length);

}  // namespace loko
