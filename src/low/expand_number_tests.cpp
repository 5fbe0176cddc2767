// SPDX-License-Identifier: MIT
//
// Predicates of numbers in line for fixnums, immediate flonums and what is no object with a header; the runtime tells of the
// others. (Bit 1 of a word is clear exactly for immediate numbers.)
#include "low/expand_primitives.h"

namespace loko::low {
namespace {

/// What the answer is for immediate flonums.
enum class Flonum : u8 { Yes, No, Ask };

struct Predicate {
  u32 yes;         // types of which it is true
  u32 ask;         // types of which only the runtime knows, or raises; false of all others
  Flonum flonum;
};

constexpr u32 kNotNumbers = kTypeAny & ~u32{kTypeNumber};

/// number? real? rational? integer? exact-integer? exact? inexact?
constexpr Predicate kPredicates[] = {
    {kTypeNumber, 0, Flonum::Yes},
    {kTypeReal, 0, Flonum::Yes},
    {kTypeRational, kTypeFlonum, Flonum::Ask},
    {kTypeInteger, kTypeFlonum, Flonum::Ask},
    {kTypeInteger, 0, Flonum::No},
    {kTypeRational, kTypeCompnum | kNotNumbers, Flonum::No},
    {kTypeFlonum, kTypeCompnum | kNotNumbers, Flonum::Yes},
};

void ask(Lowerer& l, PrimCall& pc, Label& yes, Label& no) {
  ValueId v = l.tagged(pc.args[0]);
  test_boolean(l, l.call_runtime(pc.info->entry, {v}, kTypeBoolean, pc.expr->span), yes, no);
}

void number_test(Lowerer& l, PrimCall& pc, Label& yes, Label& no, i64 which) {
  const Predicate& p = kPredicates[which];
  u32 types = l.types(pc.args[0]);
  if ((types & ~p.yes) == 0) return l.jump_label(yes);
  if ((types & (p.yes | p.ask)) == 0) return l.jump_label(no);
  ValueId v = l.tagged(pc.args[0]);
  if (types & kTypeFixnum) {
    Label& target = p.yes & kTypeFixnum ? yes : no;
    BlockId other = l.new_block(l.block().cold);
    l.note_edge(target, {v, kTypeFixnum});
    l.branch(Cond::TestZero, v, l.imm(7), target.block, other);
    l.switch_to(other);
    if ((types & ~u32{kTypeFixnum} & (p.yes | p.ask)) == 0) return l.jump_label(no);
  }
  BlockId rest = l.new_block(l.block().cold), slow = l.new_block(true);
  if (types & kTypeFlonum) {
    // Fixnums are gone, or can't be here.
    if (p.flonum == Flonum::Ask) {
      l.branch(Cond::TestZero, v, l.imm(2), slow, rest);
    } else {
      Label& target = p.flonum == Flonum::Yes ? yes : no;
      l.note_edge(target, {v, kTypeFlonum});
      l.branch(Cond::TestZero, v, l.imm(2), target.block, rest);
    }
  } else {
    l.jump(rest);
  }
  l.switch_to(rest);
  if (p.ask & kNotNumbers) {
    l.jump(slow);
  } else {
    l.note_edge(no);
    l.branch(Cond::TestZero, l.add_imm(v, -static_cast<i64>(kTagTyped)), l.imm(7), slow, no.block, true);
  }
  l.switch_to(slow);
  ask(l, pc, yes, no);
}

}  // namespace

const std::vector<TemplateRow>& number_fast_paths() {
  static const std::vector<TemplateRow>& rows = *new std::vector<TemplateRow>{
      {"is_number_p", {nullptr, number_test, 0}}, {"is_real_p", {nullptr, number_test, 1}}, {"is_rational_p", {nullptr, number_test, 2}},
      {"is_integer_p", {nullptr, number_test, 3}}, {"is_exact_integer_p", {nullptr, number_test, 4}},
      {"is_exact", {nullptr, number_test, 5}}, {"is_inexact", {nullptr, number_test, 6}}};
  return rows;
}

}  // namespace loko::low
