// SPDX-License-Identifier: MIT
//
// Type predicates, eq?, fixnum and character operations on constants. What fails at run time is left alone.
#include "core/fold.h"

#include <string_view>
#include <unordered_map>

namespace loko::core {
namespace {

using Folder = bool (*)(const Value* v, size_t n, Value* r);

bool yes_no(bool b, Value* r) { return *r = boolean(b), true; }
bool number(i64 n, Value* r) {
  if (!fits_fixnum(n)) return false;
  *r = fixnum(n);
  return true;
}
bool both_fixnums(const Value* v, size_t n) { return n == 2 && is_fixnum(v[0]) && is_fixnum(v[1]); }

template <class F>
bool compare(const Value* v, size_t n, Value* r, F f) {
  return both_fixnums(v, n) && yes_no(f(fixnum_value(v[0]), fixnum_value(v[1])), r);
}
template <class F>
bool compare_chars(const Value* v, size_t n, Value* r, F f) {
  return n == 2 && is_char(v[0]) && is_char(v[1]) && yes_no(f(char_value(v[0]), char_value(v[1])), r);
}
template <class F>
bool unary(const Value* v, size_t n, Value* r, F f) {
  return n == 1 && is_fixnum(v[0]) && f(fixnum_value(v[0]), r);
}

i64 floor_mod(i64 a, i64 b) {
  i64 m = a % b;
  return m != 0 && (m < 0) != (b < 0) ? m + b : m;
}

#define OPERATION(...) [](const Value* v, size_t n, Value* r) -> bool { (void)v; (void)n; return __VA_ARGS__; }
#define ARITHMETIC(builtin) OPERATION(both_fixnums(v, n) && [&] { i64 x; return !builtin(fixnum_value(v[0]), fixnum_value(v[1]), &x) && number(x, r); }())
#define COMPARE(op) OPERATION(compare(v, n, r, [](i64 a, i64 b) { return a op b; }))
#define COMPARE_CHARS(op) OPERATION(compare_chars(v, n, r, [](u32 a, u32 b) { return a op b; }))
#define TEST(condition) OPERATION(n == 1 && yes_no(condition, r))
#define DIVIDE(...) OPERATION(both_fixnums(v, n) && v[1] != fixnum(0) && [&] { i64 a = fixnum_value(v[0]), b = fixnum_value(v[1]); return number(__VA_ARGS__, r); }())
#define UNARY_TEST(condition) OPERATION(unary(v, n, r, [](i64 a, Value* q) { return yes_no(condition, q); }))

const std::unordered_map<std::string_view, Folder>& folders() {
  static const auto& table = *new std::unordered_map<std::string_view, Folder>{
      {"eq", OPERATION(n == 2 && !(is_reference(v[0]) && is_reference(v[1]) && !is_symbol(v[0])) && yes_no(v[0] == v[1], r))},
      {"eqv", OPERATION(n == 2 && (!is_reference(v[0]) || !is_reference(v[1])) && yes_no(v[0] == v[1], r))},
      {"not", TEST(v[0] == False)},
      {"is_null", TEST(v[0] == Null)},
      {"is_pair", TEST(is_pair(v[0]))},
      {"is_boolean", TEST(v[0] == True || v[0] == False)},
      {"is_char", TEST(is_char(v[0]))},
      {"is_symbol", TEST(is_symbol(v[0]))},
      {"is_string", TEST(is_string(v[0]))},
      {"is_vector", TEST(is_vector(v[0]))},
      {"is_bytevector", TEST(is_bytevector(v[0]))},
      {"is_procedure", TEST(is_procedure(v[0]))},
      {"is_eof", TEST(v[0] == Eof)},
      {"is_default", TEST(v[0] == Default)},
      {"is_void", TEST(is_void(v[0]))},
      {"is_fixnum", TEST(is_fixnum(v[0]))},
      {"is_flonum", TEST(is_flonum(v[0]))},
      {"char_to_integer", OPERATION(n == 1 && is_char(v[0]) && number(char_value(v[0]), r))},
      {"integer_to_char", OPERATION(n == 1 && is_fixnum(v[0]) && fixnum_value(v[0]) >= 0 && fixnum_value(v[0]) < 0x110000 &&
                                    (fixnum_value(v[0]) < 0xd800 || fixnum_value(v[0]) >= 0xe000) &&
                                    (*r = character(static_cast<u32>(fixnum_value(v[0]))), true))},
      {"char_eq", COMPARE_CHARS(==)}, {"char_lt", COMPARE_CHARS(<)}, {"char_gt", COMPARE_CHARS(>)},
      {"char_le", COMPARE_CHARS(<=)}, {"char_ge", COMPARE_CHARS(>=)},
      {"fixnum_width", OPERATION(number(kFixnumBits, r))},
      {"least_fixnum", OPERATION(number(kFixnumMin, r))},
      {"greatest_fixnum", OPERATION(number(kFixnumMax, r))},
      {"fx_add", ARITHMETIC(__builtin_add_overflow)}, {"generic_add", ARITHMETIC(__builtin_add_overflow)},
      {"fx_sub", ARITHMETIC(__builtin_sub_overflow)}, {"generic_sub", ARITHMETIC(__builtin_sub_overflow)},
      {"fx_mul", ARITHMETIC(__builtin_mul_overflow)}, {"generic_mul", ARITHMETIC(__builtin_mul_overflow)},
      {"fx_eq", COMPARE(==)}, {"fx_lt", COMPARE(<)}, {"fx_gt", COMPARE(>)}, {"fx_le", COMPARE(<=)}, {"fx_ge", COMPARE(>=)},
      {"generic_eq", COMPARE(==)}, {"generic_lt", COMPARE(<)}, {"generic_gt", COMPARE(>)}, {"generic_le", COMPARE(<=)},
      {"generic_ge", COMPARE(>=)},
      {"fx_is_zero", UNARY_TEST(a == 0)}, {"is_zero", UNARY_TEST(a == 0)}, {"fx_is_positive", UNARY_TEST(a > 0)},
      {"is_positive", UNARY_TEST(a > 0)}, {"fx_is_negative", UNARY_TEST(a < 0)}, {"is_negative", UNARY_TEST(a < 0)},
      {"fx_is_even", UNARY_TEST((a & 1) == 0)}, {"is_even", UNARY_TEST((a & 1) == 0)}, {"fx_is_odd", UNARY_TEST((a & 1) != 0)},
      {"is_odd", UNARY_TEST((a & 1) != 0)},
      {"fx_quotient", DIVIDE(a / b)}, {"generic_quotient", DIVIDE(a / b)}, {"fx_remainder", DIVIDE(a % b)},
      {"generic_remainder", DIVIDE(a % b)}, {"fx_modulo", DIVIDE(floor_mod(a, b))}, {"generic_modulo", DIVIDE(floor_mod(a, b))},
      {"fx_and", OPERATION(both_fixnums(v, n) && number(fixnum_value(v[0]) & fixnum_value(v[1]), r))},
      {"fx_ior", OPERATION(both_fixnums(v, n) && number(fixnum_value(v[0]) | fixnum_value(v[1]), r))},
      {"fx_xor", OPERATION(both_fixnums(v, n) && number(fixnum_value(v[0]) ^ fixnum_value(v[1]), r))},
      {"bitwise_and", OPERATION(both_fixnums(v, n) && number(fixnum_value(v[0]) & fixnum_value(v[1]), r))},
      {"bitwise_ior", OPERATION(both_fixnums(v, n) && number(fixnum_value(v[0]) | fixnum_value(v[1]), r))},
      {"bitwise_xor", OPERATION(both_fixnums(v, n) && number(fixnum_value(v[0]) ^ fixnum_value(v[1]), r))},
      {"fx_not", OPERATION(n == 1 && is_fixnum(v[0]) && number(~fixnum_value(v[0]), r))},
      {"fx_shift_left", OPERATION(both_fixnums(v, n) && fixnum_value(v[1]) >= 0 && fixnum_value(v[1]) < 60 &&
                                  [&] { i64 x; return !__builtin_mul_overflow(fixnum_value(v[0]), i64{1} << fixnum_value(v[1]), &x) && number(x, r); }())},
      {"fx_shift_right", OPERATION(both_fixnums(v, n) && fixnum_value(v[1]) >= 0 && fixnum_value(v[1]) <= 60 &&
                                   number(fixnum_value(v[0]) >> fixnum_value(v[1]), r))},
  };
  return table;
}

}  // namespace

bool fold_primitive(const PrimitiveInfo& info, const std::vector<const Expr*>& operands, Value* result) {
  if (info.lowering != Lowering::Low || operands.size() > 2) return false;
  auto it = folders().find(info.target);
  if (it == folders().end()) return false;
  std::string_view target = info.target;
  Value v[2];
  for (size_t i = 0; i < operands.size(); ++i) {
    if (operands[i]->tag == Tag::Lambda && (target == "is_procedure" || target == "not")) {
      *result = boolean(target == "is_procedure");
      return true;
    }
    if (operands[i]->tag != Tag::Quote) return false;
    v[i] = *operands[i]->datum;
  }
  return it->second(v, operands.size(), result);
}

}  // namespace loko::core
