// SPDX-License-Identifier: MIT
//
// Fuzz target (libFuzzer, AFL++) of the reader; the property is in round_trip.h.
#include <cstdlib>

#include "text/round_trip.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  static const char* failed = loko::initialize_runtime(0, 0, nullptr, nullptr);
  if (failed != nullptr || !loko::text::round_trips(std::string(reinterpret_cast<const char*>(data), size))) std::abort();
  return 0;
}
