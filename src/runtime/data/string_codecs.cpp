// SPDX-License-Identifier: MIT
//
// Strings to bytes and back: UTF-8, UTF-16, UTF-32. Invalid input becomes U+FFFD, one for each maximal
// valid prefix (Unicode 3.9). ASCII is found sixteen bytes at a time.
#include "runtime/data/long_work.h"
#include "runtime/data/ascii.h"
#include "runtime/data/check.h"
#include "runtime/data/endianness.h"
#include "runtime/data/text_access.h"

namespace loko {

Value string_to_utf8(Value s, Value start, Value end);
Value utf8_to_string(Value b, Value start, Value end);
Value string_to_utf16(Value s, Value endianness);
Value string_to_utf32(Value s, Value endianness);
Value utf16_to_string(Value b, Value endianness, Value mandatory);
Value utf32_to_string(Value b, Value endianness, Value mandatory);

namespace {

constexpr u32 kReplacement = 0xfffd;

u64 utf8_size(u32 c) { return c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4; }

Value decode_all(const u8* p, u64 n) {
  u64 ascii = ascii_prefix(p, n);
  if (ascii == n) {
    Value s = make_string1(n);
    __builtin_memcpy(bytes_of(s), p, n);
    return s;
  }
  const u8* end = p + n;
  u64 length = ascii;
  u32 all = 0, c;
  for (const u8* q = p + ascii; q < end; ++length) {
    q += decode_utf8(q, end, &c);
    all |= c;
  }
  Value s = all < 256 ? make_string1(length) : make_string4(length);
  u8* narrow = bytes_of(s);
  u32* wide = reinterpret_cast<u32*>(narrow);
  u64 i = 0;
  for (const u8* q = p; q < end; ++i) {
    q += decode_utf8(q, end, &c);
    if (all < 256) narrow[i] = static_cast<u8>(c);
    else wide[i] = c;
  }
  return s;
}

struct Units {
  const u8* bytes;
  u64 count;
  bool big;
  u32 unit16(u64 i) const { return big ? u32{bytes[2 * i]} << 8 | bytes[2 * i + 1] : u32{bytes[2 * i + 1]} << 8 | bytes[2 * i]; }
  u32 unit32(u64 i) const {
    const u8* p = bytes + 4 * i;
    return big ? u32{p[0]} << 24 | u32{p[1]} << 16 | u32{p[2]} << 8 | p[3] : u32{p[3]} << 24 | u32{p[2]} << 16 | u32{p[1]} << 8 | p[0];
  }
};

/// Arguments of utf16->string and utf32->string; obeys a byte order mark unless endianness is mandatory.
bool take_units(const char* who, Value b, Value endianness, Value mandatory, unsigned size, Units& u, bool& odd) {
  if (!is_bytevector(b)) return raise_type(who, kExpectedBytevector, b), false;
  if (endianness == Default) u.big = true;
  else if (!take_endianness(who, endianness, u.big)) return false;
  b = stable_bytevector(b);
  u.bytes = bytes_of(b);
  u.count = length_of(b) / size;
  odd = length_of(b) % size != 0;
  if ((mandatory != Default && mandatory != False) || u.count == 0) return true;
  for (int swap = 0; swap < 2; ++swap) {
    Units as{u.bytes, u.count, swap == 0};
    if ((size == 2 ? as.unit16(0) : as.unit32(0)) != 0xfeff) continue;
    u = {u.bytes + size, u.count - 1, as.big};
    break;
  }
  return true;
}

void store(u8* p, u32 x, unsigned size, bool big) {
  for (unsigned i = 0; i < size; ++i) p[big ? size - 1 - i : i] = static_cast<u8>(x >> (8 * i));
}

}  // namespace

u64 decode_utf8(const u8* p, const u8* end, u32* out) {
  u8 lead = *p;
  if (lead < 0x80) return *out = lead, 1;
  *out = kReplacement;
  if (lead < 0xc2 || lead > 0xf4) return 1;
  unsigned extra = lead < 0xe0 ? 1 : lead < 0xf0 ? 2 : 3;
  u32 c = lead & (0x3fu >> extra);
  for (unsigned i = 1; i <= extra; ++i) {
    if (p + i >= end) return i;
    u8 low = 0x80, high = 0xbf;
    if (i == 1) {
      if (lead == 0xe0) low = 0xa0;
      if (lead == 0xed) high = 0x9f;
      if (lead == 0xf0) low = 0x90;
      if (lead == 0xf4) high = 0x8f;
    }
    if (p[i] < low || p[i] > high) return i;
    c = c << 6 | (p[i] & 0x3f);
  }
  *out = c;
  return extra + 1;
}

/// A string of the narrowest width from UTF-8.
Value make_string_utf8(const char* utf8, u64 bytes) { return decode_all(reinterpret_cast<const u8*>(utf8), bytes); }

// -- primitives --

Value string_to_utf8(Value s, Value start, Value end) {
  if (!is_string(s)) return raise_type("string->utf8", kExpectedString, s);
  Range r;
  if (!take_range("string->utf8", s, start, end, length_of(s), r)) return RaiseMark;
  if (is_long(r.count())) return in_pieces(LongWork::StringToUtf8, r, s);
  Text t = sub_text(text_of(s), r.start, r.end);
  if (t.narrow != nullptr && ascii_prefix(t.narrow, t.length) == t.length) {
    Value b = make_bytevector(t.length);
    __builtin_memcpy(bytes_of(b), t.narrow, t.length);
    return b;
  }
  u64 n = 0;
  for (u64 i = 0; i < t.length; ++i) n += utf8_size(t[i]);
  Value b = make_bytevector(n);
  u8* p = bytes_of(b);
  for (u64 i = 0; i < t.length; ++i) p = encode_utf8(p, t[i]);
  return b;
}

Value utf8_to_string(Value b, Value start, Value end) {
  if (!is_bytevector(b)) return raise_type("utf8->string", kExpectedBytevector, b);
  Range r;
  if (!take_range("utf8->string", b, start, end, length_of(b), r)) return RaiseMark;
  if (is_long(r.count() / 8)) return in_pieces(LongWork::Utf8ToString, r, b);
  return decode_all(bytes_of(stable_bytevector(b)) + r.start, r.count());
}

Value string_to_utf16(Value s, Value endianness) {
  if (!is_string(s)) return raise_type("string->utf16", kExpectedString, s);
  bool big = true;
  if (endianness != Default && !take_endianness("string->utf16", endianness, big)) return RaiseMark;
  Text t = text_of(s);
  u64 n = 0;
  for (u64 i = 0; i < t.length; ++i) n += t[i] < 0x10000 ? 2 : 4;
  Value b = make_bytevector(n);
  u8* p = bytes_of(b);
  for (u64 i = 0; i < t.length; ++i) {
    u32 c = t[i];
    if (c >= 0x10000) {
      store(p, 0xd800 + ((c - 0x10000) >> 10), 2, big);
      p += 2;
      c = 0xdc00 + ((c - 0x10000) & 0x3ff);
    }
    store(p, c, 2, big);
    p += 2;
  }
  return b;
}

Value string_to_utf32(Value s, Value endianness) {
  if (!is_string(s)) return raise_type("string->utf32", kExpectedString, s);
  bool big = true;
  if (endianness != Default && !take_endianness("string->utf32", endianness, big)) return RaiseMark;
  Text t = text_of(s);
  Value b = make_bytevector(t.length * 4);
  for (u64 i = 0; i < t.length; ++i) store(bytes_of(b) + 4 * i, t[i], 4, big);
  return b;
}

Value utf16_to_string(Value b, Value endianness, Value mandatory) {
  Units u;
  bool odd;
  if (!take_units("utf16->string", b, endianness, mandatory, 2, u, odd)) return RaiseMark;
  ScratchBuffer<u32> out;
  for (u64 i = 0; i < u.count; ++i) {
    u32 c = u.unit16(i);
    if (c >= 0xd800 && c < 0xdc00 && i + 1 < u.count && (u.unit16(i + 1) & 0xfc00) == 0xdc00)
      c = 0x10000 + ((c & 0x3ff) << 10 | (u.unit16(++i) & 0x3ff));
    else if (c >= 0xd800 && c < 0xe000)
      c = kReplacement;
    out.push(c);
  }
  if (odd) out.push(kReplacement);
  return make_string_of(out.data(), out.size());
}

Value utf32_to_string(Value b, Value endianness, Value mandatory) {
  Units u;
  bool odd;
  if (!take_units("utf32->string", b, endianness, mandatory, 4, u, odd)) return RaiseMark;
  ScratchBuffer<u32> out;
  for (u64 i = 0; i < u.count; ++i) {
    u32 c = u.unit32(i);
    out.push(c > 0x10ffff || (c >= 0xd800 && c < 0xe000) ? kReplacement : c);
  }
  if (odd) out.push(kReplacement);
  return make_string_of(out.data(), out.size());
}

}  // namespace loko
