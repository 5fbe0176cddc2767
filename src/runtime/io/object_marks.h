// SPDX-License-Identifier: MIT
//
// Two bits for each object, outside the objects: what a walk over data has seen. Objects don't move while C++ runs, so
// their addresses identify them. The bits lie in blocks, each for 32 KB of addresses, found by hashing: a small
// message costs one or two blocks, a large one a 256th of its own size. Memory is nursery garbage afterwards.
#pragma once

#include "runtime/data/text_access.h"

namespace loko {

class ObjectMarks {
 public:
  static constexpr unsigned kOnce = 1, kTwice = 2;
  /// Counts up to kTwice in the two bits. True: it was the first time.
  bool visit(Value v) {
    u64 word = address_word(v);
    u8& byte = block(v)[word / 4];
    unsigned bits = byte >> shift(word) & 3;
    if (bits < kTwice) byte = static_cast<u8>(byte + (1u << shift(word)));
    return bits == 0;
  }
  /// The same along objects that mostly lie near each other: the bits of the present one's neighbours stay in a register.
  /// Nothing else uses the marks meanwhile; finish() ends the walk.
  class Walk {
   public:
    explicit Walk(ObjectMarks& marks) : marks_(marks) {}
    bool visit(Value v) {
      unsigned bits = get(v);
      if (bits < kTwice) bits_ += u64{1} << place_in_group(v);
      return bits == 0;
    }
    unsigned get(Value v) {
      if (v.bits >> kGroupShift != number_) move_to(v);
      return bits_ >> place_in_group(v) & 3;
    }
    void finish() {
      if (group_) __builtin_memcpy(group_, &bits_, 8);
      group_ = nullptr;
      number_ = 0;
    }

   private:
    static constexpr unsigned kGroupShift = 8;   // the bits of 32 words
    static unsigned place_in_group(Value v) { return static_cast<unsigned>(v.bits >> 3 & 31) * 2; }
    void move_to(Value v) {
      finish();
      number_ = v.bits >> kGroupShift;
      group_ = marks_.block(v) + (address_word(v) / 32) * 8;
      __builtin_memcpy(&bits_, group_, 8);
    }
    ObjectMarks& marks_;
    u64 number_ = 0, bits_ = 0;
    u8* group_ = nullptr;
  };

  /// The two bits of an object; 0 at first.
  unsigned get(Value v) {
    u64 word = address_word(v);
    return block(v)[word / 4] >> shift(word) & 3;
  }
  void set(Value v, unsigned bits) {
    u64 word = address_word(v);
    u8& byte = block(v)[word / 4];
    byte = static_cast<u8>((byte & ~(3u << shift(word))) | bits << shift(word));
  }

 private:
  static constexpr unsigned kBlockShift = 15;
  static constexpr u64 kBlockWords = (u64{1} << kBlockShift) / 8;
  struct Block {
    u64 number;  // address >> kBlockShift; 0: free entry
    u8* bits;
  };

  static u64 address_word(Value v) { return v.bits >> 3 & (kBlockWords - 1); }
  static unsigned shift(u64 word) { return static_cast<unsigned>(word & 3) * 2; }

  u8* block(Value v) {
    u64 number = v.bits >> kBlockShift;
    return number == last_.number ? last_.bits : other_block(number);
  }
  [[gnu::noinline]] u8* other_block(u64 number) {
    if (2 * count_ >= capacity_) grow();
    Block& b = place(number);
    if (b.number == 0) {
      b = {number, bytes_of(make_bytevector(kBlockWords / 4))};
      ++count_;
    }
    last_ = b;
    return b.bits;
  }

  Block& place(u64 number) {
    u64 i = number * 0x9e3779b97f4a7c15 >> 32;
    for (;; ++i) {
      Block& b = table_[i & (capacity_ - 1)];
      if (b.number == 0 || b.number == number) return b;
    }
  }

  [[gnu::noinline]] void grow() {
    Block* old = table_;
    u64 old_capacity = capacity_;
    capacity_ *= 4;
    table_ = reinterpret_cast<Block*>(bytes_of(make_bytevector(capacity_ * sizeof(Block))));
    for (u64 i = 0; i < old_capacity; ++i)
      if (old[i].number != 0) place(old[i].number) = old[i];
  }

  Block local_[16] = {};
  Block* table_ = local_;
  u64 capacity_ = 16, count_ = 0;
  Block last_ = {0, nullptr};
};

/// Numbers for some objects, by address.
class ObjectNumbers {
 public:
  /// The number of an object, or -1.
  [[gnu::noinline]] i64 find(Value v) {
    if (capacity_ == 0) return -1;
    Entry& e = place(v.bits);
    return e.key == v.bits ? static_cast<i64>(e.number) : -1;
  }
  /// Gives the object the next number.
  [[gnu::noinline]] u64 add(Value v) {
    if (2 * count_ >= capacity_) grow();
    place(v.bits) = {v.bits, count_};
    return count_++;
  }
  u64 count() const { return count_; }

 private:
  struct Entry {
    u64 key, number;
  };
  Entry& place(u64 key) {
    u64 i = key * 0x9e3779b97f4a7c15 >> 24;
    for (;; ++i) {
      Entry& e = table_[i & (capacity_ - 1)];
      if (e.key == 0 || e.key == key) return e;
    }
  }
  [[gnu::noinline]] void grow() {
    Entry* old = table_;
    u64 old_capacity = capacity_;
    capacity_ = capacity_ == 0 ? 64 : capacity_ * 4;
    table_ = reinterpret_cast<Entry*>(bytes_of(make_bytevector(capacity_ * sizeof(Entry))));
    for (u64 i = 0; i < old_capacity; ++i)
      if (old[i].key != 0) place(old[i].key) = old[i];
  }
  Entry* table_ = nullptr;
  u64 capacity_ = 0, count_ = 0;
};

/// Steps along a list. The pairs of most lists lie at equal distances, so the place of the next one is foretold: then the processor
/// need not wait for each cdr.
class ListCursor {
 public:
  explicit ListCursor(Value list) : rest_(list) {}
  Value rest() const { return rest_; }
  Value element() const { return car(rest_); }
  void step() { go_to(cdr(rest_)); }
  void go_to(Value next) {
    u64 guess = rest_.bits + distance_;
    if (next.bits == guess) [[likely]] {
      asm("" : "+r"(guess));   // or the compiler takes what it was compared with
      rest_ = Value{guess};
    } else {
      distance_ = next.bits - rest_.bits;
      rest_ = next;
    }
  }

 private:
  Value rest_;
  u64 distance_ = 16;
};

/// Walks of objects whose parts are yet to be visited: an object, and which of its slots come next.
struct PartsLeft {
  Value object;
  u64 index, end;  // end 0: the object itself
};

/// The next value that a walk visits: takes it off the stack, which is not empty.
inline Value take_part(ScratchBuffer<PartsLeft>& stack) {
  PartsLeft& r = stack[stack.size() - 1];
  Value v = r.object;
  if (r.end == 0) return stack.pop(), v;
  v = slot(r.object, static_cast<i64>(r.index++));
  if (r.index == r.end) stack.pop();
  return v;
}

}  // namespace loko
