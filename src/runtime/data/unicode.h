// SPDX-License-Identifier: MIT
//
// Properties of characters (Unicode Character Database, in the version of Debian's unicode-data). The tables are
// generated at build time by tools/unicode/unicode_tables. Freestanding.
#pragma once

#include "tables/abi.h"

namespace loko {

enum class Category : u8 {
  Lu, Ll, Lt, Lm, Lo, Mn, Mc, Me, Nd, Nl, No, Ps, Pe, Pi, Pf, Pd, Pc, Po, Sc, Sm, Sk, So, Zs, Zp, Zl, Cc, Cf, Cs, Co, Cn
};

/// Word_Break and Grapheme_Cluster_Break (UAX #29).
enum class WordBreak : u8 {
  Other, CR, LF, Newline, Extend, ZWJ, Format, RegionalIndicator, Katakana, HebrewLetter, ALetter, SingleQuote, DoubleQuote,
  MidNumLet, MidLetter, MidNum, Numeric, ExtendNumLet, WSegSpace
};
enum class GraphemeBreak : u8 { Other, CR, LF, Control, Extend, ZWJ, RegionalIndicator, Prepend, SpacingMark, L, V, T, LV, LVT };

/// The general category of a code point.
Category unicode_category(u32 c);
/// True unless the category is one of Cc Cf Cs Co Cn Zs Zl Zp. Needs a small table of its own only.
bool unicode_graphic(u32 c);
/// Simple case mappings: one scalar value to one.
u32 unicode_upcase(u32 c);
u32 unicode_downcase(u32 c);
u32 unicode_titlecase(u32 c);
u32 unicode_foldcase(u32 c);
/// Full case mappings (SpecialCasing, CaseFolding C + F), without context: 1 to 3 scalar values; returns how many.
int unicode_full_upcase(u32 c, u32 out[3]);
int unicode_full_downcase(u32 c, u32 out[3]);
int unicode_full_titlecase(u32 c, u32 out[3]);
int unicode_full_foldcase(u32 c, u32 out[3]);
/// Derived properties.
bool unicode_alphabetic(u32 c);
bool unicode_uppercase(u32 c);
bool unicode_lowercase(u32 c);
bool unicode_whitespace(u32 c);
bool unicode_cased(u32 c);
bool unicode_case_ignorable(u32 c);
WordBreak unicode_word_break(u32 c);
GraphemeBreak unicode_grapheme_break(u32 c);
bool unicode_extended_pictographic(u32 c);
/// Value of a decimal digit (category Nd), or -1.
int unicode_digit_value(u32 c);
/// Canonical combining class.
u8 unicode_combining_class(u32 c);
/// Full decomposition, canonical or compatibility; returns the count (0: decomposes to itself). At most 18.
int unicode_decompose(u32 c, bool compatible, u32 out[18]);
/// The primary composite of a pair, or 0.
u32 unicode_compose(u32 first, u32 second);

}  // namespace loko
