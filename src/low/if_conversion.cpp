// SPDX-License-Identifier: MIT
//
// If-conversion of what is no more than a choice between #t and #f: a branch whose ways only deliver these, to a return or to
// the same parameter, becomes the comparison's value (SetBool). Jumps to blocks that only return become returns: that is no more
// code than the jump, and one jump less. (Allen, Kennedy, Porterfield, Warren, "Conversion of Control Dependence to Data Dependence".)
//
// It is done when nothing more is learned from branches. What the receiving block tests itself stays a branch: there the way tells
// as much as the value.
#include <algorithm>

#include "low/graph.h"
#include "low/passes.h"

namespace loko::low {
namespace {

class IfConversion {
 public:
  explicit IfConversion(Function& f) : f_(f), boolean_(f.values.size(), 0) {
    for (const Block& b : f.blocks)
      for (const Inst& i : b.insts) {
        const u64 bits = static_cast<u64>(i.imm);
        if (i.op == Op::Imm && i.rep == Rep::Tagged && (bits == kTrue || bits == kFalse)) boolean_[i.result] = bits;
      }
  }

  int run() {
    int changed = 0;
    for (BlockId b = 0; b < f_.blocks.size(); ++b) {
      Block& block = f_.blocks[b];
      if (block.cold) continue;
      if (block.term.kind == TermKind::Branch || block.term.kind == TermKind::FBranch) changed += convert(block);
      if (block.term.kind == TermKind::Jump) changed += return_at_once(block.term);
    }
    return changed;
  }

 private:
  /// What an edge comes to: a return of one value, or a block and its arguments.
  struct Outcome {
    BlockId to = kNone;   // kNone: returns
    std::vector<ValueId> args;
  };

  /// Does the block do nothing but make constants?
  bool only_delivers(const Block& block) const {
    if (block.term.kind != TermKind::Jump && block.term.kind != TermKind::Return) return false;
    return !block.loop_header && std::all_of(block.insts.begin(), block.insts.end(), [](const Inst& i) { return i.op == Op::Imm; });
  }

  static ValueId argument_of(const Block& block, const std::vector<ValueId>& args, ValueId v) {
    auto p = std::find(block.params.begin(), block.params.end(), v);
    return p == block.params.end() ? v : args[static_cast<std::size_t>(p - block.params.begin())];
  }

  Outcome outcome(BlockId target, const std::vector<ValueId>& args) const {
    const Block& block = f_.blocks[target];
    if (!only_delivers(block)) return {target, args};
    Outcome o;
    if (block.term.kind == TermKind::Return) {
      o.args.push_back(argument_of(block, args, block.term.a));
      return o;
    }
    o.to = block.term.target;
    for (ValueId v : block.term.target_args) o.args.push_back(argument_of(block, args, v));
    return o;
  }

  bool made_in(ValueId v, BlockId b) const {
    const std::vector<Inst>& insts = f_.blocks[b].insts;
    return std::any_of(insts.begin(), insts.end(), [v](const Inst& i) { return i.result == v; });
  }

  /// The index of the one argument that tells the outcomes apart, by #t and #f; -1 if there is anything else.
  int chosen(const Terminator& t, const Outcome& yes, const Outcome& no) const {
    if (yes.to != no.to || yes.args.size() != no.args.size()) return -1;
    int found = -1;
    for (std::size_t k = 0; k < yes.args.size(); ++k) {
      ValueId v = yes.args[k], w = no.args[k];
      if (v == w && !made_in(v, t.target) && !made_in(v, t.otherwise)) continue;
      if (found >= 0 || !boolean_[v] || !boolean_[w] || boolean_[v] == boolean_[w]) return -1;
      found = static_cast<int>(k);
    }
    return found;
  }

  bool is_tested(BlockId b, int parameter) const {
    const Block& block = f_.blocks[b];
    ValueId p = block.params[static_cast<std::size_t>(parameter)];
    return block.term.kind == TermKind::Branch && (block.term.a == p || block.term.b == p);
  }

  bool convert(Block& block) {
    Terminator& t = block.term;
    if (f_.blocks[t.target].cold || f_.blocks[t.otherwise].cold) return false;
    const Outcome yes = outcome(t.target, t.target_args), no = outcome(t.otherwise, t.otherwise_args);
    const int k = chosen(t, yes, no);
    if (k < 0 || (yes.to != kNone && is_tested(yes.to, k))) return false;
    const bool direct = boolean_[yes.args[static_cast<std::size_t>(k)]] == kTrue;
    if (!direct && t.kind == TermKind::FBranch) return false;   // the opposite of a comparison with NaN is none
    Inst i;
    i.op = t.kind == TermKind::Branch ? Op::SetBool : Op::FSetBool;
    i.rep = Rep::Tagged;
    i.a = t.a;
    i.b = t.b;
    i.cond = direct ? t.cond : opposite(t.cond);
    i.fcond = t.fcond;
    i.span = t.span;
    i.result = f_.new_value(Rep::Tagged, kTypeBoolean);
    boolean_.push_back(0);
    Terminator next;
    next.span = t.span;
    if (yes.to == kNone) {
      next.kind = TermKind::Return;
      next.a = i.result;
    } else {
      next.kind = TermKind::Jump;
      next.target = yes.to;
      next.target_args = yes.args;
      next.target_args[static_cast<std::size_t>(k)] = i.result;
    }
    t = std::move(next);
    block.insts.push_back(std::move(i));
    return true;
  }

  bool return_at_once(Terminator& t) {
    const Block& target = f_.blocks[t.target];
    if (!target.insts.empty() || target.term.kind != TermKind::Return) return false;
    Terminator next = target.term;
    next.a = argument_of(target, t.target_args, next.a);
    t = std::move(next);
    return true;
  }

  Function& f_;
  std::vector<u64> boolean_;   // the bits of values that are #t or #f, else 0
};

}  // namespace

int convert_branches(Function& f) { return IfConversion(f).run(); }

}  // namespace loko::low
