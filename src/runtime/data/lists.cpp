// SPDX-License-Identifier: MIT
//
// Lists: what is worth a C++ loop. Circular lists are found by Brent's method. Also membership and association
// with the built-in equivalences.
#include "runtime/data/equality.h"
#include "runtime/data/long_work.h"
#include "runtime/numbers/numbers.h"

namespace loko {

Value length(Value list);
Value is_list(Value v);
Value is_circular(Value v);
Value append2(Value a, Value b);
Value append_reverse(Value a, Value b);
Value reverse(Value list);
Value list_copy(Value list);
Value memv(Value x, Value list);
Value member(Value x, Value list);
Value assv(Value x, Value list);
Value assoc(Value x, Value list);

namespace {

/// The n elements of a list, the last one first, before `tail`.
Value reversed(Value list, i64 n, Value tail) {
  auto next = [&list](u64) {
    Value v = car(list);
    list = cdr(list);
    return v;
  };
  return build_list(static_cast<u64>(n), next, tail);
}

template <bool in_pieces>
i64 count_pairs(Value list) {
  Value tortoise = list;
  u64 limit = 2;
  for (u64 n = 0;; list = cdr(list)) {
    if (!is_pair(list)) return list == Null ? static_cast<i64>(n) : -1;
    if (++n == limit) {
      if (in_pieces && is_long(n)) return -3;
      tortoise = list;
      limit *= 2;
    } else if (n > 2 && list == tortoise) {
      return -2;
    }
  }
}

}  // namespace

i64 list_length(Value list) { return count_pairs<false>(list); }
i64 short_list_length(Value list) { return count_pairs<true>(list); }

Value raise_not_list(const char* who, Value list) {
  return raise_assertion(who, list_length(list) == -2 ? "expected a list, not a circular one" : kExpectedList, list);
}

namespace {

/// Is the rest of a list that ended a search an end? A search of a circular list never ends: cut it off.
constexpr u64 kPatience = 1 << 20;

/// The first pair of `list` whose car satisfies f, or #f.
template <class F>
Value search(const char* who, Value list, F found) {
  u64 n = 0;
  Value l = list;
  for (; is_pair(l); l = cdr(l)) {
    if (found(car(l))) return l;
    if (++n == kPatience && list_length(list) == -2) return raise_not_list(who, list);
  }
  return l == Null ? False : raise_not_list(who, list);
}

/// The first pair in an association list whose key satisfies f, or #f.
template <class F>
Value search_keys(const char* who, Value list, F found) {
  u64 n = 0;
  Value l = list;
  for (; is_pair(l); l = cdr(l)) {
    if (!is_pair(car(l))) return raise_assertion(who, "expected a list of pairs", list);
    if (found(car(car(l)))) return car(l);
    if (++n == kPatience && list_length(list) == -2) return raise_not_list(who, list);
  }
  return l == Null ? False : raise_not_list(who, list);
}

bool needs_eqv(Value x) { return is_typed(x) && !is_record(x) && !is_string(x) && !is_symbol(x); }

}  // namespace

Value length(Value list) {
  i64 n = short_list_length(list);
  if (n == -3) return in_pieces(LongWork::Length, list);
  return n < 0 ? raise_not_list("length", list) : fixnum(n);
}

Value is_list(Value v) {
  i64 n = short_list_length(v);
  return n == -3 ? in_pieces(LongWork::IsList, v) : boolean(n >= 0);
}
Value is_circular(Value v) { return boolean(list_length(v) == -2); }

Value append2(Value a, Value b) {
  if (a == Null) return b;
  i64 n = short_list_length(a);
  if (n == -3) return in_pieces(LongWork::Append, a, b);
  if (n < 0) return raise_not_list("append", a);
  Value first = make_pair(car(a), b), last = first;
  for (a = cdr(a); is_pair(a); a = cdr(a)) {
    Value next = make_pair(car(a), b);
    slot(last, 1) = next;
    last = next;
  }
  return first;
}

Value append_reverse(Value a, Value b) {
  i64 n = short_list_length(a);
  if (n == -3) return in_pieces(LongWork::AppendReverse, a, b);
  if (n < 0) return raise_not_list("append-reverse", a);
  return reversed(a, n, b);
}

Value reverse(Value list) {
  i64 n = short_list_length(list);
  if (n == -3) return in_pieces(LongWork::Reverse, list);
  if (n < 0) return raise_not_list("reverse", list);
  return reversed(list, n, Null);
}

/// R7RS: an improper tail stays; what is no pair is returned.
Value list_copy(Value list) {
  if (!is_pair(list)) return list;
  i64 n = short_list_length(list);
  if (n == -3) return in_pieces(LongWork::ListCopy, list);
  if (n == -2) return raise_not_list("list-copy", list);
  Value first = make_pair(car(list), Null), last = first;
  for (list = cdr(list); is_pair(list); list = cdr(list)) {
    Value next = make_pair(car(list), Null);
    slot(last, 1) = next;
    last = next;
  }
  slot(last, 1) = list;
  return first;
}

Value memv(Value x, Value list) {
  if (!needs_eqv(x)) return search("memv", list, [x](Value y) { return x == y; });
  return search("memv", list, [x](Value y) { return eqv(x, y); });
}

Value member(Value x, Value list) {
  if (!is_reference(x)) return search("member", list, [x](Value y) { return x == y; });
  return search("member", list, [x](Value y) { return equal(x, y); });
}

Value assv(Value x, Value list) {
  if (!needs_eqv(x)) return search_keys("assv", list, [x](Value y) { return x == y; });
  return search_keys("assv", list, [x](Value y) { return eqv(x, y); });
}

Value assoc(Value x, Value list) {
  if (!is_reference(x)) return search_keys("assoc", list, [x](Value y) { return x == y; });
  return search_keys("assoc", list, [x](Value y) { return equal(x, y); });
}

}  // namespace loko
