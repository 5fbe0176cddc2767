// SPDX-License-Identifier: MIT
//
// Closures and functions: a queue of lambdas that something refers to, each lowered to a Lambda of the unit.
#include "core/passes.h"
#include "low/cleanup.h"
#include "low/optimize.h"
#include "low/lowerer.h"
#include "low/passes.h"

namespace loko::low {


using core::Expr;
using core::Variable;

u32 Lowerer::lambda_index(LambdaInfo* l) {
  if (l->index == kNone) {
    l->index = static_cast<u32>(out_.lambdas.size());
    out_.lambdas.emplace_back();
    queue_.push_back(l);
  }
  return l->index;
}

/// What procedure l is called with: a static closure, the running procedure's, or what a variable holds.
ValueId Lowerer::closure_value(LambdaInfo* l) {
  if (l->closed) {
    Inst i = make_inst(Op::StaticClosure, Rep::Tagged);
    i.imm = lambda_index(l);
    ValueId v = emit(std::move(i));
    types_[v] = kTypeProcedure;
    return v;
  }
  l = closure_owner(l);
  if (self_ && l == closure_owner(self_)) return f_->closure;
  return l->closure == LambdaInfo::Closure::Variable ? captured(l->free[0]) : tagged(read_variable(l->variable));
}

/// What a closure holds of a free variable: its value, its box if it is assigned, a procedure's closure.
ValueId Lowerer::captured(Variable* v) {
  VariableInfo& i = variable_info(v);
  if (i.lambda) return closure_value(i.lambda);
  bool boxed = i.boxed;
  i.boxed = false;
  ValueId id = tagged(read_variable(v));
  i.boxed = boxed;
  return id;
}

/// Where the free variables lie in a closure, from its tagged address.
i64 Lowerer::free_offset(const LambdaInfo* l, size_t index) {
  return (l->closure == LambdaInfo::Closure::Pair ? i64{kCarOffset} : i64{kFreeVar0Offset}) + 8 * static_cast<i64>(index);
}

/// TypeBits of what l is called with.
u32 Lowerer::closure_types(const LambdaInfo* l) {
  switch (l->closure) {
    case LambdaInfo::Closure::Procedure: return kTypeProcedure;
    case LambdaInfo::Closure::Pair: return kTypePair;
    case LambdaInfo::Closure::Variable: break;
  }
  const VariableInfo& i = variable_info(l->free[0]);
  if (i.lambda) return closure_types(closure_owner(i.lambda));
  return i.boxed ? u32{kTypeBox} : i.types ? i.types : u32{kTypeAny};
}

/// A fresh closure: [entry][free variables]. The entry is found from the static closure of the code.
ValueId Lowerer::make_closure(LambdaInfo* l, bool fill) {
  std::vector<ValueId> values;
  if (fill)
    for (Variable* v : l->free) values.push_back(captured(v));
  if (l->closure == LambdaInfo::Closure::Pair) {
    ValueId p = alloc(16);
    for (size_t k = 0; k < values.size(); ++k) store(values[k], p, 8 * static_cast<i64>(k));
    return add_imm(p, static_cast<i64>(kTagPair), Rep::Tagged, kTypePair);
  }
  Inst s = make_inst(Op::StaticClosure, Rep::Tagged);
  s.imm = lambda_index(l);
  // The closure word of the header lies at a fixed distance before the entry.
  ValueId entry = add_imm(emit(std::move(s)), -i64{kStaticClosureFromEntry} - static_cast<i64>(kTagProcedure));
  ValueId p = alloc(8 + 8 * static_cast<i64>(l->free.size()));
  store(entry, p, 0);
  for (size_t k = 0; k < values.size(); ++k) store(values[k], p, 8 + 8 * static_cast<i64>(k));
  return add_imm(p, static_cast<i64>(kTagProcedure), Rep::Tagged, kTypeProcedure);
}

void Lowerer::fill_closure(LambdaInfo* l, ValueId closure) {
  for (size_t k = 0; k < l->free.size(); ++k) {
    ValueId v = captured(l->free[k]);
    store(v, closure, free_offset(l, k));
  }
}

void Lowerer::start_function(Function& f) {
  f_ = &f;
  types_.clear();
  log_.clear();
  facts_.clear();
  loops_.clear();
  active_.clear();
  self_loop_ = kNone;
  f.blocks.clear();
  dead_ = kNone;
  cur_ = new_block(false);
}

void Lowerer::finish_function() {
  undo(0);
  f_->types = types_;  // at the definitions
  clean_up(*f_);
  if (options_.without_checks && drop_checks(*f_)) clean_up(*f_);
  if ((!observer_ || observer_("lower", *f_)) && options_.optimize >= 2) optimize(*f_, observer_);
  f_ = nullptr;
}

/// Is there a tail call of the clause in itself? Then its body is a loop.
bool Lowerer::calls_itself_last(LambdaInfo* l, size_t clause) const {
  for (const CallSite& c : l->calls) {
    if (c.clause != static_cast<int>(clause)) continue;
    Target* t = final_target(c.target);
    if (t->owner == l && t->root == l->lambda->clauses[clause].body) return true;
  }
  return false;
}

void Lowerer::lower_lambda(LambdaInfo* l) {
  self_ = l;
  Expr* e = l->lambda;
  std::vector<loko::low::Clause> clauses(e->clauses.size());
  for (size_t k = 0; k < e->clauses.size(); ++k) {
    const core::Clause& c = e->clauses[k];
    clauses[k].required = static_cast<int>(c.required.size());
    clauses[k].rest = c.rest != nullptr;
    Function& f = clauses[k].function;
    f.name = e->name;
    f.span = e->span;
    span_ = e->span;
    start_function(f);
    f.returns = l->returns_float ? Rep::F64 : Rep::Tagged;
    for (size_t i = 0; i < l->free.size(); ++i) variable_info(l->free[i]).free_index = static_cast<int>(i);
    std::vector<Variable*> variables = c.required;
    if (c.rest) variables.push_back(c.rest);
    for (Variable* v : variables) {
      u32 types = variable_info(v).types;
      Rep rep = v != c.rest && is_float_parameter(*l, v) ? Rep::F64 : Rep::Tagged;
      f.params.push_back(new_value(rep, v->assigned || !types ? u32{kTypeAny} : types));
    }
    if (!l->closed) f.closure = new_value(Rep::Tagged, closure_types(l));
    std::vector<ValueId> params = f.params;
    if (calls_itself_last(l, k)) {
      BlockId loop = new_block(false);
      jump(loop, params);
      self_loop_ = cur_ = loop;
      for (size_t i = 0; i < params.size(); ++i) params[i] = block_param(loop, f.values[params[i]], types_[params[i]]);
    }
    self_clause_ = static_cast<u32>(k);
    for (size_t i = 0; i < variables.size(); ++i) bind_variable(variables[i], Val{params[i], f.values[params[i]], false, 0});
    to(c.body, Dest{Dest::Kind::Return, nullptr, nullptr, nullptr});
    finish_function();
  }
  loko::low::Lambda& out = out_.lambdas[l->index];
  out.name = e->name;
  out.doc = e->doc;
  out.span = e->span;
  out.cell = l->global && l->closed ? l->global->cell : 0;
  out.free_variables = static_cast<int>(l->free.size());
  out.clauses = std::move(clauses);
  if (finished_) finished_(out_, l->index);
}

Unit Lowerer::run() {
  auto analyze = [&] {
    analysis_ = Analysis{};
    analyze_closures(core_, analysis_);
    if (!exits_are_jumps(analysis_)) __builtin_trap();
    find_counters(core_, analysis_);
    recover_types(core_, analysis_);
  };
  analyze();
  if (options_.optimize >= 2 && peel_loops(core_)) analyze();
  if (options_.optimize >= 2 && lift_lambdas(core_, analysis_)) analyze();
  find_value_returns(analysis_);
  out_.name = core_.name;
  out_.lambdas.emplace_back();
  std::vector<loko::low::Clause> thunk(1);
  thunk[0].function.name = core_.name;
  thunk[0].function.span = core_.body->span;
  start_function(thunk[0].function);
  to(core_.body, Dest{Dest::Kind::Return, nullptr, nullptr, nullptr});
  finish_function();
  defined_ = core::defined_before_calls(core_);
  out_.lambdas[0].name = core_.name;
  out_.lambdas[0].span = core_.body->span;
  out_.lambdas[0].clauses = std::move(thunk);
  if (finished_) finished_(out_, 0);
  for (size_t i = 0; i < queue_.size(); ++i) lower_lambda(queue_[i]);
  return std::move(out_);
}

}  // namespace loko::low
