// SPDX-License-Identifier: MIT
//
// Bytevectors: making, copying, comparing, lists of bytes. Numbers in them are in bytevector_numbers.cpp.
#include "runtime/data/long_work.h"

namespace loko {

Value make_bytevector(Value length, Value fill);
Value bytevector_fill(Value b, Value fill, Value start, Value end);
Value bytevector_copy(Value b, Value start, Value end);
Value bytevector_copy_into(Value to, Value at, Value from, Value start, Value end);
Value bytevector_move(Value from, Value from_start, Value to, Value to_start, Value count);
Value bytevector_append2(Value a, Value b);
Value bytevector_append_list(Value list);
Value bytevector_equal(Value a, Value b);
Value bytevector_compare(Value a, Value b);
Value bytevector_to_u8_list(Value b, Value start, Value end);
Value u8_list_to_bytevector(Value list);
Value bytevector_index(Value b, Value byte, Value start, Value end);
Value bytevector_hash(Value b);

namespace {

/// Bytes are quick: eight are like one element.
bool is_long_of_bytes(u64 n) { return is_long(n / 8); }

bool is_byte(Value v) { return is_index(v, 256); }
/// R6RS fills: -128 … 255.
bool is_fill(Value v) { return is_fixnum(v) && fixnum_value(v) >= -128 && fixnum_value(v) <= 255; }

Value move_bytes(const char* who, Value to, Value at, Value from, Range r) {
  if (is_immutable(to)) return raise_immutable(who, to);
  u64 length = length_of(to);
  if (!is_index(at, length + 1) || length - static_cast<u64>(fixnum_value(at)) < r.count()) return raise_index(who, at, to);
  if (is_long_of_bytes(r.count())) return in_pieces(LongWork::BytevectorCopyInto, r, to, at, from);
  __builtin_memmove(bytes_of(to) + fixnum_value(at), bytes_of(from) + r.start, r.count());
  return Void;
}

}  // namespace

Value make_bytevector(Value length, Value fill) {
  u64 n;
  if (!take_length("make-bytevector", length, 1, n)) return RaiseMark;
  if (fill != Default && !is_fill(fill)) return raise_assertion("make-bytevector", "expected a byte", fill);
  Value b = make_bytevector(n);
  if (is_long_of_bytes(n) && fill != Default) return in_pieces(LongWork::MakeBytevector, b, fill);
  if (fill != Default && fill != fixnum(0)) __builtin_memset(bytes_of(b), static_cast<int>(fixnum_value(fill)) & 255, n);
  return b;
}

Value bytevector_fill(Value b, Value fill, Value start, Value end) {
  if (!is_bytevector(b)) return raise_type("bytevector-fill!", kExpectedBytevector, b);
  if (is_immutable(b)) return raise_immutable("bytevector-fill!", b);
  if (!is_fill(fill)) return raise_assertion("bytevector-fill!", "expected a byte", fill);
  Range r;
  if (!take_range("bytevector-fill!", b, start, end, length_of(b), r)) return RaiseMark;
  if (is_long_of_bytes(r.count())) return in_pieces(LongWork::BytevectorFill, r, b, fill);
  __builtin_memset(bytes_of(b) + r.start, static_cast<int>(fixnum_value(fill)) & 255, r.count());
  return Void;
}

Value bytevector_copy(Value b, Value start, Value end) {
  if (!is_bytevector(b)) return raise_type("bytevector-copy", kExpectedBytevector, b);
  Range r;
  if (!take_range("bytevector-copy", b, start, end, length_of(b), r)) return RaiseMark;
  Value copy = make_bytevector(r.count());
  if (is_long_of_bytes(r.count())) return in_pieces(LongWork::BytevectorCopy, r, copy, b);
  __builtin_memcpy(bytes_of(copy), bytes_of(b) + r.start, r.count());
  return copy;
}

/// R7RS bytevector-copy!.
Value bytevector_copy_into(Value to, Value at, Value from, Value start, Value end) {
  if (!is_bytevector(to)) return raise_type("bytevector-copy!", kExpectedBytevector, to);
  if (!is_bytevector(from)) return raise_type("bytevector-copy!", kExpectedBytevector, from);
  Range r;
  if (!take_range("bytevector-copy!", from, start, end, length_of(from), r)) return RaiseMark;
  return move_bytes("bytevector-copy!", to, at, from, r);
}

/// R6RS bytevector-copy!.
Value bytevector_move(Value from, Value from_start, Value to, Value to_start, Value count) {
  constexpr const char* who = "bytevector-copy!";
  if (!is_bytevector(from)) return raise_type(who, kExpectedBytevector, from);
  if (!is_bytevector(to)) return raise_type(who, kExpectedBytevector, to);
  u64 length = length_of(from);
  if (!is_index(from_start, length + 1)) return raise_index(who, from_start, from);
  u64 start = static_cast<u64>(fixnum_value(from_start));
  if (!is_index(count, length - start + 1)) return raise_index(who, count, from);
  return move_bytes(who, to, to_start, from, {start, start + static_cast<u64>(fixnum_value(count))});
}

Value bytevector_append2(Value a, Value b) {
  if (!is_bytevector(a)) return raise_type("bytevector-append", kExpectedBytevector, a);
  if (!is_bytevector(b)) return raise_type("bytevector-append", kExpectedBytevector, b);
  u64 n = length_of(a);
  Value result = make_bytevector(n + length_of(b));
  if (is_long_of_bytes(n + length_of(b))) return in_pieces(LongWork::BytevectorAppend, result, make_pair(a, make_pair(b, Null)));
  __builtin_memcpy(bytes_of(result), bytes_of(a), n);
  __builtin_memcpy(bytes_of(result) + n, bytes_of(b), length_of(b));
  return result;
}

Value bytevector_append_list(Value list) {
  if (list_length(list) < 0) return raise_type("bytevector-append", kExpectedList, list);
  u64 n = 0;
  for (Value l = list; is_pair(l); l = cdr(l)) {
    if (!is_bytevector(car(l))) return raise_type("bytevector-append", kExpectedBytevector, car(l));
    n += length_of(car(l));
  }
  if (n > kMaxLength) return raise_condition("implementation-restriction", "bytevector-append", "the result is too large");
  if (!check_room("bytevector-append", n, 1)) return RaiseMark;
  Value b = make_bytevector(n);
  if (is_long_of_bytes(n)) return in_pieces(LongWork::BytevectorAppend, b, list);
  u8* p = bytes_of(b);
  for (Value l = list; is_pair(l); l = cdr(l)) {
    __builtin_memcpy(p, bytes_of(car(l)), length_of(car(l)));
    p += length_of(car(l));
  }
  return b;
}

Value bytevector_equal(Value a, Value b) {
  if (!is_bytevector(a)) return raise_type("bytevector=?", kExpectedBytevector, a);
  if (!is_bytevector(b)) return raise_type("bytevector=?", kExpectedBytevector, b);
  return boolean(length_of(a) == length_of(b) && __builtin_memcmp(bytes_of(a), bytes_of(b), length_of(a)) == 0);
}

Value bytevector_compare(Value a, Value b) {
  if (!is_bytevector(a)) return raise_type("bytevector-compare", kExpectedBytevector, a);
  if (!is_bytevector(b)) return raise_type("bytevector-compare", kExpectedBytevector, b);
  u64 na = length_of(a), nb = length_of(b);
  int order = __builtin_memcmp(bytes_of(a), bytes_of(b), na < nb ? na : nb);
  if (order != 0) return fixnum(order < 0 ? -1 : 1);
  return fixnum(na == nb ? 0 : na < nb ? -1 : 1);
}

Value bytevector_to_u8_list(Value b, Value start, Value end) {
  if (!is_bytevector(b)) return raise_type("bytevector->u8-list", kExpectedBytevector, b);
  Range r;
  if (!take_range("bytevector->u8-list", b, start, end, length_of(b), r)) return RaiseMark;
  return build_list(r.count(), [from = bytes_of(b) + r.start](u64 i) { return fixnum(from[i]); });
}

Value u8_list_to_bytevector(Value list) {
  i64 n = list_length(list);
  if (n < 0) return raise_type("u8-list->bytevector", kExpectedList, list);
  Value b = make_bytevector(static_cast<u64>(n));
  u8* p = bytes_of(b);
  for (Value l = list; is_pair(l); l = cdr(l)) {
    if (!is_byte(car(l))) return raise_assertion("u8-list->bytevector", "expected a byte", car(l));
    *p++ = static_cast<u8>(fixnum_value(car(l)));
  }
  return b;
}

Value bytevector_index(Value b, Value byte, Value start, Value end) {
  constexpr const char* who = "bytevector-index";
  if (!is_bytevector(b)) return raise_type(who, kExpectedBytevector, b);
  if (!is_byte(byte)) return raise_assertion(who, "expected a byte", byte);
  Range r;
  if (!take_range(who, b, start, end, length_of(b), r)) return RaiseMark;
  for (u64 i = r.start; i < r.end; ++i)
    if (bytes_of(b)[i] == static_cast<u8>(fixnum_value(byte))) return fixnum(static_cast<i64>(i));
  return False;
}

Value bytevector_hash(Value b) {
  if (!is_bytevector(b)) return raise_type("bytevector-hash", kExpectedBytevector, b);
  u64 h = 0x2545f4914f6cdd1d ^ length_of(b);
  for (u64 i = 0; i < length_of(b); ++i) {
    h = (h ^ bytes_of(b)[i]) * 0x9e3779b97f4a7c15;
    h ^= h >> 32;
  }
  return fixnum(static_cast<i64>((h ^ h >> 29) & static_cast<u64>(kFixnumMax)));
}

}  // namespace loko
