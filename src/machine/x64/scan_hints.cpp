// SPDX-License-Identifier: MIT
//
// Which registers save moves: where a value comes from, and where it is going to: arguments, results, parameters of blocks.
#include "machine/x64/scan.h"

namespace loko::x64 {

using low::Inst;
using low::Op;
using low::TermKind;
using low::Terminator;

namespace {

constexpr u32 kAskedPredecessors = 8;   // a join of thousands of branches would make it quadratic

}  // namespace

Location Scan::incoming(ValueId v) const {
  if (v == f_.closure) return gpr(R10);
  u32 i = parameter_[v];
  return i < f_.params.size() && f_.params[i] == v ? incoming_[i] : Location{};
}

void Scan::hint(Location l, bool floating) {
  if (l.where == (floating ? Where::Xmm : Where::Gpr) && allocatable(l.index, floating)) hints_.push_back(l.index);
}

void Scan::hint_arguments(const std::vector<ValueId>& args, ValueId v, bool floating) {
  static const u8 registers[kArgRegisters] = {RDI, RSI, RDX, RCX, R8, R9};
  u32 general = 0, floats = 0;
  for (ValueId x : args) {
    if (floating ? floats == kFloatArgRegisters : general == kArgRegisters) return;
    bool is_float = f_.values[x] == Rep::F64;
    if (x == v) hint(is_float ? xmm(floats) : gpr(registers[general]), floating);
    ++(is_float ? floats : general);
  }
}

void Scan::find_hints(const Piece& c, bool floating) {
  BlockId b = block_of(c.from);
  bool at_start = c.from == p_.start[b];
  if (c.defined && at_start) {
    if (b == 0) hint(incoming(c.value), floating);
    if (u32 i = parameter_[c.value]; i < block(b).params.size() && block(b).params[i] == c.value)
      for (BlockId q : p_.preds[b])
        if (p_.index[q] < p_.index[b]) hint(register_at_end(block(q).term.target_args[i], q), floating);
  }
  if (!c.defined && at_start)
    for (BlockId q : p_.preds[b])
      if (p_.index[q] < p_.index[b]) hint(register_at(c.value, term_position(q) + 1), floating);
  if (!c.defined && c.from > 0) hint(register_at(c.value, c.from - 1), floating);
  hint_last_use(c, floating);
  if (c.defined && c.from % 2 == 1) hint_definition(c, floating);
  if (BlockId h = p_.loops.loop[b]; h != kNone && p_.start[h] < c.from) hint(register_at(c.value, p_.start[h]), floating);
}

Location Scan::register_at_end(ValueId v, BlockId q) const { return tracked(v) ? register_at(v, term_position(q)) : Location{}; }

void Scan::hint_definition(const Piece& c, bool floating) {
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

void Scan::hint_last_use(const Piece& c, bool floating) {
  u32 last = l_.last_use(c.value, c.from, c.to);
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
    case TermKind::Jump: hint_jump(b, c.value, floating); break;
    default: break;
  }
}

/// Where the parameters are that get v at the end of b, and what other blocks pass for them.
void Scan::hint_jump(BlockId b, ValueId v, bool floating) {
  const Terminator& t = block(b).term;
  for (std::size_t i = 0; i < t.target_args.size(); ++i) {
    if (t.target_args[i] != v) continue;
    hint(register_at(block(t.target).params[i], p_.start[t.target]), floating);
    u32 asked = 0;
    for (BlockId q : p_.preds[t.target]) {
      if (++asked > kAskedPredecessors) break;
      if (q != b && p_.index[q] < p_.index[b]) hint(register_at_end(block(q).term.target_args[i], q), floating);
    }
  }
}

}  // namespace loko::x64
