// SPDX-License-Identifier: MIT
//
// Functions written as low text, compiled, published and run in the real runtime.
#include <gtest/gtest.h>
#include <sys/mman.h>

#include "low/print.h"
#include "low/read.h"
#include "low/verify.h"
#include "machine/x64/compile.h"
#include "machine/x64/registry.h"

namespace loko::x64 {
namespace {

class Runtime : public testing::Environment {
 public:
  void SetUp() override {
    unsigned char resident;
    if (mincore(reinterpret_cast<void*>(kContextBase), 4096, &resident) == 0 && context().heap != nullptr) return;
    const char* problem = initialize_runtime(0, 0, nullptr, nullptr);
    ASSERT_EQ(problem, nullptr) << problem;
  }
};
[[maybe_unused]] const auto* const kRuntime = testing::AddGlobalTestEnvironment(new Runtime);

/// Compiles a unit given as text; returns its entries.
Published compile(const std::string& text, std::vector<Value> constants = {}, std::string* listing = nullptr) {
  low::Unit unit;
  EXPECT_EQ(low::read(text, &unit), "");
  HandleArena arena;
  unit.constants.clear();
  for (Value v : constants) unit.constants.push_back(arena.make(v));
  EXPECT_EQ(low::verify(unit), "");
  CompileOptions options;
  options.verify = true;
  std::string dump;
  options.dump = listing ? listing : nullptr;
  Published published;
  EXPECT_EQ(compile_and_publish(unit, options, &published), "");
  return published;
}

/// Calls lambda `index` (closed) with fixnums.
Value run(const Published& p, std::size_t index, std::vector<Value> args) {
  Value closure{(p.code_entries[index] + static_cast<u64>(i64{kStaticClosureFromEntry})) | kTagProcedure};
  return enter_scheme(closure, static_cast<int>(args.size()), args.data());
}

const char* const kFib = R"((unit "fib" (constants 0)
 (lambda 0 "fib"
  (clause 1
   (function "fib" (params (v0 tagged))
    (block b0 () (v1 raw (imm 16)) (branch lt v0 v1 b1 b2))
    (block b1 () (return v0))
    (block b2 ()
      (v2 raw (imm 8))
      (v3 tagged (sub v0 v2))
      (v4 tagged (call-direct v3 :lambda 0 :clause 0))
      (v5 raw (imm 16))
      (v6 tagged (sub v0 v5))
      (v7 tagged (call-direct v6 :lambda 0 :clause 0))
      (branch-ovf (v8 tagged) add v4 v7 b3 (cold b4)))
    (block b3 () (return v8))
    (block b4 () (unreachable)))))))";

TEST(Execute, Fib) {
  std::string listing;
  Published p = compile(kFib, {}, &listing);
  if (getenv("LOKO_SHOW")) fprintf(stderr, "%s", listing.c_str());
  EXPECT_EQ(fixnum_value(run(p, 0, {fixnum(25)})), 75025);
}

}  // namespace
}  // namespace loko::x64
