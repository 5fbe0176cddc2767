// SPDX-License-Identifier: MIT
//
// Templates of generic arithmetic. Types decide first: what is known to be flonums is computed unboxed. Else
// fixnums go the straight way, immediate flonums beside it, everything else calls %generic….
#include "low/expand_primitives.h"

#include <cstring>

namespace loko::low {
namespace {

bool only(u32 types, u32 set) { return (types & ~set) == 0; }

/// A real operand of an operation whose other operand is a flonum, if it surely can be converted in line.
bool flonum_like(Lowerer& l, const Val& v) { return only(l.types(v), kTypeFlonum | kTypeFixnum) && !is_fixnum_constant(v); }
bool is_flonum(Lowerer& l, const Val& v) { return only(l.types(v), kTypeFlonum); }

/// True if both operands can be taken as doubles: one is a flonum and the other a flonum or a fixnum.
bool float_operation(Lowerer& l, PrimCall& pc) {
  const Val &a = pc.args[0], &b = pc.args[1];
  bool fa = is_flonum(l, a), fb = is_flonum(l, b);
  if (fa && fb) return true;
  return (fa && (flonum_like(l, b) || is_fixnum_constant(b))) || (fb && (flonum_like(l, a) || is_fixnum_constant(a)));
}

/// Branches to `fix` with two fixnums, to `flo` with two immediate flonums, else to `slow`; blocks that can't be
/// reached get no edges. Gives which of fix and flo are possible.
struct Split {
  BlockId fix = kNone, flo = kNone, slow = kNone;
};
Split split(Lowerer& l, const Val& va, const Val& vb, BlockId slow = kNone) {
  Split s;
  u32 ta = l.types(va), tb = l.types(vb);
  ValueId a = l.tagged(va), b = l.tagged(vb);
  bool cold = l.block().cold;
  s.slow = slow != kNone ? slow : l.new_block(true);
  bool can_fix = (ta & kTypeFixnum) && (tb & kTypeFixnum);
  bool can_flo = (ta & kTypeFlonum) && (tb & kTypeFlonum);
  bool a_fix = only(ta, kTypeFixnum), b_fix = only(tb, kTypeFixnum);
  if (can_fix) {
    s.fix = l.new_block(cold);
    BlockId other = can_flo ? l.new_block(cold) : s.slow;
    if (a_fix && b_fix) l.jump(s.fix);
    else if (a_fix || a == b) l.branch(Cond::TestZero, b, l.imm(7), s.fix, other);
    else if (b_fix) l.branch(Cond::TestZero, a, l.imm(7), s.fix, other);
    else l.branch(Cond::TestZero, l.op2(Op::Or, Rep::Raw, a, b), l.imm(7), s.fix, other);
    if (!can_flo) return s;
    l.switch_to(other);
  }
  if (!can_flo) {
    l.jump(s.slow);
    return s;
  }
  // Bit 1 clear: immediate numbers; then neither may be a fixnum.
  s.flo = l.new_block(cold);
  ValueId bits = a == b ? a : l.op2(Op::Or, Rep::Raw, a, b);
  l.guard(Cond::TestZero, bits, l.imm(2), s.slow);
  if (ta & kTypeFixnum) l.guard(Cond::TestNonZero, a, l.imm(7), s.slow);
  if ((tb & kTypeFixnum) && a != b) l.guard(Cond::TestNonZero, b, l.imm(7), s.slow);
  l.jump(s.flo);
  return s;
}

ValueId decode(Lowerer& l, ValueId word) { return decode_flonum(l, word); }

/// Jumps to done with the tagged double, or to `slow` if it is not immediate.
void encode_or(Lowerer& l, ValueId x, BlockId slow, BlockId done) {
  ValueId word = encode_flonum(l, x, slow);
  l.jump(done, {word});
}

std::string slow_name(const PrimCall& pc) {
  std::string name = pc.info->name;
  bool symbol = std::strchr("+-*/=<>", name[0]) != nullptr;
  if (pc.info->target == std::string_view("to_inexact")) name = "inexact";
  return (symbol ? "%generic" : "%generic-") + name;
}
ValueId call_generic(Lowerer& l, PrimCall& pc, u32 types) {
  std::vector<ValueId> args;
  for (const Val& v : pc.args) args.push_back(l.tagged(v));
  return l.call_slow(slow_name(pc).c_str(), pc, args, types);
}
/// The slow call as the rest of a diamond.
void slow_value(Lowerer& l, PrimCall& pc, BlockId slow, BlockId done, u32 types) {
  l.switch_to(slow);
  ValueId r = call_generic(l, pc, types);
  l.jump(done, {r});
}

u32 result_types(Lowerer& l, PrimCall& pc) {
  std::vector<u32> t;
  for (const Val& v : pc.args) t.push_back(l.types(v));
  u32 types = type_of_primitive(pc.id, t);
  return types ? types : u32{kTypeAny};
}

// -- + - * -----------------------------------------------------------------------------------------

Op float_op(Op op) { return op == Op::Add ? Op::FAdd : op == Op::Sub ? Op::FSub : Op::FMul; }

Val arithmetic(Lowerer& l, PrimCall& pc, i64 code) {
  Op op = static_cast<Op>(code);
  const Val va = pc.args[0], vb = pc.args[1];
  if (is_fixnum_constant(va) && is_fixnum_constant(vb)) {
    i64 x = static_cast<i64>(va.bits), y = static_cast<i64>(vb.bits), r;
    bool overflow = op == Op::Add ? __builtin_add_overflow(x, y, &r) : op == Op::Sub ? __builtin_sub_overflow(x, y, &r) : __builtin_mul_overflow(x >> 3, y, &r);
    if (!overflow) return constant_val(Value{static_cast<u64>(r)});
  }
  if (l.is_counter_step(pc.expr)) {
    ValueId a = l.tagged(va), b = l.tagged(vb);
    return tagged_val(l.exact(op, a, b));
  }
  if (float_operation(l, pc)) {
    ValueId a = real_to_f64(l, va, pc), b = real_to_f64(l, vb, pc);
    return f64_val(l.op2(float_op(op), Rep::F64, a, b));
  }
  u32 types = result_types(l, pc);
  bool cold = l.block().cold;
  size_t m = l.mark();
  ValueId a = l.tagged(va), b = l.tagged(vb);
  bool complex = l.has_complex_arithmetic() && (l.types(va) & l.types(vb) & kTypeCompnum);
  BlockId complex_block = complex ? l.new_block(cold) : kNone;
  Split s = split(l, va, vb, complex_block);
  BlockId done = l.new_block(cold);
  if (complex) {
    s.slow = l.new_block(true);
    l.switch_to(complex_block);
    complex_arithmetic(l, op, a, b, s.slow, done);
  }
  if (s.fix != kNone) {
    l.switch_to(s.fix);
    ValueId r;
    if (op == Op::Mul) {
      bool b_constant = is_fixnum_constant(vb);
      ValueId raw = b_constant ? l.imm(static_cast<u64>(static_cast<i64>(vb.bits) >> 3)) : l.op2(Op::Sar, Rep::Raw, a, l.imm(3));
      r = b_constant ? l.arithmetic_overflow(op, a, raw, s.slow) : l.arithmetic_overflow(op, raw, b, s.slow);
    } else {
      r = l.arithmetic_overflow(op, a, b, s.slow);
    }
    l.jump(done, {r});
  }
  if (s.flo != kNone) {
    l.switch_to(s.flo);
    ValueId x = decode(l, a), y = a == b ? x : decode(l, b);
    encode_or(l, l.op2(float_op(op), Rep::F64, x, y), s.slow, done);
  }
  slow_value(l, pc, s.slow, done, types);
  l.undo(m);
  l.switch_to(done);
  ValueId r = l.block_param(done, Rep::Tagged, types);
  // What comes here are numbers.
  l.refine(va, kTypeNumber);
  l.refine(vb, kTypeNumber);
  return tagged_val(r);
}

// -- comparisons -----------------------------------------------------------------------------------

FCond float_cond(Cond c) {
  switch (c) {
    case Cond::Eq: return FCond::Eq;
    case Cond::Lt: return FCond::Lt;
    case Cond::Le: return FCond::Le;
    case Cond::Gt: return FCond::Gt;
    default: return FCond::Ge;
  }
}

/// Fixnums up to 2^53 and comparisons with flonums: conversion is exact only there, so mixed ones go the slow way
/// unless the fixnum is a small constant.
bool small_constant(const Val& v) {
  if (!is_fixnum_constant(v)) return false;
  i64 n = static_cast<i64>(v.bits) >> 3;
  return n >= -(i64{1} << 53) && n <= i64{1} << 53;
}

void compare(Lowerer& l, PrimCall& pc, Label& yes, Label& no, i64 code) {
  Cond cond = static_cast<Cond>(code);
  const Val va = pc.args[0], vb = pc.args[1];
  bool fa = is_flonum(l, va), fb = is_flonum(l, vb);
  if ((fa && fb) || (fa && small_constant(vb)) || (fb && small_constant(va))) {
    ValueId a = real_to_f64(l, va, pc), b = real_to_f64(l, vb, pc);
    return l.fbranch_labels(float_cond(cond), a, b, yes, no);
  }
  ValueId a = l.tagged(va), b = l.tagged(vb);
  Split s = split(l, va, vb);
  // What goes on from here is of these types, as the slow way raises for anything else; the split must not know it yet.
  l.refine(va, cond == Cond::Eq ? kTypeNumber : kTypeReal);
  l.refine(vb, cond == Cond::Eq ? kTypeNumber : kTypeReal);
  size_t m = l.mark();
  if (s.fix != kNone) {
    l.switch_to(s.fix);
    if (!only(l.types(a), kTypeFixnum)) l.refine(a, kTypeFixnum);
    if (!only(l.types(b), kTypeFixnum)) l.refine(b, kTypeFixnum);
    l.branch_labels(cond, a, b, yes, no);
    l.undo(m);
  }
  if (s.flo != kNone) {
    l.switch_to(s.flo);
    ValueId x = decode(l, a), y = decode(l, b);
    l.fbranch_labels(float_cond(cond), x, y, yes, no);
  }
  l.switch_to(s.slow);
  test_boolean(l, call_generic(l, pc, kTypeBoolean), yes, no);
}

/// zero? positive? negative?: a comparison with 0.
void compare_zero(Lowerer& l, PrimCall& pc, Label& yes, Label& no, i64 code) {
  Cond cond = static_cast<Cond>(code);
  const Val v = pc.args[0];
  if (is_flonum(l, v)) {
    ValueId x = l.unbox(v, nullptr);
    return l.fbranch_labels(float_cond(cond), x, l.fimm(0), yes, no);
  }
  ValueId a = l.tagged(v);
  u32 types = l.types(v);  // not yet narrowed by what only the slow way makes true
  l.refine(v, cond == Cond::Eq ? kTypeNumber : kTypeReal);
  if (!(types & kTypeFixnum)) return test_boolean(l, call_generic(l, pc, kTypeBoolean), yes, no);
  if (only(types, kTypeFixnum)) return l.branch_labels(cond, a, l.imm(0), yes, no);
  BlockId fix = l.new_block(), other = l.new_block(), slow = l.new_block(true);
  l.branch(Cond::TestZero, a, l.imm(7), fix, other);
  size_t m = l.mark();
  l.switch_to(fix);
  l.refine(a, kTypeFixnum);
  l.branch_labels(cond, a, l.imm(0), yes, no);
  l.undo(m);
  l.switch_to(other);
  l.guard(Cond::TestZero, a, l.imm(2), slow);
  l.fbranch_labels(float_cond(cond), decode(l, a), l.fimm(0), yes, no);
  l.switch_to(slow);
  test_boolean(l, call_generic(l, pc, kTypeBoolean), yes, no);
}

void parity(Lowerer& l, PrimCall& pc, Label& yes, Label& no, i64 code) {
  ValueId a = l.tagged(pc.args[0]);
  Cond cond = static_cast<Cond>(code);
  if (only(l.types(a), kTypeFixnum)) return l.branch_labels(cond, a, l.imm(8), yes, no);
  BlockId fix = l.new_block(), slow = l.new_block(true);
  l.branch(Cond::TestZero, a, l.imm(7), fix, slow, false, true);
  size_t m = l.mark();
  l.switch_to(fix);
  l.refine(a, kTypeFixnum);
  l.branch_labels(cond, a, l.imm(8), yes, no);
  l.undo(m);
  l.switch_to(slow);
  test_boolean(l, call_generic(l, pc, kTypeBoolean), yes, no);
}

// -- the others ------------------------------------------------------------------------------------

/// A diamond for operations on fixnums only: `fast` emits the fixnum case and gives its value.
template <class F>
Val fixnum_or_slow(Lowerer& l, PrimCall& pc, F fast) {
  u32 types = result_types(l, pc);
  bool cold = l.block().cold, known = true, possible = true;
  std::vector<ValueId> ids;
  for (const Val& v : pc.args) {
    ids.push_back(l.tagged(v));
    known = known && l.within(v, kTypeFixnum);
    possible = possible && (l.types(v) & kTypeFixnum);
  }
  if (!possible) return tagged_val(call_generic(l, pc, types));
  BlockId fix = l.new_block(cold), slow = l.new_block(true), done = l.new_block(cold);
  if (known) {
    l.jump(fix);
  } else {
    ValueId bits = ids[0];
    if (ids.size() == 2 && !pc.args[1].constant) bits = pc.args[0].constant ? ids[1] : l.op2(Op::Or, Rep::Raw, ids[0], ids[1]);
    if (ids.size() == 2 && pc.args[1].constant && !is_fixnum_constant(pc.args[1])) bits = l.imm(7);
    l.branch(Cond::TestZero, bits, l.imm(7), fix, slow, false, true);
  }
  size_t m = l.mark();
  l.switch_to(fix);
  ValueId r = l.tagged(fast(ids, slow));
  l.jump(done, {r});
  l.undo(m);
  slow_value(l, pc, slow, done, types);
  l.undo(m);
  l.switch_to(done);
  return tagged_val(l.block_param(done, Rep::Tagged, types));
}

Val divide(Lowerer& l, PrimCall& pc, i64 how) {
  return fixnum_or_slow(l, pc, [&](const std::vector<ValueId>& v, BlockId slow) {
    return divide_fixnums(l, static_cast<Division>(how), v[0], v[1], pc.args[1], slow);
  });
}

Val bitwise(Lowerer& l, PrimCall& pc, i64 op) {
  return fixnum_or_slow(l, pc, [&](const std::vector<ValueId>& v, BlockId) {
    return tagged_val(l.op2(static_cast<Op>(op), Rep::Tagged, v[0], v[1], kTypeFixnum));
  });
}
Val bitwise_not(Lowerer& l, PrimCall& pc, i64) {
  return fixnum_or_slow(l, pc, [&](const std::vector<ValueId>& v, BlockId) {
    return tagged_val(l.op2(Op::Xor, Rep::Tagged, v[0], l.imm(~u64{7}), kTypeFixnum));
  });
}

Val abs(Lowerer& l, PrimCall& pc, i64) {
  if (is_flonum(l, pc.args[0])) return f64_val(l.op1(Op::FAbs, Rep::F64, l.unbox(pc.args[0], nullptr)));
  return fixnum_or_slow(l, pc, [&](const std::vector<ValueId>& v, BlockId slow) {
    ValueId minus = l.arithmetic_overflow(Op::Sub, l.imm(0), v[0], slow);
    Inst i = make_inst(Op::Select, Rep::Tagged);
    i.cond = Cond::Lt;
    i.a = v[0];
    i.b = l.imm(0);
    i.c = minus;
    i.d = v[0];
    return tagged_val(l.emit(std::move(i)));
  });
}

Val extremum(Lowerer& l, PrimCall& pc, i64 cond) {
  if (is_flonum(l, pc.args[0]) && is_flonum(l, pc.args[1])) {
    ValueId a = l.unbox(pc.args[0], nullptr), b = l.unbox(pc.args[1], nullptr);
    return f64_val(float_extremum(l, static_cast<Cond>(cond) == Cond::Gt ? Op::FMax : Op::FMin, a, b));
  }
  return fixnum_or_slow(l, pc, [&](const std::vector<ValueId>& v, BlockId) {
    Inst i = make_inst(Op::Select, Rep::Tagged);
    i.cond = static_cast<Cond>(cond);
    i.a = i.c = v[0];
    i.b = i.d = v[1];
    return tagged_val(l.emit(std::move(i)));
  });
}

/// (/ a b) and (/ b): flonums in line. Quotients of fixnums are often no fixnums: the runtime does them.
Val slash(Lowerer& l, PrimCall& pc, i64) {
  if (pc.args.size() == 1) pc.args.insert(pc.args.begin(), constant_val(fixnum(1)));
  const Val va = pc.args[0], vb = pc.args[1];
  bool fa = is_flonum(l, va), fb = is_flonum(l, vb);
  bool zero_dividend = is_fixnum_constant(va) && va.bits == 0;
  if ((fa && fb) || (fb && small_constant(va) && !zero_dividend) || (fa && is_fixnum_constant(vb) && vb.bits != 0) ) {
    ValueId a = real_to_f64(l, va, pc), b = real_to_f64(l, vb, pc);
    return f64_val(l.op2(Op::FDiv, Rep::F64, a, b));
  }
  u32 types = result_types(l, pc);
  if (!(l.types(va) & kTypeFlonum) || !(l.types(vb) & kTypeFlonum)) return tagged_val(call_generic(l, pc, types));
  bool cold = l.block().cold;
  ValueId a = l.tagged(va), b = l.tagged(vb);
  BlockId slow = l.new_block(true), done = l.new_block(cold);
  size_t m = l.mark();
  l.guard(Cond::TestZero, l.op2(Op::Or, Rep::Raw, a, b), l.imm(2), slow);
  if (l.types(a) & kTypeFixnum) l.guard(Cond::TestNonZero, a, l.imm(7), slow);
  if (l.types(b) & kTypeFixnum) l.guard(Cond::TestNonZero, b, l.imm(7), slow);
  encode_or(l, l.op2(Op::FDiv, Rep::F64, decode(l, a), decode(l, b)), slow, done);
  slow_value(l, pc, slow, done, types);
  l.undo(m);
  l.switch_to(done);
  return tagged_val(l.block_param(done, Rep::Tagged, types));
}

Val to_inexact(Lowerer& l, PrimCall& pc, i64) {
  const Val v = pc.args[0];
  u32 t = l.types(v);
  if (only(t, kTypeReal)) return f64_val(real_to_f64(l, v, pc));
  if (is_flonum(l, v)) return v;
  u32 types = result_types(l, pc);
  bool cold = l.block().cold;
  ValueId a = l.tagged(v);
  if (!(t & kTypeFixnum)) return tagged_val(call_generic(l, pc, types));
  BlockId fix = l.new_block(cold), other = l.new_block(cold), slow = l.new_block(true), done = l.new_block(cold);
  size_t m = l.mark();
  l.branch(Cond::TestZero, a, l.imm(7), fix, other);
  l.switch_to(fix);
  ValueId x = l.op1(Op::FFromInt, Rep::F64, l.op2(Op::Sar, Rep::Raw, a, l.imm(3)));
  ValueId tagged = l.tagged(f64_val(x));
  l.jump(done, {tagged});
  l.undo(m);
  l.switch_to(other);
  l.guard(Cond::TestZero, a, l.imm(2), slow);  // an immediate flonum
  l.jump(done, {a});
  slow_value(l, pc, slow, done, types);
  l.undo(m);
  l.switch_to(done);
  return tagged_val(l.block_param(done, Rep::Tagged, types));
}

Val real_to_flonum(Lowerer& l, PrimCall& pc, i64) { return f64_val(real_to_f64(l, pc.args[0], pc)); }

template <class T>
constexpr i64 code(T t) { return static_cast<i64>(t); }

}  // namespace

ValueId decode_flonum(Lowerer& l, ValueId word) {
  ValueId right = l.op2(Op::Shr, Rep::Raw, word, l.imm(4));
  ValueId left = l.op2(Op::Shl, Rep::Raw, word, l.imm(60));
  ValueId sum = l.op2(Op::Or, Rep::Raw, left, right);
  return l.op1(Op::FFromBits, Rep::F64, l.op2(Op::Sub, Rep::Raw, sum, l.imm(kFlonumBias)));
}

ValueId encode_flonum(Lowerer& l, ValueId x, BlockId slow) {
  ValueId sum = l.op2(Op::Add, Rep::Raw, l.op1(Op::FBits, Rep::Raw, x), l.imm(kFlonumBias));
  ValueId high = l.op2(Op::Shl, Rep::Raw, sum, l.imm(4));
  ValueId low = l.op2(Op::Shr, Rep::Raw, sum, l.imm(60));
  ValueId word = l.op2(Op::Or, Rep::Tagged, high, low);  // any bits before the tests, so of no known type
  l.guard(Cond::TestZero, word, l.imm(2), slow);
  l.guard(Cond::TestNonZero, word, l.imm(7), slow);
  return word;
}

const std::vector<TemplateRow>& generic_templates() {
  static const std::vector<TemplateRow>& rows = *new std::vector<TemplateRow>{
      {"generic_add", {arithmetic, nullptr, code(Op::Add)}}, {"generic_sub", {arithmetic, nullptr, code(Op::Sub)}},
      {"generic_mul", {arithmetic, nullptr, code(Op::Mul)}}, {"generic_slash", {slash, nullptr, 0}},
      {"generic_eq", {nullptr, compare, code(Cond::Eq)}}, {"generic_lt", {nullptr, compare, code(Cond::Lt)}},
      {"generic_gt", {nullptr, compare, code(Cond::Gt)}}, {"generic_le", {nullptr, compare, code(Cond::Le)}},
      {"generic_ge", {nullptr, compare, code(Cond::Ge)}},
      {"is_zero", {nullptr, compare_zero, code(Cond::Eq)}}, {"is_positive", {nullptr, compare_zero, code(Cond::Gt)}},
      {"is_negative", {nullptr, compare_zero, code(Cond::Lt)}},
      {"is_even", {nullptr, parity, code(Cond::TestZero)}}, {"is_odd", {nullptr, parity, code(Cond::TestNonZero)}},
      {"generic_quotient", {divide, nullptr, code(Division::Quotient)}}, {"generic_remainder", {divide, nullptr, code(Division::Remainder)}},
      {"generic_modulo", {divide, nullptr, code(Division::Modulo)}}, {"generic_div", {divide, nullptr, code(Division::Div)}},
      {"generic_mod", {divide, nullptr, code(Division::Mod)}},
      {"bitwise_and", {bitwise, nullptr, code(Op::And)}}, {"bitwise_ior", {bitwise, nullptr, code(Op::Or)}},
      {"bitwise_xor", {bitwise, nullptr, code(Op::Xor)}}, {"bitwise_not", {bitwise_not, nullptr, 0}},
      {"generic_abs", {abs, nullptr, 0}}, {"generic_max", {extremum, nullptr, code(Cond::Gt)}},
      {"generic_min", {extremum, nullptr, code(Cond::Lt)}}, {"to_inexact", {to_inexact, nullptr, 0}},
      {"real_to_flonum", {real_to_flonum, nullptr, 0}},
  };
  return rows;
}

}  // namespace loko::low
