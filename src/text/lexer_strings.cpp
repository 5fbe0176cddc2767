// SPDX-License-Identifier: MIT
//
// Lexer, second part: strings, |symbols| and characters with their escapes (R6RS 4.2.6–4.2.7, R7RS 6.6, 6.7).
#include <cstring>

#include "runtime/data/unicode.h"
#include "text/lexer.h"

namespace loko::text {

namespace {

int hex_value(unsigned c) {
  if (c - '0' < 10u) return static_cast<int>(c - '0');
  unsigned lower = c | 0x20;
  return c < 256 && lower >= 'a' && lower <= 'f' ? static_cast<int>(lower - 'a' + 10) : -1;
}

struct NamedCharacter {
  const char* name;
  u32 value;
};
constexpr NamedCharacter kNames[] = {
    {"nul", 0}, {"null", 0}, {"alarm", 7}, {"backspace", 8}, {"tab", 9}, {"linefeed", 10}, {"newline", 10}, {"vtab", 11},
    {"page", 12}, {"return", 13}, {"esc", 27}, {"escape", 27}, {"space", 32}, {"delete", 127}};

/// Meaning of the character after a backslash in strings and |symbols|; -1 if it has none.
int simple_escape(unsigned c) {
  switch (c) {
    case 'a': return 7;
    case 'b': return 8;
    case 't': return 9;
    case 'n': return 10;
    case 'v': return 11;
    case 'f': return 12;
    case 'r': return 13;
    case '"': case '\\': case '|': return static_cast<int>(c);
    default: return -1;
  }
}

bool is_intraline_space(u32 c) { return c == '\t' || c == ' ' || (c >= 0x80 && unicode_category(c) == Category::Zs); }

std::string hex(u32 c) {
  std::string digits;
  do digits.insert(digits.begin(), "0123456789ABCDEF"[c & 15]);
  while ((c >>= 4) != 0);
  while (digits.size() < 4) digits.insert(digits.begin(), '0');
  return "U+" + digits;
}

bool is_scalar(u64 c) { return c < 0xd800 || (c >= 0xe000 && c <= 0x10ffff); }

}  // namespace

i64 character_by_name(std::string_view name) {
  for (const NamedCharacter& n : kNames)
    if (name == n.name) return n.value;
  return -1;
}

/// At `\x` (at `begin`): appends the character of `\x41;` and moves behind it; else reports.
bool Lexer::read_hex_escape(u32 begin, std::string& out) {
  u32 at = begin + 2;
  u64 c = 0;
  for (; hex_value(byte(at)) >= 0; ++at) c = c > 0x110000 ? c : c << 4 | static_cast<u64>(hex_value(byte(at)));
  if (at == begin + 2 || byte(at) != ';') {
    at_ = at;
    diagnostics_.error(span(begin, at), at == begin + 2 ? "hexadecimal digits are missing after `\\x`" : "`;` is missing at the end of this escape");
    return false;
  }
  at_ = at + 1;
  if (!is_scalar(c)) {
    diagnostics_.error(span(begin, at_), "this escape is not a Unicode scalar value");
    return false;
  }
  append_utf8(out, static_cast<u32>(c));
  return true;
}

/// At a backslash in a string: appends what the escape means; false if it was reported.
bool Lexer::read_string_escape(std::string& out) {
  u32 begin = at_;
  unsigned c = byte(at_ + 1);
  if (c == 'x' || c == 'X') return read_hex_escape(begin, out);
  int simple = simple_escape(c);
  if (simple >= 0) return at_ += 2, out.push_back(static_cast<char>(simple)), true;
  u32 at = at_ + 1, next = at;
  bool valid = true;
  auto skip_spaces = [&] {
    for (next = at; byte(at) != 256 && is_intraline_space(decode(next, valid)); at = next) {}
  };
  skip_spaces();
  if (u32 ending = line_ending(at)) {
    at += ending;
    skip_spaces();
    return at_ = at, true;
  }
  at_ = begin + 1;
  if (byte(at_) != 256) decode(at_, valid);
  diagnostics_.error(span(begin, at_), "invalid escape `" + std::string(text_.substr(begin, at_ - begin)) + "` in a string");
  return false;
}

Token Lexer::read_string() {
  u32 begin = at_++;
  u32 end = at_;
  while (byte(end) < 0x80 && byte(end) != '"' && byte(end) != '\\' && byte(end) != '\r') ++end;
  if (byte(end) == '"') {
    std::string_view content = text_.substr(at_, end - at_);
    return at_ = end + 1, token(TokenKind::String, begin, content);
  }
  std::string content;
  bool good = true;
  for (;;) {
    unsigned c = byte(at_);
    if (c == 256) {
      incomplete_ = true;
      return bad(begin, begin + 1, "unterminated string: `\"` is missing");
    }
    if (c == '"') break;
    if (c == '\\') {
      if (byte(at_ + 1) == 256) ++at_;
      else good &= read_string_escape(content);
    } else if (u32 ending = line_ending(at_)) {
      content.push_back('\n');
      at_ += ending;
    } else {
      u32 at = at_;
      bool valid = true;
      decode(at_, valid);
      if (!valid && good) bad(at, at_, "invalid UTF-8 in a string"), good = false;
      content.append(text_.substr(at, at_ - at));
    }
  }
  ++at_;
  if (!good) return {TokenKind::Bad, span(begin, at_), {}, 0};
  return token(TokenKind::String, begin, keep(content));
}

Token Lexer::read_bar_symbol() {
  u32 begin = at_++;
  std::string name;
  bool good = true;
  for (;;) {
    unsigned c = byte(at_);
    if (c == 256) {
      incomplete_ = true;
      return bad(begin, begin + 1, "unterminated symbol: the closing `|` is missing");
    }
    if (c == '|') break;
    u32 at = at_;
    bool valid = true;
    if (c != '\\') {
      decode(at_, valid);
      if (!valid && good) bad(at, at_, "invalid UTF-8 in a symbol"), good = false;
      name.append(text_.substr(at, at_ - at));
    } else if (byte(at_ + 1) == 'x' || byte(at_ + 1) == 'X') {
      good &= read_hex_escape(at_, name);
    } else if (int simple = simple_escape(byte(at_ + 1)); simple >= 0) {
      name.push_back(static_cast<char>(simple));
      at_ += 2;
    } else {
      ++at_;
      if (byte(at_) != 256) {
        decode(at_, valid);
        bad(at, at_, "invalid escape in a symbol"), good = false;
      }
    }
  }
  ++at_;
  if (!is_delimiter(at_)) {
    bad(begin, at_, "a delimiter is missing after this symbol");
    good = false;
  }
  if (!good) return {TokenKind::Bad, span(begin, at_), {}, 0};
  return token(TokenKind::Symbol, begin, keep(name));
}

/// At `#\`: the first character always belongs to it, further ones up to a delimiter.
Token Lexer::read_char() {
  u32 begin = at_;
  at_ += 2;
  if (byte(at_) == 256) {
    incomplete_ = true;
    return bad(begin, at_, "a character is missing after `#\\`");
  }
  u32 first = at_;
  bool valid = true;
  u32 c = decode(at_, valid);
  if (!valid) return bad(begin, at_, "invalid UTF-8 in a character");
  if (is_delimiter(at_)) return token(TokenKind::Char, begin, {}, c);
  at_ = skip_to_delimiter(at_);
  std::string name(text_.substr(first, at_ - first));
  u64 scalar = 0;
  bool all_hex = c == 'x' || (fold_ && c == 'X');
  for (std::size_t i = 1; i < name.size() && all_hex; ++i) {
    int digit = hex_value(static_cast<u8>(name[i]));
    all_hex = digit >= 0;
    scalar = scalar > 0x110000 ? scalar : scalar << 4 | static_cast<u64>(digit & 15);
  }
  if (all_hex) {
    if (is_scalar(scalar)) return token(TokenKind::Char, begin, {}, scalar);
    return bad(begin, at_, scalar <= 0x10ffff ? hex(static_cast<u32>(scalar)) + " is a surrogate, not a character" : "this is not a Unicode scalar value (the greatest is U+10FFFF)");
  }
  if (fold_)
    for (char& x : name) x = static_cast<char>(x >= 'A' && x <= 'Z' ? x + 32 : x);
  i64 value = character_by_name(name);
  if (value >= 0) return token(TokenKind::Char, begin, {}, static_cast<u64>(value));
  std::vector<std::string> names;
  for (const NamedCharacter& n : kNames) names.push_back(n.name);
  std::string near = nearest_name(name, names);
  return bad(begin, at_, "unknown character `#\\" + name + "`" + (near.empty() ? "" : " (did you mean `#\\" + near + "`?)"));
}

}  // namespace loko::text
