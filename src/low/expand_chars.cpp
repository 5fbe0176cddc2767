// SPDX-License-Identifier: MIT
//
// Predicates and case of ASCII characters in line; all else is the runtime's, which knows Unicode. An ASCII character is
// a word with the tag in its low byte and at most 7f above it.
#include "low/expand_primitives.h"

namespace loko::low {
namespace {

enum class How : i64 { Alphabetic, Numeric, Whitespace, Upper, Lower, ToUpper, ToLower };

constexpr u64 kCaseBit = 0x20;  // by which small ASCII letters differ from capital ones

/// As a boolean: first <= code < first + count.
ValueId in_range(Lowerer& l, ValueId code, u64 first, u64 count) {
  Inst i = make_inst(Op::SetBool, Rep::Tagged);
  i.cond = Cond::Below;
  i.a = l.op2(Op::Sub, Rep::Raw, code, l.imm(first));
  i.b = l.imm(count);
  return l.emit(std::move(i));
}

/// The character with the case bit changed if it is a letter of the other case.
ValueId change_case(Lowerer& l, ValueId c, ValueId code, u64 first) {
  Inst i = make_inst(Op::Select, Rep::Tagged);
  i.cond = Cond::Below;
  i.a = l.op2(Op::Sub, Rep::Raw, code, l.imm(first));
  i.b = l.imm(26);
  i.c = l.op2(Op::Xor, Rep::Tagged, c, l.imm(kCaseBit << 8), kTypeChar);
  i.d = c;
  return l.emit(std::move(i));
}

/// Codes up to that of the space, by bits; most characters are above, and what tests the result goes on from there.
ValueId is_space(Lowerer& l, ValueId code) {
  constexpr u64 kSpaces = u64{1} << ' ' | u64{0x1f} << '\t';
  BlockId above = l.new_block(l.block().cold), done = l.new_block(l.block().cold);
  size_t m = l.mark();
  l.guard(Cond::BelowEq, code, l.imm(' '), above);
  Inst i = make_inst(Op::SetBool, Rep::Tagged);
  i.cond = Cond::TestNonZero;
  i.a = l.op2(Op::Shr, Rep::Raw, l.imm(kSpaces), code);
  i.b = l.imm(1);
  l.jump(done, {l.emit(std::move(i))});
  l.undo(m);
  l.switch_to(above);
  l.jump(done, {l.imm(kFalse, Rep::Tagged)});
  l.switch_to(done);
  return l.block_param(done, Rep::Tagged, kTypeBoolean);
}

ValueId result(Lowerer& l, How how, ValueId c, ValueId code) {
  switch (how) {
    case How::Alphabetic: return in_range(l, l.op2(Op::Or, Rep::Raw, code, l.imm(kCaseBit)), 'a', 26);
    case How::Numeric: return in_range(l, code, '0', 10);
    case How::Upper: return in_range(l, code, 'A', 26);
    case How::Lower: return in_range(l, code, 'a', 26);
    case How::ToUpper: return change_case(l, c, code, 'a');
    case How::ToLower: return change_case(l, c, code, 'A');
    case How::Whitespace: return is_space(l, code);
  }
  __builtin_unreachable();
}

Val ascii(Lowerer& l, PrimCall& pc, i64 argument) {
  How how = static_cast<How>(argument);
  u32 types = how >= How::ToUpper ? kTypeChar : kTypeBoolean;
  bool cold = l.block().cold;
  ValueId c = l.tagged(pc.args[0]);
  BlockId slow = l.new_block(true), done = l.new_block(cold);
  size_t m = l.mark();
  ValueId rest = l.op2(Op::Xor, Rep::Raw, c, l.imm(kCharTag));
  l.guard(Cond::TestZero, rest, l.imm(~u64{0x7f00}), slow);
  ValueId code = l.op2(Op::Shr, Rep::Raw, rest, l.imm(8));
  l.jump(done, {result(l, how, c, code)});
  l.undo(m);
  l.switch_to(slow);
  l.jump(done, {l.call_runtime(pc.info->entry, {c}, types, pc.expr->span)});
  l.undo(m);
  l.switch_to(done);
  l.refine(pc.args[0], kTypeChar);
  return tagged_val(l.block_param(done, Rep::Tagged, types));
}

}  // namespace

const std::vector<TemplateRow>& char_fast_paths() {
  auto row = [](const char* name, How how) { return TemplateRow{name, {ascii, nullptr, static_cast<i64>(how)}}; };
  static const std::vector<TemplateRow>& rows = *new std::vector<TemplateRow>{
      row("is_char_alphabetic", How::Alphabetic), row("is_char_numeric", How::Numeric), row("is_char_whitespace", How::Whitespace),
      row("is_char_upper_case", How::Upper), row("is_char_lower_case", How::Lower),
      row("char_upcase", How::ToUpper), row("char_downcase", How::ToLower)};
  return rows;
}

}  // namespace loko::low
