// SPDX-License-Identifier: MIT
//
// Register allocation: liveness, live ranges, linear scan with splitting (after Wimmer and Franz, "Linear Scan
// Register Allocation on SSA Form"). Calls destroy all registers, so ranges are cut at calls and at holes
// beforehand; a piece is then one stretch of positions in one register. Between its fragments a value is at
// home: in its frame slot, its constant slot or the constant pool. Slots are written where a value first
// leaves its registers, or once at a cheaper place that dominates all of these. Edges get the moves that
// make both ends agree.
//
// INVARIANT(home): wherever a live value has no fragment, its home holds it.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <queue>

#include "machine/x64/liveness.h"

namespace loko::x64 {

using low::Block;
using low::Inst;
using low::Op;
using low::TermKind;
using low::Terminator;

Location Allocation::location(const Prepared& p, ValueId v, u32 position) const {
  if (p.const_kind[v] == ConstKind::Immediate) return {Where::Const, v};
  const auto& list = fragments[v];
  auto it = std::upper_bound(list.begin(), list.end(), position, [](u32 x, const Fragment& f) { return x < f.from; });
  if (it != list.begin() && position < (it - 1)->to)
    return p.f.values[v] == Rep::F64 ? xmm((it - 1)->reg) : gpr((it - 1)->reg);
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

namespace {

constexpr u32 kFar = ~u32{0};

struct UsePoint {
  u32 position;
  Use use;
};

struct Piece {
  u32 from, to;
  ValueId value;
  bool defined;   // begins with the definition
  bool decided;   // begins in a register for certain
};
struct LaterPiece {
  bool operator()(const Piece& a, const Piece& b) const {
    if (a.from != b.from) return a.from > b.from;
    if (a.defined != b.defined) return b.defined;
    return a.value > b.value;
  }
};

/// A place where a value stops being in registers while it lives on.
struct Transition {
  ValueId value;
  BlockId block;
  u32 key;           // of the move group
  Location from;
};

struct Active {
  ValueId value = kNone;
};

class Allocator {
 public:
  explicit Allocator(const Prepared& p) : p_(p), f_(p.f), count_(static_cast<u32>(p.f.values.size())) {}

  Allocation run() {
    a_.fragments.resize(count_);
    a_.slot.assign(count_, kNone);
    live_ = compute_liveness(p_);
    build_ranges();
    scan();
    find_transitions();
    place_stores();
    assign_slots(p_, ranges_, spilled_, &a_);
    resolve();
    flatten_groups();
    make_safepoints();
    place_frame(p_, &a_);
    return std::move(a_);
  }

 private:
  static constexpr u32 kRegisters = 16;
  static constexpr u32 kAskedPredecessors = 8;

  [[noreturn]] void fail(const char* what) const {
    fprintf(stderr, "loko: internal error: register allocation of %s: %s\n", f_.name.c_str(), what);
    abort();
  }

  const Block& block(BlockId b) const { return f_.blocks[b]; }
  u32 term_position(BlockId b) const { return p_.end[b] - 2; }
  bool is_const(ValueId v) const { return v != kNone && p_.is_immediate(v); }
  bool tracked(ValueId v) const { return !p_.is_immediate(v); }
  auto const_test() const {
    return [this](ValueId v) { return is_const(v); };
  }

  // -- ranges, uses, calls; everything is collected backwards and then reversed --

  void add_range(ValueId v, u32 from, u32 to) {
    auto& list = ranges_[v];
    if (!list.empty() && list.back().from <= to) {
      list.back().from = std::min(list.back().from, from);
      list.back().to = std::max(list.back().to, to);
    } else {
      list.push_back({from, to});
    }
  }

  void define(ValueId v, u32 position) {
    def_position_[v] = position;
    auto& list = ranges_[v];
    if (!list.empty() && list.back().from <= position) list.back().from = position;
    else list.push_back({position, position + 1});
  }

  void build_ranges() {
    ranges_.resize(count_);
    uses_.resize(count_);
    def_position_.assign(count_, kNone);
    across_.clear();
    SparseSet live(count_);
    for (std::size_t k = p_.order.size(); k-- > 0;) {
      BlockId b = p_.order[k];
      u32 start = p_.start[b], position = term_position(b);
      live.assign(live_.out[b]);
      for (ValueId v : live.members()) add_range(v, start, p_.end[b]);
      const Terminator& t = block(b).term;
      auto use = [&](ValueId v, Use kind, Constant) {
        if (!tracked(v)) return;
        add_range(v, start, position + (kind == Use::Late ? 2 : 1));
        uses_[v].push_back({position, kind});
        live.add(v);
      };
      if (t.kind == TermKind::BranchOvf) define(t.result, position + 1), live.remove(t.result);
      visit_term_uses(t, const_test(), use);
      for (std::size_t n = block(b).insts.size(); n-- > 0;) {
        const Inst& i = block(b).insts[n];
        position -= 2;
        if (i.result != kNone) define(i.result, position + 1), live.remove(i.result);
        if (is_call(i) || i.op == Op::Poll) {
          std::vector<ValueId> across;  // descriptors tell of tagged values only
          for (ValueId v : live.members())
            if (f_.values[v] == Rep::Tagged) across.push_back(v);
          across_.push_back({position, std::move(across)});
          if (is_call(i)) calls_.push_back(position);
        }
        if (u32 mask = clobbers(i, is_const(i.b))) clobbers_.push_back({position + 1, mask});
        visit_uses(i, const_test(), use);
      }
      auto at_start = [&](ValueId v) {
        if (ranges_[v].empty() || ranges_[v].back().from > start) {
          def_position_[v] = start;  // never used
          return;
        }
        define(v, start);
      };
      for (ValueId v : block(b).params) at_start(v);
      if (b == 0) {
        for (ValueId v : f_.params) at_start(v);
        if (f_.closure != kNone) at_start(f_.closure);
      }
    }
    for (auto& list : ranges_) std::reverse(list.begin(), list.end());
    for (auto& list : uses_) std::stable_sort(list.begin(), list.end(), [](auto& x, auto& y) { return x.position < y.position; });
    std::sort(calls_.begin(), calls_.end());
    std::sort(clobbers_.begin(), clobbers_.end());
    std::sort(across_.begin(), across_.end(), [](auto& x, auto& y) { return x.first < y.first; });
  }

  bool covers(ValueId v, u32 position) const {
    const auto& list = ranges_[v];
    auto it = std::upper_bound(list.begin(), list.end(), position, [](u32 x, const Range& r) { return x < r.from; });
    return it != list.begin() && position < (it - 1)->to;
  }

  u32 first_call_from(u32 position) const {
    auto it = std::lower_bound(calls_.begin(), calls_.end(), position);
    return it == calls_.end() ? kFar : *it;
  }

  // -- uses of a value --

  /// First position >= from with a use that wants a register (or, with `any`, any use); kFar if none before `to`.
  u32 next_use(ValueId v, u32 from, u32 to, bool any = false) const {
    const auto& list = uses_[v];
    auto it = std::lower_bound(list.begin(), list.end(), from, [](const UsePoint& u, u32 x) { return u.position < x; });
    for (; it != list.end() && it->position < to; ++it)
      if (any || it->use != Use::Anywhere) return it->position;
    return kFar;
  }
  bool needs_register_at(ValueId v, u32 position) const {
    const auto& list = uses_[v];
    auto it = std::lower_bound(list.begin(), list.end(), position, [](const UsePoint& u, u32 x) { return u.position < x; });
    for (; it != list.end() && it->position == position; ++it)
      if (it->use == Use::Register || it->use == Use::Late) return true;
    return false;
  }
  u32 last_use(ValueId v, u32 from, u32 to) const {
    const auto& list = uses_[v];
    auto it = std::lower_bound(list.begin(), list.end(), to, [](const UsePoint& u, u32 x) { return u.position < x; });
    if (it == list.begin() || (it - 1)->position < from) return kFar;
    return (it - 1)->position;
  }
  /// A single use that takes a memory operand is no reason to load a register.
  bool one_memory_use(ValueId v, u32 from, u32 to) const {
    const auto& list = uses_[v];
    auto it = std::lower_bound(list.begin(), list.end(), from, [](const UsePoint& u, u32 x) { return u.position < x; });
    u32 n = 0;
    for (; it != list.end() && it->position < to; ++it) {
      if (it->use == Use::Anywhere) continue;
      if (it->use != Use::Memory || ++n > 1) return false;
    }
    return n == 1 && p_.loops.depth[p_.block_at[next_use(v, from, to) / 2]] <= p_.loops.depth[p_.block_at[from / 2]];
  }

  BlockId block_of(u32 position) const { return p_.block_at[position / 2]; }

  // -- the scan --

  void scan() {
    for (ValueId v = 0; v < count_; ++v) {
      if (!tracked(v)) continue;
      for (const Range& r : ranges_[v]) cut_at_calls(v, r);
    }
    while (!queue_.empty()) {
      Piece c = queue_.top();
      queue_.pop();
      expire(c.from);
      if (!c.decided && !decide(c)) continue;
      if (trim(c)) place(c);
    }
  }

  void cut_at_calls(ValueId v, Range r) {
    bool defined = r.from == def_position_[v] && p_.const_kind[v] == ConstKind::None;
    u32 from = r.from;
    for (;;) {
      u32 call = first_call_from(from & ~1u);
      if (call + 1 == from) call = first_call_from(from + 1);  // from is its result
      if (call == kFar || call + 1 >= r.to) break;
      if (call + 1 > from) queue_.push({from, call + 1, v, defined, defined});
      defined = false;
      from = call + 2;
    }
    if (from < r.to) queue_.push({from, r.to, v, defined, defined});
  }

  void expire(u32 position) {
    for (u32 k = 0; k < 2; ++k)
      for (u32 r = 0; r < kRegisters; ++r) {
        ValueId v = active_[k][r].value;
        if (v != kNone && a_.fragments[v].back().to <= position) active_[k][r].value = kNone;
      }
  }

  Location register_at(ValueId v, u32 position) const {
    const auto& list = a_.fragments[v];
    if (list.empty()) return {};
    auto it = list.end() - 1;
    if (it->from > position) {
      it = std::upper_bound(list.begin(), list.end(), position, [](u32 x, const Fragment& g) { return x < g.from; });
      if (it == list.begin()) return {};
      --it;
    }
    if (position >= it->to) return {};
    return at_register(v, *it);
  }

  /// Is v in a register at the end of an already scanned predecessor of b?
  bool comes_in_register(ValueId v, BlockId b) const {
    for (BlockId q : p_.preds[b])
      if (p_.index[q] < p_.index[b] && register_at(v, term_position(q) + 1).is_register()) return true;
    return false;
  }

  /// Where a piece that begins at home gets its register. False: now is not the time (or never).
  bool decide(Piece& c) {
    u32 start = start_of(c);
    if (start == kFar) return false;
    c.decided = true;
    if (start == c.from) return true;
    c.from = start;
    queue_.push(c);
    return false;
  }

  u32 start_of(const Piece& c) const {
    BlockId b = block_of(c.from);
    u32 use = next_use(c.value, c.from, c.to);
    if (use != kFar && one_memory_use(c.value, c.from, c.to)) use = kFar;
    if (c.from == p_.start[b] && comes_in_register(c.value, b)) return c.from;
    if (c.from == p_.start[b] && use != kFar && p_.loops.is_header(b) && p_.loops.contains(b, block_of(use))) return c.from;
    u32 limit = use == kFar ? c.to : use;
    for (u32 at = p_.end[b]; at <= limit && at < c.to; at = p_.end[block_of(at)]) {
      BlockId j = block_of(at);
      if (comes_in_register(c.value, j)) return at;
      if (use != kFar && p_.loops.is_header(j) && p_.loops.contains(j, block_of(use))) return at;
    }
    if (use != kFar && use < c.from) return c.from;
    return use;
  }

  /// A piece that ends at a call needs no register after its last use in the call's block, nor in loops without uses.
  /// False: nothing is left of it.
  bool trim(Piece& c) {
    u32 call = c.to - 1;
    if (c.to % 2 == 0 || !covers(c.value, c.to)) return true;
    u32 last = last_use(c.value, c.from, c.to);
    BlockId b = block_of(call);
    u32 cut;
    if (last != kFar && last >= p_.start[b]) {
      cut = last + 1;
      if (needs_late(c.value, last)) cut = last + 2;
    } else {
      cut = std::max(p_.start[b], c.from);
      u32 after = last == kFar ? c.from : last;
      for (u32 at = p_.end[block_of(after)]; at < cut; at = p_.end[block_of(at)]) {
        BlockId j = block_of(at);
        if (p_.loops.is_header(j) && !p_.loops.contains(j, block_of(after))) {
          cut = at;
          break;
        }
      }
    }
    if (cut <= c.from && !c.defined) return false;
    c.to = std::min(c.to, std::max(cut, c.from + 1));
    return true;
  }

  bool needs_late(ValueId v, u32 position) const {
    const auto& list = uses_[v];
    auto it = std::lower_bound(list.begin(), list.end(), position, [](const UsePoint& u, u32 x) { return u.position < x; });
    for (; it != list.end() && it->position == position; ++it)
      if (it->use == Use::Late) return true;
    return false;
  }

  u32 clobber_limit(u32 reg, bool floating, u32 from, u32 to) const {
    if (floating) return kFar;
    auto it = std::upper_bound(clobbers_.begin(), clobbers_.end(), std::make_pair(from, ~u32{0}));
    for (; it != clobbers_.end() && it->first < to; ++it)
      if (it->second >> reg & 1) return it->first - 1;
    return kFar;
  }

  void place(Piece c) {
    bool floating = f_.values[c.value] == Rep::F64;
    // A block parameter or argument that is not used before a call is defined at home.
    if (c.defined && c.from % 2 == 0 && p_.const_kind[c.value] == ConstKind::None) {
      bool arrives_in_register = c.from == 0 && incoming(c.value).is_register();
      if (!arrives_in_register && c.to % 2 == 1 && covers(c.value, c.to) && last_use(c.value, c.from, c.to) == kFar) return;
    }
    u32 free_until[kRegisters];
    for (u32 r = 0; r < kRegisters; ++r) {
      free_until[r] = 0;
      if (!allocatable(r, floating) || active_[floating][r].value != kNone) continue;
      u32 limit = clobber_limit(r, floating, c.from, c.to);
      free_until[r] = limit > c.from ? limit : 0;
    }
    hints_.clear();
    find_hints(c, floating);
    u32 best = kNone;
    for (u32 h : hints_)
      if (free_until[h] >= c.to) { best = h; break; }
    if (best == kNone) {
      static const u8 general[] = {RAX, RBX, RBP, R12, R13, R14, R10, R9, R8, RCX, RDX, RSI, RDI};
      static const u8 floats[] = {8, 9, 10, 11, 12, 13, 14, 7, 6, 5, 4, 3, 2, 1, 0};
      const u8* order = floating ? floats : general;
      u32 n = floating ? sizeof floats : sizeof general;
      for (u32 k = 0; k < n && best == kNone; ++k)
        if (free_until[order[k]] >= c.to) best = order[k];
      for (u32 k = 0; k < n && best == kNone; ++k)
        if (free_until[order[k]] > c.from + 1) {
          best = order[k];
          for (u32 m = k; m < n; ++m)
            if (free_until[order[m]] > free_until[best]) best = order[m];
        }
    }
    if (best == kNone) return evict(c, floating);
    take(c, best, floating, free_until[best]);
  }

  bool allocatable(u32 r, bool floating) const {
    if (floating) return r != kScratchXmm;
    return r != RSP && r != R11 && r != R15;
  }

  void take(Piece c, u32 reg, bool floating, u32 limit) {
    if (limit < c.to) {
      Piece rest = c;
      rest.from = limit;
      rest.defined = rest.decided = false;
      queue_.push(rest);
      c.to = limit;
    }
    a_.fragments[c.value].push_back({c.from, c.to, static_cast<u8>(reg)});
    active_[floating][reg].value = c.value;
  }

  void evict(Piece c, bool floating) {
    u32 at = c.from & ~1u;
    u32 best = kNone;
    double best_cost = 0;
    auto cost = [&](ValueId v, u32 from) {
      u32 use = next_use(v, from, kFar);
      if (use == kFar) return 0.0;
      return p_.frequency[block_of(use)] * 1e6 / (1 + use - from);
    };
    for (u32 r = 0; r < kRegisters; ++r) {
      if (!allocatable(r, floating)) continue;
      ValueId o = active_[floating][r].value;
      if (o == kNone) continue;
      Fragment& g = a_.fragments[o].back();
      if (g.from >= at || needs_register_at(o, at)) continue;
      if (at >= 2 && needs_late(o, at - 2) && g.to <= at) continue;
      if (clobber_limit(r, floating, c.from, c.to) <= c.from + 1) continue;
      double x = cost(o, at);
      if (best == kNone || x < best_cost) best = r, best_cost = x;
    }
    bool required = (c.defined && c.from % 2 == 1) || needs_register_at(c.value, c.from);
    if (!required && (best == kNone || cost(c.value, c.from) <= best_cost)) {
      Piece rest = c;
      rest.from = (c.from & ~1u) + 2;
      rest.defined = rest.decided = false;
      if (rest.from < rest.to) queue_.push(rest);
      return;
    }
    if (best == kNone) fail("no register");
    ValueId o = active_[floating][best].value;
    split_off(o, at, (c.from + 1) & ~1u);
    active_[floating][best].value = kNone;
    take(c, best, floating, std::max(clobber_limit(best, floating, c.from, c.to), c.from + 2));
  }

  /// Ends the present fragment of v at `at`, or earlier where that keeps reloads out of loops.
  void split_off(ValueId v, u32 at, u32 resume) {
    Fragment& g = a_.fragments[v].back();
    Piece rest{resume, g.to, v, false, false};
    u32 cut = at;
    for (BlockId h = p_.loops.loop[block_of(at)]; h != kNone; h = p_.loops.outer[h]) {
      u32 start = p_.start[h];
      if (start > g.from && start < at && next_use(v, start, at, true) == kFar) cut = start;
    }
    g.to = cut;
    if (rest.from < rest.to) queue_.push(rest);
  }

  // -- hints --

  Location incoming(ValueId v) const {
    if (v == f_.closure) return gpr(R10);
    std::vector<Rep> reps;
    for (ValueId x : f_.params) reps.push_back(f_.values[x]);
    auto places = argument_places(reps);
    for (std::size_t i = 0; i < f_.params.size(); ++i)
      if (f_.params[i] == v) return places[i];
    return {};
  }

  void hint(Location l, bool floating) {
    if (l.where == (floating ? Where::Xmm : Where::Gpr) && allocatable(l.index, floating)) hints_.push_back(l.index);
  }

  void hint_arguments(const std::vector<ValueId>& args, ValueId v, bool floating) {
    std::vector<Rep> reps;
    for (ValueId x : args) reps.push_back(f_.values[x]);
    auto places = argument_places(reps);
    for (std::size_t i = 0; i < args.size(); ++i)
      if (args[i] == v) hint(places[i], floating);
  }

  void find_hints(const Piece& c, bool floating) {
    BlockId b = block_of(c.from);
    bool at_start = c.from == p_.start[b];
    if (c.defined && at_start) {
      if (b == 0) hint(incoming(c.value), floating);
      const auto& params = block(b).params;
      for (std::size_t i = 0; i < params.size(); ++i) {
        if (params[i] != c.value) continue;
        for (BlockId q : p_.preds[b])
          if (p_.index[q] < p_.index[b]) hint(register_at_end(block(q).term.target_args[i], q), floating);
      }
    }
    if (!c.defined && at_start)
      for (BlockId q : p_.preds[b])
        if (p_.index[q] < p_.index[b]) hint(register_at(c.value, term_position(q) + 1), floating);
    if (!c.defined && c.from > 0) hint(register_at(c.value, c.from - 1), floating);
    hint_last_use(c, floating);
    if (c.defined && c.from % 2 == 1) hint_definition(c, floating);
    if (BlockId h = p_.loops.loop[b]; h != kNone && p_.start[h] < c.from) hint(register_at(c.value, p_.start[h]), floating);
  }

  Location register_at_end(ValueId v, BlockId q) const {
    return p_.is_immediate(v) ? Location{} : register_at(v, term_position(q) + 1 - 1);
  }

  void hint_definition(const Piece& c, bool floating) {
    BlockId b = block_of(c.from);
    u32 n = (c.from - 1 - p_.start[b]) / 2;
    ValueId a = kNone, second = kNone;
    if (n == block(b).insts.size() + 1) {
      a = block(b).term.a;
    } else {
      const Inst& i = block(b).insts[n - 1];
      if (is_call(i)) return hint(result_place(i.rep), floating);
      a = i.a;
      if (i.op == Op::Add || i.op == Op::And || i.op == Op::Or || i.op == Op::Xor || i.op == Op::Mul) second = i.b;
      if (i.op == Op::Select) a = i.d, second = i.c;
      if (i.op == Op::Div || i.op == Op::Rem) hint(gpr(i.op == Op::Div ? RAX : RDX), floating);
    }
    if (a != kNone && tracked(a)) hint(register_at(a, c.from - 1), floating);
    if (second != kNone && tracked(second)) hint(register_at(second, c.from - 1), floating);
  }

  void hint_last_use(const Piece& c, bool floating) {
    u32 last = last_use(c.value, c.from, c.to);
    if (last == kFar) return;
    BlockId b = block_of(last);
    u32 n = (last - p_.start[b]) / 2;
    if (n <= block(b).insts.size()) {
      const Inst& i = block(b).insts[n - 1];
      if (!is_call(i)) return;
      if (i.a == c.value && (i.op == Op::CallClosure || i.op == Op::CallDirect || i.op == Op::CallStub)) hint(gpr(R10), floating);
      return hint_arguments(i.args, c.value, floating);
    }
    const Terminator& t = block(b).term;
    switch (t.kind) {
      case TermKind::Return: hint(result_place(f_.values[t.a]), floating); break;
      case TermKind::ReturnValues: case TermKind::TailStub: case TermKind::TailDirect: case TermKind::TailClosure:
        if (t.a == c.value) hint(gpr(R10), floating);
        hint_arguments(t.args, c.value, floating);
        break;
      case TermKind::Jump:
        for (std::size_t i = 0; i < t.target_args.size(); ++i) {
          if (t.target_args[i] != c.value) continue;
          hint(register_at(block(t.target).params[i], p_.start[t.target]), floating);
          u32 asked = 0;  // a join of thousands of branches would make this quadratic
          for (BlockId q : p_.preds[t.target]) {
            if (++asked > kAskedPredecessors) break;
            if (q != b && p_.index[q] < p_.index[b]) hint(register_at_end(block(q).term.target_args[i], q), floating);
          }
        }
        break;
      default: break;
    }
  }

  // -- from registers to slots --

  bool in_memory_at(ValueId v, u32 position) const { return !register_at(v, position).is_register(); }

  void note_transition(ValueId v, BlockId b, u32 key, Location from) {
    if (p_.const_kind[v] != ConstKind::None) return;
    transitions_[v].push_back({v, b, key, from});
  }

  void find_transitions() {
    transitions_.resize(count_);
    for (ValueId v = 0; v < count_; ++v) {
      if (!tracked(v) || p_.const_kind[v] != ConstKind::None) continue;
      const auto& list = a_.fragments[v];
      for (std::size_t i = 0; i < list.size(); ++i) {
        const Fragment& g = list[i];
        if (!covers(v, g.to) || (i + 1 < list.size() && list[i + 1].from == g.to)) continue;
        BlockId b = block_of(g.to);
        if (g.to == p_.start[b]) continue;  // edges
        u32 at = g.to & ~1u;
        if (at == p_.start[b]) {
          note_transition(v, b, at * 2 + 1, at_register(v, g));
          continue;
        }
        Location before = register_at(v, at - 1);
        if (before.is_register()) note_transition(v, b, at * 2, before);  // else it was just loaded from its home
      }
    }
    for (BlockId s : p_.order) {
      for (ValueId v : live_.in[s]) {
        if (p_.const_kind[v] != ConstKind::None || !in_memory_at(v, p_.start[s])) continue;
        for (BlockId q : p_.preds[s]) {
          Location from = register_at(v, term_position(q) + 1);
          if (!from.is_register()) continue;
          if (block(q).term.kind == TermKind::Jump) note_transition(v, q, term_position(q) * 2, from);
          else note_transition(v, s, p_.start[s] * 2, from);
        }
      }
    }
  }

  Location at_register(ValueId v, const Fragment& g) const { return f_.values[v] == Rep::F64 ? xmm(g.reg) : gpr(g.reg); }

  /// Is v defined without a register: a parameter that begins at home?
  bool defined_at_home(ValueId v) const {
    return def_position_[v] != kNone && def_position_[v] % 2 == 0 && !ranges_[v].empty() && in_memory_at(v, def_position_[v]);
  }

  void place_stores() {
    spill_index_.assign(count_, kNone);
    for (ValueId v = 0; v < count_; ++v) {
      if (!tracked(v) || p_.const_kind[v] != ConstKind::None || ranges_[v].empty()) continue;
      if (transitions_[v].empty() && !defined_at_home(v)) continue;
      spill_index_[v] = static_cast<u32>(spilled_.size());
      spilled_.push_back(v);
      auto& list = transitions_[v];
      std::sort(list.begin(), list.end(), [](auto& x, auto& y) { return x.key < y.key; });
      list.erase(std::unique(list.begin(), list.end(), [](auto& x, auto& y) { return x.key == y.key; }), list.end());
    }
    for (ValueId v : spilled_)
      for (const Transition& t : transitions_[v]) stores_.push_back(t);
    find_available();
    std::vector<Transition> chosen;
    for (ValueId v : spilled_) {
      std::vector<Transition> needed;
      BlockId seen = kNone;
      for (const Transition& t : transitions_[v]) {
        bool fresh = t.block != seen;
        seen = t.block;
        bool defined_here = block_of(def_position_[v]) == t.block;
        if (defined_here ? (fresh && !defined_at_home(v)) : (fresh && !available_at_start(v, t.block))) needed.push_back(t);
      }
      if (needed.empty()) continue;
      Transition single;
      if (cheaper(v, needed, &single)) chosen.push_back(single);
      else chosen.insert(chosen.end(), needed.begin(), needed.end());
    }
    stores_ = std::move(chosen);
    find_available();
  }

  /// Finds for each block which of the spilled values that are live at its beginning are surely in their slots there.
  void find_available() {
    std::vector<std::vector<ValueId>> made(f_.blocks.size());
    for (const Transition& t : stores_) made[t.block].push_back(t.value);
    for (ValueId v : spilled_)
      if (defined_at_home(v)) made[block_of(def_position_[v])].push_back(v);
    for (auto& list : made) std::sort(list.begin(), list.end());
    available_.assign(f_.blocks.size(), {});
    for (BlockId b : p_.order) available_[b].assign(live_.in[b].size(), b != 0);
    auto at_end = [&](ValueId v, BlockId q) {
      if (std::binary_search(made[q].begin(), made[q].end(), v)) return true;
      return block_of(def_position_[v]) != q && available_at_start(v, q);
    };
    for (bool changed = true; changed;) {
      changed = false;
      for (BlockId b : p_.order)
        for (std::size_t i = 0; i < live_.in[b].size(); ++i) {
          ValueId v = live_.in[b][i];
          if (!available_[b][i]) continue;
          bool all = spill_index_[v] != kNone;
          for (BlockId q : p_.preds[b]) all = all && at_end(v, q);
          if (!all) available_[b][i] = false, changed = true;
        }
    }
  }

  bool available_at_start(ValueId v, BlockId b) const {
    const auto& list = live_.in[b];
    auto it = std::lower_bound(list.begin(), list.end(), v);
    return it != list.end() && *it == v && available_[b][static_cast<std::size_t>(it - list.begin())];
  }

  /// Is one store at a dominating place cheaper than one at each transition?
  bool cheaper(ValueId v, const std::vector<Transition>& needed, Transition* single) {
    double cost = 0;
    BlockId first = needed[0].block, last = first;  // in preorder of the dominator tree: all share their common dominator
    for (const Transition& t : needed) {
      cost += p_.frequency[t.block];
      if (p_.dominators.enter[t.block] < p_.dominators.enter[first]) first = t.block;
      if (p_.dominators.enter[t.block] > p_.dominators.enter[last]) last = t.block;
    }
    BlockId d = common_dominator(first, last);
    u32 def = def_position_[v];
    BlockId def_block = block_of(def);
    BlockId best = d;
    for (BlockId b = d;; b = p_.dominators.idom[b]) {
      if (b == def_block && def == term_position(b) + 1) break;
      if (p_.frequency[b] < p_.frequency[best]) best = b;
      if (b == def_block) break;
    }
    if (p_.frequency[best] > cost || (p_.frequency[best] == cost && needed.size() == 1)) return false;
    for (const Transition& t : transitions_[v])
      if (t.block == best) {
        *single = t;
        return true;
      }
    u32 key;
    Location from;
    if (best == def_block && def % 2 == 1) {
      key = (def + 1) * 2;
      from = register_at(v, def);
    } else {
      key = p_.start[best] * 2 + 1;
      from = register_at(v, p_.start[best]);
    }
    if (!from.is_register()) return false;
    *single = {v, best, key, from};
    return true;
  }

  BlockId common_dominator(BlockId x, BlockId y) const {
    while (!p_.dominators.dominates(x, y)) x = p_.dominators.idom[x];
    return x;
  }

  // -- moves --

  void move(u32 key, Location to, Location from, ValueId value, ValueId as) {
    if (to == from) return;
    groups_[key].push_back({to, from, value, as});
  }

  void resolve() {
    for (const Transition& t : stores_) {
      move(t.key, frame_slot(a_.slot[t.value]), t.from, t.value, t.value);
    }
    for (ValueId v = 0; v < count_; ++v) {
      for (const Fragment& g : a_.fragments[v]) {
        if (g.from % 2 == 1 || g.from == p_.start[block_of(g.from)]) continue;
        move(g.from * 2, at_register(v, g), a_.location(p_, v, g.from - 1), v, v);
      }
    }
    for (BlockId s : p_.order) {
      for (BlockId q : p_.preds[s]) {
        bool jump = block(q).term.kind == TermKind::Jump;
        u32 key = jump ? term_position(q) * 2 : p_.start[s] * 2;
        u32 before = term_position(q) + 1;
        for (ValueId v : live_.in[s]) {
          Location to = a_.location(p_, v, p_.start[s]), from = a_.location(p_, v, before);
          if (to.is_register()) move(key, to, from, v, v);
        }
        if (!jump) continue;
        const auto& params = block(s).params;
        for (std::size_t i = 0; i < params.size(); ++i) {
          if (ranges_[params[i]].empty()) continue;
          ValueId arg = block(q).term.target_args[i];
          Location to = a_.location(p_, params[i], p_.start[s]);
          Location from = a_.location(p_, arg, term_position(q));
          move(key, to, from, arg, params[i]);
        }
      }
    }
    auto enter = [&](ValueId v, Location place) {
      if (!ranges_[v].empty()) move(0, a_.location(p_, v, 0), place, v, v);
    };
    std::vector<Rep> reps;
    for (ValueId v : f_.params) reps.push_back(f_.values[v]);
    auto places = argument_places(reps);
    for (std::size_t i = 0; i < f_.params.size(); ++i) enter(f_.params[i], places[i]);
    if (f_.closure != kNone) enter(f_.closure, gpr(R10));
  }

  void flatten_groups() {
    for (auto& [key, moves] : groups_) a_.groups.push_back({key, std::move(moves)});
  }

  // -- descriptors --

  void make_safepoints() {
    std::size_t next = 0;
    SparseSet available(count_);
    for (BlockId b : p_.order) {
      available.assign({});
      for (std::size_t i = 0; i < live_.in[b].size(); ++i)
        if (available_[b][i]) available.add(live_.in[b][i]);
      u32 position = p_.start[b];
      auto pass = [&](u32 key) {
        const MoveGroup* g = a_.group(key / 2, key % 2);
        if (!g) return;
        for (const Move& m : g->moves)
          if (m.to.where == Where::Slot && m.as != kNone && spill_index_[m.as] != kNone && a_.slot[m.as] == m.to.index)
            available.add(m.as);
      };
      auto defined = [&](ValueId v) {
        if (spill_index_[v] == kNone) return;
        if (defined_at_home(v)) available.add(v);
        else available.remove(v);
      };
      for (ValueId v : block(b).params) defined(v);
      if (b == 0) {
        for (ValueId v : f_.params) defined(v);
        if (f_.closure != kNone) defined(f_.closure);
      }
      pass(position * 2);
      pass(position * 2 + 1);
      for (const Inst& i : block(b).insts) {
        position += 2;
        pass(position * 2);
        if (is_call(i) || i.op == Op::Poll) make_safepoint(i, position, across_[next++].second, available);
        if (i.result != kNone) defined(i.result);
      }
    }
  }

  void make_safepoint(const Inst& i, u32 position, const std::vector<ValueId>& across, const SparseSet& available) {
    Safepoint s{position, {}, 0};
    for (ValueId v : across) {
      if (available.has(v)) s.slots.push_back(a_.slot[v]);
      if (i.op != Op::Poll) continue;
      Location l = register_at(v, position + 1);
      if (l.where == Where::Gpr) s.registers |= 1u << l.index;
    }
    std::sort(s.slots.begin(), s.slots.end());
    a_.safepoints.push_back(std::move(s));
  }

  const Prepared& p_;
  const low::Function& f_;
  u32 count_;
  Allocation a_;
  Liveness live_;
  std::vector<std::vector<Range>> ranges_;
  std::vector<std::vector<UsePoint>> uses_;
  std::vector<u32> def_position_;
  std::vector<u32> calls_;
  std::vector<std::pair<u32, u32>> clobbers_;
  std::vector<std::pair<u32, std::vector<ValueId>>> across_;  // calls and polls: values that live on
  std::priority_queue<Piece, std::vector<Piece>, LaterPiece> queue_;
  Active active_[2][kRegisters];
  std::vector<u32> hints_;
  std::vector<std::vector<Transition>> transitions_;
  std::vector<ValueId> spilled_;
  std::vector<u32> spill_index_;
  std::vector<std::vector<bool>> available_;   // by block, along live_.in
  std::vector<Transition> stores_;
  std::map<u32, std::vector<Move>> groups_;
};

}  // namespace

Allocation allocate(const Prepared& p) { return Allocator(p).run(); }

}  // namespace loko::x64
