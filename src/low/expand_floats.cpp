// SPDX-License-Identifier: MIT
//
// Templates of (rnrs arithmetic flonums): operands are unboxed where they come from, results stay unboxed until
// something needs a tagged value.
#include "low/expand_primitives.h"

#include <limits>

namespace loko::low {
namespace {

ValueId operand(Lowerer& l, PrimCall& pc, size_t i) {
  if (l.types(pc.args[i]) & kTypeFlonum) return l.unbox(pc.args[i], &pc);
  l.fail(pc);
  return l.fimm(0);
}

Val unary(Lowerer& l, PrimCall& pc, i64 op) { return f64_val(l.op1(static_cast<Op>(op), Rep::F64, operand(l, pc, 0))); }

Val binary(Lowerer& l, PrimCall& pc, i64 op) {
  ValueId a = operand(l, pc, 0);
  if (pc.args.size() == 1) {
    if (static_cast<Op>(op) == Op::FSub) return f64_val(l.op1(Op::FNeg, Rep::F64, a));
    return f64_val(l.op2(Op::FDiv, Rep::F64, l.fimm(1), a));
  }
  ValueId b = operand(l, pc, 1);
  return f64_val(l.op2(static_cast<Op>(op), Rep::F64, a, b));
}

void compare(Lowerer& l, PrimCall& pc, Label& yes, Label& no, i64 cond) {
  ValueId a = operand(l, pc, 0), b = operand(l, pc, 1);
  l.fbranch_labels(static_cast<FCond>(cond), a, b, yes, no);
}

void compare_zero(Lowerer& l, PrimCall& pc, Label& yes, Label& no, i64 cond) {
  ValueId a = operand(l, pc, 0);
  l.fbranch_labels(static_cast<FCond>(cond), a, l.fimm(0), yes, no);
}

ValueId infinity(Lowerer& l) { return l.fimm(std::numeric_limits<double>::infinity()); }

void is_finite(Lowerer& l, PrimCall& pc, Label& yes, Label& no, i64 cond) {
  ValueId x = l.op1(Op::FAbs, Rep::F64, operand(l, pc, 0));
  l.fbranch_labels(static_cast<FCond>(cond), x, infinity(l), yes, no);
}

void is_nan(Lowerer& l, PrimCall& pc, Label& yes, Label& no, i64) {
  ValueId x = operand(l, pc, 0);
  l.fbranch_labels(FCond::Unordered, x, x, yes, no);
}

void is_integer(Lowerer& l, PrimCall& pc, Label& yes, Label& no, i64) {
  ValueId x = operand(l, pc, 0);
  BlockId whole = l.new_block();
  l.note_edge(no);
  l.fbranch(FCond::Eq, l.op1(Op::FTrunc, Rep::F64, x), x, whole, no.block);
  l.switch_to(whole);
  l.fbranch_labels(FCond::Lt, l.op1(Op::FAbs, Rep::F64, x), infinity(l), yes, no);
}

Val extremum(Lowerer& l, PrimCall& pc, i64 op) {
  ValueId a = operand(l, pc, 0), b = operand(l, pc, 1);
  return f64_val(float_extremum(l, static_cast<Op>(op), a, b));
}

Val call_libm(Lowerer& l, u16 entry, std::vector<ValueId> args) {
  Inst i = make_inst(Op::CallFloat, Rep::F64);
  i.imm = entry;
  i.args = std::move(args);
  return f64_val(l.emit(std::move(i)));
}
Val call_float(Lowerer& l, PrimCall& pc, i64) {
  std::vector<ValueId> args;
  for (size_t i = 0; i < pc.args.size(); ++i) args.push_back(operand(l, pc, i));
  return call_libm(l, pc.info->entry, std::move(args));
}
u16 entry_of(const char* name) { return primitive_info(core::primitive(name)).entry; }
Val log(Lowerer& l, PrimCall& pc, i64) {
  ValueId x = operand(l, pc, 0);
  if (pc.args.size() == 1) return call_libm(l, entry_of("%fllog"), {x});
  ValueId base = operand(l, pc, 1);
  ValueId a = call_libm(l, entry_of("%fllog"), {x}).id;
  ValueId b = call_libm(l, entry_of("%fllog"), {base}).id;
  return f64_val(l.op2(Op::FDiv, Rep::F64, a, b));
}
Val atan(Lowerer& l, PrimCall& pc, i64) {
  ValueId y = operand(l, pc, 0);
  if (pc.args.size() == 1) return call_libm(l, entry_of("%flatan"), {y});
  ValueId x = operand(l, pc, 1);
  return call_libm(l, entry_of("%flatan2"), {y, x});
}

Val from_fixnum(Lowerer& l, PrimCall& pc, i64) {
  ValueId n = l.need(pc.args[0], kTypeFixnum, pc);
  return f64_val(l.op1(Op::FFromInt, Rep::F64, l.op2(Op::Sar, Rep::Raw, n, l.imm(3))));
}
Val to_fixnum(Lowerer& l, PrimCall& pc, i64) {
  ValueId n = l.op1(Op::FToInt, Rep::Raw, operand(l, pc, 0));
  return tagged_val(l.arithmetic_overflow(Op::Mul, n, l.imm(8), l.fail_block(pc)));
}
Val bits_high(Lowerer& l, PrimCall& pc, i64) {
  ValueId bits = l.op1(Op::FBits, Rep::Raw, operand(l, pc, 0));
  ValueId high = l.op2(Op::Shr, Rep::Raw, bits, l.imm(32));
  return tagged_val(l.op2(Op::Shl, Rep::Tagged, high, l.imm(3), kTypeFixnum));
}
Val bits_low(Lowerer& l, PrimCall& pc, i64) {
  ValueId bits = l.op1(Op::FBits, Rep::Raw, operand(l, pc, 0));
  ValueId low = l.op2(Op::Shl, Rep::Raw, bits, l.imm(32));
  return tagged_val(l.op2(Op::Shr, Rep::Tagged, low, l.imm(29), kTypeFixnum));
}
Val from_bits(Lowerer& l, PrimCall& pc, i64) {
  l.need_fixnums(pc.args[0], pc.args[1], pc);
  ValueId high = l.op2(Op::Shl, Rep::Raw, l.tagged(pc.args[0]), l.imm(29));
  ValueId low = l.op2(Op::Shr, Rep::Raw, l.op2(Op::Shl, Rep::Raw, l.tagged(pc.args[1]), l.imm(29)), l.imm(32));
  return f64_val(l.op1(Op::FFromBits, Rep::F64, l.op2(Op::Or, Rep::Raw, high, low)));
}

template <class T>
constexpr i64 code(T t) { return static_cast<i64>(t); }

}  // namespace

ValueId float_extremum(Lowerer& l, Op op, ValueId a, ValueId b) {
  BlockId nan = l.new_block(true), number = l.new_block(l.block().cold), done = l.new_block(l.block().cold);
  l.fbranch(FCond::Unordered, a, b, nan, number);
  l.switch_to(nan);
  ValueId sum = l.op2(Op::FAdd, Rep::F64, a, b);
  l.jump(done, {sum});
  l.switch_to(number);
  ValueId r = l.op2(op, Rep::F64, a, b);
  l.jump(done, {r});
  l.switch_to(done);
  return l.block_param(done, Rep::F64);
}

ValueId real_to_f64(Lowerer& l, const Val& v, PrimCall& pc) {
  if (is_fixnum_constant(v)) return l.fimm(static_cast<double>(static_cast<i64>(v.bits) >> 3));
  u32 t = l.types(v);
  if (v.rep == Rep::F64 || t == kTypeFlonum) return l.unbox(v, nullptr);
  ValueId id = l.tagged(v);
  if (t == kTypeFixnum) return l.op1(Op::FFromInt, Rep::F64, l.op2(Op::Sar, Rep::Raw, id, l.imm(3)));
  u64 known = l.fact(Fact::Kind::Unboxed, id);
  if (known != kNone) return static_cast<ValueId>(known);
  bool cold = l.block().cold;
  size_t m = l.mark();
  BlockId fix = l.new_block(cold), other = l.new_block(cold), immediate = l.new_block(cold), slow = l.new_block(true), done = l.new_block(cold);
  l.branch(Cond::TestZero, id, l.imm(7), fix, other);
  l.switch_to(fix);
  l.jump(done, {l.op1(Op::FFromInt, Rep::F64, l.op2(Op::Sar, Rep::Raw, id, l.imm(3)))});
  l.switch_to(other);
  l.branch(Cond::TestZero, id, l.imm(2), immediate, slow);
  l.switch_to(immediate);
  l.refine(id, kTypeFlonum);
  l.jump(done, {l.unbox(tagged_val(id), nullptr)});
  l.undo(m);
  l.switch_to(slow);
  ValueId r = l.call_slow("%generic-inexact", pc, {id}, kTypeFlonum | kTypeCompnum);
  l.jump(done, {l.unbox(tagged_val(r), &pc)});
  l.undo(m);
  l.switch_to(done);
  return l.block_param(done, Rep::F64);
}

const std::vector<TemplateRow>& float_templates() {
  static const std::vector<TemplateRow>& rows = *new std::vector<TemplateRow>{
      {"fl_eq", {nullptr, compare, code(FCond::Eq)}}, {"fl_lt", {nullptr, compare, code(FCond::Lt)}},
      {"fl_gt", {nullptr, compare, code(FCond::Gt)}}, {"fl_le", {nullptr, compare, code(FCond::Le)}},
      {"fl_ge", {nullptr, compare, code(FCond::Ge)}},
      {"fl_is_zero", {nullptr, compare_zero, code(FCond::Eq)}}, {"fl_is_positive", {nullptr, compare_zero, code(FCond::Gt)}},
      {"fl_is_negative", {nullptr, compare_zero, code(FCond::Lt)}},
      {"fl_is_finite", {nullptr, is_finite, code(FCond::Lt)}}, {"fl_is_infinite", {nullptr, is_finite, code(FCond::Eq)}},
      {"fl_is_nan", {nullptr, is_nan, 0}}, {"fl_is_integer", {nullptr, is_integer, 0}},
      {"fl_add", {binary, nullptr, code(Op::FAdd)}}, {"fl_sub", {binary, nullptr, code(Op::FSub)}},
      {"fl_mul", {binary, nullptr, code(Op::FMul)}}, {"fl_div", {binary, nullptr, code(Op::FDiv)}},
      {"fl_max", {extremum, nullptr, code(Op::FMax)}}, {"fl_min", {extremum, nullptr, code(Op::FMin)}},
      {"fl_abs", {unary, nullptr, code(Op::FAbs)}}, {"fl_sqrt", {unary, nullptr, code(Op::FSqrt)}},
      {"fl_floor", {unary, nullptr, code(Op::FFloor)}}, {"fl_ceiling", {unary, nullptr, code(Op::FCeil)}},
      {"fl_truncate", {unary, nullptr, code(Op::FTrunc)}}, {"fl_round", {unary, nullptr, code(Op::FRound)}},
      {"call_float", {call_float, nullptr, 0}}, {"fl_log", {log, nullptr, 0}}, {"fl_atan", {atan, nullptr, 0}},
      {"fixnum_to_flonum", {from_fixnum, nullptr, 0}}, {"flonum_to_fixnum", {to_fixnum, nullptr, 0}},
      {"fl_bits_high", {bits_high, nullptr, 0}}, {"fl_bits_low", {bits_low, nullptr, 0}}, {"fl_from_bits", {from_bits, nullptr, 0}},
  };
  return rows;
}

}  // namespace loko::low
