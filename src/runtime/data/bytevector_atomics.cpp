// SPDX-License-Identifier: MIT
//
// Atomic operations on the 64-bit words of bytevectors, sequentially consistent, for memory that processes share
// ((loko loci shared)). A word is a signed integer in the machine's endianness at an index that is a multiple of 8.
#include "runtime/data/check.h"
#include "runtime/numbers/integers.h"
#include "runtime/numbers/numbers.h"

namespace loko {

Value bytevector_atomic_ref(Value b, Value k);
Value bytevector_atomic_set(Value b, Value k, Value x);
Value bytevector_atomic_exchange(Value b, Value k, Value x);
Value bytevector_atomic_add(Value b, Value k, Value x);
Value bytevector_atomic_and(Value b, Value k, Value x);
Value bytevector_atomic_or(Value b, Value k, Value x);
Value bytevector_atomic_xor(Value b, Value k, Value x);
Value bytevector_atomic_compare_and_swap(Value b, Value k, Value expected, Value x);

namespace {

/// The word at index k; null after raising.
i64* word_at(const char* who, Value b, Value k, bool changes = true) {
  if (!is_bytevector(b)) return raise_type(who, kExpectedBytevector, b), nullptr;
  if (changes && !is_kind(b, Kind::Bytevector)) return raise_type(who, "a literal bytevector can't be changed", b), nullptr;
  u64 length = length_of(b);
  if (length < 8 || !is_index(k, length - 7)) return raise_index(who, k, b), nullptr;
  u64 at = static_cast<u64>(fixnum_value(k));
  if (at % 8 != 0) return raise_condition2("assertion", who, "index is not aligned", k, b), nullptr;
  return reinterpret_cast<i64*>(bytes_of(b) + at);
}

/// An integer of 64 bits with sign; false after raising.
bool take_word(const char* who, Value x, i64& out) {
  if (is_fixnum(x)) return out = fixnum_value(x), true;
  if (!is_exact_integer(x)) return raise_assertion(who, "expected an exact integer", x), false;
  IntegerView v(x);
  constexpr u64 kSign = u64{1} << 63;
  if (v.size > 1 || (v.negative ? v.limbs[0] > kSign : v.limbs[0] >= kSign)) return raise_assertion(who, "integer does not fit", x), false;
  out = static_cast<i64>(v.negative ? u64{0} - v.limbs[0] : v.limbs[0]);
  return true;
}

/// Changes the word by `change(word, operand)`; its value before.
template <class Change>
Value change_word(const char* who, Value b, Value k, Value x, Change&& change) {
  i64* word = word_at(who, b, k);
  i64 operand;
  if (!word || !take_word(who, x, operand)) return RaiseMark;
  return integer_from_i64(change(word, operand));
}

}  // namespace

Value bytevector_atomic_ref(Value b, Value k) {
  const i64* word = word_at("bytevector-atomic-ref", b, k, false);
  return word ? integer_from_i64(__atomic_load_n(word, __ATOMIC_SEQ_CST)) : RaiseMark;
}

Value bytevector_atomic_set(Value b, Value k, Value x) {
  i64* word = word_at("bytevector-atomic-set!", b, k);
  i64 n;
  if (!word || !take_word("bytevector-atomic-set!", x, n)) return RaiseMark;
  __atomic_store_n(word, n, __ATOMIC_SEQ_CST);
  return Void;
}

Value bytevector_atomic_exchange(Value b, Value k, Value x) {
  return change_word("bytevector-atomic-exchange!", b, k, x, [](i64* p, i64 n) { return __atomic_exchange_n(p, n, __ATOMIC_SEQ_CST); });
}
Value bytevector_atomic_add(Value b, Value k, Value x) {
  return change_word("bytevector-atomic-add!", b, k, x, [](i64* p, i64 n) { return __atomic_fetch_add(p, n, __ATOMIC_SEQ_CST); });
}
Value bytevector_atomic_and(Value b, Value k, Value x) {
  return change_word("bytevector-atomic-and!", b, k, x, [](i64* p, i64 n) { return __atomic_fetch_and(p, n, __ATOMIC_SEQ_CST); });
}
Value bytevector_atomic_or(Value b, Value k, Value x) {
  return change_word("bytevector-atomic-or!", b, k, x, [](i64* p, i64 n) { return __atomic_fetch_or(p, n, __ATOMIC_SEQ_CST); });
}
Value bytevector_atomic_xor(Value b, Value k, Value x) {
  return change_word("bytevector-atomic-xor!", b, k, x, [](i64* p, i64 n) { return __atomic_fetch_xor(p, n, __ATOMIC_SEQ_CST); });
}

Value bytevector_atomic_compare_and_swap(Value b, Value k, Value expected, Value x) {
  constexpr const char* kWho = "bytevector-atomic-compare-and-swap!";
  i64* word = word_at(kWho, b, k);
  i64 old, n;
  if (!word || !take_word(kWho, expected, old) || !take_word(kWho, x, n)) return RaiseMark;
  __atomic_compare_exchange_n(word, &old, n, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
  return integer_from_i64(old);
}

}  // namespace loko
