// SPDX-License-Identifier: MIT
//
// The collector through its C++ interface: graphs, cards, large objects, a random mutator against a shadow model.
#include <map>
#include <random>
#include <vector>

#include "runtime/memory/runtime_fixture.h"

namespace loko {
namespace {

using memory::heap;

class Collector : public RuntimeTest {};

Value build_tree(int depth) {
  if (depth == 0) return Null;
  Value left = build_tree(depth - 1), right = build_tree(depth - 1);
  if (depth % 3 == 0) {
    Value v = make_vector(3, fixnum(depth));
    slot(v, 1) = left;
    slot(v, 2) = right;
    return v;
  }
  return make_pair(left, right);
}

u64 count_tree(Value v) {
  if (is_pair(v)) return 1 + count_tree(car(v)) + count_tree(cdr(v));
  if (is_vector(v)) return 1 + count_tree(slot(v, 1)) + count_tree(slot(v, 2));
  return 0;
}

TEST_F(Collector, KeepsAMillionNodes) {
  HandleArena arena;
  constexpr int kDepth = 20;
  Handle tree = arena.make(build_tree(kDepth));
  for (bool full : {false, false, false, true, false, true}) {
    collect_now(full);
    verify_heap();
    EXPECT_EQ(count_tree(*tree), (u64{1} << kDepth) - 1);
  }
}

TEST_F(Collector, FreesWhatNobodyHolds) {
  collect_now(true);
  u64 before = heap().used_units;
  {
    HandleArena arena;
    arena.make(build_tree(18));
    collect_now(true);
    EXPECT_GT(heap().used_units, before);
  }
  collect_now(true);
  EXPECT_LE(heap().used_units, before + 2);
}

TEST_F(Collector, OldObjectsKeepYoungOnesAlive) {
  HandleArena arena;
  Handle vector = arena.make(make_vector(1000, False));
  Handle pair = arena.make(make_pair(Null, Null));
  Handle box = arena.make(make_box(Null));
  collect_now(true);
  for (i64 round = 0; round < 30; ++round) {
    for (i64 i = round; i < 1000; i += 37) set_field(*vector, 1 + i, make_pair(fixnum(round), fixnum(i)));
    set_field(*pair, 1, make_flonum(1e300 * static_cast<double>(round + 1)));
    set_field(*box, 1, make_pair(*pair, slot(*box, 1)));
    collect_now(round % 7 == 6);
    verify_heap();
    for (i64 i = round; i < 1000; i += 37) {
      ASSERT_TRUE(is_pair(slot(*vector, 1 + i)));
      ASSERT_EQ(cdr(slot(*vector, 1 + i)), fixnum(i));
    }
    ASSERT_EQ(flonum_value(cdr(*pair)), 1e300 * static_cast<double>(round + 1));
  }
  u64 length = 0;
  for (Value l = slot(*box, 1); is_pair(l); l = cdr(l)) ++length;
  EXPECT_EQ(length, 30u);
}

TEST_F(Collector, GlobalSlotsAreRoots) {
  u32 place = allocate_slot(make_pair(fixnum(1), Null));
  for (i64 i = 2; i < 20; ++i) {
    collect_now(i % 5 == 0);
    verify_heap();
    ASSERT_EQ(car(slot_at(place)), fixnum(i - 1));
    set_slot(place, make_pair(fixnum(i), slot_at(place)));
  }
  u64 length = 0;
  for (Value l = slot_at(place); is_pair(l); l = cdr(l)) ++length;
  EXPECT_EQ(length, 19u);
  set_slot(place, False);
}

TEST_F(Collector, YoungLargeVectorsAreScannedByCards) {
  HandleArena arena;
  for (int fulls = 0; fulls < 8; ++fulls) {   // which of the three collections are full ones
    Handle old = arena.make(make_pair(fixnum(1), Null));
    collect_now(true);
    collect_now(true);
    Handle big = arena.make(make_vector(100000, fixnum(7)));
    scan_by_cards(*big);
    set_field(*big, 1, *old);   // what full collections move though it is old
    set_field(*big, 100000, make_pair(fixnum(2), *old));
    for (i64 round = 0; round < 3; ++round) {
      set_field(*big, 50000 + round, make_pair(fixnum(round), *big));
      collect_now(fulls >> round & 1);
      verify_heap();
      ASSERT_EQ(slot(*big, 1), *old);
      ASSERT_EQ(car(slot(*big, 100000)), fixnum(2));
      ASSERT_EQ(cdr(slot(*big, 100000)), *old);
      for (i64 i = 0; i <= round; ++i) {
        ASSERT_EQ(car(slot(*big, 50000 + i)), fixnum(i));
        ASSERT_EQ(cdr(slot(*big, 50000 + i)), *big);
      }
      ASSERT_EQ(slot(*big, 60000), fixnum(7));
    }
  }
}

TEST_F(Collector, LargeObjectsStayInPlace) {
  HandleArena arena;
  Handle big = arena.make(make_vector(100000, fixnum(7)));
  Handle bytes = arena.make(make_bytevector(1000000));
  bytes_of(*bytes)[999999] = 42;
  Value before = *big;
  for (i64 round = 0; round < 10; ++round) {
    for (i64 i = 0; i < 100000; i += 4999) set_field(*big, 1 + i, make_pair(fixnum(i), fixnum(round)));
    collect_now(round % 4 == 3);
    verify_heap();
    ASSERT_EQ(*big, before);
    for (i64 i = 0; i < 100000; i += 4999) ASSERT_EQ(cdr(slot(*big, 1 + i)), fixnum(round));
    ASSERT_EQ(slot(*big, 3), fixnum(7));
    ASSERT_EQ(bytes_of(*bytes)[999999], 42);
  }
  u64 used = heap().used_units;
  for (int i = 0; i < 1000; ++i) {
    make_vector(100000, Null);
    if (i % 20 == 19) collect_now(false);
  }
  collect_now(false);
  EXPECT_LE(heap().used_units, used + 8) << "large objects are not recycled";
}

TEST_F(Collector, EveryKindSurvives) {
  HandleArena arena;
  Value base = make_record(False, kRtdFields);
  slot(base, 0) = base;
  slot(base, 1 + kRtdSize) = fixnum(kRtdFields);
  Value point = make_record(base, kRtdFields);
  slot(point, 1 + kRtdSize) = fixnum(2);
  Value record = make_record(point, 2);
  slot(record, 1) = fixnum(10);
  slot(record, 2) = make_string1(5);
  Value empty_type = make_record(base, kRtdFields);
  slot(empty_type, 1 + kRtdSize) = fixnum(0);
  Handle all[] = {arena.make(record), arena.make(make_record(empty_type, 0)), arena.make(make_vector(0, Null)),
                  arena.make(make_string1(0)), arena.make(make_string4(3)), arena.make(make_bytevector(0)),
                  arena.make(make_flonum(0.0)), arena.make(make_flonum(1e300)), arena.make(make_typed(Kind::Bignum, 3, 3)),
                  arena.make(make_typed(Kind::Ratnum, 0, 2)), arena.make(make_typed(Kind::Syntax, 0, 4)),
                  arena.make(make_typed(Kind::Handle, 5, 5)), arena.make(make_box(record))};
  for (int i = 0; i < 6; ++i) {
    collect_now(i >= 3);
    verify_heap();
  }
  EXPECT_EQ(slot(*all[0], 1), fixnum(10));
  EXPECT_EQ(string_length(slot(*all[0], 2)), 5u);
  EXPECT_EQ(slot(*all[12], 1), *all[0]);
  EXPECT_EQ(flonum_value(*all[7]), 1e300);
  EXPECT_TRUE(is_kind(*all[8], Kind::Bignum));
  EXPECT_EQ(length_of(*all[11]), 5u);
}

TEST_F(Collector, WidenedStringsLoseTheirIndirection) {
  HandleArena arena;
  Handle narrow = arena.make(make_string1(20));
  Handle pair = arena.make(make_pair(*narrow, Null));
  collect_now(true);  // now old; the wide string will be young
  Value wide = make_string4(20);
  word(*narrow, 0) = make_header(Kind::StringWide, 20);
  set_field(*narrow, 1, wide);
  collect_now(false);
  verify_heap();
  collect_now(false);
  verify_heap();
  ASSERT_TRUE(is_kind(*narrow, Kind::StringWide));
  ASSERT_TRUE(is_kind(slot(*narrow, 1), Kind::String4));
  collect_now(true);
  verify_heap();
  EXPECT_TRUE(is_kind(*narrow, Kind::String4));
  EXPECT_EQ(car(*pair), *narrow);
}

TEST_F(Collector, LargeObjectsAge) {
  HandleArena arena;
  Handle big = arena.make(make_vector(100000, Null));
  heap().unaged = 0;
  EXPECT_TRUE(memory::is_young(*big));
  set_field(*big, 50000, make_pair(fixnum(1), Null));
  collect_now(false);
  verify_heap();
  EXPECT_TRUE(memory::is_young(*big));
  set_field(*big, 60000, make_pair(fixnum(2), Null));
  heap().unaged = 0;
  collect_now(false);
  verify_heap();
  EXPECT_FALSE(memory::is_young(*big));
  EXPECT_EQ(car(slot(*big, 50000)), fixnum(1));
  EXPECT_EQ(car(slot(*big, 60000)), fixnum(2));
}

TEST_F(Collector, FreshPagesAreZeroAndRecycledOnesAreFilled) {
  HandleArena arena;
  for (int round = 0; round < 3; ++round) {
    Handle bytes = arena.make(make_bytevector(3000000)), vector = arena.make(make_vector(300000, fixnum(0)));
    for (u64 i = 0; i < 3000000; i += 1000) ASSERT_EQ(bytes_of(*bytes)[i], 0);
    for (i64 i = 0; i < 300000; i += 100) ASSERT_EQ(slot(*vector, 1 + i), fixnum(0));
    __builtin_memset(bytes_of(*bytes), 0x5a, 3000000);
    for (i64 i = 0; i < 300000; ++i) slot(*vector, 1 + i) = fixnum(i);
    bytes.set(False);
    vector.set(False);
    collect_now(true);
  }
}

/// Every third of `count` pairs, records and strings that were allocated between others.
void hold_some(Handle vector, i64 count) {
  for (i64 i = 0; i < count; ++i) {
    Value pair = make_pair(fixnum(i), Null), box = make_box(fixnum(i)), string = make_string1(40);
    if (i % 3) continue;
    set_field(*vector, 1 + i, make_pair(pair, make_pair(box, string)));
  }
}

TEST_F(Collector, InPlaceNothingMovesAndHolesAreFilled) {
  constexpr i64 kCount = 30000;
  heap().poison = true;
  HandleArena arena;
  Handle vector = arena.make(make_vector(kCount, False));
  hold_some(vector, kCount);
  heap().dense = false;
  collect_now(true);
  for (i64 i = 0; i < kCount; i += 6) set_field(*vector, 1 + i, False);   // half of what lives becomes holes
  std::vector<u64> places;
  for (i64 i = 3; i < kCount; i += 6) places.push_back(slot(*vector, 1 + i).bits);
  const u64 epoch = context().address_epoch, count = heap().in_place_count;
  heap().dense = true;
  collect_now(true);
  verify_heap();
  EXPECT_EQ(heap().in_place_count, count + 1);
  EXPECT_EQ(context().address_epoch, epoch);
  EXPECT_FALSE(heap().dense) << "much was garbage: the next collection compacts";
  for (i64 i = 3; i < kCount; i += 6) {
    Value v = slot(*vector, 1 + i);
    ASSERT_EQ(v.bits, places[static_cast<size_t>(i / 6)]);
    ASSERT_EQ(car(car(v)), fixnum(i));
    ASSERT_EQ(slot(car(cdr(v)), 1), fixnum(i));
  }
  // Stores beside the holes, so that their cards are walked.
  for (i64 i = 3; i < kCount; i += 6) set_field(car(slot(*vector, 1 + i)), 1, make_pair(fixnum(-i), Null));
  for (bool full : {false, false, true, false}) {
    heap().dense = true;
    collect_now(full);
    verify_heap();
  }
  for (i64 i = 3; i < kCount; i += 6) ASSERT_EQ(car(cdr(car(slot(*vector, 1 + i)))), fixnum(-i));
  heap().dense = heap().poison = false;
  collect_now(true);
  verify_heap();
}

TEST_F(Collector, InPlaceGivesBackEmptySegments) {
  HandleArena arena;
  Handle kept = arena.make(build_tree(12));
  heap().dense = false;
  collect_now(true);
  const u64 before = heap().used_units;
  Handle tree = arena.make(build_tree(18));
  heap().dense = false;
  collect_now(false), collect_now(false);
  EXPECT_GT(heap().used_units, before + 16);
  tree.set(False);
  heap().dense = true;
  collect_now(true);
  verify_heap();
  EXPECT_LE(heap().used_units, before + 8);
  EXPECT_EQ(count_tree(*kept), (u64{1} << 12) - 1);
}

TEST_F(Collector, InPlaceWidenedStringsLoseTheirIndirection) {
  HandleArena arena;
  Handle narrow = arena.make(make_string1(20));
  Handle pair = arena.make(make_pair(*narrow, Null));
  heap().dense = false;
  collect_now(true);
  Value wide = make_string4(20);
  word(*narrow, 0) = make_header(Kind::StringWide, 20);
  set_field(*narrow, 1, wide);
  const u64 epoch = context().address_epoch;
  heap().dense = true;
  collect_now(true);
  verify_heap();
  EXPECT_TRUE(is_kind(*narrow, Kind::String4));
  EXPECT_EQ(car(*pair), *narrow);
  EXPECT_NE(context().address_epoch, epoch) << "tables on addresses have to be told";
}

TEST_F(Collector, DenseHeapsAreMarkedInPlace) {
  HandleArena arena;
  heap().dense = false;
  collect_now(true);
  Handle tree = arena.make(build_tree(20));
  const u64 count = heap().in_place_count;
  collect_now(true);
  EXPECT_TRUE(heap().dense) << "nearly all survived";
  collect_now(true);
  EXPECT_EQ(heap().in_place_count, count + 1);
  tree.set(False);
  collect_now(true);
  EXPECT_FALSE(heap().dense);
}

TEST_F(Collector, EpochsTellWhatMoved) {
  HandleArena arena;
  Handle p = arena.make(make_pair(Null, Null));
  heap().unaged = 0;
  EXPECT_TRUE(memory::is_young(*p));
  collect_now(false);
  EXPECT_TRUE(memory::is_young(*p));
  collect_now(false);
  EXPECT_FALSE(memory::is_young(*p));
  Value place = *p;
  u64 epoch = context().address_epoch;
  heap().dense = false;
  collect_now(false);
  EXPECT_EQ(*p, place);
  EXPECT_EQ(context().address_epoch, epoch);
  collect_now(true);
  EXPECT_NE(*p, place);
  EXPECT_NE(context().address_epoch, epoch);
}

/// A random program on the heap next to the same program on C++ objects.
class Mutator {
 public:
  struct Node {
    bool vector;
    std::vector<int> fields;  // index of a node, or -1 - n for the fixnum n
  };

  explicit Mutator(unsigned seed) : random_(seed) {
    for (int i = 0; i < kRoots; ++i) {
      shadow_roots_.push_back(-1);
      handles_.push_back(arena_.make(fixnum(0)));
    }
  }

  void step() {
    switch (random_() % 6) {
      case 0: case 1: allocate(); break;
      case 2: case 3: store(); break;
      case 4: load(); break;
      default: drop(); break;
    }
  }

  void compare() {
    std::map<int, u64> seen;
    for (int i = 0; i < kRoots; ++i) compare(shadow_roots_[static_cast<size_t>(i)], *handles_[static_cast<size_t>(i)], seen);
  }

 private:
  static constexpr int kRoots = 40;

  size_t root() { return random_() % kRoots; }

  void allocate() {
    size_t at = root();
    bool vector = random_() % 2;
    size_t fields = vector ? (random_() % 50 == 0 ? memory::kLargeWords + 100 : random_() % 20) : 2;
    Node node{vector, std::vector<int>(fields, -1)};
    Value v = vector ? make_vector(fields, fixnum(0)) : make_pair(fixnum(0), fixnum(0));
    for (size_t i = 0; i < fields && i < 4; ++i) {
      size_t from = root();
      node.fields[i] = shadow_roots_[from];
      slot(v, static_cast<i64>(i + vector)) = *handles_[from];
    }
    nodes_.push_back(node);
    shadow_roots_[at] = static_cast<int>(nodes_.size()) - 1;
    handles_[at].set(v);
  }

  void store() {
    size_t to = root(), from = root();
    if (shadow_roots_[to] < 0) return;
    Node& node = nodes_[static_cast<size_t>(shadow_roots_[to])];
    if (node.fields.empty()) return;
    size_t field = random_() % node.fields.size();
    node.fields[field] = shadow_roots_[from];
    set_field(*handles_[to], static_cast<i64>(field + node.vector), *handles_[from]);
  }

  void load() {
    size_t to = root(), from = root();
    if (shadow_roots_[from] < 0) return;
    const Node& node = nodes_[static_cast<size_t>(shadow_roots_[from])];
    if (node.fields.empty()) return;
    size_t field = random_() % node.fields.size();
    shadow_roots_[to] = node.fields[field];
    handles_[to].set(slot(*handles_[from], static_cast<i64>(field + node.vector)));
  }

  void drop() {
    size_t at = root();
    int n = static_cast<int>(random_() % 1000);
    shadow_roots_[at] = -1 - n;
    handles_[at].set(fixnum(n));
  }

  void compare(int first, Value value, std::map<int, u64>& seen) {
    std::vector<std::pair<int, Value>> work{{first, value}};
    while (!work.empty()) {
      auto [expected, v] = work.back();
      work.pop_back();
      if (expected < 0) {
        ASSERT_EQ(v, fixnum(-1 - expected));
        continue;
      }
      auto [it, fresh] = seen.emplace(expected, v.bits);
      ASSERT_EQ(it->second, v.bits) << "sharing was lost";
      if (!fresh) continue;
      const Node& node = nodes_[static_cast<size_t>(expected)];
      ASSERT_EQ(is_vector(v), node.vector);
      for (size_t i = 0; i < node.fields.size(); ++i) work.push_back({node.fields[i], slot(v, static_cast<i64>(i + node.vector))});
    }
  }

  std::mt19937 random_;
  std::vector<Node> nodes_;
  std::vector<int> shadow_roots_;
  HandleArena arena_;
  std::vector<Handle> handles_;
};

u64 nursery_room() { return context().alloc_limit - context().alloc; }

TEST_F(Collector, NarrowsTheNurseryWhileHardlyAnythingSurvives) {
  collect_now(true);
  if (heap().old_units > 256) GTEST_SKIP() << "another test left a large heap";
  for (u32 i = 0; i < memory::kFewInTurn + 2; ++i) collect_now(false);
  EXPECT_EQ(nursery_room(), memory::kCachedNurseryBytes);
  // When the part is full, the rest serves until the safepoint.
  const u64 start = context().alloc;
  for (u64 i = 0; i <= memory::kCachedNurseryBytes / 16; ++i) make_pair(Null, Null);
  EXPECT_EQ(context().alloc, start + memory::kCachedNurseryBytes + 16);
  EXPECT_TRUE(heap().collect_minor);
  EXPECT_EQ(context().stack_limit, ~u64{0});
  collect_now(false);
  EXPECT_EQ(nursery_room(), memory::kCachedNurseryBytes);
  HandleArena arena;
  Handle tree = arena.make(build_tree(13));
  collect_now(false);
  EXPECT_EQ(nursery_room(), memory::kNurseryBytes);
  EXPECT_EQ(count_tree(*tree), (u64{1} << 13) - 1);
  verify_heap();
}

TEST_F(Collector, LeavesOutAgeingWhenNearlyAllSurvives) {
  HandleArena arena;
  Handle list = arena.make(Null);
  auto grow = [&] {
    for (int i = 0; i < 200000; ++i) list.set(make_pair(fixnum(i), *list));
  };
  heap().unaged = heap().unaged_next = 0;
  for (int i = 0; i < 2; ++i) grow(), collect_now(false);
  grow();
  collect_now(false);  // what was aged survives
  EXPECT_GT(heap().unaged, 0u);
  Value fresh = make_pair(fixnum(1), *list);
  list.set(fresh);
  collect_now(false);
  EXPECT_FALSE(memory::is_young(*list));
  verify_heap();
  i64 n = 0;
  for (Value l = *list; is_pair(l); l = cdr(l)) ++n;
  EXPECT_EQ(n, 600001);
  while (heap().unaged) collect_now(false);
  list.set(make_pair(fixnum(1), Null));
  collect_now(false);
  EXPECT_TRUE(memory::is_young(*list));
}

TEST_F(Collector, AgreesWithAShadowModel) {
  heap().poison = true;
  for (unsigned seed = 1; seed <= 8; ++seed) {
    Mutator mutator(seed);
    for (int round = 0; round < 60; ++round) {
      for (int i = 0; i < 300; ++i) mutator.step();
      if (seed % 2 && round % 5 == 0) heap().unaged = 2;
      heap().dense = round % 2;
      collect_now(round % 9 == 8 || (seed > 4 && round % 4 == 2));
      verify_heap();
      mutator.compare();
      if (HasFatalFailure()) return;
    }
  }
  heap().poison = false;
}

}  // namespace
}  // namespace loko
