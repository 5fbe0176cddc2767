// SPDX-License-Identifier: MIT
//
// What the collector finds at calls and polls. One sweep over all positions keeps the set of frame words that hold live tagged
// values, by what happens there: ranges begin and end, slots are written; where blocks begin, values that are in registers on
// one side of the border are looked at, all others stay what they were.
#include <algorithm>

#include "machine/x64/spill.h"

namespace loko::x64 {

using low::Inst;
using low::Op;

namespace {

class SafepointMaker {
 public:
  SafepointMaker(const Prepared& p, const Lifetimes& l, const Borders& borders, const Spills& spills, Allocation& a)
      : p_(p), l_(l), borders_(borders), spills_(spills), a_(a), live_((a.frame_words + 31) / 32, 0) {}

  void run() {
    collect_events();
    BlockId before = kNone;
    for (BlockId b : p_.order) {
      begin_block(b, before);
      before = b;
      u32 position = p_.start[b];
      stores_at(position);
      for (const Inst& i : p_.f.blocks[b].insts) {
        position += 2;
        pass(position + 1);
        stores_at(position);
        if (is_call(i) || i.op == Op::Poll) make(i, position);
      }
      pass(position + 3);
      stores_at(position + 2);  // an overflow branch's result may have sent a value home
    }
  }

 private:
  struct Event {
    u32 position;
    bool begins;
    ValueId value;
    friend bool operator<(const Event& x, const Event& y) {
      return x.position != y.position ? x.position < y.position : x.begins < y.begins;
    }
  };
  struct Held {
    u32 from, to;
    u8 reg;
  };

  bool in_slot(ValueId v) const { return spills_.is_spilled[v] && p_.f.values[v] == Rep::Tagged; }
  void set(ValueId v, bool holds) {
    u32 s = a_.slot[v], bit = u32{1} << s % 32;
    live_[s / 32] = holds ? live_[s / 32] | bit : live_[s / 32] & ~bit;
  }

  void collect_events() {
    for (ValueId v : spills_.values) {
      if (!in_slot(v)) continue;
      for (const Range& r : l_.ranges(v)) {
        events_.push_back({r.from, true, v});
        events_.push_back({r.to, false, v});
      }
    }
    std::sort(events_.begin(), events_.end());
    for (ValueId v = 0; v < a_.fragments.size(); ++v)
      if (p_.f.values[v] == Rep::Tagged && !p_.is_immediate(v))
        for (const Fragment& g : a_.fragments[v]) held_.push_back({g.from, g.to, g.reg});
    std::sort(held_.begin(), held_.end(), [](const Held& x, const Held& y) { return x.from < y.from; });
  }

  /// Ranges that begin or end up to the position.
  void pass(u32 position) {
    for (; next_ < events_.size() && events_[next_].position <= position; ++next_) {
      const Event& e = events_[next_];
      if (!e.begins) set(e.value, false);
      else if (e.position != l_.definition[e.value]) set(e.value, spills_.available_at_start(e.value, p_.block_at[e.position / 2]));
      else if (defined_at_home(p_, l_, a_, e.value)) set(e.value, true);
    }
  }

  void begin_block(BlockId b, BlockId before) {
    pass(p_.start[b]);
    if (before != kNone)
      for (ValueId v : borders_.end[before])
        if (in_slot(v) && l_.live_in(p_, v, b)) set(v, spills_.available_at_start(v, b));
    for (std::size_t i = 0; i < spills_.doubtful[b].size(); ++i)
      if (in_slot(spills_.doubtful[b][i])) set(spills_.doubtful[b][i], spills_.available[b][i]);
  }

  void stores_at(u32 position) {
    for (u32 phase : {0, 1}) {
      const MoveGroup* g = a_.group(position, phase);
      if (!g) continue;
      for (const Move& m : g->moves)
        if (m.to.where == Where::Slot && m.as != kNone && in_slot(m.as) && a_.slot[m.as] == m.to.index && l_.covers(m.as, position + 1))
          set(m.as, true);
    }
  }

  void make(const Inst& i, u32 position) {
    Safepoint s{position, live_, 0};
    while (!s.slots.empty() && s.slots.back() == 0) s.slots.pop_back();
    if (i.op == Op::Poll) {
      for (; next_held_ < held_.size() && held_[next_held_].from <= position + 1; ++next_held_)
        held_until_[held_[next_held_].reg] = held_[next_held_].to;
      for (u32 r = 0; r < 16; ++r)
        if (held_until_[r] > position + 1) s.registers |= u32{1} << r;
    }
    a_.safepoints.push_back(std::move(s));
  }

  const Prepared& p_;
  const Lifetimes& l_;
  const Borders& borders_;
  const Spills& spills_;
  Allocation& a_;
  std::vector<u32> live_;             // frame words, as bits
  std::vector<Event> events_;
  std::size_t next_ = 0;
  std::vector<Held> held_;            // tagged values in registers, by their beginnings
  std::size_t next_held_ = 0;
  u32 held_until_[16] = {};
};

}  // namespace

void make_safepoints(const Prepared& p, const Lifetimes& l, const Borders& borders, const Spills& spills, Allocation* a) {
  SafepointMaker(p, l, borders, spills, *a).run();
}

}  // namespace loko::x64
