// SPDX-License-Identifier: MIT
//
// Look-ups in the generated Unicode tables: two loads for what every character has, binary search in sorted
// lists for the rest (flags in the record say whether to search). Hangul syllables by arithmetic (Unicode 3.12).
#include "runtime/data/unicode.h"

#include "tables/unicode_data.h"

namespace loko {

using namespace unicode_data;

namespace {

enum Flag : u16 { kAlphabetic = 1, kUppercase = 2, kLowercase = 4, kWhitespace = 8, kCased = 16, kCaseIgnorable = 32,
                  kSpecial = 64, kCanonical = 128, kCompatible = 256 };

constexpr u32 kHangulS = 0xac00, kHangulL = 0x1100, kHangulV = 0x1161, kHangulT = 0x11a7;
constexpr u32 kCountL = 19, kCountV = 21, kCountT = 28;

const CharacterRecord& record(u32 c) {
  if (c > 0x10ffff) c = 0xffff;  // unassigned
  return kCharacterRecords[kStage2[u32{kStage1[c >> 7]} << 7 | (c & 127)]];
}

bool has(u32 c, Flag flag) { return (record(c).flags & flag) != 0; }

/// Index of key in a sorted array, -1 if absent.
template <class K>
i64 find(const K* keys, u32 count, K key) {
  u32 low = 0, high = count;
  while (low < high) {
    u32 middle = (low + high) / 2;
    if (keys[middle] < key) low = middle + 1;
    else high = middle;
  }
  return low < count && keys[low] == key ? static_cast<i64>(low) : -1;
}

const SpecialCase* special(u32 c) {
  u32 low = 0, high = kSpecialCasesCount;
  while (low < high) {
    u32 middle = (low + high) / 2;
    if (kSpecialCases[middle].code < c) low = middle + 1;
    else high = middle;
  }
  return &kSpecialCases[low];
}

int copy_mapping(const u32 (&from)[3], u32 out[3]) {
  int n = 0;
  for (; n < 3 && (n == 0 || from[n] != 0); ++n) out[n] = from[n];
  return n;
}

int single(u32 c, u32 out[3]) {
  out[0] = c;
  return 1;
}

u32 moved(u32 c, i32 delta) { return c + static_cast<u32>(delta); }

}  // namespace

bool unicode_graphic(u32 c) {
  auto inside = [](const auto* starts, u32 count, u32 at) {  // an odd number of boundaries at or before it
    u32 low = 0, high = count;
    while (low < high) {
      u32 middle = (low + high) / 2;
      if (starts[middle] <= at) low = middle + 1;
      else high = middle;
    }
    return (low & 1) != 0;
  };
  if (c < 0x10000) return inside(kGraphicPlane0, kGraphicPlane0Count, c);
  if (c < 0x20000) return inside(kGraphicPlane1, kGraphicPlane1Count, c & 0xffff);
  return inside(kGraphicRest, kGraphicRestCount, c);
}

Category unicode_category(u32 c) { return static_cast<Category>(record(c).category); }
u32 unicode_upcase(u32 c) { return moved(c, record(c).up); }
u32 unicode_downcase(u32 c) { return moved(c, record(c).down); }
u32 unicode_titlecase(u32 c) { return moved(c, record(c).title); }
u32 unicode_foldcase(u32 c) { return moved(c, record(c).fold); }

int unicode_full_upcase(u32 c, u32 out[3]) {
  return has(c, kSpecial) ? copy_mapping(special(c)->up, out) : single(unicode_upcase(c), out);
}
int unicode_full_downcase(u32 c, u32 out[3]) {
  return has(c, kSpecial) ? copy_mapping(special(c)->down, out) : single(unicode_downcase(c), out);
}
int unicode_full_titlecase(u32 c, u32 out[3]) {
  return has(c, kSpecial) ? copy_mapping(special(c)->title, out) : single(unicode_titlecase(c), out);
}
int unicode_full_foldcase(u32 c, u32 out[3]) {
  return has(c, kSpecial) ? copy_mapping(special(c)->fold, out) : single(unicode_foldcase(c), out);
}

bool unicode_alphabetic(u32 c) { return has(c, kAlphabetic); }
bool unicode_uppercase(u32 c) { return has(c, kUppercase); }
bool unicode_lowercase(u32 c) { return has(c, kLowercase); }
bool unicode_whitespace(u32 c) { return has(c, kWhitespace); }
bool unicode_cased(u32 c) { return has(c, kCased); }
bool unicode_case_ignorable(u32 c) { return has(c, kCaseIgnorable); }
WordBreak unicode_word_break(u32 c) { return static_cast<WordBreak>(record(c).breaks & 31); }
GraphemeBreak unicode_grapheme_break(u32 c) { return static_cast<GraphemeBreak>(record(c).breaks >> 5 & 15); }
bool unicode_extended_pictographic(u32 c) { return (record(c).breaks >> 9 & 1) != 0; }
int unicode_digit_value(u32 c) { return record(c).digit; }
u8 unicode_combining_class(u32 c) { return record(c).combining; }

int unicode_decompose(u32 c, bool compatible, u32 out[18]) {
  if (c - kHangulS < kCountL * kCountV * kCountT) {
    u32 s = c - kHangulS;
    out[0] = kHangulL + s / (kCountV * kCountT);
    out[1] = kHangulV + s % (kCountV * kCountT) / kCountT;
    out[2] = kHangulT + s % kCountT;
    return out[2] == kHangulT ? 2 : 3;
  }
  u16 flags = record(c).flags;
  const u32* pool;
  u32 where;
  if (compatible && (flags & kCompatible) != 0) {
    where = kCompatibleOffsets[find(kCompatibleKeys, kCompatibleKeysCount, c)];
    pool = kCompatiblePool;
  } else if ((flags & kCanonical) != 0) {
    where = kCanonicalOffsets[find(kCanonicalKeys, kCanonicalKeysCount, c)];
    pool = kCanonicalPool;
  } else {
    return 0;
  }
  int n = static_cast<int>(where & 31);
  for (int i = 0; i < n; ++i) out[i] = pool[(where >> 5) + static_cast<u32>(i)];
  return n;
}

u32 unicode_compose(u32 first, u32 second) {
  if (first - kHangulL < kCountL && second - kHangulV < kCountV)
    return kHangulS + ((first - kHangulL) * kCountV + (second - kHangulV)) * kCountT;
  if (first - kHangulS < kCountL * kCountV * kCountT && (first - kHangulS) % kCountT == 0 && second - kHangulT - 1 < kCountT - 1)
    return first + (second - kHangulT);
  i64 at = find(kComposeKeys, kComposeKeysCount, u64{first} << 32 | second);
  return at < 0 ? 0 : kComposeValues[at];
}

}  // namespace loko
