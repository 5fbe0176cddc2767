// SPDX-License-Identifier: MIT
//
// Errors, warnings and notes about source text. Collected, then printed with the line and a caret.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "base/source.h"

namespace loko {

enum class Severity : std::uint8_t { Error, Warning, Note };

/// One message; notes belong to the error or warning before them.
struct Diagnostic {
  Severity severity;
  Span span;
  std::string message;   // what was wrong and what was expected
  std::string name;      // of a warning, for its flag; of an error, may be empty
};

/// What the user wants of messages (-W options); one per process.
struct MessageOptions {
  std::set<std::string> silent{"unused-import"};    // warnings that are not wanted
  bool warnings_are_errors = false;
};
MessageOptions& message_options();

/// True if messages may be coloured: the output is a terminal and NO_COLOR is not set.
bool colour_wanted();

/// Names of all warnings, with what they are about; ends with null.
struct WarningName {
  const char* name;
  const char* what;
};
extern const WarningName kWarnings[];

/// Collects messages of one compilation.
class Diagnostics {
 public:
  explicit Diagnostics(const SourceManager& sources) : sources_(sources) {}
  void error(Span span, std::string message);
  /// False if the user does not want warnings of this name: then there is nothing to add a note to.
  bool warning(Span span, std::string name, std::string message);
  void note(Span span, std::string message);
  bool has_errors() const { return errors_ != 0; }
  std::size_t error_count() const { return errors_; }
  const std::vector<Diagnostic>& all() const { return list_; }
  void clear();
  /// "file:line:column: error: message", the source line, a caret line; coloured if asked for.
  std::string render(const Diagnostic& d, bool colour) const;
  std::string render_all(bool colour) const;

 private:
  const SourceManager& sources_;
  std::vector<Diagnostic> list_;
  std::size_t errors_ = 0;
};

/// "did you mean": the candidate nearest to `name` by edit distance, or "" if none is near.
std::string nearest_name(const std::string& name, const std::vector<std::string>& candidates);

}  // namespace loko
