// SPDX-License-Identifier: MIT
//
// Characters: case, categories, digits, comparison without case.
#include "runtime/data/check.h"
#include "runtime/data/unicode.h"

namespace loko {

Value char_upcase(Value c);
Value char_downcase(Value c);
Value char_titlecase(Value c);
Value char_foldcase(Value c);
Value is_char_alphabetic(Value c);
Value is_char_numeric(Value c);
Value is_char_whitespace(Value c);
Value is_char_upper_case(Value c);
Value is_char_lower_case(Value c);
Value is_char_title_case(Value c);
Value char_general_category(Value c);
Value is_char_graphic(Value c);
Value digit_value(Value c);
Value char_ci_equal(Value a, Value b);
Value char_ci_less(Value a, Value b);
Value char_ci_greater(Value a, Value b);
Value char_ci_less_equal(Value a, Value b);
Value char_ci_greater_equal(Value a, Value b);

namespace {

constexpr char kCategoryNames[][3] = {"Lu", "Ll", "Lt", "Lm", "Lo", "Mn", "Mc", "Me", "Nd", "Nl", "No", "Ps", "Pe", "Pi", "Pf",
                                      "Pd", "Pc", "Po", "Sc", "Sm", "Sk", "So", "Zs", "Zp", "Zl", "Cc", "Cf", "Cs", "Co", "Cn"};

Value map(const char* who, Value c, u32 (*f)(u32)) {
  return is_char(c) ? character(f(char_value(c))) : raise_type(who, kExpectedChar, c);
}

Value test(const char* who, Value c, bool (*f)(u32)) {
  return is_char(c) ? boolean(f(char_value(c))) : raise_type(who, kExpectedChar, c);
}

bool is_numeric(u32 c) {
  Category k = unicode_category(c);
  return k == Category::Nd || k == Category::Nl || k == Category::No;
}

bool is_title(u32 c) { return unicode_category(c) == Category::Lt; }

template <class F>
Value compare_ci(const char* who, Value a, Value b, F f) {
  if (!is_char(a)) return raise_type(who, kExpectedChar, a);
  if (!is_char(b)) return raise_type(who, kExpectedChar, b);
  return boolean(f(unicode_foldcase(char_value(a)), unicode_foldcase(char_value(b))));
}

}  // namespace

Value char_upcase(Value c) { return map("char-upcase", c, unicode_upcase); }
Value char_downcase(Value c) { return map("char-downcase", c, unicode_downcase); }
Value char_titlecase(Value c) { return map("char-titlecase", c, unicode_titlecase); }
Value char_foldcase(Value c) { return map("char-foldcase", c, unicode_foldcase); }
Value is_char_alphabetic(Value c) { return test("char-alphabetic?", c, unicode_alphabetic); }
Value is_char_numeric(Value c) { return test("char-numeric?", c, is_numeric); }
Value is_char_whitespace(Value c) { return test("char-whitespace?", c, unicode_whitespace); }
Value is_char_upper_case(Value c) { return test("char-upper-case?", c, unicode_uppercase); }
Value is_char_lower_case(Value c) { return test("char-lower-case?", c, unicode_lowercase); }
Value is_char_title_case(Value c) { return test("char-title-case?", c, is_title); }
Value is_char_graphic(Value c) { return test("%char-graphic?", c, unicode_graphic); }

Value char_general_category(Value c) {
  if (!is_char(c)) return raise_type("char-general-category", kExpectedChar, c);
  return intern(kCategoryNames[static_cast<unsigned>(unicode_category(char_value(c)))], 2);
}

Value digit_value(Value c) {
  if (!is_char(c)) return raise_type("digit-value", kExpectedChar, c);
  int digit = unicode_digit_value(char_value(c));
  return digit < 0 ? False : fixnum(digit);
}

Value char_ci_equal(Value a, Value b) { return compare_ci("char-ci=?", a, b, [](u32 x, u32 y) { return x == y; }); }
Value char_ci_less(Value a, Value b) { return compare_ci("char-ci<?", a, b, [](u32 x, u32 y) { return x < y; }); }
Value char_ci_greater(Value a, Value b) { return compare_ci("char-ci>?", a, b, [](u32 x, u32 y) { return x > y; }); }
Value char_ci_less_equal(Value a, Value b) { return compare_ci("char-ci<=?", a, b, [](u32 x, u32 y) { return x <= y; }); }
Value char_ci_greater_equal(Value a, Value b) { return compare_ci("char-ci>=?", a, b, [](u32 x, u32 y) { return x >= y; }); }

}  // namespace loko
