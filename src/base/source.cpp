// SPDX-License-Identifier: MIT
//
// Source texts, and the way from byte offsets to lines and columns: the offsets at which lines begin are
// found once, when the text is added; a place is a binary search in them and a count of characters.
#include "base/source.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace loko {

static constexpr std::uint32_t kBlock = 256;

/// The number of characters that begin in [from, to).
static std::uint32_t count_characters(const std::string& text, std::size_t from, std::size_t to) {
  std::uint32_t n = 0;
  for (std::size_t i = from; i < to; ++i) n += (static_cast<unsigned char>(text[i]) & 0xc0) != 0x80;
  return n;
}

/// Generated texts may be one line: the column of a place there must not take time in proportion to it.
static void count_blocks(Source& source) {
  std::uint32_t n = 0;
  for (std::size_t from = 0; from < source.text.size(); from += kBlock) {
    source.characters.push_back(n);
    n += count_characters(source.text, from, std::min(from + kBlock, source.text.size()));
  }
}

SourceId SourceManager::add(std::string name, std::string text, std::uint32_t first_line) {
  Source& source = sources_.emplace_back();
  source.name = std::move(name);
  source.text = std::move(text);
  source.first_line = first_line;
  source.line_starts.push_back(0);
  const char* begin = source.text.data();
  const char* end = begin + source.text.size();
  bool long_lines = false;
  for (const char* p = begin; p < end;) {
    const void* newline = std::memchr(p, '\n', static_cast<std::size_t>(end - p));
    const char* next = newline == nullptr ? end : static_cast<const char*>(newline) + 1;
    long_lines = long_lines || next - p > kBlock;
    p = next;
    if (newline != nullptr) source.line_starts.push_back(static_cast<std::uint32_t>(p - begin));
  }
  if (long_lines) count_blocks(source);
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
  std::uint32_t start = source.line_starts[line], column = 1;
  if (offset - start > 2 * kBlock) {
    std::size_t first = start / kBlock + 1, last = offset / kBlock - (offset / kBlock == source.characters.size());
    column += count_characters(source.text, start, first * kBlock) + source.characters[last] - source.characters[first];
    start = static_cast<std::uint32_t>(last * kBlock);
  }
  return {static_cast<std::uint32_t>(line) + source.first_line, column + count_characters(source.text, start, offset)};
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
