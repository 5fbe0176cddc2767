// SPDX-License-Identifier: MIT
//
// What the user may choose about compilation (-f flags); passed down the whole pipeline.
#pragma once

#include <string>

namespace loko {

struct Options {
  int optimize = 2;               // 0: no source-level optimization, 1: cheap passes, 2: everything
  int inline_size = 16;           // cp0: operations that a copied procedure may leave at its call (-fcp0-size-limit)
  int inline_effort = 50;         // cp0: work on one such attempt (-fcp0-effort-limit)
  bool debug = false;             // -g: describe code to debuggers
  bool verify = false;            // check core and low after each pass
  bool without_checks = false;    // leave out checks of operands, for measuring only
  std::string library_root;       // files below it are shown as loko:… (the implementation's own libraries)
  std::string stop_after;         // pass after which the program is printed and the process ends, or ""
  std::string dump;               // pass whose output is printed to stderr, "all", or ""
};

}  // namespace loko
