// SPDX-License-Identifier: MIT
//
// Lexer: source text to tokens. R6RS 4.2 and R7RS 7.1.1 at once. Whitespace, line and block comments,
// #! flags and a first line that begins with #! (scripts) are skipped here; `#;` is a token for the reader.
// Errors are reported with the span of the offending characters; the token is then Bad, and scanning
// goes on at the next delimiter.
#pragma once

#include <string>
#include <string_view>

#include "base/arena.h"
#include "base/diagnostics.h"
#include "base/source.h"
#include "text/reader.h"

namespace loko::text {

enum class TokenKind : u8 {
  End, Open, OpenBracket, Close, CloseBracket, OpenVector, OpenBytevector,
  Prefix,        // text: quote, quasiquote, unquote, unquote-splicing, syntax, …
  Dot, Bool, Number, Char, String, Symbol,
  LabelDefinition, LabelReference,   // number: the label
  DatumComment, Immediate,
  Bad            // was reported
};

struct Token {
  TokenKind kind = TokenKind::End;
  Span span{};
  std::string_view text{};   // Prefix, Number, String, Symbol: as in Datum
  u64 number = 0;            // Char: scalar value; Bool: 0 or 1; labels; Immediate: value bits
};

/// Splits one source into tokens.
class Lexer {
 public:
  Lexer(const SourceManager& sources, SourceId source, Arena& arena, Diagnostics& diagnostics, Dialect dialect);

  /// The next token; End at the end of the text, again and again.
  Token next();
  Dialect dialect() const { return dialect_; }
  u32 position() const { return at_; }
  void seek(u32 position) { at_ = position; }
  /// True after a string, |symbol| or block comment met the end of the text (and the Bad or End token said so).
  bool incomplete() const { return incomplete_; }
  std::string_view text() const { return text_; }

 private:
  unsigned byte(u32 i) const { return i < text_.size() ? static_cast<unsigned char>(text_[i]) : 256u; }
  Span span(u32 begin, u32 end) const { return {source_, begin, end}; }
  Token token(TokenKind kind, u32 begin, std::string_view text = {}, u64 number = 0) const;
  Token bad(u32 begin, u32 end, std::string message);
  u32 decode(u32& at, bool& valid) const;
  u32 line_ending(u32 at) const;
  bool is_delimiter(u32 at) const;
  u32 skip_to_delimiter(u32 at) const;
  bool skip_atmosphere();
  bool skip_block_comment();
  bool read_directive(Token& result);
  Token read_hash();
  Token read_string();
  Token read_bar_symbol();
  Token read_atom();
  Token read_identifier(u32 begin);
  Token read_char();
  Token read_label();
  bool read_hex_escape(u32 begin, std::string& out);
  bool read_string_escape(std::string& out);
  std::string_view keep(const std::string& s);

  SourceId source_;
  std::string_view text_;
  Arena& arena_;
  Diagnostics& diagnostics_;
  Dialect dialect_;
  u32 at_ = 0;
  bool fold_ = false;
  bool incomplete_ = false;
};

/// The scalar value that `#\name` stands for in either report; -1 if there is none.
i64 character_by_name(std::string_view name);
/// Appends a scalar value in UTF-8.
void append_utf8(std::string& out, u32 c);

}  // namespace loko::text
