// SPDX-License-Identifier: MIT
//
// Brings a low function into the form that allocation wants: constants sit where the instruction set takes
// immediates and are made anew just before other uses; edges with arguments or into joins come from blocks
// with one successor; the entry has no predecessors. Then dominators (low/graph), natural loops, frequencies and a
// linear order with cold blocks last, and last of all those from which no way leads back.
#include <algorithm>
#include <unordered_map>
#include <unordered_set>

#include "low/graph.h"
#include "machine/x64/language.h"

namespace loko::x64 {

using low::Block;
using low::Cond;
using low::Function;
using low::Inst;
using low::Op;
using low::TermKind;
using low::Terminator;

std::vector<Location> argument_places(const std::vector<Rep>& reps) {
  static const u8 registers[kArgRegisters] = {RDI, RSI, RDX, RCX, R8, R9};
  std::vector<Location> places;
  u32 general = 0, floats = 0;
  for (Rep r : reps) {
    if (r == Rep::F64) {
      if (floats < kFloatArgRegisters) places.push_back(xmm(floats));
      else places.push_back({Where::Arg, static_cast<u32>(kArgsCount - 1 - (floats - kFloatArgRegisters))});
      ++floats;
    } else {
      if (general < kArgRegisters) places.push_back(gpr(registers[general]));
      else places.push_back({Where::Arg, general - kArgRegisters});
      ++general;
    }
  }
  return places;
}

namespace {

bool fits_i32(i64 n) { return n == static_cast<i32>(n); }

bool is_commutative(Op op) {
  return op == Op::Add || op == Op::Mul || op == Op::And || op == Op::Or || op == Op::Xor || op == Op::FAdd || op == Op::FMul;
}

Cond swapped(Cond c) {
  switch (c) {
    case Cond::Lt: return Cond::Gt;
    case Cond::Le: return Cond::Ge;
    case Cond::Gt: return Cond::Lt;
    case Cond::Ge: return Cond::Le;
    case Cond::Below: return Cond::Above;
    case Cond::BelowEq: return Cond::AboveEq;
    case Cond::Above: return Cond::Below;
    case Cond::AboveEq: return Cond::BelowEq;
    default: return c;
  }
}

class Preparer {
 public:
  explicit Preparer(const Function& f) { p_.f = f; }

  Prepared run() {
    find_constants();
    fuse_rotations();
    free_entry();
    split_edges();
    fold_constants();
    order_blocks();
    place_blocks();
    number();
    p_.dominators = std::move(graph_);
    return std::move(p_);
  }

 private:
  Function& f() { return p_.f; }

  void find_constants() {
    p_.const_kind.assign(f().values.size(), ConstKind::None);
    p_.const_inst.resize(f().values.size());
    for (Block& b : f().blocks)
      for (Inst& i : b.insts) {
        fold_lea(i);
        fold_operation(i);
        ConstKind k = i.op == Op::Imm || i.op == Op::StaticClosure ? ConstKind::Immediate
                      : i.op == Op::Constant || i.op == Op::FImm   ? ConstKind::Home
                                                                   : ConstKind::None;
        if (k == ConstKind::None) continue;
        p_.const_kind[i.result] = k;
        p_.const_inst[i.result] = i;
      }
    // Immediates need no instruction of their own.
    for (Block& b : f().blocks)
      b.insts.erase(std::remove_if(b.insts.begin(), b.insts.end(),
                                   [](const Inst& i) { return i.op == Op::Imm || i.op == Op::StaticClosure; }),
                    b.insts.end());
  }

  /// A constant plus an offset is a constant. Of a static closure, the offset is kept in `clause`.
  void fold_lea(Inst& i) {
    if (i.op != Op::Lea || i.b != kNone || i.a == kNone || p_.const_kind[i.a] != ConstKind::Immediate) return;
    const Inst& c = p_.const_inst[i.a];
    i.op = c.op;
    i.a = kNone;
    i64 offset = i.imm;
    i.imm = c.imm + (c.op == Op::Imm ? offset : 0);
    i.clause = c.op == Op::StaticClosure ? c.clause + static_cast<u32>(offset) : 0;
  }

  bool immediate_operand(ValueId v, u64* n) const {
    if (v == kNone || p_.const_kind[v] != ConstKind::Immediate || p_.const_inst[v].op != Op::Imm) return false;
    *n = static_cast<u64>(p_.const_inst[v].imm);
    return true;
  }

  /// An operation on constants is a constant.
  void fold_operation(Inst& i) {
    u64 a, b = 0, r;
    if (!immediate_operand(i.a, &a)) return;
    bool unary = i.op == Op::Neg || i.op == Op::Not || i.op == Op::ByteSwap || i.op == Op::FFromBits;
    if (!unary && !immediate_operand(i.b, &b)) return;
    switch (i.op) {
      case Op::Add: r = a + b; break;
      case Op::Sub: r = a - b; break;
      case Op::Mul: r = a * b; break;
      case Op::And: r = a & b; break;
      case Op::Or: r = a | b; break;
      case Op::Xor: r = a ^ b; break;
      case Op::Shl: r = a << (b & 63); break;
      case Op::Shr: r = a >> (b & 63); break;
      case Op::Sar: r = static_cast<u64>(static_cast<i64>(a) >> (b & 63)); break;
      case Op::Neg: r = 0 - a; break;
      case Op::Not: r = ~a; break;
      case Op::ByteSwap: r = __builtin_bswap64(a); break;
      case Op::FFromBits:
        if (i.width != 8) return;
        r = a;
        break;
      default: return;
    }
    i.op = i.op == Op::FFromBits ? Op::FImm : Op::Imm;
    i.a = i.b = kNone;
    i.imm = static_cast<i64>(r);
  }

  /// (x >> n) | (x << (64 - n)) becomes a rotation, written as shr with `is_signed`: that is how immediate
  /// flonums are encoded and decoded.
  void fuse_rotations() {
    std::vector<u32> uses(f().values.size(), 0);
    auto count = [&](ValueId v) {
      if (v != kNone) ++uses[v];
    };
    for (Block& b : f().blocks) {
      for (Inst& i : b.insts) {
        for (ValueId v : {i.a, i.b, i.c, i.d}) count(v);
        for (ValueId v : i.args) count(v);
      }
      count(b.term.a);
      count(b.term.b);
      for (auto* list : {&b.term.args, &b.term.target_args, &b.term.otherwise_args})
        for (ValueId v : *list) count(v);
    }
    for (Block& b : f().blocks) {
      std::unordered_map<ValueId, std::size_t> at;
      bool changed = false;
      for (std::size_t k = 0; k < b.insts.size(); ++k) {
        Inst& i = b.insts[k];
        if (i.op == Op::Shr || i.op == Op::Shl) at[i.result] = k;
        if (i.op != Op::Or) continue;
        auto x = at.find(i.a), y = at.find(i.b);
        if (x == at.end() || y == at.end()) continue;
        const Inst* right = &b.insts[x->second];
        const Inst* left = &b.insts[y->second];
        if (right->op == Op::Shl) std::swap(left, right);
        u64 n, m;
        if (right->op != Op::Shr || left->op != Op::Shl || right->is_signed || right->a != left->a ||
            !immediate_operand(right->b, &n) || !immediate_operand(left->b, &m) || n == 0 || n > 63 || n + m != 64)
          continue;
        --uses[i.a];
        --uses[i.b];
        i.op = Op::Shr;
        i.is_signed = true;
        i.a = right->a;
        i.b = right->b;
        changed = true;
      }
      if (!changed) continue;
      b.insts.erase(std::remove_if(b.insts.begin(), b.insts.end(),
                                   [&](const Inst& i) { return (i.op == Op::Shr || i.op == Op::Shl) && uses[i.result] == 0; }),
                    b.insts.end());
    }
  }

  void free_entry() {
    bool has_preds = false;
    for (Block& b : f().blocks) {
      if (b.term.target == 0 && b.term.kind != TermKind::Unreachable) has_preds = true;
      if (is_two_way(b.term.kind) && b.term.otherwise == 0) has_preds = true;
    }
    if (!has_preds) return;
    BlockId moved = static_cast<BlockId>(f().blocks.size());
    f().blocks.push_back(std::move(f().blocks[0]));
    f().blocks[0] = Block{};
    f().blocks[0].term.kind = TermKind::Jump;
    f().blocks[0].term.target = moved;
    for (BlockId b = 1; b < f().blocks.size(); ++b) {
      Terminator& t = f().blocks[b].term;
      if (t.target == 0) t.target = moved;
      if (t.otherwise == 0) t.otherwise = moved;
    }
  }

  void split_edges() {
    std::size_t n = f().blocks.size();
    std::vector<u32> count(n, 0);
    for (Block& b : f().blocks) {
      if (b.term.kind == TermKind::Jump || is_two_way(b.term.kind)) ++count[b.term.target];
      if (is_two_way(b.term.kind)) ++count[b.term.otherwise];
    }
    for (BlockId b = 0; b < n; ++b) {
      if (!is_two_way(f().blocks[b].term.kind)) continue;
      split_edge(b, true, count);
      split_edge(b, false, count);
    }
  }

  void split_edge(BlockId b, bool first, const std::vector<u32>& count) {
    Terminator& t = f().blocks[b].term;
    BlockId& target = first ? t.target : t.otherwise;
    std::vector<ValueId>& args = first ? t.target_args : t.otherwise_args;
    bool cold = first ? t.target_cold : t.otherwise_cold;
    if (args.empty() && count[target] == 1) return;
    Block edge;
    edge.term.kind = TermKind::Jump;
    edge.term.target = target;
    edge.term.target_args = std::move(args);
    edge.term.span = t.span;
    edge.cold = cold;
    args.clear();
    target = static_cast<BlockId>(f().blocks.size());
    f().blocks.push_back(std::move(edge));  // `t` dangles from here on
  }

  bool constant_fits(ValueId v, Constant rule) const {
    if (rule == Constant::No) return false;
    if (rule == Constant::Any) return true;
    const Inst& i = p_.const_inst[v];
    return i.op == Op::StaticClosure || fits_i32(i.imm);
  }

  ValueId rematerialized(ValueId v, std::vector<Inst>& out) {
    Inst i = p_.const_inst[v];
    i.result = f().new_value(f().values[v]);
    p_.const_kind.push_back(ConstKind::None);
    p_.const_inst.emplace_back();
    out.push_back(i);
    return i.result;
  }

  void fold_constants() {
    auto is_const = [&](ValueId v) { return v != kNone && p_.is_immediate(v); };
    for (Block& b : f().blocks) {
      std::vector<Inst> out;
      out.reserve(b.insts.size());
      std::unordered_set<ValueId> recent;  // defined since the last call: these are in registers
      // The second operand may be read from memory.
      auto prefer_recent = [&](ValueId& x, ValueId& y) {
        if (recent.count(y) && !recent.count(x) && !is_const(x) && !is_const(y)) std::swap(x, y);
      };
      for (Inst& i : b.insts) {
        fold_address(i);
        if (is_commutative(i.op)) prefer_recent(i.a, i.b);
        bool compares = i.op == Op::SetCond || i.op == Op::SetBool || i.op == Op::Select;
        if (is_const(i.a) && !is_const(i.b)) {
          if (is_commutative(i.op) && i.op != Op::FAdd && i.op != Op::FMul) std::swap(i.a, i.b);
          else if (compares) std::swap(i.a, i.b), i.cond = swapped(i.cond);
        }
        visit_uses(i, is_const, [&](ValueId& v, Use, Constant rule) {
          if (is_const(v) && !constant_fits(v, rule)) v = rematerialized(v, out);
        });
        if (is_call(i)) recent.clear();
        if (i.result != kNone) recent.insert(i.result);
        out.push_back(std::move(i));
      }
      Terminator& t = b.term;
      if (t.kind == TermKind::BranchOvf && is_commutative(t.op)) prefer_recent(t.a, t.b);
      if (is_const(t.a) && !is_const(t.b)) {
        if (t.kind == TermKind::Branch) std::swap(t.a, t.b), t.cond = swapped(t.cond);
        else if (t.kind == TermKind::BranchOvf && t.op != Op::Sub) std::swap(t.a, t.b);
      }
      visit_term_uses(t, is_const, [&](ValueId& v, Use, Constant rule) {
        if (is_const(v) && !constant_fits(v, rule)) v = rematerialized(v, out);
      });
      b.insts = std::move(out);
    }
  }

  /// An index that is a small constant becomes part of the displacement.
  void fold_address(Inst& i) {
    if (i.op != Op::Load && i.op != Op::Store && i.op != Op::MarkCard && i.op != Op::Lea) return;
    if (i.b == kNone || !p_.is_immediate(i.b) || p_.const_inst[i.b].op != Op::Imm) return;
    i64 index = p_.const_inst[i.b].imm;
    if (!fits_i32(index)) return;
    i64 sum = i.imm + index * i.scale;
    if (!fits_i32(sum)) return;
    i.imm = sum;
    i.b = kNone;
  }

  std::vector<BlockId> successors(BlockId b) {
    const Terminator& t = f().blocks[b].term;
    if (t.kind == TermKind::Jump) return {t.target};
    if (is_two_way(t.kind)) return {t.target, t.otherwise};
    return {};
  }

  std::vector<BlockId> reverse_postorder() {
    std::vector<BlockId> post;
    std::vector<bool> seen(f().blocks.size(), false);
    struct Frame {
      BlockId block;
      std::vector<BlockId> successors;
      std::size_t next;
    };
    std::vector<Frame> stack;
    auto push = [&](BlockId b) {
      seen[b] = true;
      auto s = successors(b);
      // The successor that is visited last comes first in the order: the one deeper in loops, then the target.
      if (s.size() == 2) {
        std::swap(s[0], s[1]);
        if (p_.loops.depth[s[0]] > p_.loops.depth[s[1]]) std::swap(s[0], s[1]);
      }
      stack.push_back({b, std::move(s), 0});
    };
    push(0);
    while (!stack.empty()) {
      Frame& top = stack.back();
      if (top.next < top.successors.size()) {
        BlockId s = top.successors[top.next++];
        if (!seen[s]) push(s);
      } else {
        post.push_back(top.block);
        stack.pop_back();
      }
    }
    std::reverse(post.begin(), post.end());
    return post;
  }

  void order_blocks() {
    graph_ = low::make_graph(f());
    p_.loops = low::find_loops(graph_);
    p_.preds.assign(f().blocks.size(), {});
    for (BlockId b : graph_.order)
      for (const low::Edge& e : graph_.edges[b]) p_.preds[b].push_back(e.from);
  }

  bool dominates(BlockId a, BlockId b) const { return graph_.dominates(a, b); }

  void place_blocks() {
    std::size_t n = f().blocks.size();
    // Coldness: marked, or reached over cold edges or from cold blocks only, or leading only to cold blocks.
    std::vector<bool> cold(n, false);
    for (BlockId b : graph_.order) cold[b] = f().blocks[b].cold && b != 0;
    for (bool changed = true; changed;) {
      changed = false;
      for (BlockId b : graph_.order) {
        if (b == 0 || cold[b]) continue;
        bool all = true;
        for (BlockId q : p_.preds[b]) {
          const Terminator& t = f().blocks[q].term;
          bool edge = is_two_way(t.kind) && (t.target == b ? t.target_cold : t.otherwise_cold);
          if (dominates(b, q)) continue;
          all = all && (cold[q] || edge);
        }
        if (f().blocks[b].term.kind == TermKind::Unreachable && f().blocks[b].insts.size() < 3) all = true;
        if (all) cold[b] = true, changed = true;
      }
    }
    p_.cold = cold;
    std::vector<BlockId> rpo = reverse_postorder();
    estimate_frequencies(rpo);
    std::vector<bool> back = leads_back(rpo);
    std::vector<BlockId> order;
    for (BlockId b : rpo)
      if (!cold[b]) order.push_back(b);
    for (BlockId b : rpo)
      if (cold[b] && back[b]) order.push_back(b);
    for (BlockId b : rpo)
      if (cold[b] && !back[b]) order.push_back(b);
    p_.order = std::move(order);
    p_.index.assign(n, kNone);
    for (u32 i = 0; i < p_.order.size(); ++i) p_.index[p_.order[i]] = i;
  }

  /// By block: is it cold and does a way lead from it back to one that isn't? What lives while others work ends in few of the rest.
  std::vector<bool> leads_back(const std::vector<BlockId>& rpo) const {
    std::vector<bool> back(p_.f.blocks.size(), false);
    std::vector<BlockId> work;
    for (BlockId b : rpo)
      if (!p_.cold[b]) work.push_back(b);
    while (!work.empty()) {
      BlockId b = work.back();
      work.pop_back();
      for (BlockId q : p_.preds[b])
        if (p_.cold[q] && !back[q]) back[q] = true, work.push_back(q);
    }
    return back;
  }

  /// Even branches, but fixnums are likely, cold edges rare and loops run eight times.
  void estimate_frequencies(const std::vector<BlockId>& rpo) {
    p_.frequency.assign(f().blocks.size(), 0);
    p_.frequency[0] = 1;
    for (BlockId b : rpo) {
      double x = b == 0 ? 1 : 0;
      for (BlockId q : p_.preds[b])
        if (!dominates(b, q)) x += p_.frequency[q] * edge_share(q, b);
      if (p_.loops.is_header(b)) x *= 8;
      p_.frequency[b] = std::min(std::max(x, 1e-9), 1e12);
    }
  }

  /// Most numbers are fixnums.
  bool tests_fixnum(const Terminator& t) const {
    u64 mask;
    return t.kind == TermKind::Branch && (t.cond == Cond::TestZero || t.cond == Cond::TestNonZero) && immediate_operand(t.b, &mask) &&
           mask == kTagMask;
  }

  /// A number or character seldom is the one that it is compared with (Ball and Larus, "Branch Prediction for Free").
  bool tests_for_number(const Terminator& t) const {
    u64 n;
    return t.kind == TermKind::Branch && (t.cond == Cond::Eq || t.cond == Cond::Ne) && immediate_operand(t.b, &n) &&
           ((n & kTagMask) == 0 || (n & 0xff) == kCharTag || p_.f.values[t.a] == low::Rep::Raw);
  }

  double edge_share(BlockId q, BlockId b) const {
    const Terminator& t = p_.f.blocks[q].term;
    if (!is_two_way(t.kind)) return 1;
    BlockId other = t.target == b ? t.otherwise : t.target;
    if (p_.cold[b] != p_.cold[other]) return p_.cold[b] ? 0.001 : 0.999;
    if (p_.loops.depth[b] != p_.loops.depth[other]) return p_.loops.depth[b] < p_.loops.depth[other] ? 0.125 : 0.875;
    if (tests_fixnum(t)) return (t.cond == Cond::TestZero) == (b == t.target) ? 0.8 : 0.2;
    if (p_.loops.depth[q] != 0 && tests_for_number(t)) return (t.cond == Cond::Ne) == (b == t.target) ? 0.7 : 0.3;
    return 0.5;
  }

  void number() {
    std::size_t n = f().blocks.size();
    p_.start.assign(n, 0);
    p_.end.assign(n, 0);
    u32 position = 0;
    for (BlockId b : p_.order) {
      p_.start[b] = position;
      position += 2 * (2 + static_cast<u32>(f().blocks[b].insts.size()));
      p_.end[b] = position;
      while (p_.block_at.size() < position / 2) p_.block_at.push_back(b);
    }
  }

  Prepared p_;
  low::Graph graph_;
};

}  // namespace

Prepared prepare(const Function& f) { return Preparer(f).run(); }

}  // namespace loko::x64
