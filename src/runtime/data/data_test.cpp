// SPDX-License-Identifier: MIT
//
// Primitives of runtime/data through their table entries: the reports' examples, all string widths, errors,
// circular data, and Unicode's own normalization test.
#include <gtest/gtest.h>

#include <cstdio>
#include <string>
#include <vector>

#include "runtime/data/equality.h"
#include "runtime/data/text_access.h"
#include "runtime/data/unicode.h"
#include "runtime/memory/heap.h"
#include "runtime/memory/runtime_fixture.h"
#include "runtime/numbers/numbers.h"

namespace loko {
#define LOKO_RUNTIME(function, index, types) Value function types;
#define LOKO_COMPILER(function, index, types)
#define LOKO_FLOAT(function, index, types)
#include "tables/entries.inc"

namespace {

class Runtime : public testing::Environment {
 public:
  void SetUp() override { need_runtime(); }
};
[[maybe_unused]] const auto* const kRuntime = testing::AddGlobalTestEnvironment(new Runtime);

constexpr Value kNone = Default;

Value str(const std::string& s) { return make_string_utf8(s.data(), s.size()); }
Value sym(const std::string& s) { return intern(s.data(), s.size()); }
Value num(const std::string& s) { return parse_number(s.data(), s.size(), 10); }

std::string utf8(Value s) {
  if (s == RaiseMark) return "raises";
  Value b = string_to_utf8(s, kNone, kNone);
  return std::string(reinterpret_cast<const char*>(bytes_of(b)), length_of(b));
}

Value list(std::initializer_list<Value> items) {
  Value result = Null;
  for (auto it = std::rbegin(items); it != std::rend(items); ++it) result = make_pair(*it, result);
  return result;
}

Value bytes(std::initializer_list<int> items) {
  Value b = make_bytevector(items.size());
  u64 i = 0;
  for (int x : items) bytes_of(b)[i++] = static_cast<u8>(x);
  return b;
}

/// Who raised last.
std::string who() {
  Value w = car(cdr(context().pending));
  return w == False ? "#f" : utf8(is_symbol(w) ? symbol_name(w) : w);
}

TEST(Symbols, Interning) {
  EXPECT_EQ(sym("abc"), sym("abc"));
  EXPECT_NE(sym("abc"), sym("abd"));
  EXPECT_EQ(sym("λ"), string_to_symbol(str("λ")));
  EXPECT_EQ(sym(""), string_to_symbol(str("")));
  Value wide = make_string4(3);
  for (u64 i = 0; i < 3; ++i) string_put(wide, i, static_cast<u32>('a' + i));
  EXPECT_EQ(intern_string(wide), sym("abc"));
  std::vector<Value> many;
  for (int i = 0; i < 30000; ++i) many.push_back(sym("symbol" + std::to_string(i)));
  for (int i = 0; i < 30000; ++i) ASSERT_EQ(many[static_cast<std::size_t>(i)], sym("symbol" + std::to_string(i)));
  Value fresh = make_uninterned(str("abc"));
  EXPECT_NE(fresh, sym("abc"));
  EXPECT_EQ(is_interned(fresh), False);
  EXPECT_EQ(is_interned(sym("abc")), True);
  EXPECT_EQ(utf8(symbol_name(fresh)), "abc");
}

TEST(Symbols, NamesAreImmutable) {
  for (const char* text : {"abc", "aλc", ""}) {
    Value name = symbol_name(sym(text));
    EXPECT_TRUE(is_string(name) && is_immutable(name));
    EXPECT_EQ(string_equal(name, str(text)), True);
    EXPECT_EQ(string_hash(name), string_hash(str(text)));
    EXPECT_EQ(equal_hash(name), equal_hash(str(text)));
    Value copy = string_copy(name, kNone, kNone);
    EXPECT_FALSE(is_immutable(copy));
    EXPECT_TRUE(equal(name, copy) && equal(copy, name));
    EXPECT_EQ(string_fill(name, character('x'), kNone, kNone), RaiseMark);
    EXPECT_EQ(who(), "string-fill!");
    EXPECT_EQ(string_copy_into(name, fixnum(0), str(""), kNone, kNone), RaiseMark);
    EXPECT_EQ(who(), "string-copy!");
  }
  Value name = symbol_name(sym("abc"));
  for (u32 c : {u32{'x'}, u32{0x3bb}}) {
    EXPECT_EQ(string_set_slow(name, fixnum(0), character(c)), RaiseMark);
    EXPECT_EQ(who(), "string-set!");
  }
  EXPECT_EQ(utf8(name), "abc");
}

TEST(Immutable, VectorsAndBytevectors) {
  Value v = make_vector(3, fixnum(1)), b = make_bytevector(8);
  freeze(v);
  freeze(b);
  EXPECT_TRUE(is_vector(v) && is_bytevector(b) && !is_vector(b) && !is_bytevector(v) && !is_string(v) && !is_string(b));
  EXPECT_EQ(length_of(v), 3u);
  EXPECT_TRUE(equal(v, make_vector(3, fixnum(1))) && equal(make_bytevector(8), b));
  EXPECT_EQ(equal_hash(v), equal_hash(make_vector(3, fixnum(1))));
  EXPECT_EQ(equal_hash(b), equal_hash(make_bytevector(8)));
  EXPECT_EQ(vector_fill(v, True, kNone, kNone), RaiseMark);
  EXPECT_EQ(who(), "vector-fill!");
  EXPECT_EQ(vector_copy_into(v, fixnum(0), make_vector(1, True), kNone, kNone), RaiseMark);
  EXPECT_EQ(bytevector_fill(b, fixnum(1), kNone, kNone), RaiseMark);
  EXPECT_EQ(bytevector_copy_into(b, fixnum(0), make_bytevector(1), kNone, kNone), RaiseMark);
  EXPECT_EQ(who(), "bytevector-copy!");
  EXPECT_EQ(bytevector_u64_native_set(b, fixnum(0), fixnum(1)), RaiseMark);
  EXPECT_EQ(who(), "bytevector-u64-native-set!");
  EXPECT_FALSE(is_immutable(vector_copy(v, kNone, kNone)));
  EXPECT_FALSE(is_immutable(bytevector_copy(b, kNone, kNone)));
  EXPECT_EQ(vector_copy_into(make_vector(3, True), fixnum(0), v, kNone, kNone), Void);
}

TEST(Strings, Widths) {
  Value s = str("hello");
  EXPECT_TRUE(is_kind(s, Kind::String1));
  EXPECT_TRUE(is_kind(str("héllo"), Kind::String1));
  EXPECT_TRUE(is_kind(str("hλllo"), Kind::String4));
  EXPECT_EQ(string_set_slow(s, fixnum(1), character(0x3bb)), Void);
  EXPECT_TRUE(is_kind(s, Kind::StringWide));
  EXPECT_EQ(string_length(s), 5u);
  EXPECT_EQ(utf8(s), "hλllo");
  EXPECT_EQ(string_ref_slow(s, fixnum(1)), character(0x3bb));
  EXPECT_EQ(string_equal(s, str("hλllo")), True);
  EXPECT_EQ(string_hash(s), string_hash(str("hλllo")));
  string_set_slow(s, fixnum(1), character('e'));
  EXPECT_EQ(string_equal(s, str("hello")), True);
  EXPECT_EQ(string_hash(s), string_hash(str("hello")));
  EXPECT_EQ(is_string_latin1(s), True);
  EXPECT_TRUE(is_kind(string_copy(s, kNone, kNone), Kind::String1));
  EXPECT_EQ(string_ref_slow(s, fixnum(5)), RaiseMark);
  EXPECT_EQ(who(), "string-ref");
  EXPECT_EQ(string_ref_slow(s, fixnum(-1)), RaiseMark);
  EXPECT_EQ(string_ref_slow(s, sym("a")), RaiseMark);
  EXPECT_EQ(string_set_slow(s, fixnum(0), fixnum(0)), RaiseMark);
}

TEST(Strings, MakeCopyAppend) {
  EXPECT_EQ(utf8(make_string(fixnum(3), character('a'))), "aaa");
  EXPECT_EQ(utf8(make_string(fixnum(2), character(0x3bb))), "λλ");
  EXPECT_EQ(string_length(make_string(fixnum(0), kNone)), 0u);
  EXPECT_EQ(make_string(fixnum(-1), kNone), RaiseMark);
  EXPECT_EQ(make_string(fixnum(i64{1} << 50), kNone), RaiseMark);
  EXPECT_EQ(utf8(substring(str("hello"), fixnum(1), fixnum(3))), "el");
  EXPECT_EQ(substring(str("hello"), fixnum(3), fixnum(1)), RaiseMark);
  EXPECT_EQ(substring(str("hello"), fixnum(3), fixnum(6)), RaiseMark);
  EXPECT_EQ(utf8(string_append2(str("a"), str("λ"))), "aλ");
  EXPECT_EQ(utf8(string_append_list(list({str("a"), str(""), str("b"), str("λ")}))), "abλ");
  EXPECT_EQ(string_append_list(list({str("a"), fixnum(1)})), RaiseMark);
  Value s = str("abcdef");
  EXPECT_EQ(string_copy_into(s, fixnum(2), s, fixnum(0), fixnum(4)), Void);
  EXPECT_EQ(utf8(s), "ababcd");
  EXPECT_EQ(string_copy_into(s, fixnum(1), str("λμ"), kNone, kNone), Void);
  EXPECT_EQ(utf8(s), "aλμbcd");
  EXPECT_EQ(string_copy_into(s, fixnum(5), str("xy"), kNone, kNone), RaiseMark);
  EXPECT_EQ(string_fill(s, character('z'), fixnum(1), fixnum(3)), Void);
  EXPECT_EQ(utf8(s), "azzbcd");
  EXPECT_EQ(utf8(list_to_string(string_to_list(str("aλb"), fixnum(1), kNone))), "λb");
  EXPECT_EQ(utf8(vector_to_string(string_to_vector(str("aλb"), kNone, kNone), fixnum(1), fixnum(2))), "λ");
  EXPECT_EQ(list_to_string(fixnum(1)), RaiseMark);
}

TEST(Strings, CompareAndSearch) {
  EXPECT_EQ(string_compare(str("abc"), str("abd")), fixnum(-1));
  EXPECT_EQ(string_compare(str("abc"), str("ab")), fixnum(1));
  EXPECT_EQ(string_compare(str("é"), str("λ")), fixnum(-1));
  EXPECT_EQ(string_less(str(""), str("a")), True);
  EXPECT_EQ(string_greater_equal(str("a"), str("a")), True);
  EXPECT_EQ(string_ci_equal(str("Straße"), str("STRASSE")), True);
  EXPECT_EQ(string_ci_equal(str("ΧΑΟΣ"), str("χαος")), True);
  EXPECT_EQ(string_ci_less(str("a"), str("B")), True);
  EXPECT_EQ(string_ci_hash(str("Straße")), string_ci_hash(str("strasse")));
  EXPECT_EQ(string_equal(str("a"), sym("a")), RaiseMark);
  EXPECT_EQ(string_index(str("hello"), character('l'), kNone, kNone), fixnum(2));
  EXPECT_EQ(string_index(str("hello"), character('z'), kNone, kNone), False);
  EXPECT_EQ(string_index_right(str("hello"), character('l'), kNone, kNone), fixnum(3));
  EXPECT_EQ(string_search_forward(str("aab"), str("aaaab"), fixnum(0)), fixnum(2));
  EXPECT_EQ(string_search_forward(str("aab"), str("aaaab"), fixnum(3)), False);
  EXPECT_EQ(string_search_forward(str(""), str("abc"), fixnum(1)), fixnum(1));
  EXPECT_EQ(string_search_backward(str("ab"), str("ababx"), kNone), fixnum(2));
  EXPECT_EQ(string_search_backward(str(""), str(""), kNone), fixnum(0));
  EXPECT_EQ(string_search_backward(str("abc"), str("ab"), kNone), False);
}

TEST(Strings, Case) {
  EXPECT_EQ(utf8(string_upcase(str("Hi"))), "HI");
  EXPECT_EQ(utf8(string_downcase(str("Hi"))), "hi");
  EXPECT_EQ(utf8(string_upcase(str("Straße"))), "STRASSE");
  EXPECT_EQ(utf8(string_downcase(str("STRASSE"))), "strasse");
  EXPECT_EQ(utf8(string_foldcase(str("Straße"))), "strasse");
  EXPECT_EQ(utf8(string_downcase(str("ΧΑΟΣ"))), "χαος");
  EXPECT_EQ(utf8(string_downcase(str("ΧΑΟΣΣ"))), "χαοσς");
  EXPECT_EQ(utf8(string_downcase(str("ΧΑΟΣ Σ"))), "χαος σ");
  EXPECT_EQ(utf8(string_foldcase(str("ΧΑΟΣΣ"))), "χαοσσ");
  EXPECT_EQ(utf8(string_upcase(str("χαος"))), "ΧΑΟΣ");
  EXPECT_EQ(utf8(string_titlecase(str("kNock KNoCK"))), "Knock Knock");
  EXPECT_EQ(utf8(string_titlecase(str("who's there?"))), "Who's There?");
  EXPECT_EQ(utf8(string_titlecase(str("r6rs R6RS"))), "R6rs R6rs");
  EXPECT_EQ(utf8(string_upcase(str("ÿ"))), "Ÿ");
}

TEST(Strings, NormalizationExamples) {
  EXPECT_EQ(utf8(string_normalize_nfd(str("\xC3\xA9"))), "e\xCC\x81");
  EXPECT_EQ(utf8(string_normalize_nfc(str("\xC3\xA9"))), "\xC3\xA9");
  EXPECT_EQ(utf8(string_normalize_nfc(str("e\xCC\x81"))), "\xC3\xA9");
  EXPECT_EQ(utf8(string_normalize_nfkd(str("\xEF\xAC\x81"))), "fi");
  EXPECT_EQ(string_normalize_nfc(fixnum(1)), RaiseMark);
}

std::string field_to_utf8(const std::string& field) {
  Value s = make_string4(0);
  std::vector<u32> characters;
  for (const char* p = field.c_str(); *p != 0;) {
    char* end;
    characters.push_back(static_cast<u32>(std::strtoul(p, &end, 16)));
    p = *end == ' ' ? end + 1 : end;
  }
  s = make_string_of(characters.data(), characters.size());
  return utf8(s);
}

TEST(Strings, NormalizationTestOfUnicode) {
  FILE* in = popen("bzcat /usr/share/unicode/NormalizationTest.txt.bz2 2>/dev/null", "r");
  char line[4096];
  int checked = 0;
  while (in != nullptr && std::fgets(line, sizeof line, in) != nullptr) {
    if (line[0] == '#' || line[0] == '@') continue;
    std::vector<std::string> c;
    std::string rest = line;
    for (int i = 0; i < 5; ++i) {
      std::size_t end = rest.find(';');
      if (end == std::string::npos) break;
      c.push_back(field_to_utf8(rest.substr(0, end)));
      rest = rest.substr(end + 1);
    }
    if (c.size() != 5) continue;
    ++checked;
    for (int i = 0; i < 3; ++i) {
      ASSERT_EQ(utf8(string_normalize_nfc(str(c[static_cast<std::size_t>(i)]))), c[1]) << line;
      ASSERT_EQ(utf8(string_normalize_nfd(str(c[static_cast<std::size_t>(i)]))), c[2]) << line;
    }
    for (const std::string& x : c) {
      ASSERT_EQ(utf8(string_normalize_nfkc(str(x))), c[3]) << line;
      ASSERT_EQ(utf8(string_normalize_nfkd(str(x))), c[4]) << line;
    }
  }
  if (in != nullptr) pclose(in);
  if (checked == 0) GTEST_SKIP() << "NormalizationTest.txt.bz2 or bzcat is not there";
  EXPECT_GT(checked, 18000);
}

TEST(Characters, Properties) {
  EXPECT_EQ(char_upcase(character('i')), character('I'));
  EXPECT_EQ(char_downcase(character('i')), character('i'));
  EXPECT_EQ(char_titlecase(character(0x1c6)), character(0x1c5));
  EXPECT_EQ(char_foldcase(character(0x3a3)), character(0x3c3));
  EXPECT_EQ(char_foldcase(character(0x3c2)), character(0x3c3));
  EXPECT_EQ(char_upcase(character(0xdf)), character(0xdf));
  EXPECT_EQ(is_char_alphabetic(character('a')), True);
  EXPECT_EQ(is_char_alphabetic(character('1')), False);
  EXPECT_EQ(is_char_numeric(character('1')), True);
  EXPECT_EQ(is_char_whitespace(character(0xa0)), True);
  EXPECT_EQ(is_char_upper_case(character(0x3a3)), True);
  EXPECT_EQ(is_char_lower_case(character(0xaa)), True);
  EXPECT_EQ(is_char_title_case(character(0x1c5)), True);
  EXPECT_EQ(char_general_category(character('a')), sym("Ll"));
  EXPECT_EQ(char_general_category(character(0x10ffff)), sym("Cn"));
  EXPECT_EQ(char_general_category(character(0x4e00)), sym("Lo"));
  EXPECT_EQ(digit_value(character(0x664)), fixnum(4));
  EXPECT_EQ(digit_value(character('x')), False);
  EXPECT_EQ(char_ci_equal(character(0x3a3), character(0x3c2)), True);
  EXPECT_EQ(char_ci_less(character('A'), character('b')), True);
  EXPECT_EQ(char_upcase(fixnum(1)), RaiseMark);
}

TEST(Codecs, Utf8) {
  EXPECT_EQ(utf8(utf8_to_string(bytes({0x61, 0xce, 0xbb, 0xf0, 0x9f, 0x98, 0x80}), kNone, kNone)), "aλ😀");
  EXPECT_EQ(utf8(utf8_to_string(bytes({0x61, 0xff, 0x62}), kNone, kNone)), "a\xEF\xBF\xBD" "b");
  EXPECT_EQ(string_length(utf8_to_string(bytes({0xe2, 0x82, 0x41}), kNone, kNone)), 2u);
  EXPECT_EQ(string_length(utf8_to_string(bytes({0xed, 0xa0, 0x80}), kNone, kNone)), 3u);
  EXPECT_EQ(string_length(utf8_to_string(bytes({0xf0, 0x9f}), kNone, kNone)), 1u);
  EXPECT_EQ(utf8(utf8_to_string(bytes({0x61, 0x62, 0x63}), fixnum(1), fixnum(2))), "b");
  EXPECT_EQ(utf8_to_string(str("a"), kNone, kNone), RaiseMark);
  EXPECT_EQ(bytevector_equal(string_to_utf8(str("é"), kNone, kNone), bytes({0xc3, 0xa9})), True);
}

TEST(Codecs, Utf16And32) {
  EXPECT_EQ(bytevector_equal(string_to_utf16(str("a😀"), kNone), bytes({0, 0x61, 0xd8, 0x3d, 0xde, 0})), True);
  EXPECT_EQ(bytevector_equal(string_to_utf16(str("a"), sym("little")), bytes({0x61, 0})), True);
  EXPECT_EQ(utf8(utf16_to_string(bytes({0x61, 0, 0x3d, 0xd8, 0, 0xde}), sym("little"), kNone)), "a😀");
  EXPECT_EQ(utf8(utf16_to_string(bytes({0xff, 0xfe, 0x61, 0}), sym("big"), kNone)), "a");
  EXPECT_EQ(string_length(utf16_to_string(bytes({0xff, 0xfe, 0x61, 0}), sym("big"), True)), 2u);
  EXPECT_EQ(utf8(utf16_to_string(bytes({0xd8, 0x3d, 0, 0x61, 0}), sym("big"), kNone)), "\xEF\xBF\xBD" "a\xEF\xBF\xBD");
  EXPECT_EQ(utf8(utf32_to_string(string_to_utf32(str("a😀"), sym("little")), sym("little"), kNone)), "a😀");
  EXPECT_EQ(utf8(utf32_to_string(bytes({0, 0x11, 0, 0}), sym("big"), kNone)), "\xEF\xBF\xBD");
  EXPECT_EQ(string_to_utf16(str("a"), sym("middle")), RaiseMark);
}

TEST(Bytevectors, Basics) {
  EXPECT_EQ(bytevector_equal(make_bytevector(fixnum(2), fixnum(-1)), bytes({255, 255})), True);
  EXPECT_EQ(make_bytevector(fixnum(2), fixnum(256)), RaiseMark);
  Value b = bytes({1, 2, 3, 4, 5});
  EXPECT_EQ(bytevector_move(b, fixnum(0), b, fixnum(1), fixnum(4)), Void);
  EXPECT_EQ(bytevector_equal(b, bytes({1, 1, 2, 3, 4})), True);
  EXPECT_EQ(bytevector_copy_into(b, fixnum(0), bytes({8, 9}), fixnum(1), kNone), Void);
  EXPECT_EQ(bytevector_equal(b, bytes({9, 1, 2, 3, 4})), True);
  EXPECT_EQ(bytevector_move(b, fixnum(3), b, fixnum(0), fixnum(3)), RaiseMark);
  EXPECT_EQ(who(), "bytevector-copy!");
  EXPECT_EQ(bytevector_equal(bytevector_append_list(list({bytes({1}), bytes({}), bytes({2})})), bytes({1, 2})), True);
  EXPECT_EQ(equal(bytevector_to_u8_list(bytes({1, 2, 3}), fixnum(1), kNone), list({fixnum(2), fixnum(3)})), true);
  EXPECT_EQ(bytevector_equal(u8_list_to_bytevector(list({fixnum(1), fixnum(255)})), bytes({1, 255})), True);
  EXPECT_EQ(u8_list_to_bytevector(list({fixnum(256)})), RaiseMark);
  EXPECT_EQ(bytevector_compare(bytes({1, 2}), bytes({1, 200})), fixnum(-1));
  EXPECT_EQ(bytevector_index(bytes({1, 2}), fixnum(2), kNone, kNone), fixnum(1));
}

TEST(Bytevectors, Integers) {
  Value big = sym("big"), little = sym("little");
  Value b = bytes({255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 253});
  EXPECT_EQ(bytevector_u16_ref(b, fixnum(14), little), fixnum(0xfdff));
  EXPECT_EQ(bytevector_s16_ref(b, fixnum(14), big), fixnum(-3));
  EXPECT_EQ(bytevector_s16_ref(b, fixnum(14), little), fixnum(-513));
  EXPECT_TRUE(eqv(bytevector_u64_ref(b, fixnum(8), little), num("18302628885633695743")));
  EXPECT_EQ(bytevector_s64_ref(b, fixnum(8), little), fixnum(-144115188075855873));
  EXPECT_TRUE(eqv(bytevector_u64_ref(b, fixnum(8), big), num("18446744073709551613")));
  EXPECT_EQ(bytevector_s64_ref(b, fixnum(8), big), fixnum(-3));
  EXPECT_TRUE(eqv(bytevector_uint_ref(b, fixnum(0), big, fixnum(16)), num("340282366920938463463374607431768211453")));
  EXPECT_EQ(bytevector_sint_ref(b, fixnum(0), big, fixnum(16)), fixnum(-3));
  EXPECT_TRUE(eqv(bytevector_uint_ref(b, fixnum(0), little, fixnum(16)), num("337623910929368631717566993311207522303")));
  for (const char* text : {"0", "1", "-1", "127", "-128", "18446744073709551615", "-18446744073709551616", "170141183460469231731687303715884105727",
                           "-170141183460469231731687303715884105728", "-9223372036854775808", "9223372036854775808"}) {
    for (Value e : {big, little}) {
      EXPECT_EQ(bytevector_sint_set(b, fixnum(0), num(text), e, fixnum(16)), Void);
      EXPECT_TRUE(eqv(bytevector_sint_ref(b, fixnum(0), e, fixnum(16)), num(text))) << text;
    }
  }
  EXPECT_EQ(bytevector_sint_set(b, fixnum(0), num("170141183460469231731687303715884105728"), big, fixnum(16)), RaiseMark);
  EXPECT_EQ(bytevector_uint_set(b, fixnum(0), fixnum(-1), big, fixnum(3)), RaiseMark);
  EXPECT_EQ(bytevector_uint_set(b, fixnum(0), fixnum(0x10203), big, fixnum(3)), Void);
  EXPECT_EQ(bytevector_uint_ref(b, fixnum(0), little, fixnum(3)), fixnum(0x30201));
  EXPECT_EQ(bytevector_s16_set(b, fixnum(0), fixnum(32768), big), RaiseMark);
  EXPECT_EQ(bytevector_s16_set(b, fixnum(0), fixnum(-32768), big), Void);
  EXPECT_EQ(bytevector_s64_native_set(b, fixnum(8), num("-9223372036854775808")), Void);
  EXPECT_TRUE(eqv(bytevector_s64_native_ref(b, fixnum(8)), num("-9223372036854775808")));
  EXPECT_EQ(bytevector_u64_native_ref(b, fixnum(4)), RaiseMark);
  EXPECT_EQ(bytevector_u32_ref(b, fixnum(13), big), RaiseMark);
  EXPECT_EQ(bytevector_u32_ref(b, fixnum(0), sym("x")), RaiseMark);
  EXPECT_EQ(bytevector_uint_ref(b, fixnum(0), big, fixnum(0)), RaiseMark);
}

TEST(Bytevectors, Floats) {
  Value b = make_bytevector(16);
  EXPECT_EQ(bytevector_ieee_double_set(b, fixnum(1), make_flonum(1.5), sym("big")), Void);
  EXPECT_EQ(flonum_value(bytevector_ieee_double_ref(b, fixnum(1), sym("big"))), 1.5);
  EXPECT_EQ(bytevector_ieee_single_set(b, fixnum(3), num("1/4"), sym("little")), Void);
  EXPECT_EQ(flonum_value(bytevector_ieee_single_ref(b, fixnum(3), sym("little"))), 0.25);
  EXPECT_EQ(bytevector_ieee_single_set(b, fixnum(3), sym("a"), sym("little")), RaiseMark);
  EXPECT_EQ(bytevector_ieee_double_ref(b, fixnum(9), sym("big")), RaiseMark);
}

TEST(Vectors, All) {
  Value v = list_to_vector(list({fixnum(1), fixnum(2), fixnum(3), fixnum(4)}));
  EXPECT_TRUE(equal(vector_copy(v, fixnum(1), fixnum(3)), list_to_vector(list({fixnum(2), fixnum(3)}))));
  EXPECT_EQ(vector_copy_into(v, fixnum(1), v, fixnum(0), fixnum(3)), Void);
  EXPECT_TRUE(equal(vector_to_list(v, kNone, kNone), list({fixnum(1), fixnum(1), fixnum(2), fixnum(3)})));
  EXPECT_EQ(vector_move(v, fixnum(1), v, fixnum(0), fixnum(3)), Void);
  EXPECT_TRUE(equal(vector_to_list(v, kNone, kNone), list({fixnum(1), fixnum(2), fixnum(3), fixnum(3)})));
  EXPECT_EQ(vector_fill(v, sym("x"), fixnum(3), kNone), Void);
  EXPECT_EQ(slot(v, 4), sym("x"));
  EXPECT_EQ(slot(v, 3), fixnum(3));
  EXPECT_EQ(vector_copy(v, fixnum(5), kNone), RaiseMark);
  EXPECT_EQ(vector_move(v, fixnum(2), v, fixnum(0), fixnum(3)), RaiseMark);
  EXPECT_EQ(make_vector(sym("a"), kNone), RaiseMark);
  EXPECT_EQ(length_of(make_vector(fixnum(0), kNone)), 0u);
  EXPECT_TRUE(equal(vector_append_list(list({v, make_vector(u64{0}, False)})), v));
  EXPECT_EQ(length_of(vector_append2(v, v)), 8u);
}

TEST(Lists, All) {
  Value l = list({fixnum(1), fixnum(2), fixnum(3)});
  EXPECT_EQ(length(l), fixnum(3));
  EXPECT_EQ(length(Null), fixnum(0));
  EXPECT_EQ(is_list(make_pair(l, fixnum(1))), False);
  EXPECT_EQ(length(make_pair(fixnum(1), fixnum(2))), RaiseMark);
  for (int n = 1; n < 20; ++n) {
    Value circle = make_pair(False, Null), last = circle;
    for (int i = 1; i < n; ++i) circle = make_pair(False, circle);
    set_field(last, 1, circle);
    EXPECT_EQ(is_list(circle), False);
    EXPECT_EQ(is_list(make_pair(fixnum(1), make_pair(fixnum(2), circle))), False);
    EXPECT_EQ(length(circle), RaiseMark);
    EXPECT_EQ(memv(sym("a"), circle), RaiseMark);
  }
  EXPECT_TRUE(equal(append2(l, make_pair(fixnum(4), fixnum(5))), make_pair(fixnum(1), make_pair(fixnum(2), make_pair(fixnum(3), make_pair(fixnum(4), fixnum(5)))))));
  EXPECT_EQ(append2(Null, fixnum(5)), fixnum(5));
  EXPECT_EQ(append2(fixnum(5), Null), RaiseMark);
  EXPECT_TRUE(equal(reverse(l), list({fixnum(3), fixnum(2), fixnum(1)})));
  EXPECT_TRUE(equal(append_reverse(l, list({fixnum(0)})), list({fixnum(3), fixnum(2), fixnum(1), fixnum(0)})));
  EXPECT_TRUE(equal(list_copy(l), l));
  EXPECT_NE(list_copy(l), l);
  EXPECT_EQ(car(memv(num("1.5"), list({num("1"), num("1.5")}))), num("1.5"));
  EXPECT_NE(memv(num("100000000000000000000"), list({num("100000000000000000000")})), False);
  EXPECT_EQ(member(str("b"), list({str("a")})), False);
  EXPECT_NE(member(list({str("a")}), list({list({str("a")})})), False);
  EXPECT_EQ(cdr(assoc(str("b"), list({make_pair(str("a"), fixnum(1)), make_pair(str("b"), fixnum(2))}))), fixnum(2));
  EXPECT_EQ(assv(fixnum(2), list({fixnum(2)})), RaiseMark);
  EXPECT_EQ(assv(fixnum(2), Null), False);
}

/// (x x x …) nested to a depth: exponential for naive comparison.
Value shared_tree(int depth) {
  Value t = str("leaf");
  for (int i = 0; i < depth; ++i) t = make_pair(t, t);
  return t;
}

TEST(Equality, EqualAndHash) {
  EXPECT_TRUE(equal(str("abc"), str("abc")));
  EXPECT_TRUE(equal(num("1/2"), num("1/2")));
  EXPECT_FALSE(equal(num("2"), num("2.0")));
  EXPECT_FALSE(equal(num("0.0"), num("-0.0")));
  EXPECT_TRUE(equal(num("1e300"), num("1e300")));
  EXPECT_FALSE(equal(str("a"), sym("a")));
  EXPECT_FALSE(equal(Null, False));
  EXPECT_TRUE(equal(shared_tree(60), shared_tree(60)));
  EXPECT_FALSE(equal(shared_tree(60), shared_tree(61)));
  Value a = make_pair(fixnum(1), Null), b = make_pair(fixnum(1), make_pair(fixnum(1), Null));
  set_field(a, 1, a);
  set_field(cdr(b), 1, b);
  EXPECT_TRUE(equal(a, b));
  Value v = make_vector(u64{2}, fixnum(7)), w = make_vector(u64{2}, fixnum(7));
  set_field(v, 1, w);
  set_field(w, 1, v);
  EXPECT_TRUE(equal(v, w));
  Value long1 = Null, long2 = Null, deep1 = Null, deep2 = Null;
  for (int i = 0; i < 1000000; ++i) {
    long1 = make_pair(fixnum(i), long1), long2 = make_pair(fixnum(i), long2);
    deep1 = make_pair(deep1, Null), deep2 = make_pair(deep2, Null);
  }
  EXPECT_TRUE(equal(long1, long2));
  EXPECT_TRUE(equal(deep1, deep2));
  EXPECT_FALSE(equal(deep1, make_pair(deep2, Null)));
  EXPECT_EQ(equal_hash(list({str("a"), num("1.5")})), equal_hash(list({str("a"), num("1.5")})));
  EXPECT_EQ(equal_hash(a), equal_hash(b));
  EXPECT_NE(equal_hash(str("a")), equal_hash(str("b")));
  EXPECT_GE(fixnum_value(equal_hash(deep1)), 0);
}

}  // namespace
}  // namespace loko
