// SPDX-License-Identifier: MIT
//
// Source texts and places in them. A Span is small and copyable; the SourceManager finds text, line and column.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

namespace loko {

/// Index of a source text in the SourceManager; 0 is "no source".
using SourceId = std::uint32_t;

/// Half-open range of bytes [begin, end) of a source.
struct Span {
  SourceId source = 0;
  std::uint32_t begin = 0;
  std::uint32_t end = 0;
  explicit operator bool() const { return source != 0; }
};

/// Line and column, both from 1; columns count characters.
struct Place {
  std::uint32_t line = 0;
  std::uint32_t column = 0;
};

/// One text that was read: a file, a REPL input, a string.
struct Source {
  std::string name;                          // as shown to users
  std::string text;                          // UTF-8
  std::vector<std::uint32_t> line_starts;    // byte offsets
  std::vector<std::uint32_t> characters;     // of long lines: number of those that begin before each 256th byte; else empty
  std::uint32_t first_line = 1;              // of a part of a larger text, such as a session of the REPL
};

/// Owns all texts of one compiler.
class SourceManager {
 public:
  /// Takes a text; its name is what messages show, and its lines count from first_line.
  SourceId add(std::string name, std::string text, std::uint32_t first_line = 1);
  const Source& get(SourceId id) const { return sources_[id - 1]; }
  bool has(SourceId id) const { return id != 0 && id <= sources_.size(); }
  Place place(Span span) const;
  /// The line (without its newline) in which the span begins.
  std::string_view line_text(Span span) const;
  /// "file:line:column", or "" when there is no source.
  std::string describe(Span span) const;

 private:
  std::deque<Source> sources_;
};

}  // namespace loko
