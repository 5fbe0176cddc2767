// SPDX-License-Identifier: MIT
//
// The property that fuzzing checks of the reader, for fuzz_reader.cpp and reader_fuzz_test.cpp: whatever the bytes,
// reading ends; what was read, written and read again, is the same and has no errors.
#pragma once

#include <string>

#include "text/reader.h"

namespace loko::text {

/// All data of a text in written form; *good tells whether there were no errors.
inline std::string read_and_write(const std::string& bytes, bool* good) {
  SourceManager sources;
  Arena arena;
  Diagnostics diagnostics(sources);
  Reader reader(sources, sources.add("fuzz", bytes), arena, diagnostics);
  std::string out;
  while (Datum* d = reader.read()) {
    to_heap(d);
    out += to_string(d) + "\n";
  }
  diagnostics.render_all(true);
  *good = !diagnostics.has_errors();
  return out;
}

/// Does the property hold for these bytes?
inline bool round_trips(const std::string& bytes) {
  bool good;
  std::string once = read_and_write(bytes, &good);
  return read_and_write(once, &good) == once && good;
}

}  // namespace loko::text
