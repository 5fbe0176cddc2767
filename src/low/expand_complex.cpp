// SPDX-License-Identifier: MIT
//
// Complex numbers: a path in line for their parts, which are primitives of the runtime, and the path of + - * for two
// inexact ones, which generic arithmetic takes in units that take complex numbers apart or make them. A compnum has two
// flonums or two exact parts.
#include "low/expand_primitives.h"

namespace loko::low {
namespace {

/// Goes on if v is a compnum, else to `otherwise`.
void guard_compnum(Lowerer& l, ValueId v, BlockId otherwise) {
  l.guard(Cond::TestZero, l.add_imm(v, -static_cast<i64>(kTagTyped)), l.imm(7), otherwise);
  l.guard(Cond::Eq, l.load(Rep::Raw, v, kHeaderOffset, 1), l.imm(static_cast<u64>(Kind::Compnum)), otherwise);
}

/// real-part, imag-part: of a compnum in line. `offset` is that of the field.
Val part(Lowerer& l, PrimCall& pc, i64 offset) {
  const Val v = pc.args[0];
  bool real = offset == kField0Offset;
  if (l.within(v, kTypeReal)) return real ? v : constant_val(fixnum(0));
  bool cold = l.block().cold;
  ValueId z = l.tagged(v);
  BlockId slow = l.new_block(true), done = l.new_block(cold);
  size_t m = l.mark();
  guard_compnum(l, z, slow);
  l.jump(done, {l.load(Rep::Tagged, z, offset, 8, false, kTypeReal)});
  l.undo(m);
  l.switch_to(slow);
  ValueId r = l.call_runtime(pc.info->entry, {z}, kTypeReal, pc.expr->span);
  l.jump(done, {r});
  l.undo(m);
  l.switch_to(done);
  l.refine(v, kTypeNumber);
  return tagged_val(l.block_param(done, Rep::Tagged, kTypeReal));
}

struct Parts {
  ValueId re, im;
};

}  // namespace

void complex_arithmetic(Lowerer& l, Op op, ValueId a, ValueId b, BlockId slow, BlockId done) {
  auto load_parts = [&](ValueId z) {
    return Parts{l.load(Rep::Tagged, z, kField0Offset, 8, false, kTypeReal), l.load(Rep::Tagged, z, kField0Offset + 8, 8, false, kTypeReal)};
  };
  guard_compnum(l, a, slow);
  if (a != b) guard_compnum(l, b, slow);
  Parts x = load_parts(a), y = a == b ? x : load_parts(b);
  // All immediate numbers, the real parts no fixnums: then all are immediate flonums.
  ValueId bits = l.op2(Op::Or, Rep::Raw, x.re, x.im);
  if (a != b) bits = l.op2(Op::Or, Rep::Raw, l.op2(Op::Or, Rep::Raw, bits, y.re), y.im);
  l.guard(Cond::TestZero, bits, l.imm(2), slow);
  l.guard(Cond::TestNonZero, x.re, l.imm(7), slow);
  if (a != b) l.guard(Cond::TestNonZero, y.re, l.imm(7), slow);
  Parts p{decode_flonum(l, x.re), decode_flonum(l, x.im)}, q = p, r;
  if (a != b) q = {decode_flonum(l, y.re), decode_flonum(l, y.im)};
  auto f = [&](Op o, ValueId s, ValueId t) { return l.op2(o, Rep::F64, s, t); };
  if (op == Op::Mul) {
    r.re = f(Op::FSub, f(Op::FMul, p.re, q.re), f(Op::FMul, p.im, q.im));
    r.im = f(Op::FAdd, f(Op::FMul, p.re, q.im), f(Op::FMul, p.im, q.re));
  } else {
    Op o = op == Op::Add ? Op::FAdd : Op::FSub;
    r = {f(o, p.re, q.re), f(o, p.im, q.im)};
  }
  ValueId re = encode_flonum(l, r.re, slow), im = encode_flonum(l, r.im, slow);
  ValueId object = l.alloc(24);
  l.store(l.imm(make_header(Kind::Compnum, 0)), object, 0);
  l.store(re, object, 8);
  l.store(im, object, 16);
  ValueId z = l.add_imm(object, static_cast<i64>(kTagTyped), Rep::Tagged, kTypeCompnum);
  l.jump(done, {z});
}

const std::vector<TemplateRow>& complex_fast_paths() {
  static const std::vector<TemplateRow>& rows = *new std::vector<TemplateRow>{
      {"real_part", {part, nullptr, kField0Offset}}, {"imag_part", {part, nullptr, kField0Offset + 8}}};
  return rows;
}

}  // namespace loko::low
