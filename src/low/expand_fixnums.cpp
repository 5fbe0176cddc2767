// SPDX-License-Identifier: MIT
//
// Templates of (rnrs arithmetic fixnums). A fixnum n is the word 8n; sums, differences, remainders, bitwise
// operations and comparisons work on the words as they are.
#include "low/expand_primitives.h"

namespace loko::low {
namespace {

ValueId need_fixnum(Lowerer& l, PrimCall& pc, size_t i) { return l.need(pc.args[i], kTypeFixnum, pc); }
ValueId untag(Lowerer& l, ValueId v) { return l.op2(Op::Sar, Rep::Raw, v, l.imm(3)); }
Val tag(Lowerer& l, ValueId raw) { return tagged_val(l.op2(Op::Shl, Rep::Tagged, raw, l.imm(3), kTypeFixnum)); }
Val fixnum_val(ValueId v) { return tagged_val(v); }

ValueId select(Lowerer& l, Cond cond, ValueId a, ValueId b, ValueId yes, ValueId no, Rep rep) {
  Inst i = make_inst(Op::Select, rep);
  i.cond = cond;
  i.a = a;
  i.b = b;
  i.c = yes;
  i.d = no;
  ValueId v = l.emit(std::move(i));
  if (rep == Rep::Tagged) l.refine(v, kTypeFixnum);
  return v;
}

Val arithmetic(Lowerer& l, PrimCall& pc, i64 op) {
  if (pc.args.size() == 1) {  // (fx- a)
    ValueId a = need_fixnum(l, pc, 0);
    return fixnum_val(l.arithmetic_overflow(Op::Sub, l.imm(0), a, l.fail_block(pc)));
  }
  l.need_fixnums(pc.args[0], pc.args[1], pc);
  ValueId a = l.tagged(pc.args[0]), b = l.tagged(pc.args[1]);
  if (l.is_counter_step(pc.expr)) return fixnum_val(l.exact(static_cast<Op>(op), a, b));
  if (static_cast<Op>(op) == Op::Mul) {
    if (is_fixnum_constant(pc.args[1])) return fixnum_val(l.arithmetic_overflow(Op::Mul, a, l.imm(static_cast<u64>(static_cast<i64>(pc.args[1].bits) >> 3)), l.fail_block(pc)));
    a = untag(l, a);
  }
  return fixnum_val(l.arithmetic_overflow(static_cast<Op>(op), a, b, l.fail_block(pc)));
}

Val wrapping(Lowerer& l, PrimCall& pc, i64 op) {
  ValueId a = l.tagged(pc.args[0]), b = l.tagged(pc.args[1]);
  if (static_cast<Op>(op) == Op::Mul) a = untag(l, a);
  return fixnum_val(l.op2(static_cast<Op>(op), Rep::Tagged, a, b, kTypeFixnum));
}

void compare(Lowerer& l, PrimCall& pc, Label& yes, Label& no, i64 cond) {
  l.need_fixnums(pc.args[0], pc.args[1], pc);
  ValueId a = l.tagged(pc.args[0]), b = l.tagged(pc.args[1]);
  l.branch_labels(static_cast<Cond>(cond), a, b, yes, no);
}

void compare_zero(Lowerer& l, PrimCall& pc, Label& yes, Label& no, i64 cond) {
  ValueId a = need_fixnum(l, pc, 0);
  l.branch_labels(static_cast<Cond>(cond), a, l.imm(0), yes, no);
}

void parity(Lowerer& l, PrimCall& pc, Label& yes, Label& no, i64 cond) {
  ValueId a = need_fixnum(l, pc, 0);
  l.branch_labels(static_cast<Cond>(cond), a, l.imm(8), yes, no);
}

Val bitwise(Lowerer& l, PrimCall& pc, i64 op) {
  l.need_fixnums(pc.args[0], pc.args[1], pc);
  ValueId a = l.tagged(pc.args[0]), b = l.tagged(pc.args[1]);
  return fixnum_val(l.op2(static_cast<Op>(op), Rep::Tagged, a, b, kTypeFixnum));
}

Val bitwise_not(Lowerer& l, PrimCall& pc, i64) {
  ValueId a = need_fixnum(l, pc, 0);
  return fixnum_val(l.op2(Op::Xor, Rep::Tagged, a, l.imm(~u64{7}), kTypeFixnum));
}

Val extremum(Lowerer& l, PrimCall& pc, i64 cond) {
  l.need_fixnums(pc.args[0], pc.args[1], pc);
  ValueId a = l.tagged(pc.args[0]), b = l.tagged(pc.args[1]);
  return fixnum_val(select(l, static_cast<Cond>(cond), a, b, a, b, Rep::Tagged));
}

Val constant(Lowerer&, PrimCall&, i64 n) { return constant_val(fixnum(n)); }

/// The shift count, raw, checked to be 0 … 60.
ValueId need_count(Lowerer& l, PrimCall& pc, size_t i) {
  ValueId n = need_fixnum(l, pc, i);
  const Val& v = pc.args[i];
  if (v.constant) {
    if (v.bits >= (u64{61} << 3)) l.fail(pc);
    return l.imm((v.bits >> 3) & 63);
  }
  l.guard(Cond::Below, n, l.imm(u64{61} << 3), l.fail_block(pc));
  return untag(l, n);
}
ValueId shifted_left(Lowerer& l, PrimCall& pc, ValueId a, ValueId count) {
  ValueId r = l.op2(Op::Shl, Rep::Tagged, a, count, kTypeFixnum);
  ValueId back = l.op2(Op::Sar, Rep::Raw, r, count);
  l.guard(Cond::Eq, back, a, l.fail_block(pc));
  return r;
}
ValueId shifted_right(Lowerer& l, ValueId a, ValueId count) {
  ValueId r = l.op2(Op::Sar, Rep::Raw, a, count);
  return l.op2(Op::And, Rep::Tagged, r, l.imm(~u64{7}), kTypeFixnum);
}
Val shift_left(Lowerer& l, PrimCall& pc, i64) {
  ValueId a = need_fixnum(l, pc, 0);
  return fixnum_val(shifted_left(l, pc, a, need_count(l, pc, 1)));
}
Val shift_right(Lowerer& l, PrimCall& pc, i64) {
  ValueId a = need_fixnum(l, pc, 0);
  return fixnum_val(shifted_right(l, a, need_count(l, pc, 1)));
}
Val shift(Lowerer& l, PrimCall& pc, i64) {
  ValueId a = need_fixnum(l, pc, 0), n = need_fixnum(l, pc, 1);
  if (pc.args[1].constant && static_cast<i64>(pc.args[1].bits) >= 0) return fixnum_val(shifted_left(l, pc, a, need_count(l, pc, 1)));
  BlockId left = l.new_block(), right = l.new_block(), done = l.new_block();
  l.branch(Cond::Ge, n, l.imm(0), left, right);
  l.switch_to(left);
  l.guard(Cond::Below, n, l.imm(u64{61} << 3), l.fail_block(pc));
  ValueId r = shifted_left(l, pc, a, untag(l, n));
  l.jump(done, {r});
  l.switch_to(right);
  ValueId m = l.op2(Op::Sub, Rep::Raw, l.imm(0), n);
  l.guard(Cond::Below, m, l.imm(u64{61} << 3), l.fail_block(pc));
  ValueId s = shifted_right(l, a, untag(l, m));
  l.jump(done, {s});
  l.switch_to(done);
  return fixnum_val(l.block_param(done, Rep::Tagged, kTypeFixnum));
}
Val shift_unsafe(Lowerer& l, PrimCall& pc, i64 op) {
  ValueId a = l.tagged(pc.args[0]);
  ValueId n = pc.args[1].constant ? l.imm(pc.args[1].bits >> 3) : untag(l, l.tagged(pc.args[1]));
  if (static_cast<Op>(op) == Op::Shl) return fixnum_val(l.op2(Op::Shl, Rep::Tagged, a, n, kTypeFixnum));
  ValueId r = l.op2(static_cast<Op>(op), Rep::Raw, a, n);
  return fixnum_val(l.op2(Op::And, Rep::Tagged, r, l.imm(~u64{7}), kTypeFixnum));
}

Val bit_count(Lowerer& l, PrimCall& pc, i64) {
  ValueId a = need_fixnum(l, pc, 0);
  ValueId sign = l.op2(Op::Sar, Rep::Raw, a, l.imm(63));
  ValueId bits = l.op2(Op::Xor, Rep::Raw, untag(l, a), sign);
  return tag(l, l.op2(Op::Xor, Rep::Raw, l.op1(Op::Popcount, Rep::Raw, bits), sign));
}
Val length(Lowerer& l, PrimCall& pc, i64) {
  ValueId a = need_fixnum(l, pc, 0);
  ValueId sign = l.op2(Op::Sar, Rep::Raw, a, l.imm(63));
  ValueId bits = l.op2(Op::Xor, Rep::Raw, untag(l, a), sign);
  return tag(l, l.op2(Op::Sub, Rep::Raw, l.imm(64), l.op1(Op::Clz, Rep::Raw, bits)));
}
Val first_bit_set(Lowerer& l, PrimCall& pc, i64) {
  ValueId a = need_fixnum(l, pc, 0);
  ValueId n = l.add_imm(l.op1(Op::Ctz, Rep::Raw, a), -3);
  return tag(l, select(l, Cond::Eq, a, l.imm(0), l.imm(~u64{0}), n, Rep::Raw));
}

}  // namespace

// -- division: shared with the generic operations ---------------------------------------------------

namespace {

bool power_of_two(const Val& v, u64* mask) {
  if (!is_fixnum_constant(v)) return false;
  u64 n = v.bits >> 3;
  if (static_cast<i64>(v.bits) <= 0 || (n & (n - 1)) != 0) return false;
  *mask = v.bits - 8;  // of the tagged word
  return true;
}

/// a + (a < 0 ? mask : 0): makes the arithmetic shift and the mask truncate.
ValueId biased(Lowerer& l, ValueId a, u64 mask) {
  ValueId sign = l.op2(Op::Sar, Rep::Raw, a, l.imm(63));
  return l.op2(Op::Add, Rep::Raw, a, l.op2(Op::And, Rep::Raw, sign, l.imm(mask)));
}

}  // namespace

/// Division of fixnums; a zero divisor and an unrepresentable quotient go to `otherwise`.
Val divide_fixnums(Lowerer& l, Division how, ValueId a, ValueId b, const Val& divisor, BlockId otherwise) {
  u64 mask = 0;
  if (power_of_two(divisor, &mask)) {
    unsigned log = static_cast<unsigned>(__builtin_ctzll(divisor.bits >> 3));
    ValueId r;
    switch (how) {
      case Division::Modulo: case Division::Mod:
        return fixnum_val(l.op2(Op::And, Rep::Tagged, a, l.imm(mask), kTypeFixnum));
      case Division::Div:
        return fixnum_val(shifted_right(l, a, l.imm(log)));
      case Division::Quotient:
        return fixnum_val(shifted_right(l, biased(l, a, mask), l.imm(log)));
      case Division::Remainder:
        r = l.op2(Op::And, Rep::Raw, biased(l, a, mask), l.imm(~mask));
        return fixnum_val(l.op2(Op::Sub, Rep::Tagged, a, r, kTypeFixnum));
      default: break;
    }
  }
  if (!is_fixnum_constant(divisor) || divisor.bits == 0) l.guard(Cond::Ne, b, l.imm(0), otherwise);
  bool positive = is_fixnum_constant(divisor) && static_cast<i64>(divisor.bits) > 0;
  // Words are 8n: the quotient of words is the raw quotient, the remainder of words is the tagged remainder.
  auto tag_quotient = [&](ValueId raw) {
    if (positive) return tag(l, raw);
    return fixnum_val(l.arithmetic_overflow(Op::Mul, raw, l.imm(8), otherwise));
  };
  auto remainder = [&] { return l.op2(Op::Rem, Rep::Tagged, a, b, kTypeFixnum); };
  auto nonnegative = [&](ValueId r) {  // r + |b| if r < 0
    ValueId sign = l.op2(Op::Sar, Rep::Raw, b, l.imm(63));
    ValueId magnitude = l.op2(Op::Sub, Rep::Raw, l.op2(Op::Xor, Rep::Raw, b, sign), sign);
    return select(l, Cond::Lt, r, l.imm(0), l.op2(Op::Add, Rep::Raw, r, positive ? b : magnitude), r, Rep::Tagged);
  };
  switch (how) {
    case Division::Quotient: return tag_quotient(l.op2(Op::Div, Rep::Raw, a, b));
    case Division::Remainder: return fixnum_val(remainder());
    case Division::Modulo: {
      ValueId r = remainder();
      ValueId adjusted = l.op2(Op::Add, Rep::Tagged, r, b, kTypeFixnum);
      if (positive) return fixnum_val(select(l, Cond::Lt, r, l.imm(0), adjusted, r, Rep::Tagged));
      ValueId x = l.op2(Op::Xor, Rep::Raw, r, b);
      ValueId y = select(l, Cond::Lt, x, l.imm(0), adjusted, r, Rep::Tagged);
      return fixnum_val(select(l, Cond::Eq, r, l.imm(0), r, y, Rep::Tagged));
    }
    case Division::Mod: return fixnum_val(nonnegative(remainder()));
    case Division::Div: {
      ValueId q = l.op2(Op::Div, Rep::Raw, a, b);
      ValueId r = l.op2(Op::Rem, Rep::Raw, a, b);
      ValueId sign = l.op2(Op::Sar, Rep::Raw, b, l.imm(63));          // 0 or -1
      ValueId step = l.op2(Op::Or, Rep::Raw, sign, l.imm(1));         // 1 or -1
      ValueId lower = l.op2(Op::Sub, Rep::Raw, q, step);
      return tag_quotient(select(l, Cond::Lt, r, l.imm(0), lower, q, Rep::Raw));
    }
    case Division::Mod0: case Division::Div0: {
      // On untagged words nothing overflows: m = a mod b, minus |b| if 2m >= |b|.
      ValueId x = untag(l, a), y = untag(l, b);
      ValueId r = l.op2(Op::Rem, Rep::Raw, x, y);
      ValueId sign = l.op2(Op::Sar, Rep::Raw, y, l.imm(63));
      ValueId magnitude = l.op2(Op::Sub, Rep::Raw, l.op2(Op::Xor, Rep::Raw, y, sign), sign);
      ValueId m = select(l, Cond::Lt, r, l.imm(0), l.op2(Op::Add, Rep::Raw, r, magnitude), r, Rep::Raw);
      ValueId twice = l.op2(Op::Add, Rep::Raw, m, m);
      m = select(l, Cond::Ge, twice, magnitude, l.op2(Op::Sub, Rep::Raw, m, magnitude), m, Rep::Raw);
      if (how == Division::Mod0) return tag(l, m);
      ValueId q = l.op2(Op::Div, Rep::Raw, l.op2(Op::Sub, Rep::Raw, x, m), y);
      return tag_quotient(q);
    }
  }
  return void_val();
}

namespace {

Val divide(Lowerer& l, PrimCall& pc, i64 how) {
  l.need_fixnums(pc.args[0], pc.args[1], pc);
  ValueId a = l.tagged(pc.args[0]), b = l.tagged(pc.args[1]);
  return divide_fixnums(l, static_cast<Division>(how), a, b, pc.args[1], l.fail_block(pc));
}

template <class T>
constexpr i64 code(T t) { return static_cast<i64>(t); }

}  // namespace

const std::vector<TemplateRow>& fixnum_templates() {
  static const std::vector<TemplateRow>& rows = *new std::vector<TemplateRow>{
      {"fixnum_width", {constant, nullptr, kFixnumBits}}, {"least_fixnum", {constant, nullptr, kFixnumMin}},
      {"greatest_fixnum", {constant, nullptr, kFixnumMax}},
      {"fx_eq", {nullptr, compare, code(Cond::Eq)}}, {"fx_lt", {nullptr, compare, code(Cond::Lt)}},
      {"fx_gt", {nullptr, compare, code(Cond::Gt)}}, {"fx_le", {nullptr, compare, code(Cond::Le)}},
      {"fx_ge", {nullptr, compare, code(Cond::Ge)}},
      {"fx_is_zero", {nullptr, compare_zero, code(Cond::Eq)}}, {"fx_is_positive", {nullptr, compare_zero, code(Cond::Gt)}},
      {"fx_is_negative", {nullptr, compare_zero, code(Cond::Lt)}},
      {"fx_is_odd", {nullptr, parity, code(Cond::TestNonZero)}}, {"fx_is_even", {nullptr, parity, code(Cond::TestZero)}},
      {"fx_add", {arithmetic, nullptr, code(Op::Add)}}, {"fx_sub", {arithmetic, nullptr, code(Op::Sub)}},
      {"fx_mul", {arithmetic, nullptr, code(Op::Mul)}},
      {"fx_add_wrap", {wrapping, nullptr, code(Op::Add)}}, {"fx_sub_wrap", {wrapping, nullptr, code(Op::Sub)}},
      {"fx_mul_wrap", {wrapping, nullptr, code(Op::Mul)}},
      {"fx_quotient", {divide, nullptr, code(Division::Quotient)}}, {"fx_remainder", {divide, nullptr, code(Division::Remainder)}},
      {"fx_modulo", {divide, nullptr, code(Division::Modulo)}}, {"fx_div", {divide, nullptr, code(Division::Div)}},
      {"fx_mod", {divide, nullptr, code(Division::Mod)}}, {"fx_div0", {divide, nullptr, code(Division::Div0)}},
      {"fx_mod0", {divide, nullptr, code(Division::Mod0)}},
      {"fx_not", {bitwise_not, nullptr, 0}}, {"fx_and", {bitwise, nullptr, code(Op::And)}},
      {"fx_ior", {bitwise, nullptr, code(Op::Or)}}, {"fx_xor", {bitwise, nullptr, code(Op::Xor)}},
      {"fx_max", {extremum, nullptr, code(Cond::Gt)}}, {"fx_min", {extremum, nullptr, code(Cond::Lt)}},
      {"fx_shift_left", {shift_left, nullptr, 0}}, {"fx_shift_right", {shift_right, nullptr, 0}}, {"fx_shift", {shift, nullptr, 0}},
      {"fx_shift_left_wrap", {shift_unsafe, nullptr, code(Op::Shl)}}, {"fx_shift_right_unsafe", {shift_unsafe, nullptr, code(Op::Sar)}},
      {"fx_shift_right_logical", {shift_unsafe, nullptr, code(Op::Shr)}},
      {"fx_bit_count", {bit_count, nullptr, 0}}, {"fx_length", {length, nullptr, 0}}, {"fx_first_bit_set", {first_bit_set, nullptr, 0}},
  };
  return rows;
}

}  // namespace loko::low
