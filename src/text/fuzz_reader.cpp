// SPDX-License-Identifier: MIT
//
// Fuzz target (libFuzzer, AFL++): reads any bytes, writes what was read, reads that again: same text, no errors.
#include <cstdlib>
#include <string>

#include "text/reader.h"

using namespace loko;

static std::string read_and_write(const std::string& bytes, bool must_be_good) {
  static const char* failed = initialize_runtime(0, 0, nullptr, nullptr);
  if (failed != nullptr) std::abort();
  SourceManager sources;
  Arena arena;
  Diagnostics diagnostics(sources);
  text::Reader reader(sources, sources.add("fuzz", bytes), arena, diagnostics);
  std::string out;
  while (text::Datum* d = reader.read()) {
    text::to_heap(d);
    out += text::to_string(d) + "\n";
  }
  diagnostics.render_all(true);
  if (must_be_good && diagnostics.has_errors()) std::abort();
  return out;
}

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  std::string once = read_and_write(std::string(reinterpret_cast<const char*>(data), size), false);
  if (read_and_write(once, true) != once) std::abort();
  return 0;
}
