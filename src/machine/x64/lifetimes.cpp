// SPDX-License-Identifier: MIT
//
// See lifetimes.h.
// INVARIANT(ssa): a value's definition dominates its uses, so a path upwards from a use meets it.
#include "machine/x64/lifetimes.h"

#include <algorithm>

namespace loko::x64 {

using low::Block;
using low::Inst;
using low::TermKind;

bool Lifetimes::covers(ValueId v, u32 position) const {
  auto list = ranges(v);
  auto it = std::upper_bound(list.begin(), list.end(), position, [](u32 x, const Range& r) { return x < r.from; });
  return it != list.begin() && position < (it - 1)->to;
}

u32 Lifetimes::first_call_from(u32 position) const {
  auto it = std::lower_bound(calls.begin(), calls.end(), position);
  return it == calls.end() ? kFar : *it;
}

namespace {

/// The first use at the position or behind it.
std::span<const UsePoint>::iterator find_use(std::span<const UsePoint> uses, u32 position) {
  return std::lower_bound(uses.begin(), uses.end(), position, [](const UsePoint& u, u32 x) { return u.position < x; });
}

}  // namespace

u32 Lifetimes::next_use(ValueId v, u32 from, u32 to, bool any) const {
  auto list = uses(v);
  auto it = find_use(list, from);
  if (it == list.end()) return kFar;
  u32 i = any ? static_cast<u32>(it - list.begin()) : it->next_wanted;
  return i < list.size() && list[i].position < to ? list[i].position : kFar;
}

u32 Lifetimes::last_use(ValueId v, u32 from, u32 to) const {
  auto list = uses(v);
  auto it = find_use(list, to);
  if (it == list.begin() || (it - 1)->position < from) return kFar;
  return (it - 1)->position;
}

bool Lifetimes::needs_register_at(ValueId v, u32 position) const {
  auto list = uses(v);
  for (auto it = find_use(list, position); it != list.end() && it->position == position; ++it)
    if (it->use == Use::Register || it->use == Use::Late) return true;
  return false;
}

bool Lifetimes::needs_late(ValueId v, u32 position) const {
  auto list = uses(v);
  for (auto it = find_use(list, position); it != list.end() && it->position == position; ++it)
    if (it->use == Use::Late) return true;
  return false;
}

namespace {

class LifetimeFinder {
 public:
  explicit LifetimeFinder(const Prepared& p) : p_(p), f_(p.f), count_(static_cast<u32>(p.f.values.size())) {}

  Lifetimes run() {
    find_uses();
    find_loop_runs();
    std::size_t n = f_.blocks.size();
    live_in_.assign(n, kNone);
    live_out_.assign(n, kNone);
    r_.first_range.reserve(count_ + 1);
    for (ValueId v = 0; v < count_; ++v) {
      r_.first_range.push_back(static_cast<u32>(r_.all_ranges.size()));
      if (!p_.is_immediate(v) && r_.definition[v] != kNone) explore(v);
    }
    r_.first_range.push_back(static_cast<u32>(r_.all_ranges.size()));
    return std::move(r_);
  }

 private:
  // -- definitions and uses --

  template <class F>
  void for_each_use(F fn) const {
    auto folded = [this](ValueId v) { return v != kNone && p_.is_immediate(v); };
    for (BlockId b : p_.order) {
      u32 position = p_.start[b];
      auto use = [&](ValueId v, Use kind, Constant) {
        if (!p_.is_immediate(v)) fn(v, position, kind);
      };
      for (const Inst& i : f_.blocks[b].insts) {
        position += 2;
        visit_uses(i, folded, use);
      }
      position += 2;
      visit_term_uses(f_.blocks[b].term, folded, use);
    }
  }

  void find_definitions() {
    r_.definition.assign(count_, kNone);
    for (ValueId v : f_.params) r_.definition[v] = 0;
    if (f_.closure != kNone) r_.definition[f_.closure] = 0;
    for (BlockId b : p_.order) {
      u32 position = p_.start[b];
      for (ValueId v : f_.blocks[b].params) r_.definition[v] = position;
      for (const Inst& i : f_.blocks[b].insts) {
        position += 2;
        if (i.result != kNone) r_.definition[i.result] = position + 1;
        if (is_call(i)) r_.calls.push_back(position);
        u32 mask = clobbers(i, i.b != kNone && p_.is_immediate(i.b));
        for (u32 r = 0; mask >> r; ++r)
          if (mask >> r & 1) r_.clobbers[r].push_back(position + 1);
      }
      if (f_.blocks[b].term.kind == TermKind::BranchOvf) r_.definition[f_.blocks[b].term.result] = position + 3;
    }
  }

  void find_uses() {
    find_definitions();
    r_.first_use.assign(count_ + 1, 0);
    for_each_use([&](ValueId v, u32, Use) { ++r_.first_use[v + 1]; });
    for (ValueId v = 0; v < count_; ++v) r_.first_use[v + 1] += r_.first_use[v];
    r_.all_uses.resize(r_.first_use[count_]);
    std::vector<u32> next(r_.first_use.begin(), r_.first_use.end() - 1);
    for_each_use([&](ValueId v, u32 position, Use kind) { r_.all_uses[next[v]++] = {position, kind, 0}; });
    for (ValueId v = 0; v < count_; ++v) {
      u32 first = r_.first_use[v], wanted = r_.first_use[v + 1] - first;
      for (u32 i = wanted; i-- > 0;) {
        if (r_.all_uses[first + i].use != Use::Anywhere) wanted = i;
        r_.all_uses[first + i].next_wanted = wanted;
      }
    }
  }

  // -- ranges --

  /// The positions of the blocks of each loop: a few stretches, since loops are kept together.
  void find_loop_runs() {
    runs_.resize(f_.blocks.size());
    for (BlockId b : p_.order)
      if (BlockId h = p_.loops.loop[b]; h != kNone) runs_[h].push_back({p_.start[b], p_.end[b]});
    for (BlockId h : p_.loops.headers) {
      merge(runs_[h]);
      if (BlockId outer = p_.loops.outer[h]; outer != kNone) runs_[outer].insert(runs_[outer].end(), runs_[h].begin(), runs_[h].end());
    }
  }

  static void merge(std::vector<Range>& list) {
    std::sort(list.begin(), list.end(), [](const Range& x, const Range& y) { return x.from < y.from; });
    std::size_t n = 0;
    for (const Range& r : list) {
      if (n > 0 && r.from <= list[n - 1].to) list[n - 1].to = std::max(list[n - 1].to, r.to);
      else list[n++] = r;
    }
    list.resize(n);
  }

  void explore(ValueId v) {
    u32 definition = r_.definition[v];
    home_ = p_.block_at[definition / 2];
    value_ = v;
    pieces_.clear();
    if (definition % 2 == 1) pieces_.push_back({definition, definition + 1});
    for (const UsePoint& u : r_.uses(v)) {
      BlockId b = p_.block_at[u.position / 2];
      u32 to = u.position + (u.use == Use::Late ? 2 : 1);
      pieces_.push_back({b == home_ ? definition : p_.start[b], to});
      if (b != home_) enter(b);
    }
    while (!work_.empty()) {
      BlockId b = work_.back();
      work_.pop_back();
      leave(b);
    }
    merge(pieces_);
    r_.all_ranges.insert(r_.all_ranges.end(), pieces_.begin(), pieces_.end());
  }

  /// The value is live when b begins.
  void enter(BlockId b) {
    BlockId h = p_.loops.outermost_without(b, home_);
    BlockId unit = h == kNone ? b : h;
    if (live_in_[unit] == value_) return;
    live_in_[unit] = value_;
    if (h != kNone) pieces_.insert(pieces_.end(), runs_[h].begin(), runs_[h].end());
    for (BlockId q : p_.preds[unit])
      if (h == kNone || !p_.loops.contains(h, q)) work_.push_back(q);
  }

  /// The value is live when b ends.
  void leave(BlockId b) {
    if (live_out_[b] == value_) return;
    live_out_[b] = value_;
    pieces_.push_back({b == home_ ? r_.definition[value_] : p_.start[b], p_.end[b]});
    if (b != home_) enter(b);
  }

  const Prepared& p_;
  const low::Function& f_;
  u32 count_;
  Lifetimes r_;
  std::vector<std::vector<Range>> runs_;        // by header
  std::vector<ValueId> live_in_, live_out_;     // by block (or header, of a loop as a whole): the last value seen live there
  std::vector<Range> pieces_;
  std::vector<BlockId> work_;
  ValueId value_ = kNone;
  BlockId home_ = kNone;                        // block that defines it
};

}  // namespace

Lifetimes compute_lifetimes(const Prepared& p) { return LifetimeFinder(p).run(); }

}  // namespace loko::x64
