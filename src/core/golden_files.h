// SPDX-License-Identifier: MIT
//
// For golden tests of passes: golden/<pass>/*.scm beside a test holds comments, the input, the line ";; =>" and what
// the pass makes of it. LOKO_BLESS=1 in the environment rewrites the last part.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

namespace loko::core {

/// Expects of each golden file beside `test` (__FILE__ of the caller) that run_pass(name of the pass, input) gives
/// what the file says. Returns the number of files.
template <typename RunPass>
size_t check_golden_files(const char* test, RunPass run_pass) {
  namespace fs = std::filesystem;
  const std::string arrow_line = "\n;; =>\n";
  // Compilers may be told to give paths relative to the build directory, where this program is.
  fs::path root = fs::read_symlink("/proc/self/exe").parent_path() / fs::path(test).parent_path() / "golden";
  std::vector<fs::path> files;
  for (const auto& entry : fs::recursive_directory_iterator(root))
    if (entry.path().extension() == ".scm") files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  bool bless = std::getenv("LOKO_BLESS") != nullptr;
  for (const fs::path& file : files) {
    std::ifstream in(file);
    std::stringstream whole;
    whole << in.rdbuf();
    std::string text = whole.str();
    size_t arrow = text.find(arrow_line);
    bool has_result = arrow != std::string::npos;
    std::string input = text.substr(0, has_result ? arrow : text.find_last_not_of('\n') + 1);
    std::string expected = has_result ? text.substr(arrow + arrow_line.size()) : "";
    std::string actual = run_pass(file.parent_path().filename().string(), input);
    if (bless) std::ofstream(file) << input << arrow_line << actual;
    else EXPECT_EQ(actual, expected) << file;
  }
  return files.size();
}

}  // namespace loko::core
