// SPDX-License-Identifier: MIT
//
// The last steps of allocation: frame words for spilled values, and the blocks that run with a frame.
#include <algorithm>
#include <map>
#include <queue>

#include "machine/x64/spill.h"

namespace loko::x64 {

using low::Inst;
using low::TermKind;
using low::Terminator;

namespace {

/// A frame word: the ranges of the values that it holds, by their beginnings. They don't overlap.
class FrameWord {
 public:
  bool fits(std::span<const Range> ranges) const {
    if (ranges[0].from >= end_) return true;
    for (const Range& r : ranges) {
      auto it = taken_.lower_bound(r.to);   // the first that begins behind r
      if (it != taken_.begin() && std::prev(it)->second > r.from) return false;
    }
    return true;
  }
  void take(std::span<const Range> ranges) {
    for (const Range& r : ranges) taken_[r.from] = r.to;
    end_ = std::max(end_, ranges.back().to);
  }
  u32 end() const { return end_; }

 private:
  std::map<u32, u32> taken_;
  u32 end_ = 0;
};

/// The words of a frame, for values that come by the beginnings of their ranges. The first words are tried one by one, since a
/// value may fit between the ranges of others; of the rest, the first one whose values are dead is found by heaps.
class FrameWords {
 public:
  u32 size() const { return static_cast<u32>(words_.size()); }
  bool fits(u32 word, std::span<const Range> ranges) const { return words_[word].fits(ranges); }

  u32 find(std::span<const Range> ranges) {
    for (u32 k = 0; k < size() && k < kTried; ++k)
      if (fits(k, ranges)) return k;
    for (; !busy_.empty() && busy_.top().first <= ranges[0].from; busy_.pop())
      if (busy_.top().first == words_[busy_.top().second].end()) free_.push(busy_.top().second);
    while (!free_.empty()) {
      u32 k = free_.top();
      free_.pop();
      if (fits(k, ranges)) return k;  // else somebody else took it, and it is among the busy ones
    }
    words_.emplace_back();
    return size() - 1;
  }
  void take(u32 word, std::span<const Range> ranges) {
    words_[word].take(ranges);
    busy_.push({words_[word].end(), word});
  }

 private:
  static constexpr u32 kTried = 64;
  template <class T>
  using Heap = std::priority_queue<T, std::vector<T>, std::greater<T>>;

  std::vector<FrameWord> words_;
  Heap<std::pair<u32, u32>> busy_;  // by ends
  Heap<u32> free_;
};

/// Values that are passed to each other at jumps: with a common frame word they need no move.
std::vector<std::vector<ValueId>> find_friends(const Prepared& p) {
  std::vector<std::vector<ValueId>> friends(p.f.values.size());
  for (BlockId b : p.order) {
    const Terminator& t = p.f.blocks[b].term;
    if (t.kind != TermKind::Jump) continue;
    for (std::size_t i = 0; i < t.target_args.size(); ++i) {
      ValueId x = t.target_args[i], y = p.f.blocks[t.target].params[i];
      friends[x].push_back(y);
      friends[y].push_back(x);
    }
  }
  return friends;
}

class FramePlacement {
 public:
  FramePlacement(const Prepared& p, Allocation* a) : p_(p), a_(*a) {}

  void run() {
    std::size_t n = p_.f.blocks.size();
    a_.framed.assign(n, false);
    a_.enter_at_start.assign(n, false);
    a_.enter_at_end.assign(n, false);
    a_.leave_at_end.assign(n, false);
    if (a_.frame_words == 0) return;
    choose_framed();
    for (BlockId b : p_.order) place_borders(b);
  }

 private:
  bool moves_use_slots(u32 at, u32 phase) const {
    const MoveGroup* g = a_.group(at, phase);
    if (!g) return false;
    for (const Move& m : g->moves)
      if (m.to.where == Where::Slot || m.from.where == Where::Slot) return true;
    return false;
  }

  bool needs_frame(BlockId b) const {
    u32 position = p_.start[b];
    if (moves_use_slots(position, 0) || moves_use_slots(position, 1)) return true;
    bool slot = false;
    auto folded = [&](ValueId v) { return v != kNone && p_.is_immediate(v); };
    auto use = [&](ValueId v, Use, Constant) { slot = slot || a_.location(p_, v, position).where == Where::Slot; };
    for (const Inst& i : p_.f.blocks[b].insts) {
      position += 2;
      if (is_call(i) || moves_use_slots(position, 0)) return true;
      visit_uses(i, folded, use);
      if (slot) return true;
    }
    position += 2;
    if (moves_use_slots(position, 0)) return true;
    visit_term_uses(p_.f.blocks[b].term, folded, use);
    return slot;
  }

  /// From hot blocks that need it, the frame stays; cold blocks give it back before they return to hot ones.
  void choose_framed() {
    std::vector<BlockId> work;
    for (bool cold : {false, true}) {
      for (BlockId b : p_.order)
        if (!a_.framed[b] && p_.cold[b] == cold && needs_frame(b)) a_.framed[b] = true, work.push_back(b);
      while (!work.empty()) {
        BlockId b = work.back();
        work.pop_back();
        for (BlockId s : successors(p_, b))
          if (!a_.framed[s] && (!cold || p_.cold[s])) a_.framed[s] = true, work.push_back(s);
      }
    }
  }

  void place_borders(BlockId b) {
    if (!a_.framed[b]) {
      for (BlockId q : p_.preds[b])
        if (a_.framed[q]) a_.leave_at_end[q] = true;
      return;
    }
    bool any = false;
    for (BlockId q : p_.preds[b]) any = any || a_.framed[q];
    if (!any) {
      a_.enter_at_start[b] = true;
      return;
    }
    for (BlockId q : p_.preds[b])
      if (!a_.framed[q]) a_.enter_at_end[q] = true;
  }

  const Prepared& p_;
  Allocation& a_;
};

}  // namespace

std::vector<BlockId> successors(const Prepared& p, BlockId b) {
  const Terminator& t = p.f.blocks[b].term;
  if (t.kind == TermKind::Jump) return {t.target};
  if (is_two_way(t.kind)) return {t.target, t.otherwise};
  return {};
}

void assign_slots(const Prepared& p, const Lifetimes& l, const std::vector<ValueId>& spilled, Allocation* a) {
  FrameWords words;
  std::vector<ValueId> by_start = spilled;
  std::sort(by_start.begin(), by_start.end(), [&](ValueId x, ValueId y) {
    u32 from = l.ranges(x)[0].from, other = l.ranges(y)[0].from;
    return from != other ? from < other : x < y;
  });
  auto friends = find_friends(p);
  for (ValueId v : by_start) {
    u32 s = kNone;
    for (ValueId w : friends[v])
      if (a->slot[w] != kNone && words.fits(a->slot[w], l.ranges(v))) s = a->slot[w];
    a->slot[v] = s == kNone ? words.find(l.ranges(v)) : s;
    words.take(a->slot[v], l.ranges(v));
  }
  a->frame_words = words.size();
}

void place_frame(const Prepared& p, Allocation* a) { FramePlacement(p, a).run(); }

}  // namespace loko::x64
