// SPDX-License-Identifier: MIT
#include "core/fold_functions.h"

#include "runtime/memory/heap.h"
#include "runtime/numbers/numbers.h"

namespace loko::core {
namespace {

bool is_number_object(Value v) {
  if (!is_typed(v)) return false;
  Kind k = header_kind(header(v));
  return k == Kind::Bignum || k == Kind::Ratnum || k == Kind::Flonum || k == Kind::Compnum;
}

bool yes_no(bool b, Value* r) { return *r = boolean(b), true; }
bool give(Value v, Value* r) { return *r = v, true; }
bool number(i64 n, Value* r) { return fits_fixnum(n) && give(fixnum(n), r); }
bool index_below(Value k, u64 length) { return is_fixnum(k) && fixnum_value(k) >= 0 && static_cast<u64>(fixnum_value(k)) < length; }
bool is_count(Value n) { return is_fixnum(n) && fixnum_value(n) >= 0 && fixnum_value(n) < kFixnumBits; }

bool shifted_left(Value a, i64 n, Value* r) {
  i64 x;
  return !__builtin_mul_overflow(fixnum_value(a), i64{1} << n, &x) && number(x, r);
}

}  // namespace

#define FOLD(name) bool fold_##name([[maybe_unused]] const Value* v, [[maybe_unused]] size_t n, Value* r)
#define FOLD_TEST(name, test) FOLD(name) { return n == 1 && yes_no(test, r); }
#define FOLD_CHARS(name, op) \
  FOLD(name) { return n == 2 && is_char(v[0]) && is_char(v[1]) && yes_no(char_value(v[0]) op char_value(v[1]), r); }

// Whether two literals are one object is not known; symbols are.
FOLD(eq) { return n == 2 && (!is_reference(v[0]) || !is_reference(v[1]) || is_symbol(v[0])) && yes_no(v[0] == v[1], r); }
FOLD(eqv) {
  if (n == 2 && is_number_object(v[0]) && is_number_object(v[1])) return give(is_eqv(v[0], v[1]), r);
  return n == 2 && (!is_reference(v[0]) || !is_reference(v[1]) || is_symbol(v[0])) && yes_no(v[0] == v[1], r);
}

FOLD_TEST(not, v[0] == False)
FOLD_TEST(is_null, v[0] == Null)
FOLD_TEST(is_pair, is_pair(v[0]))
FOLD_TEST(is_boolean, v[0] == True || v[0] == False)
FOLD_TEST(is_char, is_char(v[0]))
FOLD_TEST(is_symbol, is_symbol(v[0]))
FOLD_TEST(is_string, is_string(v[0]))
FOLD_TEST(is_vector, is_vector(v[0]))
FOLD_TEST(is_bytevector, is_bytevector(v[0]))
FOLD_TEST(is_procedure, is_procedure(v[0]))
FOLD_TEST(is_eof, v[0] == Eof)
FOLD_TEST(is_fixnum, is_fixnum(v[0]))
FOLD_TEST(is_flonum, is_flonum(v[0]))
FOLD_TEST(is_default, v[0] == Default)
FOLD_TEST(is_void, is_void(v[0]))
FOLD(eof) { return give(Eof, r); }

FOLD(char_to_integer) { return n == 1 && is_char(v[0]) && number(char_value(v[0]), r); }
FOLD(integer_to_char) {
  if (n != 1 || !index_below(v[0], 0x110000)) return false;
  u32 c = static_cast<u32>(fixnum_value(v[0]));
  return (c < 0xd800 || c >= 0xe000) && give(character(c), r);
}
FOLD_CHARS(char_eq, ==)
FOLD_CHARS(char_lt, <)
FOLD_CHARS(char_gt, >)
FOLD_CHARS(char_le, <=)
FOLD_CHARS(char_ge, >=)

// The length of a literal never changes, nor do the elements of immutable ones.
FOLD(vector_length) { return n == 1 && is_vector(v[0]) && number(static_cast<i64>(length_of(v[0])), r); }
FOLD(bytevector_length) { return n == 1 && is_bytevector(v[0]) && number(static_cast<i64>(length_of(v[0])), r); }
FOLD(string_length) { return n == 1 && is_string(v[0]) && number(static_cast<i64>(string_length(v[0])), r); }
FOLD(vector_ref) {
  bool known = n == 2 && is_typed(v[0]) && header_kind(header(v[0])) == Kind::ImmutableVector && index_below(v[1], length_of(v[0]));
  return known && give(slot(v[0], fixnum_value(v[1]) + 1), r);
}
FOLD(string_ref) {
  if (n != 2 || !is_typed(v[0])) return false;
  Kind k = header_kind(header(v[0]));
  bool known = (k == Kind::ImmutableString1 || k == Kind::ImmutableString4) && index_below(v[1], string_length(v[0]));
  return known && give(character(string_ref(v[0], static_cast<u64>(fixnum_value(v[1])))), r);
}

FOLD(fixnum_width) { return number(kFixnumBits, r); }
FOLD(least_fixnum) { return number(kFixnumMin, r); }
FOLD(greatest_fixnum) { return number(kFixnumMax, r); }
FOLD(fx_shift_left) { return n == 2 && is_fixnum(v[0]) && is_count(v[1]) && shifted_left(v[0], fixnum_value(v[1]), r); }
FOLD(fx_shift_right) { return n == 2 && is_fixnum(v[0]) && is_count(v[1]) && number(fixnum_value(v[0]) >> fixnum_value(v[1]), r); }
FOLD(fx_shift) {
  if (n != 2 || !is_fixnum(v[0]) || !is_fixnum(v[1])) return false;
  i64 by = fixnum_value(v[1]);
  if (by >= 0) return fold_fx_shift_left(v, n, r);
  return is_count(fixnum(-by)) && number(fixnum_value(v[0]) >> -by, r);
}

}  // namespace loko::core
