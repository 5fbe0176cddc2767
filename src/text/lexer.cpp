// SPDX-License-Identifier: MIT
//
// The lexer's core: atmosphere, #-tokens, numbers and identifiers. Strings, |symbols| and characters are in
// lexer_strings.cpp. Texts without escapes are views of the source; others are built and kept in the arena.
#include "text/lexer.h"

#include <cstring>
#include <utility>

#include "runtime/data/unicode.h"
#include "runtime/numbers/numbers.h"

namespace loko::text {

namespace {

/// ASCII classes: bit 0 initial of an identifier, bit 1 subsequent, bit 2 delimiter, bit 3 whitespace.
constexpr u8 kInitial = 1, kSubsequent = 2, kDelimiter = 4, kSpace = 8;

struct Classes {
  u8 of[257] = {};
  constexpr Classes() {
    for (unsigned c = 'a'; c <= 'z'; ++c) of[c] = of[c - 32] = kInitial | kSubsequent;
    for (unsigned c = '0'; c <= '9'; ++c) of[c] = kSubsequent;
    for (const char* p = "!$%&*/:<=>?^_~@"; *p; ++p) of[static_cast<u8>(*p)] = kInitial | kSubsequent;
    for (const char* p = "+-."; *p; ++p) of[static_cast<u8>(*p)] = kSubsequent;
    for (const char* p = "()[]\";#|"; *p; ++p) of[static_cast<u8>(*p)] = kDelimiter;
    for (const char* p = " \t\n\v\f\r"; *p; ++p) of[static_cast<u8>(*p)] = kDelimiter | kSpace;
    of[256] = kDelimiter;  // end of the text
  }
};
constexpr Classes kClasses;

bool is_unicode_space(u32 c) {
  if (c < 0x80) return (kClasses.of[c] & kSpace) != 0;
  if (c == 0x85 || c == 0xfeff) return true;
  Category k = unicode_category(c);
  return k == Category::Zs || k == Category::Zl || k == Category::Zp;
}

/// May a non-ASCII character occur in (begin) an identifier?
bool is_constituent(u32 c, bool first) {
  switch (unicode_category(c)) {
    case Category::Lu: case Category::Ll: case Category::Lt: case Category::Lm: case Category::Lo: case Category::Mn:
    case Category::Nl: case Category::No: case Category::Pd: case Category::Pc: case Category::Po: case Category::Sc:
    case Category::Sm: case Category::Sk: case Category::So: case Category::Co:
      return true;
    case Category::Nd: case Category::Mc: case Category::Me:
      return !first;
    default:
      return c == 0x200c || c == 0x200d;
  }
}

bool is_digit(unsigned c) { return c - '0' < 10u; }

/// Integers without prefix are the bulk of all numbers: no need to make their values to see that they are numbers.
bool is_plain_integer(std::string_view s) {
  std::size_t i = !s.empty() && (s[0] == '-' || s[0] == '+') ? 1 : 0;
  if (i == s.size()) return false;
  for (; i < s.size(); ++i)
    if (!is_digit(static_cast<u8>(s[i]))) return false;
  return true;
}

}  // namespace

Lexer::Lexer(const SourceManager& sources, SourceId source, Arena& arena, Diagnostics& diagnostics, Dialect dialect)
    : source_(source), text_(sources.get(source).text), arena_(arena), diagnostics_(diagnostics), dialect_(dialect) {}

Token Lexer::token(TokenKind kind, u32 begin, std::string_view text, u64 number) const {
  return {kind, span(begin, at_), text, number};
}

Token Lexer::bad(u32 begin, u32 end, std::string message) {
  diagnostics_.error(span(begin, end), std::move(message));
  return {TokenKind::Bad, span(begin, end), {}, 0};
}

std::string_view Lexer::keep(const std::string& s) {
  if (s.empty()) return {};
  char* p = static_cast<char*>(arena_.allocate(s.size(), 1));
  std::memcpy(p, s.data(), s.size());
  return {p, s.size()};
}

void append_utf8(std::string& out, u32 c) {
  auto put = [&](u32 b) { out.push_back(static_cast<char>(b)); };
  if (c < 0x80) return put(c);
  if (c < 0x800) return put(0xc0 | c >> 6), put(0x80 | (c & 0x3f));
  if (c < 0x10000) return put(0xe0 | c >> 12), put(0x80 | (c >> 6 & 0x3f)), put(0x80 | (c & 0x3f));
  put(0xf0 | c >> 18), put(0x80 | (c >> 12 & 0x3f)), put(0x80 | (c >> 6 & 0x3f)), put(0x80 | (c & 0x3f));
}

/// Decodes the character at `at` and advances. An invalid sequence gives U+FFFD and clears `valid`.
u32 Lexer::decode(u32& at, bool& valid) const {
  unsigned lead = byte(at);
  if (lead < 0x80) return ++at, lead;
  unsigned extra = lead >= 0xc2 && lead < 0xe0 ? 1 : lead >= 0xe0 && lead < 0xf0 ? 2 : lead >= 0xf0 && lead < 0xf5 ? 3 : 0;
  u32 c = extra == 1 ? lead & 0x1f : extra == 2 ? lead & 0x0f : lead & 0x07;
  for (unsigned i = 1; i <= extra; ++i) {
    if ((byte(at + i) & 0x1c0) != 0x80) return valid = false, at += i, 0xfffd;
    c = c << 6 | (byte(at + i) & 0x3f);
  }
  bool wrong = extra == 0 || (extra == 2 && (c < 0x800 || (c >= 0xd800 && c < 0xe000))) ||
               (extra == 3 && (c < 0x10000 || c > 0x10ffff));
  if (wrong) return valid = false, ++at, 0xfffd;
  at += extra + 1;
  return c;
}

/// Length in bytes of the line ending at `at`, 0 if there is none.
u32 Lexer::line_ending(u32 at) const {
  unsigned c = byte(at);
  if (c == '\n') return 1;
  bool nel = byte(at + 1) == 0xc2 && byte(at + 2) == 0x85;
  if (c == '\r') return byte(at + 1) == '\n' ? 2 : nel ? 3 : 1;
  if (c == 0xc2 && byte(at + 1) == 0x85) return 2;
  if (c == 0xe2 && byte(at + 1) == 0x80 && byte(at + 2) == 0xa8) return 3;
  return 0;
}

bool Lexer::is_delimiter(u32 at) const {
  unsigned c = byte(at);
  if (c == '\'' || c == '`' || c == ',') return dialect_ == Dialect::Loko;  // the reports want a real delimiter here
  if (c < 0x80 || c == 256) return (kClasses.of[c] & kDelimiter) != 0;
  bool valid = true;
  return is_unicode_space(decode(at, valid));
}

u32 Lexer::skip_to_delimiter(u32 at) const {
  bool valid = true;
  while (!is_delimiter(at)) decode(at, valid);
  return at;
}

/// Skips whitespace and comments other than #;. False if the text ended inside a block comment.
bool Lexer::skip_atmosphere() {
  for (;;) {
    unsigned c = byte(at_);
    if (c == 256) return true;
    if (c >= 0x80) {
      u32 after = at_;
      bool valid = true;
      if (!is_unicode_space(decode(after, valid))) return true;
      at_ = after;
    } else if (kClasses.of[c] & kSpace) {
      ++at_;
    } else if (c == ';' || (at_ == 0 && c == '#' && byte(1) == '!' && (byte(2) == '/' || byte(2) == ' '))) {
      while (byte(at_) != 256 && line_ending(at_) == 0 && !(byte(at_) == 0xe2 && byte(at_ + 1) == 0x80 && byte(at_ + 2) == 0xa9))
        ++at_;
    } else if (c == '#' && byte(at_ + 1) == '|') {
      if (!skip_block_comment()) return false;
    } else {
      return true;
    }
  }
}

/// At `#|`: skips to behind the matching `|#`.
bool Lexer::skip_block_comment() {
  u32 begin = at_;
  at_ += 2;
  for (u64 depth = 1; depth != 0;) {
    unsigned c = byte(at_);
    if (c == 256) {
      incomplete_ = true;
      diagnostics_.error(span(begin, begin + 2), "unterminated block comment: `|#` is missing");
      return false;
    }
    if (c == '|' && byte(at_ + 1) == '#') --depth, at_ += 2;
    else if (c == '#' && byte(at_ + 1) == '|') ++depth, at_ += 2;
    else ++at_;
  }
  return true;
}

/// At `#!`: obeys a flag and returns false, or makes the token of a value and returns true.
bool Lexer::read_directive(Token& result) {
  u32 begin = at_;
  at_ = skip_to_delimiter(at_ + 2);
  std::string_view name = text_.substr(begin + 2, at_ - begin - 2);
  auto immediate = [&](u64 bits) {
    result = token(TokenKind::Immediate, begin, {}, bits);
    return true;
  };
  if (name == "eof") return immediate(kEof);
  if (name == "void" || name == "unspecific" || name == "unspecified") return immediate(kVoidTag);
  if (name == "default") return immediate(kDefault);
  if (name == "r6rs") dialect_ = Dialect::R6rs, fold_ = false;
  else if (name == "r7rs") dialect_ = Dialect::R7rs, fold_ = false;
  else if (name == "fold-case") fold_ = true;
  else if (name == "no-fold-case") fold_ = false;
  else diagnostics_.warning(span(begin, at_), "unknown-flag", "unknown flag `#!" + std::string(name) + "` is ignored");
  return false;
}

Token Lexer::next() {
  for (;;) {
    u32 before = at_;
    if (!skip_atmosphere()) return {TokenKind::End, span(before, at_), {}, 0};
    u32 begin = at_;
    unsigned c = byte(at_);
    auto single = [&](TokenKind kind) { return ++at_, token(kind, begin); };
    auto prefix = [&](u32 length, std::string_view name) { return at_ += length, token(TokenKind::Prefix, begin, name); };
    switch (c) {
      case 256: return token(TokenKind::End, begin);
      case '(': return single(TokenKind::Open);
      case ')': return single(TokenKind::Close);
      case '[': return single(TokenKind::OpenBracket);
      case ']': return single(TokenKind::CloseBracket);
      case '\'': return prefix(1, "quote");
      case '`': return prefix(1, "quasiquote");
      case ',': return byte(at_ + 1) == '@' ? prefix(2, "unquote-splicing") : prefix(1, "unquote");
      case '"': return read_string();
      case '|': return read_bar_symbol();
      case '{': case '}':
        ++at_;
        return bad(begin, at_, std::string("`") + static_cast<char>(c) + "` is reserved and cannot be used here");
      case '#': {
        Token result;
        if (byte(at_ + 1) != '!') return read_hash();
        if (read_directive(result)) return result;
        continue;
      }
      default: return read_atom();
    }
  }
}

/// At `#` with something that is neither comment nor flag.
Token Lexer::read_hash() {
  u32 begin = at_;
  unsigned c = byte(at_ + 1);
  auto of_length = [&](TokenKind kind, u32 length, std::string_view name = {}) { return at_ += length, token(kind, begin, name); };
  if (c == '(') return of_length(TokenKind::OpenVector, 2);
  if (c == ';') return of_length(TokenKind::DatumComment, 2);
  if (c == '\'') return of_length(TokenKind::Prefix, 2, "syntax");
  if (c == '`') return of_length(TokenKind::Prefix, 2, "quasisyntax");
  if (c == ',') return byte(at_ + 2) == '@' ? of_length(TokenKind::Prefix, 3, "unsyntax-splicing") : of_length(TokenKind::Prefix, 2, "unsyntax");
  if (c == '\\') return read_char();
  if (is_digit(c)) return read_label();
  if (text_.substr(at_, 5) == "#vu8(") return of_length(TokenKind::OpenBytevector, 5);
  if (text_.substr(at_, 4) == "#u8(") return of_length(TokenKind::OpenBytevector, 4);
  u32 end = skip_to_delimiter(at_ + 1);
  std::string name;
  for (char x : text_.substr(begin + 1, end - begin - 1)) name.push_back(static_cast<char>(x >= 'A' && x <= 'Z' ? x + 32 : x));
  bool truth = name == "t" || name == "true";
  if (truth || name == "f" || name == "false") return at_ = end, token(TokenKind::Bool, begin, {}, truth);
  if (!name.empty() && std::strchr("xbodie", name[0]) != nullptr) {
    if (byte(end) == '#') end = skip_to_delimiter(end + 1);  // second prefix
    std::string_view lexeme = text_.substr(begin, end - begin);
    at_ = end;
    if (parse_number(lexeme.data(), lexeme.size(), 10) != False) return token(TokenKind::Number, begin, lexeme);
    return bad(begin, end, "invalid number `" + std::string(lexeme) + "`");
  }
  if (end == begin + 1 && byte(end) != 256 && !(byte(end) < 0x80 && (kClasses.of[byte(end)] & kSpace))) ++end;
  at_ = end;
  return bad(begin, end, "invalid syntax `" + std::string(text_.substr(begin, end - begin)) + "`");
}

/// At `#digit`: #n= or #n#.
Token Lexer::read_label() {
  u32 begin = at_++;
  u64 label = 0;
  bool overflow = false;
  for (; is_digit(byte(at_)); ++at_) {
    overflow |= label > (u64{1} << 60) / 10;
    label = label * 10 + (byte(at_) - '0');
  }
  unsigned c = byte(at_);
  if (c != '=' && c != '#') {
    at_ = skip_to_delimiter(at_);
    return bad(begin, at_, "invalid datum label: expected `=` or `#` after the digits");
  }
  ++at_;
  if (overflow) return bad(begin, at_, "datum label is too large");
  return token(c == '=' ? TokenKind::LabelDefinition : TokenKind::LabelReference, begin, {}, label);
}

/// Numbers, identifiers and the dot.
Token Lexer::read_atom() {
  u32 begin = at_;
  unsigned c = byte(at_);
  if (is_digit(c) || c == '+' || c == '-' || c == '.') {
    u32 end = at_ + 1;
    while (kClasses.of[byte(end)] & kSubsequent) ++end;
    std::string_view lexeme = text_.substr(begin, end - begin);
    if (byte(end) == '|' && is_digit(byte(end + 1))) {  // mantissa width: 1.5|53
      u32 wide = skip_to_delimiter(end + 1);
      std::string_view with_width = text_.substr(begin, wide - begin);
      if (parse_number(with_width.data(), with_width.size(), 10) != False) return at_ = wide, token(TokenKind::Number, begin, with_width);
    }
    if (is_delimiter(end)) {
      if (lexeme == ".") return at_ = end, token(TokenKind::Dot, begin);
      if (is_plain_integer(lexeme) || (lexeme.size() > 1 && lexeme != "..." && parse_number(lexeme.data(), lexeme.size(), 10) != False))
        return at_ = end, token(TokenKind::Number, begin, lexeme);
    }
    bool number_like = is_digit(c) || (c != '.' && is_digit(byte(at_ + 1))) || (byte(at_ + (c != '.')) == '.' && is_digit(byte(at_ + 1 + (c != '.'))));
    if (number_like) {
      at_ = end = skip_to_delimiter(end);
      return bad(begin, end, "invalid number `" + std::string(text_.substr(begin, end - begin)) + "`");
    }
  }
  return read_identifier(begin);
}

/// An identifier; escapes, Unicode and case folding are the slow path.
Token Lexer::read_identifier(u32 begin) {
  u32 end = begin;
  while (kClasses.of[byte(end)] & kSubsequent) ++end;
  if (!fold_ && end > begin && (byte(end) < 0x80 || byte(end) == 256) && is_delimiter(end))
    return at_ = end, token(TokenKind::Symbol, begin, text_.substr(begin, end - begin));
  std::string name;
  while (!is_delimiter(at_)) {
    u32 at = at_;
    bool valid = true;
    if (byte(at) == '\\') {
      if (byte(at + 1) != 'x' && byte(at + 1) != 'X') {
        u32 after = skip_to_delimiter(at_);
        at_ = after > at + 1 ? after : at + 1;
        return bad(at, at + 1, "invalid escape in an identifier: only `\\x…;` is possible here");
      }
      if (!read_hex_escape(at, name)) return at_ = skip_to_delimiter(at_), Token{TokenKind::Bad, span(begin, at_), {}, 0};
      continue;
    }
    u32 c = decode(at_, valid);
    if (!valid) {
      Token result = bad(at, at_, "invalid UTF-8 in an identifier");
      return at_ = skip_to_delimiter(at_), result;
    }
    if (c < 0x80 ? !(kClasses.of[c] & kSubsequent) : !is_constituent(c, at == begin)) {
      Token result = bad(at, at_, at == begin ? "invalid character `" + std::string(text_.substr(at, at_ - at)) + "`"
                                              : "invalid character `" + std::string(text_.substr(at, at_ - at)) + "` in an identifier (a delimiter is missing?)");
      if (c != '\'' && c != '`' && c != ',') at_ = skip_to_delimiter(at_);
      return result;
    }
    u32 folded[3] = {c};
    int n = fold_ ? unicode_full_foldcase(c, folded) : 1;
    for (int i = 0; i < n; ++i) append_utf8(name, folded[i]);
  }
  return token(TokenKind::Symbol, begin, keep(name));
}

}  // namespace loko::text
