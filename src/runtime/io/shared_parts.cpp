// SPDX-License-Identifier: MIT
//
// Which parts of an object need datum labels when it is printed (R7RS 2.4, 6.13.3): those that are reached twice, or
// those that contain themselves. Almost every object that is printed is a small tree, which is found out first, without marks.
// Explicit stacks; the order is that of the printer. Parts are what the printer
// descends into: pairs, vectors, boxes, and records that are neither opaque nor printed by a procedure.
#include "runtime/io/object_marks.h"

namespace loko {

Value shared_parts(Value x, Value how, Value writers);

namespace {

class PartWalk {
 public:
  explicit PartWalk(Value writers) : writers_(writers) {}

  /// Has x, seen as a tree, so few parts that it is quickly walked? Then it has no cycles.
  bool is_small_tree(Value x) {
    constexpr u64 kMostParts = 10000;
    u64 count = 0;
    stack_.push({x, 0, 0});
    while (!stack_.empty()) {
      Value v = take_part(stack_);
      while (u64 end = parts(v)) {
        if ((count += is_pair(v) ? 1 : end) > kMostParts) return stack_.truncate(0), false;
        if (!is_pair(v)) {
          stack_.push({v, 1, end});
          break;
        }
        if (Value first = car(v); parts(first) != 0) stack_.push({first, 0, 0});
        v = cdr(v);
      }
    }
    return true;
  }

  /// Marks parts that are reached twice; the list of them, the first last. Answers '() if it is a tree.
  Value find_shared(Value x) {
    stack_.push({x, 0, 0});
    while (!stack_.empty()) {
      Value v = take_part(stack_);
      while (u64 end = parts(v)) {
        unsigned mark = marks_.get(v);
        if (mark != 0) {
          if (mark == 1) {
            marks_.set(v, 2);
            found_ = make_pair(v, found_);
          }
          break;
        }
        marks_.set(v, 1);
        if (!is_pair(v)) {
          stack_.push({v, 1, end});
          break;
        }
        if (is_reference(cdr(v))) stack_.push({cdr(v), 0, 0});
        v = car(v);
      }
    }
    return found_;
  }

  /// The list of parts that contain themselves and are met first on their cycles.
  Value find_cycles(Value x) {
    open(x);
    while (!stack_.empty()) {
      PartsLeft& r = stack_[stack_.size() - 1];
      if (r.index == r.end) {
        if (marks_.get(r.object) == kOpen) marks_.set(r.object, kDone);
        stack_.pop();
        continue;
      }
      open(slot(r.object, static_cast<i64>(r.index++)));
    }
    return found_;
  }

 private:
  static constexpr unsigned kOpen = 1, kDone = 2, kLabelled = 3;
  /// The index behind the last part of v; 0 for atoms. Parts of pairs begin at 0, of the others at 1.
  u64 parts(Value v) const {
    if (is_pair(v)) return 2;
    if (!is_typed(v)) return 0;
    if (is_record(v)) return record_parts(v);
    switch (header_kind(header(v))) {
      case Kind::Vector: case Kind::ImmutableVector: return length_of(v) ? 1 + length_of(v) : 0;
      case Kind::Box: return 2;
      default: return 0;
    }
  }
  u64 record_parts(Value v) const {
    Value rtd = slot(v, 0);
    if (fixnum_value(slot(rtd, 1 + kRtdFlags)) & 2) return 0;
    for (Value l = writers_; is_pair(l); l = cdr(l))
      if (car(car(l)) == rtd) return 0;
    u64 n = static_cast<u64>(fixnum_value(slot(rtd, 1 + kRtdSize)));
    return n ? 1 + n : 0;
  }

  void open(Value v) {
    u64 end = parts(v);
    if (end == 0) return;
    switch (marks_.get(v)) {
      case 0:
        marks_.set(v, kOpen);
        return stack_.push({v, is_pair(v) ? 0u : 1u, end});
      case kOpen:
        marks_.set(v, kLabelled);
        found_ = make_pair(v, found_);
        return;
      default: return;
    }
  }

  Value writers_;
  ObjectMarks marks_;
  ScratchBuffer<PartsLeft> stack_;
  Value found_ = Null;
};

}  // namespace

/// (%shared-parts x all? writers): list of the parts of x that are reached twice (all? true) or lie on cycles; writers is the
/// association list of record types that procedures print.
Value shared_parts(Value x, Value all, Value writers) {
  if (all == False && PartWalk(writers).is_small_tree(x)) return Null;
  Value shared = PartWalk(writers).find_shared(x);
  if (all != False || shared == Null) return shared;
  return PartWalk(writers).find_cycles(x);
}

}  // namespace loko
