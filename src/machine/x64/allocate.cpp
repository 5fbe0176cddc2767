// SPDX-License-Identifier: MIT
//
// Register allocation, as a column of verbs: live ranges, linear scan, stores to frame words, moves, descriptors, frames.
// No step looks at all values that are live somewhere: few of them are in registers, and only to those something happens.
#include <algorithm>

#include "machine/x64/scan.h"
#include "machine/x64/spill.h"

namespace loko::x64 {

Location Allocation::register_of(const Prepared& p, ValueId v, const Fragment& f) const {
  return p.f.values[v] == Rep::F64 ? xmm(f.reg) : gpr(f.reg);
}

Location Allocation::register_at(const Prepared& p, ValueId v, u32 position) const {
  const auto& list = fragments[v];
  if (list.empty()) return {};
  auto it = list.end() - 1;  // the scan asks for the last one mostly
  if (it->from > position) {
    it = std::upper_bound(list.begin(), list.end(), position, [](u32 x, const Fragment& f) { return x < f.from; });
    if (it == list.begin()) return {};
    --it;
  }
  return position < it->to ? register_of(p, v, *it) : Location{};
}

Location Allocation::location(const Prepared& p, ValueId v, u32 position) const {
  if (p.const_kind[v] == ConstKind::Immediate) return {Where::Const, v};
  if (Location r = register_at(p, v, position); r.is_register()) return r;
  if (p.const_kind[v] == ConstKind::Home) return {Where::Const, v};
  if (slot[v] == kNone) return {};
  return frame_slot(slot[v]);
}

const MoveGroup* Allocation::group(u32 position, u32 phase) const {
  u32 key = position * 2 + phase;
  auto it = std::lower_bound(groups.begin(), groups.end(), key, [](const MoveGroup& g, u32 k) { return g.key < k; });
  return it != groups.end() && it->key == key ? &*it : nullptr;
}

const Safepoint* Allocation::safepoint(u32 position) const {
  auto it = std::lower_bound(safepoints.begin(), safepoints.end(), position,
                             [](const Safepoint& s, u32 x) { return s.position < x; });
  return it != safepoints.end() && it->position == position ? &*it : nullptr;
}

Allocation allocate(const Prepared& p) {
  Allocation a;
  a.fragments.resize(p.f.values.size());
  a.slot.assign(p.f.values.size(), kNone);
  Lifetimes lifetimes = compute_lifetimes(p);
  Scan(p, lifetimes, &a).run();
  Borders borders = compute_borders(p, a);
  Spills spills = place_stores(p, lifetimes, borders, a);
  assign_slots(p, lifetimes, spills.values, &a);
  resolve(p, lifetimes, borders, spills, &a);
  make_safepoints(p, lifetimes, borders, spills, &a);
  place_frame(p, &a);
  return a;
}

}  // namespace loko::x64
