// SPDX-License-Identifier: MIT
//
// The order of the passes on functions of low.
#include "low/optimize.h"

#include "low/passes.h"
#include "low/cleanup.h"

namespace loko::low {
namespace {

/// Gives the likely paths what unlikely ones made them forget.
void split(Function& f) {
  // A copy for what follows unlikely paths pays if checks on likely ones go.
  Function split = f;
  if (!may_be_split(f)) return;
  test_pairs_first(split);
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

void peel(Function& f) {
  if (!peel_checks(f)) return;
  clean_up(f);
  number_values(f);
  remove_implied_checks(f);
  clean_up(f);
}

}  // namespace

void optimize(Function& f, const PassObserver& observer) {
  auto goes_on = [&](const char* pass) { return !observer || observer(pass, f); };
  number_values(f);
  if (!goes_on("number-values")) return;
  if (simplify_bits(f)) clean_up(f);
  if (!goes_on("simplify-bits")) return;
  if (remove_implied_checks(f)) clean_up(f);
  if (!goes_on("implied-checks")) return;
  split(f);
  if (!goes_on("split-cold")) return;
  peel(f);
  if (!goes_on("peel-checks")) return;
  if (remove_range_checks(f)) clean_up(f);
  if (!goes_on("ranges")) return;
  if (hoist_invariants(f)) clean_up(f);
  goes_on("licm");
}

}  // namespace loko::low
