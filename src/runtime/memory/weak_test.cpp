// SPDX-License-Identifier: MIT
//
// Weak pairs, ephemerons, guardians and the weak symbol table.
#include "runtime/memory/runtime_fixture.h"

namespace loko {

Value weak_cons(Value a, Value d);
Value is_weak_broken(Value p);
Value make_ephemeron(Value key, Value value);
Value make_guardian();
Value guardian_register(Value g, Value object, Value representative);
Value guardian_get(Value g);

namespace {

/// Each test runs with full collections that copy and with ones that mark in place.
class Weak : public RuntimeTest, public ::testing::WithParamInterface<bool> {
 protected:
  void collect_now(bool full) {
    memory::heap().dense = GetParam();
    loko::collect_now(full);
  }
};
INSTANTIATE_TEST_SUITE_P(CopyingAndInPlace, Weak, ::testing::Bool());


TEST_P(Weak, PairsBreak) {
  HandleArena arena;
  for (bool full : {false, true}) {
    Handle strong = arena.make(make_pair(fixnum(1), Null));
    Handle kept = arena.make(weak_cons(*strong, make_pair(fixnum(2), Null)));
    Handle broken = arena.make(weak_cons(make_pair(fixnum(3), Null), fixnum(4)));
    collect_now(full);
    verify_heap();
    EXPECT_EQ(slot(*kept, 1), *strong);
    EXPECT_EQ(car(slot(*kept, 2)), fixnum(2));
    EXPECT_EQ(is_weak_broken(*broken), True);
    EXPECT_EQ(slot(*broken, 2), fixnum(4));
  }
}

TEST_P(Weak, OldPairsFollowYoungObjects) {
  HandleArena arena;
  Handle pair = arena.make(weak_cons(Null, Null));
  collect_now(true);
  Handle object = arena.make(make_pair(fixnum(5), Null));
  set_field(*pair, 1, *object);
  for (int i = 0; i < 4; ++i) {
    collect_now(false);
    verify_heap();
    ASSERT_EQ(slot(*pair, 1), *object);
  }
  object.set(False);
  collect_now(false);
  EXPECT_EQ(is_weak_broken(*pair), False);  // the object is old: only a full collection finds out
  collect_now(true);
  EXPECT_EQ(is_weak_broken(*pair), True);
}

TEST_P(Weak, EphemeronsDependOnTheirKeys) {
  HandleArena arena;
  for (bool full : {false, true}) {
    Handle key = arena.make(make_pair(fixnum(1), Null));
    Value second = make_pair(fixnum(2), Null);
    Handle chain2 = arena.make(make_ephemeron(second, make_pair(fixnum(3), Null)));  // its key is the value of the next
    Handle chain1 = arena.make(make_ephemeron(*key, second));
    Value own = make_pair(fixnum(9), Null);
    Handle circular = arena.make(make_ephemeron(own, make_pair(own, Null)));  // the value refers to the key
    collect_now(full);
    verify_heap();
    EXPECT_EQ(slot(*chain1, 1), *key);
    EXPECT_EQ(slot(*chain1, 2), slot(*chain2, 1));
    EXPECT_EQ(car(slot(*chain2, 2)), fixnum(3));
    EXPECT_EQ(is_weak_broken(*circular), True);
    key.set(False);
    collect_now(true);
    verify_heap();
    EXPECT_EQ(is_weak_broken(*chain1), True);
    EXPECT_EQ(is_weak_broken(*chain2), True);
  }
}

TEST_P(Weak, GuardiansDeliverOnce) {
  HandleArena arena;
  for (bool full : {false, true}) {
    Handle guardian = arena.make(make_guardian());
    Handle kept = arena.make(make_pair(fixnum(1), Null));
    guardian_register(*guardian, *kept, *kept);
    for (i64 i = 2; i < 5; ++i) {
      Value v = make_pair(fixnum(i), make_pair(fixnum(i * i), Null));
      guardian_register(*guardian, v, v);
    }
    Value named = make_pair(Null, Null);
    guardian_register(*guardian, named, fixnum(77));
    collect_now(full);
    verify_heap();
    i64 sum = 0;
    for (Value v = guardian_get(*guardian); v.bits != kDeleted; v = guardian_get(*guardian))
      sum += is_fixnum(v) ? fixnum_value(v) : fixnum_value(car(v)) + fixnum_value(car(cdr(v)));
    EXPECT_EQ(sum, 77 + 2 + 4 + 3 + 9 + 4 + 16);
    collect_now(true);
    EXPECT_EQ(guardian_get(*guardian).bits, kDeleted);
    kept.set(False);
    collect_now(true);
    collect_now(true);
    verify_heap();
    Value last = guardian_get(*guardian);
    ASSERT_TRUE(is_pair(last));
    EXPECT_EQ(car(last), fixnum(1));
  }
}

TEST_P(Weak, GuardedGuardians) {
  HandleArena arena;
  Handle outer = arena.make(make_guardian());
  Value inner = make_guardian();
  guardian_register(*outer, inner, inner);
  Value object = make_pair(fixnum(6), Null);
  guardian_register(inner, object, object);
  collect_now(false);
  verify_heap();
  inner = guardian_get(*outer);
  ASSERT_TRUE(is_kind(inner, Kind::Guardian));
  object = guardian_get(inner);
  ASSERT_TRUE(is_pair(object));
  EXPECT_EQ(car(object), fixnum(6));
}

TEST_P(Weak, UnusedSymbolsAreDropped) {
  HandleArena arena;
  Handle kept = arena.make(intern("a-symbol-that-is-kept", 21));
  Handle watch = arena.make(weak_cons(intern("a-symbol-that-goes", 18), weak_cons(*kept, Null)));
  collect_now(false);
  EXPECT_EQ(is_weak_broken(*watch), False);
  for (int i = 0; i < 3; ++i) {
    collect_now(true);
    verify_heap();
  }
  EXPECT_EQ(is_weak_broken(*watch), True);
  EXPECT_EQ(slot(slot(*watch, 2), 1), *kept);
  EXPECT_EQ(intern("a-symbol-that-is-kept", 21), *kept);
}

}  // namespace
}  // namespace loko
