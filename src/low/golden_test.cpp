// SPDX-License-Identifier: MIT
//
// Golden tests of the passes of low, golden/<pass>/*.scm (core/golden_files.h).
#include <gtest/gtest.h>

#include <string>

#include "core/golden_files.h"
#include "core/passes.h"
#include "core/print.h"
#include "core/read.h"
#include "low/optimize.h"
#include "low/passes.h"
#include "low/recover_operands.h"
#include "low/cleanup.h"
#include "low/closures.h"
#include "low/lower.h"
#include "low/print.h"
#include "low/read.h"
#include "low/verify.h"
#include "runtime/memory/runtime_fixture.h"

namespace loko::low {
namespace {

/// Passes that rewrite core.
std::string run_on_core(const std::string& pass, const std::string& text) {
  Arena arena;
  HandleArena handles;
  core::Unit unit;
  unit.arena = &arena;
  unit.handles = &handles;
  std::string problem;
  if (!core::read(unit, text, &problem)) return problem;
  core::recompute_flags(unit);
  bool changed = false;
  if (pass == "exits") {
    changed = find_exits(unit);
  } else if (pass == "receive") {
    changed = receive_values(unit);
  } else if (pass == "closures" || pass == "contification" || pass == "lift") {
    Analysis analysis;
    analyze_closures(unit, analysis);
    if (pass != "lift") return print_closures(analysis);
    changed = lift_lambdas(unit, analysis);
  } else {
    Analysis analysis;
    analyze_closures(unit, analysis);
    find_counters(unit, analysis);
    recover_types(unit, analysis);
    changed = peel_loops(unit);
  }
  core::recompute_flags(unit);
  problem = core::verify(unit);
  return (problem.empty() ? "" : problem + "\n") + (changed ? core::print(unit.body) : "unchanged\n");
}

std::string run_pass(const std::string& pass, const std::string& text) {
  for (const char* on_core : {"peel", "exits", "receive", "closures", "contification", "lift"})
    if (pass == on_core) return run_on_core(pass, text);
  Function f;
  std::string problem = read(text, &f);
  if (problem.empty()) problem = verify(f, nullptr);
  if (!problem.empty()) return problem + "\n";
  if (pass == "implied_checks") remove_implied_checks(f);
  else if (pass == "split_cold") split_cold_paths(f);
  else if (pass == "pairs_first") test_pairs_first(f);
  else if (pass == "drop_checks") drop_checks(f);
  else if (pass == "value_numbering") number_values(f);
  else if (pass == "simplify_bits") simplify_bits(f);
  else if (pass == "thread_tests") thread_tests(f);
  else if (pass == "peel_checks") peel_checks(f);
  else if (pass == "licm") hoist_invariants(f);
  else if (pass == "predict_loads") predict_loads(f);
  else if (pass == "if_conversion") convert_branches(f);
  else if (pass == "recover_operands") recover_operands(f);
  else if (pass == "ranges") remove_range_checks(f);
  else if (pass == "reentry") optimize(f, [](const char* done, const Function&) { return std::string(done) != "split-cold"; });
  else return "unknown pass " + pass + "\n";
  problem = verify(f, nullptr);
  if (!problem.empty()) return problem + "\n" + print(f);
  clean_up(f);
  return print(f) + "\n";
}

class LowGoldenTest : public RuntimeTest {};

TEST_F(LowGoldenTest, Passes) { EXPECT_GT(core::check_golden_files(__FILE__, run_pass), 0u); }

}  // namespace
}  // namespace loko::low
