// SPDX-License-Identifier: MIT
//
// Strings: making, reading, changing, copying. Three representations (Kind): Latin-1 bytes, UTF-32, and a widened
// Latin-1 string that refers to UTF-32. New strings are as narrow as their content allows.
#include "runtime/data/long_work.h"
#include "runtime/data/text_access.h"

namespace loko {

Value make_string(Value length, Value fill);
Value string_ref_slow(Value s, Value k);
Value string_set_slow(Value s, Value k, Value c);
Value is_string_latin1(Value s);
Value substring(Value s, Value start, Value end);
Value string_copy(Value s, Value start, Value end);
Value string_append2(Value a, Value b);
Value string_append_list(Value list);
Value string_copy_into(Value to, Value at, Value from, Value start, Value end);
Value string_fill(Value s, Value c, Value start, Value end);
Value string_to_list(Value s, Value start, Value end);
Value list_to_string(Value list);
Value string_to_vector(Value s, Value start, Value end);
Value vector_to_string(Value v, Value start, Value end);

namespace {

u32* wide_data(Value s) { return reinterpret_cast<u32*>(bytes_of(is_kind(s, Kind::StringWide) ? slot(s, 1) : s)); }

/// Copies the characters of t to index `at` of a string that is wide enough for them.
void put_text(Value to, u64 at, Text t) {
  if (is_narrow(to)) {
    u8* d = bytes_of(to) + at;
    if (t.narrow != nullptr) __builtin_memmove(d, t.narrow, t.length);
    else for (u64 i = 0; i < t.length; ++i) d[i] = static_cast<u8>(t.wide[i]);
  } else {
    u32* d = wide_data(to) + at;
    if (t.wide != nullptr) __builtin_memmove(d, t.wide, t.length * 4);
    else for (u64 i = 0; i < t.length; ++i) d[i] = t.narrow[i];
  }
}

/// A string of so many characters, which are not set.
Value new_string(bool narrow, u64 n) { return narrow ? make_string1(n) : make_string4(n); }

Value copy_range(const char* who, Value s, Value start, Value end) {
  if (!is_string(s)) return raise_type(who, kExpectedString, s);
  Range r;
  if (!take_range(who, s, start, end, length_of(s), r)) return RaiseMark;
  if (is_long(r.count())) return in_pieces(LongWork::StringCopy, r, new_string(is_narrow(s), r.count()), s);
  return make_string_of(sub_text(text_of(s), r.start, r.end));
}

}  // namespace

u32 string_ref(Value s, u64 i) { return text_of(s)[i]; }

bool is_latin1(Text t) {
  if (t.narrow != nullptr) return true;
  u32 all = 0;
  for (u64 i = 0; i < t.length; ++i) all |= t.wide[i];
  return all < 256;
}

Value make_string_of(Text t) {
  Value s = is_latin1(t) ? make_string1(t.length) : make_string4(t.length);
  put_text(s, 0, t);
  return s;
}

Value make_immutable_string_of(Text t) {
  Value s = make_string_of(t);
  freeze(s);
  return s;
}

Value make_string_of(const u32* characters, u64 length) { return make_string_of(Text{nullptr, characters, length}); }

void widen_string(Value s) {  // a mutable one
  if (!is_kind(s, Kind::String1)) return;
  Value wide = make_string4(length_of(s));
  put_text(wide, 0, text_of(s));
  word(s, 0) = make_header(Kind::StringWide, length_of(s));
  set_field(s, 1, wide);
}

void string_put(Value s, u64 i, u32 c) {
  if (is_kind(s, Kind::String1)) {
    if (c < 256) {
      bytes_of(s)[i] = static_cast<u8>(c);
      return;
    }
    widen_string(s);
  }
  wide_data(s)[i] = c;
}

// -- primitives --

Value make_string(Value length, Value fill) {
  u64 n;
  if (!take_length("make-string", length, is_char(fill) && char_value(fill) > 255 ? 4 : 1, n)) return RaiseMark;
  if (fill == Default) fill = character(' ');
  if (!is_char(fill)) return raise_type("make-string", kExpectedChar, fill);
  u32 c = char_value(fill);
  if (is_long(n)) return in_pieces(LongWork::MakeString, new_string(c < 256, n), fill);
  if (c < 256) {
    Value s = make_string1(n);
    __builtin_memset(bytes_of(s), static_cast<int>(c), n);
    return s;
  }
  Value s = make_string4(n);
  u32* data = wide_data(s);
  for (u64 i = 0; i < n; ++i) data[i] = c;
  return s;
}

Value string_ref_slow(Value s, Value k) {
  if (!is_string(s)) return raise_type("string-ref", kExpectedString, s);
  if (!is_index(k, length_of(s))) return raise_index("string-ref", k, s);
  return character(string_ref(s, static_cast<u64>(fixnum_value(k))));
}

Value string_set_slow(Value s, Value k, Value c) {
  if (!is_string(s)) return raise_type("string-set!", kExpectedString, s);
  if (!is_index(k, length_of(s))) return raise_index("string-set!", k, s);
  if (!is_char(c)) return raise_type("string-set!", kExpectedChar, c);
  if (is_immutable(s)) return raise_immutable("string-set!", s);
  string_put(s, static_cast<u64>(fixnum_value(k)), char_value(c));
  return Void;
}

Value is_string_latin1(Value s) {
  if (!is_string(s)) return raise_type("%string-latin1?", kExpectedString, s);
  return boolean(is_latin1(text_of(s)));
}

Value substring(Value s, Value start, Value end) { return copy_range("substring", s, start, end); }
Value string_copy(Value s, Value start, Value end) { return copy_range("string-copy", s, start, end); }

Value string_append2(Value a, Value b) {
  if (!is_string(a)) return raise_type("string-append", kExpectedString, a);
  if (!is_string(b)) return raise_type("string-append", kExpectedString, b);
  Text ta = text_of(a), tb = text_of(b);
  u64 n = ta.length + tb.length;
  Value s = new_string(ta.narrow != nullptr && tb.narrow != nullptr, n);
  if (is_long(n)) return in_pieces(LongWork::StringAppend, s, make_pair(a, make_pair(b, Null)));
  put_text(s, 0, ta);
  put_text(s, ta.length, tb);
  return s;
}

Value string_append_list(Value list) {
  if (list_length(list) < 0) return raise_type("string-append", kExpectedList, list);
  u64 n = 0;
  bool narrow = true;
  for (Value l = list; is_pair(l); l = cdr(l)) {
    if (!is_string(car(l))) return raise_type("string-append", kExpectedString, car(l));
    n += length_of(car(l));
    narrow &= text_of(car(l)).narrow != nullptr;
  }
  if (n > kMaxLength) return raise_condition("implementation-restriction", "string-append", "the result is too large");
  if (!check_room("string-append", n, 1)) return RaiseMark;
  Value s = new_string(narrow, n);
  if (is_long(n)) return in_pieces(LongWork::StringAppend, s, list);
  u64 at = 0;
  for (Value l = list; is_pair(l); l = cdr(l)) {
    Text t = text_of(car(l));
    put_text(s, at, t);
    at += t.length;
  }
  return s;
}

Value string_copy_into(Value to, Value at, Value from, Value start, Value end) {
  constexpr const char* who = "string-copy!";
  if (!is_string(to)) return raise_type(who, kExpectedString, to);
  if (!is_string(from)) return raise_type(who, kExpectedString, from);
  if (is_immutable(to)) return raise_immutable(who, to);
  Range r;
  if (!take_range(who, from, start, end, length_of(from), r)) return RaiseMark;
  u64 length = length_of(to);
  if (!is_index(at, length + 1) || length - static_cast<u64>(fixnum_value(at)) < r.count()) return raise_index(who, at, to);
  if (is_long(r.count())) return in_pieces(LongWork::StringCopyInto, r, to, at, from);
  if (!is_latin1(sub_text(text_of(from), r.start, r.end))) widen_string(to);
  put_text(to, static_cast<u64>(fixnum_value(at)), sub_text(text_of(from), r.start, r.end));
  return Void;
}

Value string_fill(Value s, Value c, Value start, Value end) {
  constexpr const char* who = "string-fill!";
  if (!is_string(s)) return raise_type(who, kExpectedString, s);
  if (!is_char(c)) return raise_type(who, kExpectedChar, c);
  if (is_immutable(s)) return raise_immutable(who, s);
  Range r;
  if (!take_range(who, s, start, end, length_of(s), r)) return RaiseMark;
  if (is_long(r.count())) return in_pieces(LongWork::StringFill, r, s, c);
  for (u64 i = r.start; i < r.end; ++i) string_put(s, i, char_value(c));
  return Void;
}

Value string_to_list(Value s, Value start, Value end) {
  if (!is_string(s)) return raise_type("string->list", kExpectedString, s);
  Range r;
  if (!take_range("string->list", s, start, end, length_of(s), r)) return RaiseMark;
  if (is_long(r.count())) return in_pieces(LongWork::StringToList, r, s);
  Text t = text_of(s);
  return build_list(r.count(), [t, start = r.start](u64 i) { return character(t[start + i]); });
}

Value list_to_string(Value list) {
  u8 text[256];  // most are short and narrow: one walk
  u64 count = 0;
  Value rest = list;
  while (is_pair(rest) && is_char(car(rest)) && char_value(car(rest)) < 256 && count < sizeof text) {
    text[count++] = static_cast<u8>(char_value(car(rest)));
    rest = cdr(rest);
  }
  if (rest == Null) {
    Value s = make_string1(count);
    __builtin_memcpy(bytes_of(s), text, count);
    return s;
  }
  i64 n = short_list_length(list);
  if (n == -3) return in_pieces(LongWork::ListToString, list);
  if (n < 0) return raise_not_list("list->string", list);
  Value s = make_string1(static_cast<u64>(n));
  __builtin_memcpy(bytes_of(s), text, count);
  u32 all = 0;
  for (u8* p = bytes_of(s) + count; is_pair(rest); rest = cdr(rest)) {
    if (!is_char(car(rest))) return raise_type("list->string", kExpectedChar, car(rest));
    all |= char_value(car(rest));
    *p++ = static_cast<u8>(char_value(car(rest)));
  }
  if (all < 256) return s;
  s = make_string4(static_cast<u64>(n));
  for (u32* p = wide_data(s); is_pair(list); list = cdr(list)) *p++ = char_value(car(list));
  return s;
}

Value string_to_vector(Value s, Value start, Value end) {
  if (!is_string(s)) return raise_type("string->vector", kExpectedString, s);
  Range r;
  if (!take_range("string->vector", s, start, end, length_of(s), r)) return RaiseMark;
  Text t = text_of(s);
  Value v = make_vector(r.count(), False);
  for (u64 i = r.start; i < r.end; ++i) slot(v, static_cast<i64>(i - r.start) + 1) = character(t[i]);
  return v;
}

Value vector_to_string(Value v, Value start, Value end) {
  if (!is_vector(v)) return raise_type("vector->string", kExpectedVector, v);
  Range r;
  if (!take_range("vector->string", v, start, end, length_of(v), r)) return RaiseMark;
  u32 all = 0;
  for (u64 i = r.start; i < r.end; ++i) {
    Value c = slot(v, static_cast<i64>(i) + 1);
    if (!is_char(c)) return raise_type("vector->string", kExpectedChar, c);
    all |= char_value(c);
  }
  Value s = all < 256 ? make_string1(r.count()) : make_string4(r.count());
  for (u64 i = r.start; i < r.end; ++i) string_put(s, i - r.start, char_value(slot(v, static_cast<i64>(i) + 1)));
  return s;
}

}  // namespace loko
