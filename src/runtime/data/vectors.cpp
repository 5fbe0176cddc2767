// SPDX-License-Identifier: MIT
//
// Vectors: making, filling, copying, conversion to and from lists.
#include "runtime/data/long_work.h"

namespace loko {

Value make_vector(Value length, Value fill);
Value vector_fill(Value v, Value x, Value start, Value end);
Value vector_copy(Value v, Value start, Value end);
Value vector_copy_into(Value to, Value at, Value from, Value start, Value end);
Value vector_move(Value from, Value from_start, Value to, Value to_start, Value count);
Value vector_to_list(Value v, Value start, Value end);
Value list_to_vector(Value list);
Value vector_append2(Value a, Value b);
Value vector_append_list(Value list);

void mark_words(const void* address, u64 words) {
  u64 begin = reinterpret_cast<u64>(address), end = begin + 8 * words;
  for (u64 a = begin & ~((u64{1} << kCardShift) - 1); a < end; a += u64{1} << kCardShift) mark_card(reinterpret_cast<void*>(a));
}

namespace {

Value* elements(Value v) { return &slot(v, 1); }

Value move_elements(const char* who, Value to, Value at, Value from, Range r) {
  if (is_immutable(to)) return raise_immutable(who, to);
  u64 length = length_of(to);
  if (!is_index(at, length + 1) || length - static_cast<u64>(fixnum_value(at)) < r.count()) return raise_index(who, at, to);
  if (is_long(r.count())) return in_pieces(LongWork::VectorCopyInto, r, to, at, from);
  Value* target = elements(to) + fixnum_value(at);
  __builtin_memmove(static_cast<void*>(target), elements(from) + r.start, r.count() * 8);
  if (r.count() != 0) mark_words(target, r.count());
  return Void;
}

}  // namespace

Value make_vector(Value length, Value fill) {
  u64 n;
  if (!take_length("make-vector", length, 8, n)) return RaiseMark;
  if (fill == Default) fill = fixnum(0);
  const bool pieces = is_long(n) && fill != fixnum(0);
  const Value v = make_vector(n, pieces ? fixnum(0) : fill);
  if (pieces || !is_reference(fill)) scan_by_cards(v);
  return pieces ? in_pieces(LongWork::MakeVector, v, fill) : v;
}

Value vector_fill(Value v, Value x, Value start, Value end) {
  if (!is_vector(v)) return raise_type("vector-fill!", kExpectedVector, v);
  if (is_immutable(v)) return raise_immutable("vector-fill!", v);
  Range r;
  if (!take_range("vector-fill!", v, start, end, length_of(v), r)) return RaiseMark;
  if (is_long(r.count())) return in_pieces(LongWork::VectorFill, r, v, x);
  Value* e = elements(v);
  for (u64 i = r.start; i < r.end; ++i) e[i] = x;
  if (is_reference(x) && r.count() != 0) mark_words(e + r.start, r.count());
  return Void;
}

Value vector_copy(Value v, Value start, Value end) {
  if (!is_vector(v)) return raise_type("vector-copy", kExpectedVector, v);
  Range r;
  if (!take_range("vector-copy", v, start, end, length_of(v), r)) return RaiseMark;
  Value copy = make_vector(r.count(), fixnum(0));
  if (is_long(r.count())) return in_pieces(LongWork::VectorCopy, r, copy, v);
  __builtin_memcpy(static_cast<void*>(elements(copy)), elements(v) + r.start, r.count() * 8);
  return copy;
}

/// R7RS vector-copy!.
Value vector_copy_into(Value to, Value at, Value from, Value start, Value end) {
  if (!is_vector(to)) return raise_type("vector-copy!", kExpectedVector, to);
  if (!is_vector(from)) return raise_type("vector-copy!", kExpectedVector, from);
  Range r;
  if (!take_range("vector-copy!", from, start, end, length_of(from), r)) return RaiseMark;
  return move_elements("vector-copy!", to, at, from, r);
}

Value vector_move(Value from, Value from_start, Value to, Value to_start, Value count) {
  constexpr const char* who = "vector-copy!";
  if (!is_vector(from)) return raise_type(who, kExpectedVector, from);
  if (!is_vector(to)) return raise_type(who, kExpectedVector, to);
  u64 length = length_of(from);
  if (!is_index(from_start, length + 1)) return raise_index(who, from_start, from);
  u64 start = static_cast<u64>(fixnum_value(from_start));
  if (!is_index(count, length - start + 1)) return raise_index(who, count, from);
  return move_elements(who, to, to_start, from, {start, start + static_cast<u64>(fixnum_value(count))});
}

Value vector_to_list(Value v, Value start, Value end) {
  if (!is_vector(v)) return raise_type("vector->list", kExpectedVector, v);
  Range r;
  if (!take_range("vector->list", v, start, end, length_of(v), r)) return RaiseMark;
  if (is_long(r.count())) return in_pieces(LongWork::VectorToList, r, v);
  return build_list(r.count(), [from = elements(v) + r.start](u64 i) { return from[i]; });
}

Value list_to_vector(Value list) {
  i64 n = short_list_length(list);
  if (n == -3) return in_pieces(LongWork::ListToVector, list);
  if (n < 0) return raise_not_list("list->vector", list);
  Value v = make_vector(static_cast<u64>(n), fixnum(0));
  for (Value* e = elements(v); is_pair(list); list = cdr(list)) *e++ = car(list);
  return v;
}

Value vector_append2(Value a, Value b) {
  if (!is_vector(a)) return raise_type("vector-append", kExpectedVector, a);
  if (!is_vector(b)) return raise_type("vector-append", kExpectedVector, b);
  u64 n = length_of(a);
  Value v = make_vector(n + length_of(b), fixnum(0));
  if (is_long(n + length_of(b))) return in_pieces(LongWork::VectorAppend, v, make_pair(a, make_pair(b, Null)));
  __builtin_memcpy(static_cast<void*>(elements(v)), elements(a), n * 8);
  __builtin_memcpy(static_cast<void*>(elements(v) + n), elements(b), length_of(b) * 8);
  return v;
}

Value vector_append_list(Value list) {
  if (list_length(list) < 0) return raise_type("vector-append", kExpectedList, list);
  u64 n = 0;
  for (Value l = list; is_pair(l); l = cdr(l)) {
    if (!is_vector(car(l))) return raise_type("vector-append", kExpectedVector, car(l));
    n += length_of(car(l));
  }
  if (n > kMaxLength) return raise_condition("implementation-restriction", "vector-append", "the result is too large");
  if (!check_room("vector-append", n, 8)) return RaiseMark;
  Value v = make_vector(n, fixnum(0));
  if (is_long(n)) return in_pieces(LongWork::VectorAppend, v, list);
  Value* e = elements(v);
  for (Value l = list; is_pair(l); l = cdr(l)) {
    u64 count = length_of(car(l));
    __builtin_memcpy(static_cast<void*>(e), elements(car(l)), count * 8);
    e += count;
  }
  return v;
}

}  // namespace loko
