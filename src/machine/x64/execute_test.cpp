// SPDX-License-Identifier: MIT
//
// Functions written as low text, compiled, published and run in the real runtime.
#include <gtest/gtest.h>

#include <cstring>

#include "runtime/memory/runtime_fixture.h"
#include "low/print.h"
#include "low/read.h"
#include "low/verify.h"
#include "machine/x64/compile.h"
#include "machine/x64/registry.h"

namespace loko::x64 {
namespace {

class Runtime : public testing::Environment {
 public:
  void SetUp() override { need_runtime(); }
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

/// Many arguments travel in the argument area; the callee's safepoint keeps them.
TEST(Execute, NineArgumentsAndCollection) {
  Published p = compile(R"((unit "nine" (constants 0)
   (lambda 0 "main" (clause 1 (function "main" (params (v0 tagged))
     (block b0 ()
       (v1 tagged (imm 8)) (v2 tagged (imm 16)) (v3 tagged (imm 24)) (v4 tagged (imm 32)) (v5 tagged (imm 40))
       (v6 tagged (imm 48))
       (v20 raw (alloc 16)) (store (at v20 0) v0) (store (at v20 8) v1) (v21 raw (imm 3)) (v7 tagged (add v20 v21))
       (v8 tagged (imm 64))
       (v10 tagged (static-closure 1))
       (v9 tagged (call-closure v0 v1 v2 v3 v4 v5 v6 v7 v8 :procedure v10))
       (return v9)))))
   (lambda 1 "callee" (clause 9 (function "callee" (params (v0 tagged) (v1 tagged) (v2 tagged) (v3 tagged) (v4 tagged)
        (v5 tagged) (v6 tagged) (v7 tagged) (v8 tagged))
     (block b0 ()
       (v9 tagged (load (at v7 -3)))
       (v10 raw (lea (at v6 v8 2 0)))
       (v11 tagged (add v9 v10))
       (v12 tagged (add v11 v5))
       (v13 tagged (sub v12 v1))
       (return v13)))))))");
  for (u32 torture : {0, 1}) {
    context().torture = torture;
    if (torture) context().stack_limit = ~u64{0};
    EXPECT_EQ(fixnum_value(run(p, 0, {fixnum(1000)})), 1000 + 6 + 16 + 5 - 1);
    context().torture = 0;
  }
}

/// (let ((n …)) (lambda (x . rest) …)): closure object, rest list, free variable.
TEST(Execute, ClosureWithRestList) {
  Published p = compile(R"((unit "closure" (constants 0)
   (lambda 0 "main" (clause 2 (function "main" (params (v0 tagged) (v1 tagged))
     (block b0 ()
       (v2 raw (alloc 16))
       (v9 raw (static-closure 2))
       (v3 raw (load (at v9 -6)))
       (store (at v2 0) v3)
       (store (at v2 8) v0)
       (v4 raw (imm 6)) (v5 tagged (add v2 v4))
       (v6 tagged (imm 8)) (v7 tagged (imm 16))
       (v8 tagged (call-closure v6 v1 v7 :procedure v5))
       (return v8)))))
   (lambda 1 "adder" (free 1) (clause 1 rest (function "adder" (params (v0 tagged) (v1 tagged)) (closure (v2 tagged))
     (block b0 ()
       (v3 tagged (load (at v2 2)))
       (v4 tagged (load (at v1 -3)))
       (v5 tagged (add v0 v3))
       (v6 tagged (add v5 v4))
       (v7 tagged (load (at v1 5)))
       (v8 tagged (load (at v7 -3)))
       (v9 tagged (add v6 v8))
       (return v9)))))
   (lambda 2 "forward" (clause 3 (function "forward" (params (v0 tagged) (v1 tagged) (v2 tagged)) (closure (v3 tagged))
     (block b0 () (tail-direct v0 v1 v2 :lambda 3 :procedure v3)))))
   (lambda 3 "sum" (free 1) (clause 3 (function "sum" (params (v0 tagged) (v1 tagged) (v2 tagged)) (closure (v3 tagged))
     (block b0 ()
       (v4 tagged (load (at v3 2)))
       (v5 tagged (add v0 v1)) (v6 tagged (add v5 v2)) (v7 tagged (add v6 v4)) (return v7)))))))");
  EXPECT_EQ(fixnum_value(run(p, 0, {fixnum(100), fixnum(30)})), 100 + 1 + 30 + 2);
  // The rest list, by calling the object of lambda 1 made by hand.
  u64* object = allocate_words(2);
  object[0] = p.code_entries[1];
  object[1] = fixnum(5).bits;
  Value closure{reinterpret_cast<u64>(object) | kTagProcedure};
  Value args[] = {fixnum(1), fixnum(20), fixnum(300)};
  EXPECT_EQ(fixnum_value(enter_scheme(closure, 3, args)), 326);
}

TEST(Execute, CaseLambda) {
  Published p = compile(R"((unit "case" (constants 0)
   (lambda 0 "pick"
     (clause 0 (function "zero" (params) (block b0 () (v0 tagged (imm 8)) (return v0))))
     (clause 2 (function "two" (params (v0 tagged) (v1 tagged)) (block b0 () (v2 tagged (add v0 v1)) (return v2))))
     (clause 3 rest (function "more" (params (v0 tagged) (v1 tagged) (v2 tagged) (v3 tagged)) (block b0 () (return v3)))))))");
  EXPECT_EQ(run(p, 0, {}), fixnum(1));
  EXPECT_EQ(run(p, 0, {fixnum(2), fixnum(3)}), fixnum(5));
  EXPECT_EQ(run(p, 0, {fixnum(2), fixnum(3), fixnum(4)}), Value{kNull});
  Value list = run(p, 0, {fixnum(2), fixnum(3), fixnum(4), fixnum(5), fixnum(6)});
  ASSERT_TRUE(is_pair(list));
  EXPECT_EQ(car(list), fixnum(5));
  EXPECT_EQ(car(cdr(list)), fixnum(6));
  EXPECT_EQ(cdr(cdr(list)), Value{kNull});
  EXPECT_EQ(code_header(p.code_entries[0])->arity, kArityCases);
}

/// n != 1 values to a consumer and to a continuation that ignores them.
TEST(Execute, Values) {
  Published p = compile(R"((unit "values" (constants 0)
   (lambda 0 "main" (clause 1 (function "main" (params (v0 tagged))
     (block b0 ()
       (call-direct v0 :lambda 1 :clause 0 :ignore-values)
       (v1 tagged (static-closure 2))
       (v2 tagged (static-closure 3))
       (tail-stub v1 v2 :entry 9)))))
   (lambda 1 "three" (clause 1 (function "three" (params (v0 tagged))
     (block b0 () (v1 tagged (imm 8)) (v2 tagged (imm 800)) (return-values v0 v1 v2)))))
   (lambda 2 "producer" (clause 0 (function "producer" (params)
     (block b0 () (v0 tagged (imm 56)) (tail-direct v0 :lambda 1 :clause 0)))))
   (lambda 3 "consumer" (clause 3 (function "consumer" (params (v0 tagged) (v1 tagged) (v2 tagged))
     (block b0 () (v3 tagged (sub v2 v1)) (v4 tagged (add v3 v0)) (return v4)))))))");
  static_assert(kStubCallWithValues == 9);
  EXPECT_EQ(run(p, 0, {fixnum(1)}), fixnum(106));
}

/// A loop of doubles stays in registers; direct calls pass and return doubles.
TEST(Execute, FloatLoop) {
  std::string listing;
  Published p = compile(R"((unit "floats" (constants 0)
   (lambda 0 "main" (clause 1 (function "main" (params (v0 tagged))
     (block b0 ()
       (v1 f64 (fimm 0)) (v2 raw (imm 3)) (v3 raw (sar v0 v2))
       (jump (b1 v3 v1)))
     (block b1 loop ((v4 raw) (v5 f64))
       (v6 raw (imm 0)) (branch eq v4 v6 b3 b2))
     (block b2 ()
       (v7 f64 (fimm 0.5)) (v8 f64 (ffrom-int v4)) (v9 f64 (fmul v8 v7)) (v10 f64 (fadd v5 v9))
       (v11 raw (imm 1)) (v12 raw (sub v4 v11)) (poll) (jump (b1 v12 v10)))
     (block b3 ()
       (v13 f64 (fimm 2))
       (v14 f64 (call-direct v5 v13 :lambda 1 :clause 0))
       (v15 raw (fto-int v14)) (v16 raw (imm 3)) (v17 tagged (shl v15 v16)) (return v17)))))
   (lambda 1 "hypot" (clause 2 (function "hypot" (params (v0 f64) (v1 f64)) (returns f64)
     (block b0 () (v2 f64 (fmul v0 v0)) (v3 f64 (fmul v1 v1)) (v4 f64 (fadd v2 v3)) (v5 f64 (fsqrt v4)) (return v5)))))))",
                        {}, &listing);
  if (getenv("LOKO_SHOW")) fprintf(stderr, "%s", listing.c_str());
  EXPECT_EQ(fixnum_value(run(p, 0, {fixnum(100)})), 2525);
  EXPECT_EQ(fixnum_value(run(p, 0, {fixnum(3000000)})), 2250000750000);
}

TEST(Execute, SlotsConstantsAndStubs) {
  u32 cell = allocate_slot(fixnum(7));
  std::string text = R"((unit "slots" (constants 1)
   (lambda 0 "main" (clause 1 (function "main" (params (v0 tagged))
     (block b0 ()
       (v1 tagged (load-abs CELL))
       (v2 tagged (add v0 v1))
       (store-abs CELL v2)
       (v3 tagged (constant 0))
       (v4 tagged (call-direct v3 :lambda 1 :clause 0))
       (v5 tagged (load (at v3 5)))
       (v6 tagged (add v4 v5))
       (return v6)))))
   (lambda 1 "car" (clause 1 (function "car" (params (v0 tagged))
     (block b0 () (poll) (v1 tagged (load (at v0 -3))) (return v1)))))))";
  for (std::size_t at; (at = text.find("CELL")) != std::string::npos;) text.replace(at, 4, std::to_string(cell));
  Published p = compile(text, {make_pair(fixnum(40), fixnum(2))});
  context().torture = 1;
  context().stack_limit = ~u64{0};
  EXPECT_EQ(run(p, 0, {fixnum(1)}), fixnum(42));
  context().torture = 0;
  EXPECT_EQ(slot_at(cell), fixnum(8));
  EXPECT_EQ(run(p, 0, {fixnum(1)}), fixnum(42));
}

/// Serialized and loaded, the registry says the same.
TEST(Registry, RoundTrip) {
  Published p = compile(kFib);
  CodeRegistry copy;
  ASSERT_TRUE(copy.load(registry().serialize()));
  ASSERT_EQ(copy.all().size(), registry().all().size());
  u64 entry = p.code_entries[0];
  const CodeRecord* r = copy.find(entry);
  ASSERT_NE(r, nullptr);
  EXPECT_EQ(r->relocations.size(), registry().find(entry)->relocations.size());
  EXPECT_EQ(copy.containing_entry(entry), entry);
  EXPECT_EQ(copy.containing_entry(entry - 32), entry);
  EXPECT_EQ(copy.containing_entry(entry + r->size() - 1), entry);
  EXPECT_NE(copy.containing_entry(entry - 33), entry);
  EXPECT_FALSE(copy.load({1, 2, 3}));
  for (const Relocation& x : r->relocations) {
    u32 field;
    memcpy(&field, reinterpret_cast<const void*>(entry + x.offset), 4);
    u64 found = x.kind == RelocationKind::Rel32       ? entry + x.offset + 4 + static_cast<u64>(i64{static_cast<i32>(field)})
                : x.kind == RelocationKind::Closure32 ? field + 18
                                                      : field;
    EXPECT_EQ(found, x.target);
  }
  EXPECT_NE(disassemble(entry).find("(ret)"), std::string::npos);
  EXPECT_EQ(disassemble(entry + 1), "");
}

}  // namespace
}  // namespace loko::x64
