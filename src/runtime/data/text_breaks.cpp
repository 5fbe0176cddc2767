// SPDX-License-Identifier: MIT
//
// Word and grapheme boundaries (UAX #29; the rules' names are in the comments). One pass from a boundary to the
// next; what lies before the start doesn't matter. Rules that need the next letter look over ignorable
// characters, which happens only after punctuation, so all boundaries of a text take linear time.
#include "runtime/data/text_breaks.h"

#include "runtime/data/check.h"
#include "runtime/data/unicode.h"

namespace loko {

Value string_word_end(Value s, Value start);
Value string_grapheme_end(Value s, Value start);

namespace {

using W = WordBreak;
using G = GraphemeBreak;

bool is_line_end(W w) { return w == W::CR || w == W::LF || w == W::Newline; }
bool is_ignored(W w) { return w == W::Extend || w == W::Format || w == W::ZWJ; }
bool is_letter(W w) { return w == W::ALetter || w == W::HebrewLetter; }
bool is_mid_letter(W w) { return w == W::MidLetter || w == W::MidNumLet || w == W::SingleQuote; }
bool is_mid_number(W w) { return w == W::MidNum || w == W::MidNumLet || w == W::SingleQuote; }

/// The class of the next character behind j that isn't ignored (WB4).
W following(Text t, u64 j) {
  for (++j; j < t.length; ++j)
    if (W w = unicode_word_break(t[j]); !is_ignored(w)) return w;
  return W::Other;
}

/// WB5 to WB13b: whether letters, digits and what may be among them stay together; `before` precedes `last`.
bool joins_words(W before, W last, W now, Text t, u64 j) {
  if (is_letter(last)) {
    if (is_letter(now) || now == W::Numeric || now == W::ExtendNumLet) return true;          // WB5 WB9 WB13a
    if (is_mid_letter(now) && is_letter(following(t, j))) return true;                        // WB6
    if (last == W::HebrewLetter && now == W::SingleQuote) return true;                        // WB7a
    return last == W::HebrewLetter && now == W::DoubleQuote && following(t, j) == W::HebrewLetter;  // WB7b
  }
  if (is_letter(now) && is_mid_letter(last) && is_letter(before)) return true;                // WB7
  if (now == W::HebrewLetter && last == W::DoubleQuote && before == W::HebrewLetter) return true;  // WB7c
  if (last == W::Numeric) {
    if (now == W::Numeric || is_letter(now) || now == W::ExtendNumLet) return true;           // WB8 WB10 WB13a
    return is_mid_number(now) && following(t, j) == W::Numeric;                               // WB12
  }
  if (now == W::Numeric && is_mid_number(last) && before == W::Numeric) return true;          // WB11
  if (last == W::Katakana) return now == W::Katakana || now == W::ExtendNumLet;               // WB13 WB13a
  if (last == W::ExtendNumLet)                                                                // WB13a WB13b
    return now == W::ExtendNumLet || is_letter(now) || now == W::Numeric || now == W::Katakana;
  return false;
}

/// GB3 to GB9b: whether two neighbours stay together, whatever else is around.
bool joins_graphemes(G last, G now) {
  if (last == G::CR && now == G::LF) return true;                                             // GB3
  auto is_control = [](G g) { return g == G::CR || g == G::LF || g == G::Control; };
  if (is_control(last) || is_control(now)) return false;                                      // GB4 GB5
  if (last == G::L && (now == G::L || now == G::V || now == G::LV || now == G::LVT)) return true;  // GB6
  if ((last == G::LV || last == G::V) && (now == G::V || now == G::T)) return true;           // GB7
  if ((last == G::LVT || last == G::T) && now == G::T) return true;                           // GB8
  return now == G::Extend || now == G::ZWJ || now == G::SpacingMark || last == G::Prepend;    // GB9 GB9a GB9b
}

}  // namespace

u64 word_end(Text t, u64 i) {
  W raw_last = unicode_word_break(t[i]), last = raw_last, before = W::Other;
  u64 flags = last == W::RegionalIndicator;  // how many regional indicators end here
  for (u64 j = i + 1; j < t.length; ++j) {
    W now = unicode_word_break(t[j]);
    bool stays = false;
    if (is_line_end(raw_last) || is_line_end(now)) {
      if (raw_last != W::CR || now != W::LF) return j;                                        // WB3 WB3a WB3b
      stays = true;
    } else if (is_ignored(now)) {
      raw_last = now;
      continue;                                                                               // WB4
    } else if (raw_last == W::ZWJ && unicode_extended_pictographic(t[j])) {
      stays = true;                                                                           // WB3c
    } else if (raw_last == W::WSegSpace && now == W::WSegSpace) {
      stays = true;                                                                           // WB3d
    } else if (last == W::RegionalIndicator && now == W::RegionalIndicator) {
      stays = flags % 2 == 1;                                                                 // WB15 WB16
    }
    if (!stays && !joins_words(before, last, now, t, j)) return j;
    flags = now == W::RegionalIndicator ? flags + 1 : 0;
    before = last;
    raw_last = last = now;
  }
  return t.length;
}

u64 grapheme_end(Text t, u64 i) {
  G last = unicode_grapheme_break(t[i]);
  u64 flags = last == G::RegionalIndicator;
  bool pictograph = unicode_extended_pictographic(t[i]);  // then extenders, perhaps a joiner
  for (u64 j = i + 1; j < t.length; ++j) {
    G now = unicode_grapheme_break(t[j]);
    bool stays = joins_graphemes(last, now);
    if (last == G::RegionalIndicator && now == G::RegionalIndicator) stays = flags % 2 == 1;  // GB12 GB13
    bool now_pictograph = unicode_extended_pictographic(t[j]);
    if (pictograph && last == G::ZWJ && now_pictograph) stays = true;                         // GB11
    if (!stays) return j;
    flags = now == G::RegionalIndicator ? flags + 1 : 0;
    pictograph = now_pictograph || (pictograph && (now == G::Extend || now == G::ZWJ));
    last = now;
  }
  return t.length;
}

// -- primitives --

namespace {

template <class F>
Value end_of(const char* who, Value s, Value start, F end) {
  if (!is_string(s)) return raise_type(who, kExpectedString, s);
  if (!is_index(start, length_of(s))) return raise_index(who, start, s);
  return fixnum(static_cast<i64>(end(text_of(s), static_cast<u64>(fixnum_value(start)))));
}

}  // namespace

Value string_word_end(Value s, Value start) { return end_of("string-word-end", s, start, word_end); }
Value string_grapheme_end(Value s, Value start) { return end_of("string-grapheme-end", s, start, grapheme_end); }

}  // namespace loko
