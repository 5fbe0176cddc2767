// SPDX-License-Identifier: MIT
//
// The order of the passes on functions of low.
#include "low/optimize.h"

#include <algorithm>

#include "low/cleanup.h"
#include "low/graph.h"
#include "low/passes.h"
#include "low/recover_operands.h"

namespace loko::low {
namespace {

size_t calls(const Block& b) {
  return static_cast<size_t>(std::count_if(b.insts.begin(), b.insts.end(), [](const Inst& i) { return i.op == Op::CallDirect || i.op == Op::CallClosure; }));
}

/// The loops of f some of whose calls of procedures are on unlikely paths only, as `split` shows, which is f without ways back.
Reentry find_reentry(Function& f, const Function& split) {
  std::vector<Loop> loops = find_loops(f, make_graph(f));
  std::erase_if(loops, [&](const Loop& l) {
    return l.header == 0 || f.blocks[l.header].cold || std::none_of(l.blocks.begin(), l.blocks.end(), [&](BlockId b) { return calls(f.blocks[b]) != 0; });
  });
  if (loops.empty()) return {};
  Function trial = split;
  infer_types(trial);
  Reentry reentry{{}, trial.types};
  remove_implied_checks(trial);
  if (thread_tests(trial)) remove_implied_checks(trial);
  std::vector<bool> likely(trial.blocks.size());
  for (const Loop& l : find_loops(trial, make_graph(trial)))
    for (BlockId b : l.blocks) likely[b] = !trial.blocks[b].cold;
  for (const Loop& l : loops) {
    size_t all = 0, left = 0;
    for (BlockId b : l.blocks) all += calls(f.blocks[b]), left += likely[b] ? calls(trial.blocks[b]) : 0;
    if (left < all) reentry.headers.push_back(l.header);
  }
  return reentry;
}

/// Gives the likely paths what unlikely ones made them forget.
void split(Function& f) {
  // A copy for what follows unlikely paths pays if checks on likely ones go.
  Function split = f;
  if (!may_be_split(f)) return;
  test_pairs_first(split);
  if (!split_cold_paths(split)) return;
  Reentry reentry = find_reentry(f, split);
  if (!reentry.headers.empty()) {
    split = f;
    split_cold_paths(split, reentry);
  }
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
  if (!goes_on("licm")) return;
  recover_operands(f);
  goes_on("recover-operands");
}

}  // namespace loko::low
