// SPDX-License-Identifier: MIT
//
// The runtime inside a hosted test program (see address_map_test.cpp for where the C library's heap must be).
#include "runtime/memory/runtime_fixture.h"

#include <cstdio>
#include <cstdlib>
#include <unistd.h>

namespace loko {

void need_runtime() {
  static bool done = false;
  if (done) return;
  done = true;
  static char name[] = "test";
  static char* argv[] = {name, nullptr};
  if (const char* problem = initialize_runtime(u64{1} << 30, 1, argv, environ)) {
    std::fprintf(stderr, "can't initialize the runtime: %s\n", problem);
    std::exit(1);
  }
}

}  // namespace loko
