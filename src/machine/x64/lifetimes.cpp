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
  explicit LifetimeFinder(const Prepared& p) : p_(p), f_(p.f), count_(static_cast<u32>(p.f.values.size())), regions_(p) {}

  Lifetimes run() {
    find_uses();
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

  void explore(ValueId v) {
    u32 definition = r_.definition[v];
    BlockId home = p_.block_at[definition / 2];
    pieces_.clear();
    entered_.clear();
    if (definition % 2 == 1) pieces_.push_back({definition, definition + 1});
    for (const UsePoint& u : r_.uses(v)) {
      BlockId b = p_.block_at[u.position / 2];
      u32 to = u.position + (u.use == Use::Late ? 2 : 1);
      pieces_.push_back({b == home ? definition : p_.start[b], to});
      if (b != home && (entered_.empty() || entered_.back() != b)) entered_.push_back(b);
    }
    if (!entered_.empty()) pieces_.push_back({definition, p_.end[home]});
    follow(home);
    merge(pieces_);
    r_.all_ranges.insert(r_.all_ranges.end(), pieces_.begin(), pieces_.end());
  }

  /// From the blocks that the value enters up to its home. In preorder of the dominator tree, what a block has in common with those before it
  /// it has with the last.
  void follow(BlockId home) {
    const std::vector<u32>& preorder = p_.dominators.enter;
    std::sort(entered_.begin(), entered_.end(), [&](BlockId x, BlockId y) { return preorder[x] < preorder[y]; });
    BlockId last = home;
    for (BlockId b : entered_) {
      BlockId common = regions_.between(last, b, pieces_);
      if (common != home) pieces_.push_back({p_.start[common], p_.end[common]});
      last = b;
    }
  }

  const Prepared& p_;
  const low::Function& f_;
  u32 count_;
  Lifetimes r_;
  Regions regions_;
  std::vector<Range> pieces_;
  std::vector<BlockId> entered_;
};

}  // namespace

Lifetimes compute_lifetimes(const Prepared& p) { return LifetimeFinder(p).run(); }

}  // namespace loko::x64
