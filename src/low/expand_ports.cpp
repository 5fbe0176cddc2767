// SPDX-License-Identifier: MIT
//
// Templates of the fast paths of ports: one byte or ASCII character between a port's buffer and a value. They test
// that the argument is a record of exactly the given type and that the buffer has a byte (or room for one); all else is
// a miss (#f), which the library's procedure handles. Layout: PortField in tables/abi.h.
// INVARIANT(port buffer): ipos <= iend <= length of ibuf, opos and olimit <= length of obuf, all fixnums, kept by (loko base ports).
#include "low/expand_primitives.h"

namespace loko::low {
namespace {

constexpr i64 kPeek = 1, kChar = 2;

i64 field(PortField f) { return kField0Offset + 8 * f; }

/// Continues if the first argument is a record whose type is the second.
ValueId need_port(Lowerer& l, PrimCall& pc, BlockId miss) {
  ValueId p = l.tagged(pc.args[0]), rtd = l.tagged(pc.args[1]);
  // The rtd is loaded again in each call of a loop; here it may be taken for the same.
  const core::Expr* type = pc.expr->parts[1];
  bool known = type->tag == core::Tag::GlobalRef && type->global->immutable && type->global->initialized;
  for (Inst& i : l.block().insts)
    if (known && i.result == rtd && i.op == Op::LoadAbs) i.fixed = true;
  l.guard(Cond::TestZero, l.add_imm(p, -static_cast<i64>(kTagTyped)), l.imm(7), miss);
  ValueId own = l.load(Rep::Tagged, p, kHeaderOffset);
  l.block().insts.back().fixed = true;
  l.guard(Cond::Eq, own, rtd, miss);
  return p;
}

ValueId untag(Lowerer& l, ValueId k) { return l.op2(Op::Sar, Rep::Raw, k, l.imm(3)); }

/// The value of either path: what was read (or #t), or #f after a miss.
Val join(Lowerer& l, ValueId hit, BlockId miss, BlockId done, size_t mark, u32 types) {
  l.jump(done, {hit});
  l.undo(mark);
  l.switch_to(miss);
  l.jump(done, {l.imm(kFalse, Rep::Tagged)});
  l.switch_to(done);
  return tagged_val(l.block_param(done, Rep::Tagged, types | kTypeBoolean));
}

Val port_take(Lowerer& l, PrimCall& pc, i64 how) {
  l.tagged(pc.args[0]);
  l.tagged(pc.args[1]);
  BlockId miss = l.new_block(true), done = l.new_block(l.block().cold);
  size_t m = l.mark();
  ValueId p = need_port(l, pc, miss);
  ValueId pos = l.load(Rep::Tagged, p, field(kPortIpos));
  l.guard(Cond::Lt, pos, l.load(Rep::Tagged, p, field(kPortIend)), miss);
  ValueId buffer = l.load(Rep::Tagged, p, field(kPortIbuf));
  ValueId byte = l.load_indexed(Rep::Raw, buffer, untag(l, pos), 1, kField0Offset, 1);
  if (how & kChar) l.guard(Cond::Below, byte, l.imm(128), miss);
  if (!(how & kPeek)) l.store(l.add_imm(pos, 8, Rep::Tagged, kTypeFixnum), p, field(kPortIpos));
  ValueId value = how & kChar
      ? l.op2(Op::Or, Rep::Tagged, l.op2(Op::Shl, Rep::Raw, byte, l.imm(8)), l.imm(kCharTag), kTypeChar)
      : l.op2(Op::Shl, Rep::Tagged, byte, l.imm(3), kTypeFixnum);
  return join(l, value, miss, done, m, how & kChar ? kTypeChar : kTypeFixnum);
}

Val port_put(Lowerer& l, PrimCall& pc, i64 how) {
  for (const Val& v : pc.args) l.tagged(v);
  BlockId miss = l.new_block(true), done = l.new_block(l.block().cold);
  size_t m = l.mark();
  ValueId p = need_port(l, pc, miss);
  ValueId x = l.tagged(pc.args[2]);
  ValueId byte;
  if (how & kChar) {
    // ASCII characters are the words with the tag in the low byte and at most 7f above
    ValueId rest = l.op2(Op::Xor, Rep::Raw, x, l.imm(kCharTag));
    l.guard(Cond::TestZero, rest, l.imm(~u64{0x7f00}), miss);
    byte = l.op2(Op::Shr, Rep::Raw, rest, l.imm(8));
  } else {
    l.guard(Cond::TestZero, x, l.imm(~u64{0x7f8}), miss);
    byte = untag(l, x);
  }
  ValueId pos = l.load(Rep::Tagged, p, field(kPortOpos));
  l.guard(Cond::Lt, pos, l.load(Rep::Tagged, p, field(kPortOlimit)), miss);
  ValueId buffer = l.load(Rep::Tagged, p, field(kPortObuf));
  l.store_indexed(byte, buffer, untag(l, pos), 1, kField0Offset, 1);
  l.store(l.add_imm(pos, 8, Rep::Tagged, kTypeFixnum), p, field(kPortOpos));
  return join(l, l.imm(kTrue, Rep::Tagged), miss, done, m, kTypeBoolean);
}

}  // namespace

const std::vector<TemplateRow>& port_templates() {
  static const std::vector<TemplateRow>& rows = *new std::vector<TemplateRow>{
      {"port_take_char", {port_take, nullptr, kChar}}, {"port_peek_char", {port_take, nullptr, kChar | kPeek}},
      {"port_take_u8", {port_take, nullptr, 0}}, {"port_peek_u8", {port_take, nullptr, kPeek}},
      {"port_put_char", {port_put, nullptr, kChar}}, {"port_put_u8", {port_put, nullptr, 0}},
  };
  return rows;
}

}  // namespace loko::low
