// SPDX-License-Identifier: MIT
//
// Strings between a textual port's buffers (UTF-8) and the heap: the bulk operations under get-line, get-string-n,
// get-string-n!, put-string. They do what the buffer allows and advance its position; filling and draining are the library's.
// The port was checked by the caller. An invalid sequence is U+FFFD if `replace` is true; else the text ends before it.
#include "runtime/data/ascii.h"
#include "runtime/data/check.h"
#include "runtime/data/identifier_bytes.h"
#include "runtime/data/text_access.h"

namespace loko {

Value port_take_line(Value port, Value carriage_return, Value replace);
Value port_take_string(Value port, Value count, Value replace);
Value port_take_into(Value port, Value string, Value start, Value count, Value replace);
Value port_put_string(Value port, Value string, Value start, Value end);
Value port_put_identifier(Value port, Value name);
Value port_put_fixnum(Value port, Value n);

namespace {

Value& field(Value port, PortField f) { return slot(port, 1 + f); }
u64 number(Value port, PortField f) { return static_cast<u64>(fixnum_value(field(port, f))); }

/// The unread bytes of a port.
struct Input {
  explicit Input(Value port)
      : port(port), base(is_bytevector(field(port, kPortIbuf)) ? bytes_of(field(port, kPortIbuf)) : nullptr),
        p(base + number(port, kPortIpos)), end(base + number(port, kPortIend)) {}
  void advance_to(const u8* q) { field(port, kPortIpos) = fixnum(q - base); }
  u64 left() const { return static_cast<u64>(end - p); }
  Value port;
  const u8 *base, *p, *end;
};

/// One character at q: its length; 0 if the text must end here, since more bytes are needed or (not replace) it is invalid.
u64 decode(const u8* q, const u8* end, bool replace, u32* c) {
  u64 n = decode_utf8(q, end, c);
  if (*c != 0xfffd || (n == 3 && q[0] == 0xef && q[1] == 0xbf && q[2] == 0xbd)) return n;
  if (q + n == end && q[0] >= 0xc2 && q[0] <= 0xf4) {  // a prefix of a character: undecided
    unsigned whole = q[0] < 0xe0 ? 2 : q[0] < 0xf0 ? 3 : 4;
    if (n < whole) return 0;
  }
  return replace ? n : 0;
}

/// Where the first `limit` characters from p end, and what they are.
struct Extent {
  const u8* end;
  u64 count;
  u32 all;   // the union of their bits
};
Extent measure(const u8* p, const u8* end, u64 limit, bool replace) {
  u64 n = static_cast<u64>(end - p);
  u64 ascii = ascii_prefix(p, n < limit ? n : limit);
  Extent e{p + ascii, ascii, 0};
  while (e.end < end && e.count < limit) {
    u32 c;
    u64 k = decode(e.end, end, replace, &c);
    if (k == 0) break;
    e.end += k;
    e.all |= c;
    ++e.count;
  }
  return e;
}

/// One bit for each ASCII character.
struct AsciiSet {
  u64 words[2] = {};
  constexpr bool has(u8 b) const { return b < 128 && (words[b / 64] >> (b % 64) & 1) != 0; }
};
constexpr AsciiSet identifier_bytes() {
  AsciiSet set;
  for (u8 b = 0; b < 128; ++b)
    if (is_identifier_byte(b)) set.words[b / 64] |= u64{1} << (b % 64);
  return set;
}
constexpr AsciiSet kIdentifierBytes = identifier_bytes();

/// Could a token with this character in front be something else than an identifier?
constexpr bool is_peculiar_start(u8 b) { return (b >= '0' && b <= '9') || b == '+' || b == '-' || b == '.' || b == '#' || b == '@'; }

/// The free part of an output buffer, as far as it may be used without looking at what is written.
struct Output {
  explicit Output(Value port)
      : port(port), base(is_bytevector(field(port, kPortObuf)) ? bytes_of(field(port, kPortObuf)) : nullptr),
        p(base + number(port, kPortOpos)), room(fixnum_value(field(port, kPortOlimit)) - fixnum_value(field(port, kPortOpos))) {}
  void advance_to(const u8* q) { field(port, kPortOpos) = fixnum(q - base); }
  Value port;
  u8 *base, *p;
  i64 room;
};

Value string_of(const u8* p, const Extent& e) {
  Value s = e.all < 256 ? make_string1(e.count) : make_string4(e.count);
  u8* narrow = bytes_of(s);
  if (e.all == 0) {
    __builtin_memcpy(narrow, p, e.count);
    return s;
  }
  u32* wide = reinterpret_cast<u32*>(narrow);
  for (u64 i = 0; i < e.count; ++i) {
    u32 c;
    p += decode_utf8(p, e.end, &c);
    if (e.all < 256) narrow[i] = static_cast<u8>(c);
    else wide[i] = c;
  }
  return s;
}

}  // namespace

/// The text up to a line end in the buffer, which is consumed; #f if there is none, or if the text has to be looked at
/// character by character. With carriage_return also "\r" and "\r\n" end a line.
Value port_take_line(Value port, Value carriage_return, Value replace) {
  Input in(port);
  u64 n = find_either(in.p, in.left(), '\n', carriage_return != False ? '\r' : '\n');
  if (n == in.left()) return False;
  const u8* line_end = in.p + n;
  const u8* next = line_end + 1;
  if (*line_end == '\r') {
    if (next == in.end) return False;
    if (*next == '\n') ++next;
  }
  // a character can't go on behind a line end, so nothing is undecided but invalid bytes in front of it
  Extent e = measure(in.p, line_end, ~u64{0}, replace != False);
  if (e.end != line_end) return False;
  Value s = string_of(in.p, e);
  in.advance_to(next);
  return s;
}

/// At most `count` characters of the buffer as a string, perhaps an empty one.
Value port_take_string(Value port, Value count, Value replace) {
  Input in(port);
  Extent e = measure(in.p, in.end, static_cast<u64>(fixnum_value(count)), replace != False);
  Value s = string_of(in.p, e);
  in.advance_to(e.end);
  return s;
}

/// At most `count` characters of the buffer go to a string from index `start` on; their number.
Value port_take_into(Value port, Value string, Value start, Value count, Value replace) {
  Input in(port);
  u64 at = static_cast<u64>(fixnum_value(start)), limit = static_cast<u64>(fixnum_value(count));
  u64 n = in.left() < limit ? in.left() : limit, done = 0;
  if (is_narrow(string)) {
    done = ascii_prefix(in.p, n);
    __builtin_memcpy(bytes_of(string) + at, in.p, done);
  }
  const u8* q = in.p + done;
  while (q < in.end && done < limit) {
    u32 c;
    u64 k = decode(q, in.end, replace != False, &c);
    if (k == 0) break;
    string_put(string, at + done++, c);
    q += k;
  }
  in.advance_to(q);
  return fixnum(static_cast<i64>(done));
}

/// A symbol's name goes to the output buffer if it is written as it is, of ASCII characters, and if there is room; #f if not.
Value port_put_identifier(Value port, Value name) {
  Output out(port);
  Text t = text_of(name);
  if (t.narrow == nullptr || t.length == 0 || static_cast<i64>(t.length) > out.room || is_peculiar_start(t.narrow[0])) return False;
  for (u64 i = 0; i < t.length; ++i) {
    u8 b = t.narrow[i];
    if (!kIdentifierBytes.has(b)) return False;
    out.p[i] = b;
  }
  out.advance_to(out.p + t.length);
  return True;
}

/// A fixnum in decimal goes to the output buffer; #f if there may be no room.
Value port_put_fixnum(Value port, Value n) {
  constexpr i64 kMostDigits = 20;
  Output out(port);
  if (out.room < kMostDigits) return False;
  i64 value = fixnum_value(n);
  u64 left = value < 0 ? u64{0} - static_cast<u64>(value) : static_cast<u64>(value);
  u8 digits[kMostDigits];
  u8* d = digits + kMostDigits;
  do *--d = static_cast<u8>('0' + left % 10);
  while ((left /= 10) != 0);
  if (value < 0) *--d = '-';
  u8* p = out.p;
  while (d < digits + kMostDigits) *p++ = *d++;
  out.advance_to(p);
  return True;
}

/// Characters [start, end) go to the output buffer, as many as there is room for; the index of the first that didn't.
Value port_put_string(Value port, Value string, Value start, Value end) {
  Value buffer = field(port, kPortObuf);
  if (!is_bytevector(buffer)) return start;
  u8* base = bytes_of(buffer);
  u8* p = base + number(port, kPortOpos);
  u8* limit = base + length_of(buffer);
  u64 i = static_cast<u64>(fixnum_value(start)), stop = static_cast<u64>(fixnum_value(end));
  Text t = text_of(string);
  while (i < stop) {
    if (t.narrow != nullptr) {
      u64 room = static_cast<u64>(limit - p), n = stop - i < room ? stop - i : room;
      u64 ascii = ascii_prefix(t.narrow + i, n);
      __builtin_memcpy(p, t.narrow + i, ascii);
      p += ascii;
      i += ascii;
      if (i == stop || p == limit) break;
    }
    if (limit - p < 4) break;
    p = encode_utf8(p, t[i++]);
  }
  field(port, kPortOpos) = fixnum(p - base);
  return fixnum(static_cast<i64>(i));
}

}  // namespace loko
