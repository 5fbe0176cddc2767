// SPDX-License-Identifier: MIT
//
// Calls: known lambdas directly, contified ones by jumps, everything else through the procedure value.
#include "low/lowerer.h"
#include "core/effects.h"
#include "core/primitive_cells.h"

namespace loko::low {


using core::Expr;
using core::Tag;

namespace {

/// The closure of a code object without free variables that takes exactly n arguments, else 0.
u64 static_entry(Value v, size_t n) {
  if (!is_procedure(v)) return 0;
  u64 entry = word(v, 0);
  if (entry >= kLowEnd || v.bits - kTagProcedure != entry + static_cast<u64>(static_cast<i64>(kStaticClosureFromEntry))) return 0;
  const CodeHeader* h = code_header(entry);
  return h->arity == static_cast<i32>(n) ? entry + h->direct : 0;
}

}  // namespace

Lowerer::Callee Lowerer::resolve_callee(Expr* e) {
  Callee c;
  Expr* f = e->parts[0];
  size_t n = e->parts.size() - 1;
  if (f->tag == Tag::Ref) c.lambda = variable_info(f->variable).lambda;
  else if (f->tag == Tag::GlobalRef) {
    core::Global* g = f->global;
    if (LambdaInfo* l = global_lambda(g)) {
      c.lambda = l->closed ? l : nullptr;
    } else if (g->immutable && g->initialized) {
      Value now = slot_at(g->cell);  // not there yet if the library is part of the program that is being compiled
      c.entry = static_cast<i64>(static_entry(now == Unbound && g->closure ? *g->closure : now, n));
      if (c.entry) c.kind = Callee::Kind::Absolute;
      return c;
    }
  } else if (f->tag == Tag::PrimRef) {
    c.entry = static_cast<i64>(static_entry(slot_at(primitive_cell(f->primitive)), n));
    if (c.entry) c.kind = Callee::Kind::Absolute;
    return c;
  }
  if (!c.lambda) return c;
  c.clause = core::clause_for(c.lambda->lambda, n);
  if (c.clause < 0) {
    c.lambda = nullptr;
    return c;
  }
  c.kind = c.lambda->contified ? Callee::Kind::Contified : Callee::Kind::Direct;
  return c;
}

std::vector<ValueId> Lowerer::pack_rest(const core::Clause& c, std::vector<ValueId> args) {
  if (!c.rest) return args;
  ValueId list = imm(kNull, Rep::Tagged);
  while (args.size() > c.required.size()) {
    list = cons(args.back(), list);
    args.pop_back();
  }
  args.push_back(list);
  return args;
}

/// Evaluates operator and operands. `types` becomes what the result can be.
Inst Lowerer::make_call(Expr* e, const Callee& callee, u32* types) {
  *types = kTypeAny;
  Expr* f = e->parts[0];
  Val procedure;
  if (callee.kind == Callee::Kind::Closure) procedure = value(f);
  std::vector<Val> vals;
  for (size_t i = 1; i < e->parts.size(); ++i) vals.push_back(value(e->parts[i]));
  std::vector<ValueId> args = convert_arguments(callee, vals);
  span_ = e->span ? e->span : span_;
  Inst i = make_inst(Op::CallClosure, Rep::Tagged);
  switch (callee.kind) {
    case Callee::Kind::Closure:
      i.a = tagged(procedure);
      break;
    case Callee::Kind::Direct:
      args = pack_rest(callee.lambda->lambda->clauses[static_cast<size_t>(callee.clause)], std::move(args));
      i.op = Op::CallDirect;
      i.callee = lambda_index(callee.lambda);
      i.clause = static_cast<u32>(callee.clause);
      if (!callee.lambda->closed) i.a = closure_value(callee.lambda);
      if (callee.lambda->returns_float) i.rep = Rep::F64;
      if (callee.lambda->result_types) *types = callee.lambda->result_types;
      break;
    case Callee::Kind::Absolute:
      i.op = Op::CallDirect;
      i.imm = callee.entry;
      break;
    case Callee::Kind::Contified: __builtin_trap();
  }
  i.args = std::move(args);
  return i;
}

Val Lowerer::call(Expr* e, bool effect_only) {
  Callee callee = resolve_callee(e);
  if (callee.kind == Callee::Kind::Contified) return leave(e, callee);
  u32 types;
  Inst i = make_call(e, callee, &types);
  i.ignore_values = effect_only;
  bool as_float = i.rep == Rep::F64;
  ValueId result = emit(std::move(i));
  if (e->parts[0]->tag == Tag::GlobalRef && core::is_no_return(e->parts[0]->global)) {
    if (cur_ != 0) block().cold = true;
    stop_here();
    return constant_val(Void);
  }
  types_[result] = types;
  return as_float ? f64_val(result) : tagged_val(result);
}

/// Arguments of known functions may be unboxed doubles.
std::vector<ValueId> Lowerer::convert_arguments(const Callee& callee, const std::vector<Val>& vals) {
  std::vector<ValueId> args;
  const core::Clause* c = callee.kind == Callee::Kind::Direct ? &callee.lambda->lambda->clauses[static_cast<size_t>(callee.clause)] : nullptr;
  for (size_t i = 0; i < vals.size(); ++i) {
    bool as_float = c && i < c->required.size() && is_float_parameter(*callee.lambda, c->required[i]);
    if (as_float) refine(vals[i], kTypeFlonum);
    args.push_back(as_float ? unbox(vals[i], nullptr) : tagged(vals[i]));
  }
  return args;
}

void Lowerer::tail_call(Expr* e) {
  Callee callee = resolve_callee(e);
  // A function that returns a tagged value boxes the double: one frame more, and no way back by tail calls.
  bool returns_float = callee.kind == Callee::Kind::Direct && callee.lambda->returns_float;
  bool returns_values = callee.kind == Callee::Kind::Direct && callee.lambda->returns_values;
  bool ends = self_ && self_->returns_values && !returns_values;  // an error: it must not return where the other values are not looked for
  if (ends || returns_float != (f_->returns == Rep::F64)) return deliver(call(e, false), Dest{Dest::Kind::Return, nullptr, nullptr, nullptr});
  Expr* f = e->parts[0];
  Val procedure;
  if (callee.kind == Callee::Kind::Closure) procedure = value(f);
  std::vector<Val> vals;
  for (size_t i = 1; i < e->parts.size(); ++i) vals.push_back(value(e->parts[i]));
  std::vector<ValueId> args = convert_arguments(callee, vals);
  Terminator t;
  t.span = e->span ? e->span : span_;
  switch (callee.kind) {
    case Callee::Kind::Closure:
      t.kind = TermKind::TailClosure;
      t.a = tagged(procedure);
      break;
    case Callee::Kind::Direct:
      args = pack_rest(callee.lambda->lambda->clauses[static_cast<size_t>(callee.clause)], std::move(args));
      if (callee.lambda == self_ && static_cast<u32>(callee.clause) == self_clause_ && self_loop_ != kNone) {
        emit(make_inst(Op::Poll, Rep::None));
        f_->blocks[self_loop_].loop_header = true;
        return jump(self_loop_, std::move(args));
      }
      t.kind = TermKind::TailDirect;
      t.callee = lambda_index(callee.lambda);
      t.clause = static_cast<u32>(callee.clause);
      if (!callee.lambda->closed) t.a = closure_value(callee.lambda);
      break;
    case Callee::Kind::Absolute:
      t.kind = TermKind::TailDirect;
      t.imm = callee.entry;
      break;
    case Callee::Kind::Contified: __builtin_trap();
  }
  t.args = std::move(args);
  block().term = std::move(t);
}

void Lowerer::jump_to_loop(Expr* e, const Callee& callee) {
  LambdaInfo* l = callee.lambda;
  size_t index = static_cast<size_t>(callee.clause);
  const core::Clause& c = l->lambda->clauses[index];
  std::vector<Val> vals;
  for (size_t i = 1; i < e->parts.size(); ++i) vals.push_back(value(e->parts[i]));
  if (c.rest) {
    std::vector<ValueId> ids;
    for (const Val& v : vals) ids.push_back(tagged(v));
    ids = pack_rest(c, std::move(ids));
    vals.resize(c.required.size());
    vals.push_back(tagged_val(ids.back()));
  }
  std::vector<core::Variable*> variables = c.required;
  if (c.rest) variables.push_back(c.rest);
  auto as_float = [](const core::Variable* v) { return !v->assigned && variable_info(v).types == kTypeFlonum; };
  std::vector<ValueId> args;
  for (size_t i = 0; i < vals.size(); ++i) {
    bool f64 = as_float(variables[i]);
    if (f64 && vals[i].rep == Rep::Tagged && !vals[i].constant) refine(vals[i].id, kTypeFlonum);
    args.push_back(f64 ? unbox(vals[i], nullptr) : tagged(vals[i]));
  }
  Loop& loop = loops_[l];
  if (loop.blocks[index] == kNone) {
    BlockId b = new_block(false);
    loop.blocks[index] = b;
    for (core::Variable* v : variables) {
      u32 types = variable_info(v).types;
      block_param(b, as_float(v) ? Rep::F64 : Rep::Tagged, v->assigned || !types ? u32{kTypeAny} : types);
    }
  }
  if (loop.started[index]) {
    emit(make_inst(Op::Poll, Rep::None));
    f_->blocks[loop.blocks[index]].loop_header = true;
  }
  jump(loop.blocks[index], std::move(args));
}

/// An exit whose value something is waiting for: what comes next is unreachable.
Val Lowerer::leave(Expr* e, const Callee& callee) {
  jump_to_loop(e, callee);
  stop_here();
  return constant_val(Void);
}

ValueId Lowerer::call_runtime(u32 entry, const std::vector<ValueId>& args, u32 types, Span span) {
  Inst i = make_inst(Op::CallRuntime, Rep::Tagged);
  i.imm = entry;
  i.args = args;
  i.span = span;
  ValueId v = emit(std::move(i));
  types_[v] = types;
  return v;
}

ValueId Lowerer::call_slow(const char* name, PrimCall& pc, const std::vector<ValueId>& args, u32 types) {
  PrimitiveId id{};
  if (find_primitive(name, &id)) return call_runtime(primitive_info(id).entry, args, types, pc.expr->span);
  jump(fail_block(pc));
  stop_here();
  return imm(kVoidTag, Rep::Tagged);
}

ValueId Lowerer::cons(ValueId a, ValueId d) {
  ValueId p = alloc(16);
  store(a, p, 0);
  store(d, p, 8);
  return add_imm(p, static_cast<i64>(kTagPair), Rep::Tagged, kTypePair);
}

ValueId Lowerer::make_box(ValueId v) {
  ValueId p = alloc(16);
  store(imm(make_header(Kind::Box, 0)), p, 0);
  store(v, p, 8);
  return add_imm(p, static_cast<i64>(kTagTyped), Rep::Tagged, kTypeBox);
}

}  // namespace loko::low
