// SPDX-License-Identifier: MIT
//
// Several values: a let that receives them (Expr::receives) is a join with as many values; calls leave them in memory
// (received_offset), where they are loaded at once; functions of value_returns.cpp give the first one as a single value is given.
#include <algorithm>

#include "low/lowerer.h"

namespace loko::low {

using core::Expr;

std::vector<Val> Lowerer::join_values(Label& l, u32 count) {
  std::vector<Val> result(count, constant_val(Void));
  if (l.open.empty()) {
    stop_here();
    return result;
  }
  if (l.open.size() == 1) {
    cur_ = l.open[0].block;
    apply(l.delta);
    result[0] = l.open[0].val;
    std::copy(l.open[0].more.begin(), l.open[0].more.end(), result.begin() + 1);
    return result;
  }
  BlockId target = new_block(std::all_of(l.open.begin(), l.open.end(), [this](const Label::Edge& e) { return f_->blocks[e.block].cold; }));
  std::vector<u32> joined(count, 0);
  for (const Label::Edge& e : l.open) {
    cur_ = e.block;
    std::vector<ValueId> args;
    for (u32 k = 0; k < count; ++k) {
      const Val& v = k == 0 ? e.val : e.more[k - 1];
      joined[k] |= types(v);
      args.push_back(tagged(v));
    }
    jump(target, std::move(args));
  }
  cur_ = target;
  apply(l.delta);
  for (u32 k = 0; k < count; ++k) result[k] = tagged_val(block_param(target, Rep::Tagged, joined[k] ? joined[k] : u32{kTypeAny}));
  return result;
}

void Lowerer::receive_bindings(Expr* e) {
  Label l = make_label(false);
  size_t m = mark();
  u32 count = static_cast<u32>(e->bindings.size());
  to(e->bindings[0].value, Dest{Dest::Kind::Receive, &l, nullptr, nullptr, count == 1 ? kAnyNumber : count});
  undo(m);
  std::vector<Val> values = join_values(l, count);
  for (u32 i = 0; i < count; ++i) bind_variable(e->bindings[i].variable, values[i]);
}

void Lowerer::receive(Inst call, const Dest& dest, bool uncounted) {
  bool any = dest.count == kAnyNumber;
  call.rep = uncounted || any ? Rep::Tagged : Rep::None;
  call.receives = uncounted ? 0 : dest.count;
  ValueId first = emit(std::move(call));
  Label::Edge edge{cur_, {}, kTypeAny, {}};
  if (uncounted || any) edge.val = tagged_val(first);
  if (any) types_[first] = kTypeFixnum;
  for (u32 k = uncounted; k < dest.count && !any; ++k) {
    Inst i = make_inst(Op::LoadCtx, Rep::Tagged);
    i.imm = received_offset(k);
    Val v = tagged_val(emit(std::move(i)));
    if (k == 0) edge.val = v;
    else edge.more.push_back(v);
  }
  note_edge(*dest.label);
  dest.label->open.push_back(std::move(edge));
}

/// Ends the function: with the first value in the place of a single one if it returns so, else through the entry of several values.
void Lowerer::return_values(const std::vector<Val>& values) {
  Terminator t;
  t.span = span_;
  std::vector<ValueId> ids;
  for (const Val& v : values) ids.push_back(tagged(v));
  if (self_ && self_->returns_values) {
    for (u32 k = 1; k < ids.size(); ++k) {
      Inst i = make_inst(Op::StoreCtx, Rep::None);
      i.a = ids[k];
      i.imm = received_offset(k);
      emit(std::move(i));
    }
    t.kind = TermKind::Return;
    t.a = ids[0];
  } else {
    t.kind = TermKind::ReturnValues;
    t.args = std::move(ids);
  }
  block().term = std::move(t);
}

}  // namespace loko::low
