// SPDX-License-Identifier: MIT
//
// The pieces of live ranges (after Wimmer and Franz, "Linear Scan Register Allocation on SSA Form"). Calls destroy all
// registers, so ranges are cut there; between its fragments a value is at home: in its frame slot, its constant slot or the
// constant pool. A piece matters only if it has a use or a block that its value enters in a register, so pieces are made when
// the scan comes to such a place: a value that is live over thousands of calls is looked at only where something happens to it.
#include "machine/x64/scan.h"

#include <stdio.h>
#include <stdlib.h>

#include <algorithm>

namespace loko::x64 {

Scan::Scan(const Prepared& p, const Lifetimes& lifetimes, Allocation* a) : p_(p), f_(p.f), l_(lifetimes), a_(*a) {
  std::size_t n = f_.values.size();
  queued_.assign(n, kNone);
  done_.assign(n, kNone);
  arrivals_.resize(n);
  parameter_.assign(n, kNone);
  for (auto& kind : active_) std::fill(std::begin(kind), std::end(kind), kNone);
  for (BlockId h : p.loops.headers) header_starts_.push_back(p.start[h]);
  std::sort(header_starts_.begin(), header_starts_.end());
  std::vector<Rep> reps;
  for (ValueId v : f_.params) reps.push_back(f_.values[v]);
  incoming_ = argument_places(reps);
  for (u32 i = 0; i < f_.params.size(); ++i) parameter_[f_.params[i]] = i;
  for (BlockId b : p.order)
    for (u32 i = 0; i < block(b).params.size(); ++i) parameter_[block(b).params[i]] = i;
}

void Scan::fail(const char* what) const {
  fprintf(stderr, "loko: internal error: register allocation of %s: %s\n", f_.name.c_str(), what);
  abort();
}

void Scan::run() {
  for (ValueId v = 0; v < f_.values.size(); ++v)
    if (tracked(v) && !l_.ranges(v).empty()) begin(v);
  for (pass_blocks(); !queue_.empty(); pass_blocks()) {
    Piece c = queue_.top();
    queue_.pop();
    if (c.first && is_repeated(c)) continue;
    expire(c.from);
    if (c.first) queue_next(c.value, c.to);
    if (!c.decided && !decide(c)) continue;
    if (trim(c)) place(c);
  }
}

// -- which pieces there are --

void Scan::begin(ValueId v) {
  u32 from = l_.ranges(v)[0].from;
  if (from == l_.definition[v] && p_.const_kind[v] == ConstKind::None) queue(piece_around(v, from, true));
  else queue_next(v, from);
}

/// Queues the first piece from there on in which something happens.
void Scan::queue_next(ValueId v, u32 from) {
  u32 at = l_.next_use(v, from, kFar);
  if (arrivals_[v]) at = arrivals_[v]->first(from, at, at, [](BlockId) { return true; });
  queued_[v] = kNone;
  if (at != kFar) queue(piece_around(v, at, false));
}

void Scan::queue(const Piece& c) {
  queue_.push(c);
  queued_[c.value] = c.from;
}

/// What lies around the position between two calls.
Piece Scan::piece_around(ValueId v, u32 position, bool defined) const {
  auto ranges = l_.ranges(v);
  const Range& r = *(std::upper_bound(ranges.begin(), ranges.end(), position, [](u32 x, const Range& y) { return x < y.from; }) - 1);
  auto next = std::lower_bound(l_.calls.begin(), l_.calls.end(), defined ? position & ~1u : position);
  if (defined && next != l_.calls.end() && *next + 1 == position) ++next;  // it is the call's result
  u32 from = r.from, to = r.to;
  if (!defined && next != l_.calls.begin() && *(next - 1) + 1 > from) from = *(next - 1) + 2;
  if (next != l_.calls.end() && *next + 1 < to) to = *next + 1;
  return {from, to, v, defined, defined, true};
}

/// Was the piece handled already? An arrival may have queued it out of turn.
bool Scan::is_repeated(const Piece& c) {
  if (done_[c.value] != kNone && c.from <= done_[c.value]) return true;
  done_[c.value] = c.from;
  return false;
}

/// Notes where values arrive that are in registers when the blocks end that the scan is through with. That may queue pieces which
/// come before those there are.
void Scan::pass_blocks() {
  while (passed_ < p_.order.size() && (queue_.empty() || p_.end[p_.order[passed_]] <= queue_.top().from))
    note_arrivals(p_.order[passed_++]);
}

void Scan::note_arrivals(BlockId q) {
  const low::Terminator& t = block(q).term;
  if (t.kind != low::TermKind::Jump && !is_two_way(t.kind)) return;
  u32 last = p_.end[q] - 1;
  for (const auto& kind : active_)
    for (ValueId v : kind) {
      if (v == kNone) continue;
      const Fragment& g = a_.fragments[v].back();
      if (g.from > last || g.to <= last) continue;
      arrive(v, q, t.target);
      if (t.kind != low::TermKind::Jump && t.otherwise != t.target) arrive(v, q, t.otherwise);
    }
}

void Scan::arrive(ValueId v, BlockId q, BlockId to) {
  u32 start = p_.start[to];
  if (start < p_.end[q] || !l_.live_in(p_, v, to)) return;
  if (!arrivals_[v]) arrivals_[v] = std::make_unique<Arrivals>();
  arrivals_[v]->add(start, q, p_.end[q]);
  if (queued_[v] != kNone && queued_[v] <= start) return;  // looked at when that is
  Piece c = piece_around(v, start, false);
  if (done_[v] == kNone || c.from > done_[v]) queue(c);
}

void Scan::expire(u32 position) {
  for (auto& kind : active_)
    for (ValueId& v : kind)
      if (v != kNone && a_.fragments[v].back().to <= position) {
        if (l_.ranges(v).back().to <= position) arrivals_[v].reset();
        v = kNone;
      }
}

// -- where they begin and end --

/// A single use that takes a memory operand is no reason to load a register.
bool Scan::one_memory_use(ValueId v, u32 from, u32 to) const {
  auto list = l_.uses(v);
  auto it = std::lower_bound(list.begin(), list.end(), from, [](const UsePoint& u, u32 x) { return u.position < x; });
  u32 n = 0;
  for (; it != list.end() && it->position < to; ++it) {
    if (it->use == Use::Anywhere) continue;
    if (it->use != Use::Memory || ++n > 1) return false;
  }
  return n == 1 && p_.loops.depth[block_of(l_.next_use(v, from, to))] <= p_.loops.depth[block_of(from)];
}

/// The first block that begins in [from, to) and that v enters in a register.
u32 Scan::first_arrival(ValueId v, u32 from, u32 to) const {
  if (!arrivals_[v]) return kFar;
  return arrivals_[v]->first(from, to, kFar, [&](BlockId q) { return register_at(v, term_position(q) + 1).is_register(); });
}

/// Where a piece that begins at home gets its register. False: now is not the time (or never).
bool Scan::decide(Piece& c) {
  u32 start = start_of(c);
  if (start == kFar) return false;
  c.decided = true;
  if (start == c.from) return true;
  c.from = start;
  c.first = false;
  queue_.push(c);
  return false;
}

/// At its first use, or at the header of a loop that the use is in, or where it is in a register anyway.
u32 Scan::start_of(const Piece& c) const {
  u32 use = l_.next_use(c.value, c.from, c.to);
  if (use != kFar && one_memory_use(c.value, c.from, c.to)) use = kFar;
  u32 start = use;
  if (use != kFar) {
    BlockId h = p_.loops.loop[block_of(use)];
    if (h != kNone && p_.start[h] >= c.from)
      start = p_.start[p_.loops.outermost_while(h, [&](BlockId l) { return p_.start[l] >= c.from; })];
  }
  return std::min(start, first_arrival(c.value, c.from, start == kFar ? c.to : start));
}

/// A piece that ends at a call needs no register after its last use in the call's block, nor in loops without uses.
/// False: nothing is left of it.
bool Scan::trim(Piece& c) const {
  u32 call = c.to - 1;
  if (c.to % 2 == 0 || !l_.covers(c.value, c.to)) return true;
  u32 last = l_.last_use(c.value, c.from, c.to);
  BlockId b = block_of(call);
  u32 cut;
  if (last != kFar && last >= p_.start[b]) {
    cut = last + (l_.needs_late(c.value, last) ? 2 : 1);
  } else {
    cut = std::max(p_.start[b], c.from);
    BlockId after = block_of(last == kFar ? c.from : last);
    auto it = std::lower_bound(header_starts_.begin(), header_starts_.end(), p_.end[after]);
    while (it != header_starts_.end() && *it < cut && p_.loops.contains(block_of(*it), after)) ++it;
    if (it != header_starts_.end() && *it < cut) cut = *it;
  }
  if (cut <= c.from && !c.defined) return false;
  c.to = std::min(c.to, std::max(cut, c.from + 1));
  return true;
}

}  // namespace loko::x64
