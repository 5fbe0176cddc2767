// SPDX-License-Identifier: MIT
//
// A second of fuzzing of decoders and normalization in every run of the tests: random bytes against decoders written
// another way, and the laws of UAX #15 on random characters. LOKO_FUZZ=N makes N rounds, LOKO_SEED=N begins elsewhere.
#include <gtest/gtest.h>

#include <cstdlib>
#include <random>
#include <string>

#include "runtime/data/text_access.h"
#include "runtime/memory/runtime_fixture.h"

namespace loko {

Value utf8_to_string(Value b, Value start, Value end);
Value string_to_utf8(Value s, Value start, Value end);
Value string_to_utf16(Value s, Value endianness);
Value string_to_utf32(Value s, Value endianness);
Value utf16_to_string(Value b, Value endianness, Value mandatory);
Value utf32_to_string(Value b, Value endianness, Value mandatory);
Value string_normalize_nfd(Value s);
Value string_normalize_nfkd(Value s);
Value string_normalize_nfc(Value s);
Value string_normalize_nfkc(Value s);
Value string_hash(Value s);

namespace {

using Characters = std::u32string;

u64 setting(const char* name, u64 otherwise) {
  const char* text = getenv(name);
  return text ? strtoull(text, nullptr, 10) : otherwise;
}

template <class F>
void for_rounds(u64 rounds, F f) {
  need_runtime();
  u64 first = setting("LOKO_SEED", 1);
  for (u64 i = 0, n = setting("LOKO_FUZZ", rounds); i < n && !testing::Test::HasFatalFailure(); ++i) {
    SCOPED_TRACE("seed " + std::to_string(first + i));
    std::mt19937_64 random(first + i);
    f(random);
  }
}

Characters characters(Value s) {
  Characters r;
  for (u64 i = 0; i < string_length(s); ++i) r.push_back(static_cast<char32_t>(string_ref(s, i)));
  return r;
}

Value bytes(const std::string& s) {
  Value b = make_bytevector(s.size());
  __builtin_memcpy(bytes_of(b), s.data(), s.size());
  return b;
}

Value string(const Characters& c) {
  std::vector<u32> words(c.begin(), c.end());
  return make_string_of(words.data(), words.size());
}

/// UTF-8 by table 3-7 of the Unicode Standard, row by row.
Characters decode(const std::string& s) {
  struct Row { int low, high, second_low, second_high, length; };
  static const Row rows[] = {{0x00, 0x7f, 0, 0, 1}, {0xc2, 0xdf, 0x80, 0xbf, 2}, {0xe0, 0xe0, 0xa0, 0xbf, 3}, {0xe1, 0xec, 0x80, 0xbf, 3},
                             {0xed, 0xed, 0x80, 0x9f, 3}, {0xee, 0xef, 0x80, 0xbf, 3}, {0xf0, 0xf0, 0x90, 0xbf, 4},
                             {0xf1, 0xf3, 0x80, 0xbf, 4}, {0xf4, 0xf4, 0x80, 0x8f, 4}};
  auto at = [&](size_t i) { return i < s.size() ? static_cast<int>(static_cast<unsigned char>(s[i])) : -1; };
  Characters r;
  for (size_t i = 0; i < s.size();) {
    const Row* row = nullptr;
    for (const Row& candidate : rows)
      if (at(i) >= candidate.low && at(i) <= candidate.high) row = &candidate;
    int good = 1;
    for (; row && good < row->length; ++good) {
      int low = good == 1 ? row->second_low : 0x80, high = good == 1 ? row->second_high : 0xbf;
      if (at(i + static_cast<size_t>(good)) < low || at(i + static_cast<size_t>(good)) > high) break;
    }
    if (row && good == row->length) {
      int c = row->length == 1 ? at(i) : at(i) & (0x7f >> row->length);
      for (int k = 1; k < good; ++k) c = c << 6 | (at(i + static_cast<size_t>(k)) & 0x3f);
      r.push_back(static_cast<char32_t>(c));
    } else {
      r.push_back(0xfffd);
    }
    i += static_cast<size_t>(good);
  }
  return r;
}

char32_t random_scalar(std::mt19937_64& random) {
  static const unsigned limits[] = {0x80, 0x100, 0x800, 0x3000, 0x10000, 0x110000};
  for (;;) {
    char32_t c = static_cast<char32_t>(random() % limits[random() % std::size(limits)]);
    if (c < 0xd800 || c > 0xdfff) return c;
  }
}

TEST(TextFuzz, Utf8) {
  static const char* const pieces[] = {"a", "\x7f", "\x80", "\xbf", "\xc0", "\xc1", "\xc2", "\xdf", "\xe0", "\xa0", "\xed", "\x9f", "\xef", "\xf0",
                                       "\x90", "\xf4", "\x8f", "\xf5", "\xff", "\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\x98\x80", "plain text", "\xef\xbb\xbf"};
  for_rounds(20000, [](std::mt19937_64& random) {
    std::string s;
    for (u64 n = random() % 20; n > 0; --n) s += pieces[random() % std::size(pieces)];
    if (random() % 3 == 0 && !s.empty()) s[random() % s.size()] = static_cast<char>(random());
    Value decoded = utf8_to_string(bytes(s), Default, Default);
    Characters expected = decode(s);
    ASSERT_EQ(characters(decoded), expected);
    Value again = string_to_utf8(decoded, Default, Default);
    ASSERT_EQ(characters(utf8_to_string(again, Default, Default)), expected);
    ASSERT_EQ(string_hash(decoded), string_hash(string(expected)));
  });
}

TEST(TextFuzz, Utf16And32) {
  Value orders[] = {intern("big", 3), intern("little", 6)};
  for_rounds(10000, [&](std::mt19937_64& random) {
    Characters c;
    for (u64 n = random() % 12; n > 0; --n) c.push_back(random_scalar(random));
    for (Value order : orders) {
      ASSERT_EQ(characters(utf16_to_string(string_to_utf16(string(c), order), order, True)), c);
      ASSERT_EQ(characters(utf32_to_string(string_to_utf32(string(c), order), order, True)), c);
    }
    // random units: what isn't a pair of surrogates becomes U+FFFD, and so does what is left at the end
    std::string units;
    Characters expected;
    for (u64 n = random() % 8; n > 0; --n) {
      unsigned u = static_cast<unsigned>(random() % 2 ? 0xd700 + random() % 0xa00 : random() % 0x10000);
      units += {static_cast<char>(u >> 8), static_cast<char>(u)};
    }
    auto unit = [&](size_t i) { return static_cast<unsigned>(static_cast<unsigned char>(units[i])) << 8 | static_cast<unsigned char>(units[i + 1]); };
    for (size_t i = 0; i < units.size(); i += 2) {
      unsigned u = unit(i);
      if (u >= 0xd800 && u < 0xdc00 && i + 2 < units.size() && unit(i + 2) >= 0xdc00 && unit(i + 2) < 0xe000) {
        expected.push_back(static_cast<char32_t>(0x10000 + (u - 0xd800) * 0x400 + (unit(i + 2) - 0xdc00)));
        i += 2;
      } else {
        expected.push_back(u >= 0xd800 && u < 0xe000 ? 0xfffd : static_cast<char32_t>(u));
      }
    }
    if (random() % 4 == 0) units += 'x', expected.push_back(0xfffd);
    ASSERT_EQ(characters(utf16_to_string(bytes(units), orders[0], True)), expected);
  });
}

TEST(TextFuzz, Normalization) {
  static const char32_t marks[] = {0x300, 0x301, 0x302, 0x308, 0x323, 0x327, 0x328, 0x334, 0x345, 0x5b0, 0x94d, 0xe38, 0x1dc0, 0x1d165, 0x1161, 0x11a8,
                                   0x1100, 0xac00, 0xac01, 0x9be, 0x9c7, 0xb47, 0xb56, 0x212b, 0xfb01, 0x1e9b, 0x3a9, 0x1f80, 0xfdfa, 0xf900, 0x2adc, 'a', 'A', 'o'};
  for_rounds(20000, [](std::mt19937_64& random) {
    Characters c;
    for (u64 n = random() % (random() % 50 == 0 ? 200 : 12); n > 0; --n)
      c.push_back(random() % 4 ? marks[random() % std::size(marks)] : random_scalar(random));
    Value s = string(c), d = string_normalize_nfd(s), k = string_normalize_nfkd(s), composed = string_normalize_nfc(s), kc = string_normalize_nfkc(s);
    auto is = [](Value a, Value b) { return characters(a) == characters(b); };
    ASSERT_TRUE(is(string_normalize_nfd(d), d) && is(string_normalize_nfc(composed), composed));
    ASSERT_TRUE(is(string_normalize_nfkd(k), k) && is(string_normalize_nfkc(kc), kc));
    ASSERT_TRUE(is(string_normalize_nfd(composed), d) && is(string_normalize_nfc(d), composed));
    ASSERT_TRUE(is(string_normalize_nfkd(kc), k) && is(string_normalize_nfkc(k), kc) && is(string_normalize_nfkc(composed), kc));
    ASSERT_LE(string_length(composed), string_length(d));
  });
}

}  // namespace
}  // namespace loko
