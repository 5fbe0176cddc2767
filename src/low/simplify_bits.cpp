// SPDX-License-Identifier: MIT
//
// What is known of the bits of raw words: masks and shifts that undo each other go, tests of bits shrink to those that may
// be set (one that a dominating branch made is then recognized as implied), and a branch on a boolean made just before tests
// its condition. Bits are looked up through definitions, to a bounded depth (Warren, "Hacker's Delight", ch. 4; demanded
// and known bits as in LLVM's ValueTracking).
//
// INVARIANT(raw): an operand takes the place of a result only if its upper half is known to be zero, so that it can't be
// an address that a collection changes meanwhile.
#include "low/graph.h"
#include "low/passes.h"

namespace loko::low {
namespace {

constexpr u64 kUpperHalf = ~u64{0xffffffff};

class Bits {
 public:
  explicit Bits(Function& f) : f_(f), places_(f.values.size()), same_(f.values.size()) {
    for (ValueId v = 0; v < same_.size(); ++v) same_[v] = v;
    for (BlockId b = 0; b < f.blocks.size(); ++b)
      for (u32 k = 0; k < f.blocks[b].insts.size(); ++k)
        if (ValueId v = f.blocks[b].insts[k].result; v != kNone) places_[v] = {b, k};
  }

  bool run() {
    for (Block& b : f_.blocks)
      for (Inst& i : b.insts)
        if (i.rep == Rep::Raw) forward(i);
    for (Block& b : f_.blocks) {
      for (Inst& i : b.insts) for_each_use(i, [&](ValueId& v) { v = same_[v]; });
      for_each_use(b.term, [&](ValueId& v) { v = same_[v]; });
      if (b.term.kind == TermKind::Branch) shrink_test(b);
    }
    return changed_;
  }

 private:
  struct Place {
    BlockId block = kNone;
    u32 index = 0;
  };

  /// The instruction that defines v, or null: good until one is added to its block.
  const Inst* definition(ValueId v) const {
    const Place& p = places_[v];
    return p.block == kNone ? nullptr : &f_.blocks[p.block].insts[p.index];
  }

  bool immediate(ValueId v, u64* n) const {
    const Inst* i = v == kNone ? nullptr : definition(v);
    if (!i || i->op != Op::Imm) return false;
    *n = static_cast<u64>(i->imm);
    return true;
  }

  /// Bits that are surely 0.
  u64 zeros(ValueId v, int depth = 0) const {
    constexpr int kDeepest = 5;
    const Inst* i = definition(v);
    if (!i || depth > kDeepest) return 0;
    u64 n;
    switch (i->op) {
      case Op::Imm: return ~static_cast<u64>(i->imm);
      case Op::SetCond: return ~u64{1};
      case Op::Load: return i->rep != Rep::Raw || i->is_signed || i->width == 8 ? 0 : ~u64{0} << (8 * i->width);
      case Op::And: return zeros(i->a, depth + 1) | zeros(i->b, depth + 1);
      case Op::Or: case Op::Xor: return zeros(i->a, depth + 1) & zeros(i->b, depth + 1);
      case Op::Shl:
        if (!immediate(i->b, &n) || n > 63) return 0;
        return zeros(i->a, depth + 1) << n | ((u64{1} << n) - 1);
      case Op::Shr:
        if (!immediate(i->b, &n) || n > 63) return 0;
        return zeros(i->a, depth + 1) >> n | (n == 0 ? 0 : ~u64{0} << (64 - n));
      default: return 0;
    }
  }

  /// The definition of v if it is `op` by an immediate, which goes to n.
  const Inst* by_immediate(ValueId v, Op op, u64* n) const {
    const Inst* i = definition(v);
    return i && i->op == op && immediate(i->b, n) ? i : nullptr;
  }

  /// An operand of an operand that i surely equals.
  ValueId equal(const Inst& i) const {
    u64 n = 0, m = 0;
    if (i.b == kNone || !immediate(i.b, &n)) return kNone;
    switch (i.op) {
      case Op::And: return (~n & ~zeros(i.a)) == 0 ? i.a : kNone;
      case Op::Or: case Op::Xor: {
        if (n == 0) return i.a;
        const Inst* set = by_immediate(i.a, Op::Or, &m);
        return set && i.op == Op::Xor && m == n && (zeros(set->a) & n) == n ? set->a : kNone;
      }
      case Op::Shr: {
        const Inst* left = by_immediate(i.a, Op::Shl, &m);
        return left && m == n && n > 0 && n < 64 && (zeros(left->a) >> (64 - n)) == ~u64{0} >> (64 - n) ? left->a : kNone;
      }
      case Op::Shl: {
        const Inst* right = by_immediate(i.a, Op::Shr, &m);
        u64 lost = n < 64 ? (u64{1} << n) - 1 : ~u64{0};
        return right && m == n && (zeros(right->a) & lost) == lost ? right->a : kNone;
      }
      default: return kNone;
    }
  }

  void forward(Inst& i) {
    for_each_use(i, [&](ValueId& v) { v = same_[v]; });
    ValueId v = equal(i);
    if (v == kNone || f_.values[v] != Rep::Raw || (zeros(v) & kUpperHalf) != kUpperHalf) return;
    same_[i.result] = v;
    changed_ = true;
  }

  /// A fresh raw immediate at the end of the block.
  ValueId new_immediate(Block& b, u64 n) {
    Inst i{};
    i.op = Op::Imm;
    i.rep = Rep::Raw;
    i.imm = static_cast<i64>(n);
    i.result = f_.new_value(Rep::Raw);
    places_.push_back({});
    same_.push_back(i.result);
    b.insts.push_back(i);
    return i.result;
  }

  void shrink_test(Block& b) {
    Terminator& t = b.term;
    if (test_condition_itself(b) || compare_untagged(b)) return;
    u64 n;
    if (!immediate(t.b, &n) || f_.values[t.a] != Rep::Raw) return;
    bool power = n != 0 && (n & (n - 1)) == 0;
    if (t.cond == Cond::Below && power) {
      u64 above = ~(n - 1) & ~zeros(t.a);
      if ((zeros(t.a) & kUpperHalf) == kUpperHalf && above != 0) set_test(b, Cond::TestZero, t.a, above);
    } else if (t.cond == Cond::TestZero || t.cond == Cond::TestNonZero) {
      ValueId v = t.a;
      u64 m = n & ~zeros(v), by;
      if (m == 0 || (zeros(v) & kUpperHalf) != kUpperHalf) return;
      for (const Inst* s; (s = by_immediate(v, Op::Shl, &by)) && by < 64 && f_.values[s->a] == Rep::Raw &&
                          (zeros(s->a) & kUpperHalf) == kUpperHalf;)
        v = s->a, m >>= by;
      if (v != t.a || m != n) set_test(b, t.cond, v, m);
    }
  }

  /// x << k | tag compared with a constant is x compared with another: a character need not be made to be told.
  bool compare_untagged(Block& b) {
    Terminator& t = b.term;
    u64 n, by;
    if ((t.cond != Cond::Eq && t.cond != Cond::Ne) || !immediate(t.b, &n)) return false;
    ValueId v = t.a;
    if (const Inst* tagged = by_immediate(v, Op::Or, &by)) {
      if ((zeros(tagged->a) & by) != by || (n & by) != by) return false;
      v = tagged->a;
      n &= ~by;
    }
    const Inst* shifted = by_immediate(v, Op::Shl, &by);
    if (!shifted || by > 31 || f_.values[shifted->a] != Rep::Raw || (zeros(shifted->a) & kUpperHalf) != kUpperHalf) return false;
    if ((n & ((u64{1} << by) - 1)) != 0) return false;
    set_test(b, t.cond, shifted->a, n >> by);
    return true;
  }

  void set_test(Block& b, Cond cond, ValueId v, u64 mask) {
    b.term.cond = cond;
    b.term.a = v;
    b.term.b = new_immediate(b, mask);
    changed_ = true;
  }

  /// A comparison with #f or #t of a boolean that this block made, or with 0 of such a raw one.
  bool test_condition_itself(Block& b) {
    Terminator& t = b.term;
    u64 n;
    const Inst* i = definition(t.a);
    if ((t.cond != Cond::Eq && t.cond != Cond::Ne) || !i || !immediate(t.b, &n)) return false;
    if (i->op == Op::SetBool ? n != kFalse && n != kTrue : i->op != Op::SetCond || n > 1) return false;
    bool truth = (t.cond == Cond::Eq) == (n == (i->op == Op::SetBool ? u64{kTrue} : u64{1}));
    // Raw operands may be addresses: nothing may move them between.
    if (&f_.blocks[places_[t.a].block] != &b) return false;
    for (size_t k = b.insts.size(); --k > places_[t.a].index;)
      if (!is_pure(b.insts[k]) && b.insts[k].op != Op::Store && b.insts[k].op != Op::MarkCard) return false;
    t.cond = truth ? i->cond : opposite(i->cond);
    t.a = i->a;
    t.b = i->b;
    return changed_ = true;
  }

  Function& f_;
  std::vector<Place> places_;  // of definitions by instructions
  std::vector<ValueId> same_;
  bool changed_ = false;
};

}  // namespace

bool simplify_bits(Function& f) { return Bits(f).run(); }

}  // namespace loko::low
