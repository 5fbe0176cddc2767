// SPDX-License-Identifier: MIT
//
// Golden tests of the passes: golden/<pass>/*.scm holds comments, an expression, the line ";; =>" and what the pass
// makes of it. LOKO_BLESS=1 rewrites the second part.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "core/passes.h"
#include "core/print.h"
#include "core/read.h"
#include "runtime/memory/runtime_fixture.h"

namespace loko::core {
namespace {

const char kArrow[] = "\n;; =>\n";

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

TEST_F(GoldenTest, Passes) {
  namespace fs = std::filesystem;
  // Compilers may be told to give paths relative to the build directory, where this program is.
  fs::path root = fs::read_symlink("/proc/self/exe").parent_path() / fs::path(__FILE__).parent_path() / "golden";
  std::vector<fs::path> files;
  for (const auto& entry : fs::recursive_directory_iterator(root))
    if (entry.path().extension() == ".scm") files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  EXPECT_FALSE(files.empty());
  bool bless = std::getenv("LOKO_BLESS") != nullptr;
  for (const fs::path& file : files) {
    std::ifstream in(file);
    std::stringstream whole;
    whole << in.rdbuf();
    std::string text = whole.str();
    size_t arrow = text.find(kArrow);
    std::string input = text.substr(0, arrow == std::string::npos ? text.find_last_not_of('\n') + 1 : arrow);
    std::string expected = arrow == std::string::npos ? "" : text.substr(arrow + sizeof kArrow - 1);
    std::string actual = run_pass(file.parent_path().filename().string(), input);
    if (bless) std::ofstream(file) << input << kArrow << actual;
    else EXPECT_EQ(actual, expected) << file;
  }
}

}  // namespace
}  // namespace loko::core
