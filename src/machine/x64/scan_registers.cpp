// SPDX-License-Identifier: MIT
//
// A piece gets a register: one that a hint names, else one that is free throughout, else the one that is free longest; else the
// value in a register whose next use costs least is sent home, unless the piece itself is cheaper.
#include <algorithm>

#include "machine/x64/scan.h"

namespace loko::x64 {

u32 Scan::clobber_limit(u32 reg, bool floating, u32 from, u32 to) const {
  if (floating) return kFar;
  const std::vector<u32>& list = l_.clobbers[reg];
  auto it = std::upper_bound(list.begin(), list.end(), from);
  return it != list.end() && *it < to ? *it - 1 : kFar;
}

/// A block parameter or argument that is not used before a call is defined at home.
bool Scan::begins_at_home(const Piece& c) const {
  if (!c.defined || c.from % 2 == 1 || p_.const_kind[c.value] != ConstKind::None) return false;
  if (c.from == 0 && incoming(c.value).is_register()) return false;
  return c.to % 2 == 1 && l_.covers(c.value, c.to) && l_.last_use(c.value, c.from, c.to) == kFar;
}

void Scan::place(Piece c) {
  bool floating = f_.values[c.value] == Rep::F64;
  if (begins_at_home(c)) return;
  u32 free_until[kRegisters];
  for (u32 r = 0; r < kRegisters; ++r) {
    free_until[r] = 0;
    if (!allocatable(r, floating) || active_[floating][r] != kNone) continue;
    u32 limit = clobber_limit(r, floating, c.from, c.to);
    free_until[r] = limit > c.from ? limit : 0;
  }
  hints_.clear();
  find_hints(c, floating);
  u32 best = choose(free_until, c.from, c.to, floating);
  if (best == kNone) return evict(c, floating);
  take(c, best, floating, free_until[best]);
}

u32 Scan::choose(const u32* free_until, u32 from, u32 to, bool floating) const {
  static const u8 general[] = {RAX, RBX, RBP, R12, R13, R14, R10, R9, R8, RCX, RDX, RSI, RDI};
  static const u8 floats[] = {8, 9, 10, 11, 12, 13, 14, 7, 6, 5, 4, 3, 2, 1, 0};
  for (u32 h : hints_)
    if (free_until[h] >= to) return h;
  const u8* order = floating ? floats : general;
  const u8* end = order + (floating ? sizeof floats : sizeof general);
  for (const u8* r = order; r != end; ++r)
    if (free_until[*r] >= to) return *r;
  const u8* longest = std::max_element(order, end, [&](u8 x, u8 y) { return free_until[x] < free_until[y]; });
  return free_until[*longest] > from + 1 ? *longest : kNone;
}

void Scan::take(Piece c, u32 reg, bool floating, u32 limit) {
  if (limit < c.to) {
    queue_.push({limit, c.to, c.value, false, false});
    c.to = limit;
  }
  a_.fragments[c.value].push_back({c.from, c.to, static_cast<u8>(reg)});
  active_[floating][reg] = c.value;
}

/// What it costs that v is not in a register from there on.
double Scan::cost(ValueId v, u32 from) const {
  u32 use = l_.next_use(v, from, kFar);
  if (use == kFar) return 0;
  return p_.frequency[block_of(use)] * 1e6 / (1 + use - from);
}

u32 Scan::cheapest_victim(const Piece& c, bool floating, double* least) const {
  u32 at = c.from & ~1u, best = kNone;
  for (u32 r = 0; r < kRegisters; ++r) {
    ValueId o = active_[floating][r];
    if (!allocatable(r, floating) || o == kNone) continue;
    const Fragment& g = a_.fragments[o].back();
    if (g.from >= at || l_.needs_register_at(o, at)) continue;
    if (at >= 2 && l_.needs_late(o, at - 2) && g.to <= at) continue;
    if (clobber_limit(r, floating, c.from, c.to) <= c.from + 1) continue;
    double x = cost(o, at);
    if (best == kNone || x < *least) best = r, *least = x;
  }
  return best;
}

void Scan::evict(Piece c, bool floating) {
  double least = 0;
  u32 best = cheapest_victim(c, floating, &least);
  bool required = (c.defined && c.from % 2 == 1) || l_.needs_register_at(c.value, c.from);
  if (!required && (best == kNone || cost(c.value, c.from) <= least)) {
    u32 from = (c.from & ~1u) + 2;
    if (from < c.to) queue_.push({from, c.to, c.value, false, false});
    return;
  }
  if (best == kNone) fail("no register");
  split_off(active_[floating][best], c.from & ~1u, (c.from + 1) & ~1u);
  active_[floating][best] = kNone;
  take(c, best, floating, std::max(clobber_limit(best, floating, c.from, c.to), c.from + 2));
}

/// Ends the present fragment of v at `at`, or earlier where that keeps reloads out of loops.
void Scan::split_off(ValueId v, u32 at, u32 resume) {
  Fragment& g = a_.fragments[v].back();
  Piece rest{resume, g.to, v, false, false};
  auto may_end_before = [&](BlockId h) { return p_.start[h] > g.from && l_.next_use(v, p_.start[h], at, true) == kFar; };
  BlockId h = p_.loops.loop[block_of(at)];
  if (h != kNone && p_.start[h] == at) h = p_.loops.outer[h];
  g.to = h != kNone && may_end_before(h) ? p_.start[p_.loops.outermost_while(h, may_end_before)] : at;
  if (rest.from < rest.to) queue_.push(rest);
}

}  // namespace loko::x64
