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

ValueId result(Lowerer& l, How how, ValueId c, ValueId code) {
  switch (how) {
    case How::Alphabetic: return in_range(l, l.op2(Op::Or, Rep::Raw, code, l.imm(kCaseBit)), 'a', 26);
    case How::Numeric: return in_range(l, code, '0', 10);
    case How::Upper: return in_range(l, code, 'A', 26);
    case How::Lower: return in_range(l, code, 'a', 26);
    case How::ToUpper: return change_case(l, c, code, 'a');
    case How::ToLower: return change_case(l, c, code, 'A');
    case How::Whitespace: break;
  }
  Inst space = make_inst(Op::SetCond, Rep::Raw), control = space;
  space.cond = Cond::Eq;
  space.a = code;
  space.b = l.imm(' ');
  control.cond = Cond::Below;
  control.a = l.op2(Op::Sub, Rep::Raw, code, l.imm('\t'));
  control.b = l.imm(5);
  ValueId either = l.op2(Op::Or, Rep::Raw, l.emit(std::move(space)), l.emit(std::move(control)));
  Inst i = make_inst(Op::SetBool, Rep::Tagged);
  i.cond = Cond::Ne;
  i.a = either;
  i.b = l.imm(0);
  return l.emit(std::move(i));
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
