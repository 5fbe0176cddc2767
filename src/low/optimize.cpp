// SPDX-License-Identifier: MIT
//
// The order of the passes on functions of low.
#include "low/optimize.h"

#include <algorithm>

#include "low/cleanup.h"
#include "low/graph.h"
#include "low/loops.h"
#include "low/passes.h"
#include "low/recover_operands.h"

namespace loko::low {
namespace {

size_t calls(const Block& b) {
  return static_cast<size_t>(std::count_if(b.insts.begin(), b.insts.end(), [](const Inst& i) { return i.op == Op::CallDirect || i.op == Op::CallClosure; }));
}

/// By header of a loop: the calls in all its blocks for which `counts` holds.
template <class Predicate>
std::vector<size_t> calls_by_loop(const Function& f, const LoopForest& loops, Predicate counts) {
  std::vector<size_t> n(loops.loop.size());
  for (BlockId b = 0; b < n.size(); ++b)
    if (loops.loop[b] != kNone && counts(b)) n[loops.loop[b]] += calls(f.blocks[b]);
  for (BlockId h : loops.headers)
    if (loops.outer[h] != kNone) n[loops.outer[h]] += n[h];
  return n;
}

/// The loops of f some of whose calls of procedures are on unlikely paths only, as `split` shows, which is f without ways back.
Reentry find_reentry(Function& f, const Function& split) {
  LoopForest loops = find_loops(make_graph(f));
  std::vector<size_t> all = calls_by_loop(f, loops, [](BlockId) { return true; });
  std::vector<BlockId> headers = loops.headers;
  std::erase_if(headers, [&](BlockId h) { return h == 0 || f.blocks[h].cold || all[h] == 0; });
  if (headers.empty()) return {};
  Function trial = split;
  infer_types(trial);
  Reentry reentry{{}, trial.types};
  remove_implied_checks(trial);
  if (thread_tests(trial)) remove_implied_checks(trial);
  LoopForest left_over = find_loops(make_graph(trial));
  std::vector<size_t> left = calls_by_loop(trial, loops, [&](BlockId b) { return left_over.loop[b] != kNone && !trial.blocks[b].cold; });
  for (BlockId h : headers)
    if (left[h] < all[h]) reentry.headers.push_back(h);
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
  if (predict_loads(f)) clean_up(f);
  if (!goes_on("predict-loads")) return;
  if (convert_branches(f)) clean_up(f);
  if (!goes_on("if-conversion")) return;
  recover_operands(f);
  goes_on("recover-operands");
}

}  // namespace loko::low
