// SPDX-License-Identifier: MIT
//
// Collects messages and shows them the way compilers do: place, severity, message, the line of the source,
// a caret and tildes below the span. Tabs are shown as spaces up to the next multiple of 8, characters
// that would disturb the terminal as U+FFFD, and of very long lines only a window around the span.
// nearest_name: optimal string alignment distance (Damerau 1964, Levenshtein 1966).
#include "base/diagnostics.h"

#include <stdlib.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

namespace loko {

const WarningName kWarnings[] = {
    {"wrong-argument-count", "a call of a known procedure with too few or too many arguments"},
    {"wrong-type", "an argument of a primitive that can never have the right type, a call of what is no procedure"},
    {"unreachable-code", "code behind a call that never returns"},
    {"unused-variable", "a local variable that nothing refers to"},
    {"unused-import", "an imported library or name that nothing refers to (only with -Wunused-import or -Wall)"},
    {"import-conflict", "R7RS: a name that two imports bring with two meanings, of which the last one counts"},
    {"unbound-variable", "at the REPL and in load: a variable of a procedure that is not defined yet"},
    {"unknown-flag", "an unknown #! flag"},
    {nullptr, nullptr}};

MessageOptions& message_options() {
  static MessageOptions options;
  return options;
}

bool colour_wanted() {
  const char* term = getenv("TERM");
  const char* no_color = getenv("NO_COLOR");
  return !(no_color && *no_color) && term && std::string_view(term) != "dumb" && isatty(1) && isatty(2);
}

void Diagnostics::error(Span span, std::string message) {
  list_.push_back({Severity::Error, span, std::move(message), {}});
  ++errors_;
}

bool Diagnostics::warning(Span span, std::string name, std::string message) {
  const MessageOptions& wanted = message_options();
  if (wanted.silent.count(name)) return false;
  if (wanted.warnings_are_errors) ++errors_;
  list_.push_back({wanted.warnings_are_errors ? Severity::Error : Severity::Warning, span, std::move(message), std::move(name)});
  return true;
}

void Diagnostics::note(Span span, std::string message) {
  list_.push_back({Severity::Note, span, std::move(message), ""});
}

void Diagnostics::clear() {
  list_.clear();
  errors_ = 0;
}

namespace {

constexpr unsigned kWindow = 100;  // columns of a long line that are shown
constexpr unsigned kTab = 8;

/// What one character of a line looks like in the message.
struct Cell {
  std::string glyph;
  unsigned width;
  std::size_t byte;  // where it begins in the line
};

/// Decodes one character; advances at. Invalid bytes give 0xfffd.
std::uint32_t decode(std::string_view s, std::size_t& at) {
  auto byte = [&](std::size_t i) { return i < s.size() ? static_cast<unsigned char>(s[i]) : 0u; };
  unsigned lead = byte(at);
  unsigned extra = lead < 0x80 ? 0 : lead >= 0xf0 && lead < 0xf5 ? 3 : lead >= 0xe0 ? 2 : lead >= 0xc2 ? 1 : 9;
  if (lead >= 0xf5) extra = 9;
  std::uint32_t c = extra == 0 ? lead : extra == 1 ? lead & 0x1f : extra == 2 ? lead & 0x0f : lead & 0x07;
  for (unsigned i = 1; extra != 9 && i <= extra; ++i) {
    if ((byte(at + i) & 0xc0) != 0x80) extra = 9;
    else c = c << 6 | (byte(at + i) & 0x3f);
  }
  at += extra == 9 ? 1 : extra + 1;
  return extra == 9 ? 0xfffd : c;
}

/// Columns that a character takes on usual terminals.
unsigned display_width(std::uint32_t c) {
  if ((c >= 0x300 && c <= 0x36f) || (c >= 0x200b && c <= 0x200f) || (c >= 0xfe00 && c <= 0xfe0f)) return 0;
  bool wide = (c >= 0x1100 && c <= 0x115f) || (c >= 0x2e80 && c <= 0xa4cf && c != 0x303f) || (c >= 0xac00 && c <= 0xd7a3) ||
              (c >= 0xf900 && c <= 0xfaff) || (c >= 0xfe30 && c <= 0xfe6f) || (c >= 0xff00 && c <= 0xff60) ||
              (c >= 0xffe0 && c <= 0xffe6) || (c >= 0x1f300 && c <= 0x1faff) || (c >= 0x20000 && c <= 0x3fffd);
  return wide ? 2 : 1;
}

std::vector<Cell> layout(std::string_view line) {
  std::vector<Cell> cells;
  unsigned column = 0;
  for (std::size_t at = 0; at < line.size();) {
    std::size_t begin = at;
    std::uint32_t c = decode(line, at);
    Cell cell{std::string(line.substr(begin, at - begin)), display_width(c), begin};
    if (c == '\t') {
      cell.width = kTab - column % kTab;
      cell.glyph = std::string(cell.width, ' ');
    } else if (c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0xfffd || c == 0x2028 || c == 0x2029 || (c >= 0x202a && c <= 0x202e)) {
      cell.glyph = "\xef\xbf\xbd";
      cell.width = 1;
    }
    column += cell.width;
    cells.push_back(std::move(cell));
  }
  return cells;
}

}  // namespace

/// The source line and the line with the caret, each ending in a newline.
static std::string excerpt(std::string_view line, std::size_t begin, std::size_t end, const char* on, const char* off) {
  std::vector<Cell> cells = layout(line);
  std::size_t first = 0;
  while (first < cells.size() && cells[first].byte < begin) ++first;
  std::size_t from = 0, to = cells.size();
  unsigned total = 0;
  for (const Cell& cell : cells) total += cell.width;
  if (total > kWindow) {
    unsigned width = 0;
    for (from = first; from > 0 && width + cells[from - 1].width <= kWindow / 3; --from) width += cells[from - 1].width;
    for (to = first; to < cells.size() && width + cells[to].width <= kWindow; ++to) width += cells[to].width;
  }
  std::string text = "  ", marks = "  ";
  if (from > 0) {
    text += "…";
    marks += " ";
  }
  for (std::size_t i = from; i < to; ++i) {
    text += cells[i].glyph;
    if (i < first) marks.append(cells[i].width, ' ');
  }
  if (to < cells.size()) text += "…";
  marks += on;
  marks += '^';
  unsigned under = 0;
  for (std::size_t i = first; i < to && cells[i].byte < end; ++i) under += cells[i].width;
  if (under > 1) marks.append(under - 1, '~');
  marks += off;
  return text + "\n" + marks + "\n";
}

std::string Diagnostics::render(const Diagnostic& d, bool colour) const {
  const char* kind = d.severity == Severity::Error ? "error" : d.severity == Severity::Warning ? "warning" : "note";
  const char* paint = !colour ? "" : d.severity == Severity::Error ? "\x1b[1;31m" : d.severity == Severity::Warning ? "\x1b[1;35m" : "\x1b[1;36m";
  const char* bold = colour ? "\x1b[1m" : "";
  const char* off = colour ? "\x1b[0m" : "";
  std::string out;
  std::string where = sources_.describe(d.span);
  if (!where.empty()) out += std::string(bold) + where + ":" + off + " ";
  out += std::string(paint) + kind + ":" + off + " " + bold + d.message + off;
  if (d.severity == Severity::Warning && !d.name.empty()) out += " [-W" + d.name + "]";
  if (d.severity == Severity::Error && !d.name.empty()) out += " [-Werror=" + d.name + "]";
  out += "\n";
  if (where.empty()) return out;
  const Source& source = sources_.get(d.span.source);
  std::string_view line = sources_.line_text(d.span);
  std::uint32_t at = std::min<std::uint32_t>(d.span.begin, static_cast<std::uint32_t>(source.text.size()));
  std::size_t begin = source.text.data() + at - (line.data() == nullptr ? source.text.data() + at : line.data());
  std::size_t length = d.span.end > at ? d.span.end - at : 0;
  return out + excerpt(line, begin, begin + length, paint, off);
}

std::string Diagnostics::render_all(bool colour) const {
  std::string out;
  for (const Diagnostic& d : list_) out += render(d, colour);
  return out;
}

/// Edit distance with transpositions of neighbours, or `limit + 1` when it is more than `limit`.
static std::size_t edit_distance(const std::string& a, const std::string& b, std::size_t limit) {
  std::size_t difference = a.size() > b.size() ? a.size() - b.size() : b.size() - a.size();
  if (difference > limit) return limit + 1;
  std::vector<std::size_t> before(b.size() + 1), previous(b.size() + 1), row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) previous[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    std::size_t least = row[0];
    for (std::size_t j = 1; j <= b.size(); ++j) {
      std::size_t best = std::min({previous[j] + 1, row[j - 1] + 1, previous[j - 1] + (a[i - 1] != b[j - 1])});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) best = std::min(best, before[j - 2] + 1);
      row[j] = best;
      least = std::min(least, best);
    }
    if (least > limit) return limit + 1;
    std::swap(before, previous);
    std::swap(previous, row);
  }
  return previous[b.size()];
}

std::string nearest_name(const std::string& name, const std::vector<std::string>& candidates) {
  std::size_t limit = name.size() < 3 ? 1 : std::min<std::size_t>(3, (name.size() + 2) / 3);
  const std::string* best = nullptr;
  for (const std::string& candidate : candidates) {
    if (candidate == name || candidate.empty()) continue;
    if (name.size() < 3 && (candidate.size() != name.size() || name.size() < 2)) continue;
    std::size_t distance = edit_distance(name, candidate, limit);
    if (distance > limit) continue;
    best = &candidate;
    if (distance <= 1 || limit == 0) return *best;
    limit = distance - 1;
  }
  return best == nullptr ? "" : *best;
}

}  // namespace loko
