// SPDX-License-Identifier: MIT
//
// Golden tests of the passes, golden/<pass>/*.scm (core/golden_files.h).
#include <gtest/gtest.h>

#include <string>

#include "core/golden_files.h"
#include "core/passes.h"
#include "core/print.h"
#include "core/read.h"
#include "runtime/memory/runtime_fixture.h"

namespace loko::core {
namespace {

/// The printed result of a pass on a text, or a message.
std::string run_pass(const std::string& pass, const std::string& text) {
  Arena arena;
  HandleArena handles;
  Unit unit;
  unit.arena = &arena;
  unit.handles = &handles;
  std::string problem;
  if (!read(unit, text, &problem)) return problem;
  recompute_flags(unit);
  Options options;
  if (pass == "direct_apply") apply_directly(unit);
  else if (pass == "letrec") fix_letrec(unit);
  else if (pass == "searches") reduce_searches(unit);
  else if (pass == "rest_arguments")
    for (int i = 0; i < 4 && spread_rest_arguments(unit); ++i) {
      recompute_flags(unit);
      cp0(unit, options, true);
      recompute_flags(unit);
    }
  else if (pass == "constant_arguments") propagate_constant_arguments(unit);
  else if (pass == "dead_arguments") drop_dead_arguments(unit);
  else if (pass == "procedural_records") reveal_records(unit);
  else if (pass == "known_tests") remove_known_tests(unit);
  else if (pass == "base_case") split_base_cases(unit);
  else if (pass == "cp0")
    for (int i = 0; i < 4; ++i) {
      if (!cp0(unit, options, i < 2)) break;
      recompute_flags(unit);
    }
  else return "unknown pass " + pass;
  recompute_flags(unit);
  problem = verify(unit);
  std::string out = print(unit.body);
  if (!problem.empty()) return problem + "\n" + out;
  // What is printed can be read back.
  Unit again;
  again.arena = &arena;
  again.handles = &handles;
  if (!read(again, out, &problem)) return problem + "\n" + out;
  if (print(again.body) != out) return "reading back gives\n" + print(again.body) + "instead of\n" + out;
  return out;
}

class GoldenTest : public RuntimeTest {};

TEST_F(GoldenTest, Passes) { EXPECT_GT(check_golden_files(__FILE__, run_pass), 0u); }

}  // namespace
}  // namespace loko::core
