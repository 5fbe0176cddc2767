// SPDX-License-Identifier: MIT
//
// The order of the passes on functions of low.
#include "low/optimize.h"

#include "low/passes.h"
#include "low/cleanup.h"

namespace loko::low {

void optimize(Function& f) {
  number_values(f);
  if (simplify_bits(f)) clean_up(f);
  if (remove_implied_checks(f)) clean_up(f);
  // A copy for what follows unlikely paths pays if checks on likely ones go.
  Function split = f;
  if (!split_cold_paths(split)) return;
  clean_up(split);
  int likely = 0;
  remove_implied_checks(split, &likely);
  clean_up(split);
  if (thread_tests(split)) {
    clean_up(split);
    ++likely;
    remove_implied_checks(split);
    clean_up(split);
  }
  if (likely == 0) return;
  f = std::move(split);
  // On the likely path there are fewer joins now.
  bool changed = number_values(f) != 0;
  if (simplify_bits(f)) {
    clean_up(f);
    changed = true;
  }
  if (!changed) return;
  remove_implied_checks(f);
  clean_up(f);
}

}  // namespace loko::low
