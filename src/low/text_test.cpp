// SPDX-License-Identifier: MIT
//
// The text form of low reads back to itself; the verifier rejects what is broken.
#include <gtest/gtest.h>

#include "low/print.h"
#include "low/read.h"
#include "low/verify.h"

namespace loko::low {
namespace {

const char* const kGolden = R"((unit "golden" (constants 2)
 (lambda 0 "loop" (free 1)
   (clause 1 rest
     (function "loop" (params (v0 tagged) (v1 tagged)) (closure (v2 tagged)) no-entry-check
       (block b0 ()
         (v3 raw (imm -8))
         (v4 f64 (fimm 0.10000000000000001))
         (v5 tagged (constant 1))
         (store-abs 285212672 v5)
         (v6 raw (load (at v0 v3 8 -3) :width 4 :signed))
         (store (at v0 1) v6 :width 2)
         (mark-card (at v0 1))
         (v7 tagged (select below-eq v3 v6 v0 v1))
         (v8 tagged (fset-bool unordered v4 v4))
         (jump (b1 v3 v7)))
       (block b1 cold loop ((v9 raw) (v10 tagged))
         (poll)
         (v11 tagged (call-closure v10 v1 :procedure v0))
         (call-direct v11 v1 :lambda 0 :clause 0 :procedure v2 :ignore-values)
         (v12 tagged (call-runtime v11 :entry 40))
         (branch-ovf (v13 tagged) mul v12 v11 (b1 v3 v13) (cold b2)))
       (block b2 ()
         (fbranch ne v4 v4 b3 b4))
       (block b3 ()
         (tail-stub v0 v1 :entry 12))
       (block b4 ()
         (return-values))))))
)";

TEST(LowText, ReadsBack) {
  Unit u;
  ASSERT_EQ(read(kGolden, &u), "");
  EXPECT_EQ(print(u), kGolden);
  EXPECT_EQ(verify(u), "");
}

TEST(LowText, RejectsNonsense) {
  Unit u;
  EXPECT_EQ(read("(unit", &u), "unbalanced text");
  EXPECT_NE(read("(function \"f\")", &u), "");
  Function f;
  EXPECT_NE(read("(function \"f\" (params) (block b0 () (v0 raw (frobnicate 1)) (return v0)))", &f), "");
  Function g;
  EXPECT_NE(read("(function \"f\" (params (v0)) (block b0 () (return v0)))", &g), "");
  Function h;
  EXPECT_NE(read("(function \"f\" (params) (block b0 () (return)))", &h), "");
}

/// The verifier's message for a function, with "function f, " left out.
std::string problem(const std::string& blocks) {
  Function f;
  std::string wrong = read("(function \"f\" (params (v0 tagged) (v1 raw) (v2 f64)) " + blocks + ")", &f);
  EXPECT_EQ(wrong, "") << blocks;
  std::string p = verify(f, nullptr);
  return p.rfind("function f, ", 0) == 0 ? p.substr(12) : p;
}

TEST(LowVerify, AcceptsAndRejects) {
  EXPECT_EQ(problem("(block b0 () (return v0))"), "");
  EXPECT_EQ(problem(""), "function f has no blocks");
  EXPECT_EQ(problem("(block b0 () (return v2))"), "block b0: v2 has the wrong representation as result");
  EXPECT_EQ(problem("(block b0 ((v3 tagged)) (return v3))"), "block b0: the entry block has parameters");
  EXPECT_EQ(problem("(block b0 () (v3 raw (imm 1)) (v3 raw (imm 2)) (return v0))"), "block b0: v3 is defined twice");
  EXPECT_EQ(problem("(block b0 () (v3 raw (add v1 v2)) (return v0))"), "block b0: v2 has the wrong representation as add");
  EXPECT_EQ(problem("(block b0 () (v3 raw (fadd v2 v2)) (return v0))"), "block b0: fadd gives a double");
  EXPECT_EQ(problem("(block b0 () (jump (b1 v0))) (block b1 () (return v0))"),
            "block b0: edge to b1 with a wrong number of arguments");
  EXPECT_EQ(problem("(block b0 () (jump (b1 v2))) (block b1 ((v3 tagged)) (return v3))"),
            "block b0: edge argument v2 has the wrong representation");
  EXPECT_EQ(problem("(block b0 () (jump b7))"), "block b0: edge to an unknown block");
  EXPECT_EQ(problem("(block b0 () (branch eq v0 v1 b1 b2)) (block b1 () (v3 tagged (imm 8)) (jump b2)) (block b2 () (return v3))"),
            "block b2: v3 is used where it need not be defined");
  EXPECT_EQ(problem("(block b0 () (branch-ovf (v3 tagged) mul v0 v1 b1 b2)) (block b1 () (return v3)) (block b2 () (return v3))"),
            "block b2: v3 is used where it need not be defined");
  EXPECT_EQ(problem("(block b0 () (branch-ovf (v3 tagged) add v0 v1 b1 b2)) (block b1 () (return v3)) (block b2 () (return v3))"),
            "");
  EXPECT_EQ(problem("(block b0 () (v3 raw (alloc 12)) (return v0))"), "block b0: bad size of an allocation");
}

TEST(LowVerify, ChecksCallsInUnits) {
  Unit u;
  ASSERT_EQ(read(R"((unit "u" (constants 0)
    (lambda 0 "f" (clause 1 (function "f" (params (v0 tagged)) (block b0 () (tail-direct v0 v0 :lambda 0 :clause 0)))))))", &u), "");
  EXPECT_EQ(verify(u), "function f, block b0: call of f with a wrong number of arguments");
}

}  // namespace
}  // namespace loko::low
