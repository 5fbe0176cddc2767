// SPDX-License-Identifier: MIT
//
// Instructions that are no calls. Two-address forms take care that the destination may be the register of any
// operand that dies here.
#include "machine/x64/emitter.h"

namespace loko::x64 {

using namespace asmjit;
using low::Cond;
using low::FCond;
using low::Op;

namespace {

bool is_commutative(Op op) { return op == Op::Add || op == Op::Mul || op == Op::And || op == Op::Or || op == Op::Xor; }
bool fits_i32(i64 n) { return n == static_cast<i32>(n); }

x86::CondCode condition(Cond c) {
  using CC = x86::CondCode;
  switch (c) {
    case Cond::Eq: case Cond::TestZero: return CC::kE;
    case Cond::Ne: case Cond::TestNonZero: return CC::kNE;
    case Cond::Lt: return CC::kL;
    case Cond::Le: return CC::kLE;
    case Cond::Gt: return CC::kG;
    case Cond::Ge: return CC::kGE;
    case Cond::Below: return CC::kB;
    case Cond::BelowEq: return CC::kBE;
    case Cond::Above: return CC::kA;
    case Cond::AboveEq: return CC::kAE;
  }
  return CC::kE;
}

}  // namespace

void LambdaEmitter::instruction(const Inst& i) {
  switch (i.op) {
    case Op::Imm: {
      Gp d = reg(result(i));
      u64 n = static_cast<u64>(i.imm);
      if (n == 0) a.xor_(d.r32(), d.r32());
      else if (n <= 0xffffffff) a.mov(d.r32(), n);
      else a.mov(d, static_cast<i64>(n));
      break;
    }
    case Op::StaticClosure:
      a.mov(reg(result(i)).r32(), 0x7ffffff0);
      w_.refer_closure(static_cast<u32>(i.imm), i.clause);
      break;
    case Op::FImm: case Op::Constant: break;  // at home until used
    case Op::LoadAbs: case Op::StoreAbs: case Op::LoadCtx: case Op::StoreCtx: absolute(i); break;
    case Op::Add: case Op::Sub: case Op::Mul: case Op::And: case Op::Or: case Op::Xor:
      arithmetic(i.op, result(i), at(i.a), at(i.b), false);
      break;
    case Op::Shl: case Op::Sar: case Op::Shr: shift(i); break;
    case Op::Neg: case Op::Not: case Op::ByteSwap: {
      Gp d = reg(result(i));
      copy(d, at(i.a));
      if (i.op == Op::Neg) a.neg(d);
      else if (i.op == Op::Not) a.not_(d);
      else a.bswap(d);
      break;
    }
    case Op::Div: case Op::Rem: divide(i); break;
    case Op::Lea: lea(i); break;
    case Op::Popcount: case Op::Clz: case Op::Ctz: bit_count(i); break;
    case Op::Load: case Op::DeviceLoad: load(i); break;
    case Op::Store: case Op::DeviceStore: store(i); break;
    case Op::PortIn: case Op::PortOut: port(i); break;
    case Op::MarkCard: mark_card(i); break;
    case Op::FAdd: case Op::FSub: case Op::FMul: case Op::FDiv: case Op::FMin: case Op::FMax: float_arithmetic(i); break;
    case Op::FSqrt: case Op::FNeg: case Op::FAbs: case Op::FFloor: case Op::FCeil: case Op::FTrunc: case Op::FRound:
    case Op::FFromInt: case Op::FToInt: case Op::FBits: case Op::FFromBits:
      float_unary(i);
      break;
    case Op::SetCond: case Op::SetBool: {
      CC cc = compare(i.cond, i.a, i.b);
      Gp d = reg(result(i));
      a.set(cc, x86::r11b);
      if (i.op == Op::SetCond) {
        a.movzx(d.r32(), x86::r11b);
      } else {
        a.movzx(x86::r11d, x86::r11b);
        a.lea(d, x86::ptr(static_cast<u64>(kFalse), x86::r11, 3));
      }
      break;
    }
    case Op::FSetBool: float_set(i); break;
    case Op::Select: select(i); break;
    case Op::Alloc: allocate_fixed(i); break;
    case Op::AllocDynamic: allocate_dynamic(i); break;
    case Op::CallDirect: case Op::CallClosure: case Op::CallRuntime: case Op::CallStub: case Op::CallFloat: call(i); break;
    case Op::Poll: poll(i); break;
  }
}

// -- integers --

void LambdaEmitter::operate(Op op, Gp d, Location b) {
  if (is_immediate(b)) {
    i64 n = immediate(b);
    if (!fits_i32(n)) {
      move_immediate(x86::r11, b, true);
      return operate(op, d, gpr(kScratchGpr));
    }
    switch (op) {
      case Op::Add: a.add(d, n); break;
      case Op::Sub: a.sub(d, n); break;
      case Op::And: a.and_(d, n); break;
      case Op::Or: a.or_(d, n); break;
      case Op::Xor: a.xor_(d, n); break;
      default: a.imul(d, d, n); break;
    }
    note_immediate(b);
    return;
  }
  auto emit = [&](const auto& x) {
    switch (op) {
      case Op::Add: a.add(d, x); break;
      case Op::Sub: a.sub(d, x); break;
      case Op::And: a.and_(d, x); break;
      case Op::Or: a.or_(d, x); break;
      case Op::Xor: a.xor_(d, x); break;
      default: a.imul(d, x); break;
    }
  };
  if (b.where == Where::Gpr) emit(x86::gpq(b.index));
  else emit(memory(b)), note_memory(b);
}

/// dst = x op y. keep_flags: the flags must be those of the operation.
void LambdaEmitter::arithmetic(Op op, Location dst, Location x, Location y, bool keep_flags) {
  Gp d = reg(dst);
  if (is_immediate(y) && !is_closure_constant(y) && fits_i32(immediate(y)) && x.where == Where::Gpr && !(x == dst)) {
    i64 n = immediate(y);
    if (op == Op::Mul) {
      a.imul(d, reg(x), n);
      return;
    }
    if (!keep_flags && op == Op::Add) {
      a.lea(d, x86::ptr(reg(x), static_cast<i32>(n)));
      return;
    }
    if (!keep_flags && op == Op::Sub && fits_i32(-n)) {
      a.lea(d, x86::ptr(reg(x), static_cast<i32>(-n)));
      return;
    }
  }
  if (y == dst && !(x == dst)) {
    if (is_commutative(op)) return operate(op, d, x);
    copy(x86::r11, x);
    operate(op, x86::r11, y);
    a.mov(d, x86::r11);
    return;
  }
  if (op == Op::Add && !keep_flags && x.where == Where::Gpr && y.where == Where::Gpr && !(x == dst)) {
    a.lea(d, x86::ptr(reg(x), reg(y)));
    return;
  }
  copy(d, x);
  operate(op, d, y);
}

void LambdaEmitter::shift(const Inst& i) {
  Location dst = result(i), x = at(i.a), n = at(i.b);
  auto emit = [&](Gp d, const auto& count) {
    if (i.op == Op::Shl) a.shl(d, count);
    else if (i.op == Op::Sar) a.sar(d, count);
    else a.shr(d, count);
  };
  if (is_immediate(n)) {
    Gp d = reg(dst);
    copy(d, x);
    if (i.op == Op::Shr && i.is_signed) a.ror(d, immediate(n));
    else if (immediate(n) & 63) emit(d, immediate(n) & 63);
    return;
  }
  bool plain = !(dst == gpr(RCX)) && !(x == gpr(RCX)) && !(dst == n);
  Gp d = plain ? reg(dst) : Gp(x86::r11);
  copy(d, x);
  copy(x86::rcx, n);
  emit(d, x86::cl);
  copy(reg(dst), gpr(d.id()));
}

void LambdaEmitter::divide(const Inst& i) {
  Location y = at(i.b);
  if (y == gpr(RAX) || y == gpr(RDX)) {
    copy(x86::r11, y);
    y = gpr(kScratchGpr);
  }
  copy(x86::rax, at(i.a));
  a.cqo();
  a.idiv(reg(y));
  copy(reg(result(i)), gpr(i.op == Op::Div ? RAX : RDX));
}

void LambdaEmitter::port(const Inst& i) {
  if (i.op == Op::PortOut && at(i.b) == gpr(RDX)) {  // both would be needed in the other's register
    copy(x86::r11, at(i.a));
    copy(x86::rax, at(i.b));
    a.mov(x86::edx, x86::r11d);
  } else {
    copy(x86::rdx, at(i.a));
    if (i.op == Op::PortOut) copy(x86::rax, at(i.b));
  }
  if (i.op == Op::PortOut) {
    if (i.width == 1) a.out(x86::dx, x86::al);
    else if (i.width == 2) a.out(x86::dx, x86::ax);
    else a.out(x86::dx, x86::eax);
    return;
  }
  if (i.width == 1) a.in(x86::al, x86::dx), a.movzx(x86::eax, x86::al);
  else if (i.width == 2) a.in(x86::ax, x86::dx), a.movzx(x86::eax, x86::ax);
  else a.in(x86::eax, x86::dx);
  copy(reg(result(i)), gpr(RAX));
}

void LambdaEmitter::bit_count(const Inst& i) {
  Gp d = reg(result(i)), x = reg(i.a);
  if (i.op == Op::Popcount) {
    a.popcnt(d, x);
    return;
  }
  if (i.op == Op::Clz) a.bsr(x86::r11, x);
  else a.bsf(x86::r11, x);
  a.mov(d.r32(), i.op == Op::Clz ? 127 : 64);
  a.cmovz(x86::r11, d);
  if (i.op == Op::Clz) a.xor_(x86::r11, 63);
  a.mov(d, x86::r11);
}

void LambdaEmitter::lea(const Inst& i) {
  Gp d = reg(result(i));
  if (i.b == kNone && i.imm == 0) copy(d, at(i.a));
  else if (i.b == kNone && at(i.a) == result(i)) a.add(d, i.imm);
  else a.lea(d, address(i.a, i.b, i.scale, i.imm));
}

// -- memory --

void LambdaEmitter::load(const Inst& i) {
  Mem m = address(i.a, i.b, i.scale, i.imm, i.width);
  if (i.rep == Rep::F64) {
    Xmm d = fp(result(i));
    if (i.width == 8) {
      a.movsd(d, m);
    } else {
      a.xorps(d, d);
      a.cvtss2sd(d, m);
    }
    return;
  }
  Gp d = reg(result(i));
  switch (i.width) {
    case 8: a.mov(d, m); break;
    case 4:
      if (i.is_signed) a.movsxd(d, m);
      else a.mov(d.r32(), m);
      break;
    default:
      if (i.is_signed) a.movsx(d, m);
      else a.movzx(d.r32(), m);
      break;
  }
}

void LambdaEmitter::store(const Inst& i) {
  Mem m = address(i.a, i.b, i.scale, i.imm, i.width);
  Location v = at(i.c);
  if (v.where == Where::Xmm) {
    if (i.width == 8) {
      a.movsd(m, fp(v));
    } else {
      a.xorps(x86::xmm15, x86::xmm15);
      a.cvtsd2ss(x86::xmm15, fp(v));
      a.movss(m, x86::xmm15);
    }
    return;
  }
  if (is_immediate(v)) {
    i64 n = immediate(v);
    if (i.width == 1) n = static_cast<signed char>(n);
    if (i.width == 2) n = static_cast<short>(n);
    if (i.width == 4) n = static_cast<i32>(n);
    a.mov(m, n);
    note_immediate(v);
    return;
  }
  Gp s = reg(v);
  switch (i.width) {
    case 8: a.mov(m, s); break;
    case 4: a.mov(m, s.r32()); break;
    case 2: a.mov(m, s.r16()); break;
    default: a.mov(m, s.r8()); break;
  }
}

/// Slots and context words. The address of a slot's card is computed, so that slots can be moved by relocation.
void LambdaEmitter::absolute(const Inst& i) {
  bool is_slot = i.op == Op::LoadAbs || i.op == Op::StoreAbs;
  u64 where = is_slot ? static_cast<u64>(i.imm) : kContextBase + static_cast<u64>(i.imm);
  Mem m = x86::ptr_abs(where, 8);
  auto note = [&] {
    if (is_slot) w_.refer_slot(where);
  };
  if (i.op == Op::LoadAbs || i.op == Op::LoadCtx) {
    if (i.rep == Rep::F64) a.movsd(fp(result(i)), m);
    else a.mov(reg(result(i)), m);
    note();
    return;
  }
  Location v = at(i.a);
  if (is_immediate(v)) {
    copy(x86::r11, v);
    v = gpr(kScratchGpr);
  }
  if (v.where == Where::Xmm) a.movsd(m, fp(v));
  else a.mov(m, reg(v));
  note();
  if (!is_slot) return;
  a.mov(x86::r11d, static_cast<u32>(where));
  note();
  a.shr(x86::r11d, kCardShift);
  a.mov(x86::ptr(x86::r11, static_cast<i32>(kCardsBase), 1), 1);
}

void LambdaEmitter::mark_card(const Inst& i) {
  if (i.b == kNone && i.imm == 0) a.mov(x86::r11, reg(i.a));
  else a.lea(x86::r11, address(i.a, i.b, i.scale, i.imm));
  a.shr(x86::r11, kCardShift);
  a.mov(x86::ptr(x86::r11, static_cast<i32>(kCardsBase), 1), 1);
}

void LambdaEmitter::allocate_fixed(const Inst& i) {
  Gp d = reg(result(i));
  Label slow = w_.label(), resume = w_.label();
  a.mov(d, x86::r15);
  a.add(x86::r15, i.imm);
  a.cmp(x86::r15, context_word(offsetof(Context, alloc_limit)));
  w_.jump(CC::kA, slow);
  w_.bind(resume);
  cold_.push_back([this, slow, resume, d, bytes = i.imm] {
    w_.bind(slow);
    a.mov(x86::r11d, static_cast<u32>(bytes));
    a.call(entry(kStubAlloc));
    a.lea(d, x86::ptr(x86::r15, static_cast<i32>(-bytes)));
    w_.jump(resume);
  });
}

void LambdaEmitter::allocate_dynamic(const Inst& i) {
  Gp d = reg(result(i)), n = reg(i.a);
  Label slow = w_.label(), resume = w_.label();
  a.mov(d, x86::r15);
  a.add(x86::r15, n);
  a.cmp(x86::r15, context_word(offsetof(Context, alloc_limit)));
  w_.jump(CC::kA, slow);
  w_.bind(resume);
  cold_.push_back([this, slow, resume, d, n] {
    w_.bind(slow);
    a.mov(x86::r11, n);
    a.call(entry(kStubAlloc));
    a.mov(d, x86::r15);
    a.sub(d, n);
    w_.jump(resume);
  });
}

// -- conditions --

/// Sets the flags; returns the condition to test.
LambdaEmitter::CC LambdaEmitter::compare(Cond cond, ValueId va, ValueId vb) {
  Location x = at(va), y = at(vb);
  bool test = cond == Cond::TestZero || cond == Cond::TestNonZero;
  if (is_immediate(y)) {
    i64 n = immediate(y);
    if (is_home_constant(x)) {
      copy(x86::r11, x);
      x = gpr(kScratchGpr);
    }
    if (x.where == Where::Gpr) {
      Gp r = x86::gpq(x.index);
      if (test && n >= 0 && n <= 0xff) a.test(r.r8(), n);
      else if (test && n >= 0) a.test(r.r32(), n);
      else if (test) a.test(r, n);
      else if (n == 0) a.test(r, r);
      else a.cmp(r, n);
    } else if (test) {
      if (n >= 0 && n <= 0xff) a.test(memory(x, 1), n);
      else a.test(memory(x), n);
    } else {
      a.cmp(memory(x), n);
    }
    note_immediate(y);
    return condition(cond);
  }
  if (y.where == Where::Gpr) {
    if (test) a.test(reg(x), reg(y));
    else a.cmp(reg(x), reg(y));
  } else {
    if (test) a.test(memory(y), reg(x));
    else a.cmp(reg(x), memory(y));
    note_memory(y);
  }
  return condition(cond);
}

void LambdaEmitter::select(const Inst& i) {
  CC cc = compare(i.cond, i.a, i.b);
  Location dst = result(i), c = at(i.c), d = at(i.d);
  if (i.rep == Rep::F64) {
    Label done = w_.label();
    if (c == dst) {
      w_.jump(cc, done);
      copy(fp(dst), d);
    } else {
      if (!(d == dst)) {  // both sides are still needed until the jump
        Label other = w_.label();
        w_.jump(x86::negateCond(cc), other);
        copy(fp(dst), c);
        w_.jump(done);
        w_.bind(other);
        copy(fp(dst), d);
      } else {
        w_.jump(x86::negateCond(cc), done);
        copy(fp(dst), c);
      }
    }
    w_.bind(done);
    return;
  }
  Gp to = reg(dst);
  Location other = d;
  if (c == dst) cc = x86::negateCond(cc);
  else {
    copy(to, d, true);
    other = c;
  }
  if (is_immediate(other)) {
    copy(x86::r11, other, true);
    other = gpr(kScratchGpr);
  }
  a.cmov(cc, to, reg(other));
}

// -- floats --

void LambdaEmitter::float_arithmetic(const Inst& i) {
  Location dst = result(i), x = at(i.a), y = at(i.b);
  auto emit = [&](Xmm d, const auto& s) {
    switch (i.op) {
      case Op::FAdd: a.addsd(d, s); break;
      case Op::FSub: a.subsd(d, s); break;
      case Op::FMul: a.mulsd(d, s); break;
      case Op::FDiv: a.divsd(d, s); break;
      case Op::FMin: a.minsd(d, s); break;
      default: a.maxsd(d, s); break;
    }
  };
  Xmm d = fp(dst);
  if (y == dst && !(x == dst)) {
    if (i.op == Op::FAdd || i.op == Op::FMul) return emit(d, fp(x));
    a.movaps(x86::xmm15, d);
    copy(d, x);
    return emit(d, x86::xmm15);
  }
  copy(d, x);
  if (y.is_register()) emit(d, fp(y));
  else emit(d, memory(y)), note_memory(y);
}

void LambdaEmitter::float_unary(const Inst& i) {
  switch (i.op) {
    case Op::FFromInt: {
      Xmm d = fp(result(i));
      a.xorps(d, d);
      a.cvtsi2sd(d, reg(i.a));
      return;
    }
    case Op::FToInt: a.cvttsd2si(reg(result(i)), fp(i.a)); return;
    case Op::FBits:
      if (i.width == 8) {
        a.movq(reg(result(i)), fp(i.a));
      } else {
        a.xorps(x86::xmm15, x86::xmm15);
        a.cvtsd2ss(x86::xmm15, fp(i.a));
        a.movd(reg(result(i)).r32(), x86::xmm15);
      }
      return;
    case Op::FFromBits:
      if (i.width == 8) {
        a.movq(fp(result(i)), reg(i.a));
      } else {
        a.movd(x86::xmm15, reg(i.a).r32());
        a.xorps(fp(result(i)), fp(result(i)));
        a.cvtss2sd(fp(result(i)), x86::xmm15);
      }
      return;
    default: break;
  }
  Xmm d = fp(result(i)), x = fp(i.a);
  switch (i.op) {
    case Op::FSqrt: a.sqrtsd(d, x); break;
    case Op::FNeg:
      copy(d, at(i.a));
      a.xorpd(d, context_word(offsetof(Context, double_sign_mask), 16));
      break;
    case Op::FAbs:
      copy(d, at(i.a));
      a.andpd(d, context_word(offsetof(Context, double_abs_mask), 16));
      break;
    case Op::FFloor: a.roundsd(d, x, 9); break;
    case Op::FCeil: a.roundsd(d, x, 10); break;
    case Op::FTrunc: a.roundsd(d, x, 11); break;
    default: a.roundsd(d, x, 8); break;
  }
}

/// A mask of all ones or zeros becomes #t or #f.
void LambdaEmitter::float_set(const Inst& i) {
  bool swap = i.fcond == FCond::Gt || i.fcond == FCond::Ge;
  Location x = at(swap ? i.b : i.a), y = at(swap ? i.a : i.b);
  copy(x86::xmm15, x);
  u32 predicate = 0;
  switch (i.fcond) {
    case FCond::Eq: predicate = 0; break;
    case FCond::Lt: case FCond::Gt: predicate = 1; break;
    case FCond::Le: case FCond::Ge: predicate = 2; break;
    case FCond::Unordered: predicate = 3; break;
    case FCond::Ne: predicate = 4; break;
  }
  if (y.is_register()) a.cmpsd(x86::xmm15, fp(y), predicate);
  else {
    if (is_home_constant(y) && prepared_->const_inst[y.index].op == Op::Constant && error_.empty()) error_ = "float compare of a constant";
    a.cmpsd(x86::xmm15, memory(y), predicate);
  }
  Gp d = reg(result(i));
  a.movq(d, x86::xmm15);
  a.and_(d.r32(), 8);
  a.add(d.r32(), static_cast<u32>(kFalse));
}

}  // namespace loko::x64
