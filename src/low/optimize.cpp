// SPDX-License-Identifier: MIT
//
// The order of the passes on functions of low.
#include "low/optimize.h"

#include "low/checks.h"
#include "low/cleanup.h"

namespace loko::low {

void optimize(Function& f) {
  if (remove_implied_checks(f)) clean_up(f);
  // A copy for what follows unlikely paths pays if checks on likely ones go.
  Function split = f;
  if (!split_cold_paths(split)) return;
  clean_up(split);
  int likely = 0;
  remove_implied_checks(split, &likely);
  clean_up(split);
  if (thread_loop_tests(split)) {
    clean_up(split);
    ++likely;
    remove_implied_checks(split);
    clean_up(split);
  }
  if (likely > 0) f = std::move(split);
}

}  // namespace loko::low
