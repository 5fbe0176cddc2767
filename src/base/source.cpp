// SPDX-License-Identifier: MIT
//
// Source texts, and the way from byte offsets to lines and columns: the offsets at which lines begin are
// found once, when the text is added; a place is a binary search in them and a count of characters.
#include "base/source.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace loko {

SourceId SourceManager::add(std::string name, std::string text, std::uint32_t first_line) {
  Source& source = sources_.emplace_back();
  source.name = std::move(name);
  source.text = std::move(text);
  source.first_line = first_line;
  source.line_starts.push_back(0);
  const char* begin = source.text.data();
  const char* end = begin + source.text.size();
  for (const char* p = begin; p < end;) {
    const void* newline = std::memchr(p, '\n', static_cast<std::size_t>(end - p));
    if (newline == nullptr) break;
    p = static_cast<const char*>(newline) + 1;
    source.line_starts.push_back(static_cast<std::uint32_t>(p - begin));
  }
  return static_cast<SourceId>(sources_.size());
}

/// Index of the line that contains the offset.
static std::size_t line_index(const Source& source, std::uint32_t offset) {
  auto after = std::upper_bound(source.line_starts.begin(), source.line_starts.end(), offset);
  return static_cast<std::size_t>(after - source.line_starts.begin()) - 1;
}

Place SourceManager::place(Span span) const {
  if (!has(span.source)) return {};
  const Source& source = get(span.source);
  std::uint32_t offset = std::min<std::uint32_t>(span.begin, static_cast<std::uint32_t>(source.text.size()));
  std::size_t line = line_index(source, offset);
  std::uint32_t column = 1;
  for (std::uint32_t i = source.line_starts[line]; i < offset; ++i)
    if ((static_cast<unsigned char>(source.text[i]) & 0xc0) != 0x80) ++column;
  return {static_cast<std::uint32_t>(line) + source.first_line, column};
}

std::string_view SourceManager::line_text(Span span) const {
  if (!has(span.source)) return {};
  const Source& source = get(span.source);
  std::uint32_t offset = std::min<std::uint32_t>(span.begin, static_cast<std::uint32_t>(source.text.size()));
  std::uint32_t begin = source.line_starts[line_index(source, offset)];
  std::string_view line = std::string_view(source.text).substr(begin);
  line = line.substr(0, line.find('\n'));
  if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
  return line;
}

std::string SourceManager::describe(Span span) const {
  if (!has(span.source)) return "";
  Place p = place(span);
  return get(span.source).name + ":" + std::to_string(p.line) + ":" + std::to_string(p.column);
}

}  // namespace loko
