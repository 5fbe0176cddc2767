// SPDX-License-Identifier: MIT
//
// Bulk conversion between a binary port's buffer and the UTF-8 of the textual port in front of it: Latin-1, UTF-16 and UTF-8
// with line ends. What the buffers allow is done and the binary port's position advanced. Whatever needs a decision (an
// invalid or incomplete sequence, a carriage return at the end of the bytes, a character that can't be encoded) is left to
// the library, which goes character by character (scheme/loko/base/transcoding.sls).
#include <emmintrin.h>

#include "runtime/data/ascii.h"
#include "runtime/data/check.h"
#include "runtime/data/text_access.h"

namespace loko {

Value port_decode(Value port, Value codec, Value convert, Value out, Value start, Value end);
Value port_encode(Value port, Value codec, Value eol, Value bytes, Value start, Value end);

namespace {

constexpr u32 kLf = 10, kCr = 13, kNel = 0x85, kLs = 0x2028, kNoUnit = 0xffff;
constexpr u64 kLongest = 4;  // bytes of one character in any of the encodings

/// As (loko base transcoding) numbers them.
enum class Codec : i64 { Utf8, Latin1, Utf16Be, Utf16Le };
enum class Eol : i64 { Lf, Cr, CrLf, Nel, CrNel, Ls };

Value& field(Value port, PortField f) { return slot(port, 1 + f); }
u64 number(Value port, PortField f) { return static_cast<u64>(fixnum_value(field(port, f))); }

u32 unit(const u8* p, Codec codec) {
  return codec == Codec::Utf16Be ? static_cast<u32>(p[0] << 8 | p[1]) : static_cast<u32>(p[1] << 8 | p[0]);
}

u64 decode_utf16(const u8* p, const u8* end, Codec codec, u32* c) {
  if (end - p < 2) return 0;
  u32 u = unit(p, codec);
  if (u < 0xd800 || u >= 0xe000) {
    *c = u;
    return 2;
  }
  if (u >= 0xdc00 || end - p < 4) return 0;
  u32 v = unit(p + 2, codec);
  if (v < 0xdc00 || v >= 0xe000) return 0;
  *c = 0x10000 + ((u - 0xd800) << 10) + (v - 0xdc00);
  return 4;
}

/// The character at p < end: its length, 0 if it is incomplete or invalid.
u64 decode(const u8* p, const u8* end, Codec codec, u32* c) {
  if (codec == Codec::Latin1) {
    *c = *p;
    return 1;
  }
  if (codec != Codec::Utf8) return decode_utf16(p, end, codec, c);
  u64 n = decode_utf8(p, end, c);
  bool literal = n == 3 && p[0] == 0xef && p[1] == 0xbf && p[2] == 0xbd;
  return *c != 0xfffd || literal ? n : 0;
}

u8* encode_unit(u8* o, u32 u, Codec codec) {
  bool big = codec == Codec::Utf16Be;
  *o++ = static_cast<u8>(big ? u >> 8 : u);
  *o++ = static_cast<u8>(big ? u : u >> 8);
  return o;
}

/// The place behind the character, null if it can't be encoded.
u8* encode(u8* o, u32 c, Codec codec) {
  switch (codec) {
    case Codec::Utf8: return encode_utf8(o, c);
    case Codec::Latin1:
      if (c > 255) return nullptr;
      *o = static_cast<u8>(c);
      return o + 1;
    default:
      if (c < 0x10000) return encode_unit(o, c, codec);
      c -= 0x10000;
      return encode_unit(encode_unit(o, 0xd800 + (c >> 10), codec), 0xdc00 + (c & 1023), codec);
  }
}

/// ASCII units from p to bytes at o, at most n, none of them `stop`: their number.
u64 narrow_ascii(const u8* p, u8* o, u64 n, Codec codec, u32 stop) {
  const __m128i zero = _mm_setzero_si128(), high = _mm_set1_epi16(static_cast<short>(0xff80)), stops = _mm_set1_epi16(static_cast<short>(stop));
  u64 i = 0;
  for (; i + 8 <= n; i += 8) {
    __m128i x = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p + 2 * i));
    if (codec == Codec::Utf16Be) x = _mm_or_si128(_mm_slli_epi16(x, 8), _mm_srli_epi16(x, 8));
    int good = _mm_movemask_epi8(_mm_andnot_si128(_mm_cmpeq_epi16(x, stops), _mm_cmpeq_epi16(_mm_and_si128(x, high), zero)));
    if (good != 0xffff) break;
    _mm_storel_epi64(reinterpret_cast<__m128i*>(o + i), _mm_packus_epi16(x, zero));
  }
  for (u32 u; i < n && (u = unit(p + 2 * i, codec)) < 128 && u != stop; ++i) o[i] = static_cast<u8>(u);
  return i;
}

/// ASCII bytes to units.
void widen_ascii(const u8* p, u8* o, u64 n, Codec codec) {
  const __m128i zero = _mm_setzero_si128();
  u64 i = 0;
  for (; i + 8 <= n; i += 8) {
    __m128i x = _mm_loadl_epi64(reinterpret_cast<const __m128i*>(p + i));
    x = codec == Codec::Utf16Be ? _mm_unpacklo_epi8(zero, x) : _mm_unpacklo_epi8(x, zero);
    _mm_storeu_si128(reinterpret_cast<__m128i*>(o + 2 * i), x);
  }
  for (; i < n; ++i) encode_unit(o + 2 * i, p[i], codec);
}

u64 utf8_length(u32 c) { return c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4; }

u64 at_most(u64 a, u64 b) { return a < b ? a : b; }

/// From bytes to UTF-8.
struct Decoder {
  Codec codec;
  bool convert;  // every kind of line end to a linefeed
  const u8 *p, *end;
  u8 *o, *limit;

  void copy_ascii() {
    u64 room = static_cast<u64>(limit - o), left = static_cast<u64>(end - p);
    if (codec == Codec::Utf8 || codec == Codec::Latin1) {
      u64 n = at_most(left, room);
      n = convert ? ascii_prefix_before(p, n, kCr) : ascii_prefix(p, n);
      __builtin_memcpy(o, p, n);
      p += n;
      o += n;
    } else {
      u64 n = narrow_ascii(p, o, at_most(left / 2, room), codec, convert ? kCr : kNoUnit);
      p += 2 * n;
      o += n;
    }
  }

  /// Consumes what may belong to a line end after a carriage return; false if the bytes end there.
  bool end_line() {
    u32 c;
    if (p == end) return false;
    u64 n = decode(p, end, codec, &c);
    if (n == 0) return false;
    if (c == kLf || c == kNel) p += n;
    return true;
  }

  void run() {
    for (;;) {
      copy_ascii();
      u32 c;
      u64 n = p == end ? 0 : decode(p, end, codec, &c);
      if (n == 0) return;
      bool is_end = convert && (c == kCr || c == kNel || c == kLs);
      if (static_cast<u64>(limit - o) < (is_end ? 1 : utf8_length(c))) return;
      const u8* before = p;
      p += n;
      if (is_end && c == kCr && !end_line()) {
        p = before;
        return;
      }
      o = encode_utf8(o, is_end ? kLf : c);
    }
  }
};

/// From UTF-8 to bytes.
struct Encoder {
  Codec codec;
  Eol eol;
  const u8 *p, *end;
  u8 *o, *limit;

  void copy_ascii() {
    bool wide = codec == Codec::Utf16Be || codec == Codec::Utf16Le;
    u64 room = static_cast<u64>(limit - o) / (wide ? 2 : 1);
    u64 n = at_most(static_cast<u64>(end - p), room);
    n = eol == Eol::Lf ? ascii_prefix(p, n) : ascii_prefix_before(p, n, kLf);
    if (wide) widen_ascii(p, o, n, codec);
    else __builtin_memcpy(o, p, n);
    p += n;
    o += wide ? 2 * n : n;
  }

  u8* line_end() {
    if (eol == Eol::Cr || eol == Eol::CrLf || eol == Eol::CrNel) {
      u8* behind = encode(o, kCr, codec);
      if (eol == Eol::Cr) return behind;
      return encode(behind, eol == Eol::CrLf ? kLf : kNel, codec);
    }
    return encode(o, eol == Eol::Lf ? kLf : eol == Eol::Nel ? kNel : kLs, codec);
  }

  void run() {
    for (;;) {
      copy_ascii();
      if (p == end || static_cast<u64>(limit - o) < kLongest) return;
      u32 c;
      u64 n = decode_utf8(p, end, &c);
      u8* behind = c == kLf ? line_end() : encode(o, c, codec);
      if (behind == nullptr) return;
      o = behind;
      p += n;
    }
  }
};

}  // namespace

/// Bytes of the binary port become UTF-8 in `out` from index `start` on, before `end`: the index behind what was written.
Value port_decode(Value port, Value codec, Value convert, Value out, Value start, Value end) {
  Value buffer = field(port, kPortIbuf);
  if (!is_bytevector(buffer)) return start;
  const u8* base = bytes_of(buffer);
  u8* to = bytes_of(out);
  Decoder d{static_cast<Codec>(fixnum_value(codec)), convert != False, base + number(port, kPortIpos), base + number(port, kPortIend),
            to + fixnum_value(start), to + fixnum_value(end)};
  d.run();
  field(port, kPortIpos) = fixnum(d.p - base);
  return fixnum(d.o - to);
}

/// UTF-8 in [start, end) of `bytes`, whole characters, goes to the binary port's buffer: the index of what is left.
Value port_encode(Value port, Value codec, Value eol, Value bytes, Value start, Value end) {
  Value buffer = field(port, kPortObuf);
  if (!is_bytevector(buffer)) return start;
  u8* base = bytes_of(buffer);
  const u8* from = bytes_of(bytes);
  Encoder e{static_cast<Codec>(fixnum_value(codec)), static_cast<Eol>(fixnum_value(eol)), from + fixnum_value(start), from + fixnum_value(end),
            base + number(port, kPortOpos), base + length_of(buffer)};
  e.run();
  field(port, kPortOpos) = fixnum(e.o - base);
  return fixnum(e.p - from);
}

}  // namespace loko
