// SPDX-License-Identifier: MIT
#include "core/known_procedures.h"

namespace loko::core {

KnownProcedures::KnownProcedures(Unit& unit) {
  for (Global* g : unit.globals) {
    bool own = g->immutable && g->defined_here && g->library.empty() && g->definition && g->definition->tag == Tag::Lambda;
    if (own) declare(g, g->definition);
  }
  walk(unit.body);
}

void KnownProcedures::declare(const void* name, Expr* lambda) {
  KnownProcedure& p = all_.emplace_back();
  p.lambda = lambda;
  by_name_[name] = &p;
  by_lambda_[lambda] = &p;
}

KnownProcedure* KnownProcedures::named(const Expr* reference) const {
  const void* name = reference->tag == Tag::Ref ? static_cast<const void*>(reference->variable)
                     : reference->tag == Tag::GlobalRef ? reference->global : nullptr;
  auto found = by_name_.find(name);
  return found == by_name_.end() ? nullptr : found->second;
}

KnownProcedure* KnownProcedures::known(const Expr* reference) const {
  KnownProcedure* p = named(reference);
  return p && !p->escapes ? p : nullptr;
}

bool KnownProcedures::in_scope(const Variable* v, const KnownProcedure& p) const {
  auto found = scopes_.find(v);
  return found != scopes_.end() && found->second.first <= p.at && p.at < found->second.second;
}

void KnownProcedures::call(Expr* e) {
  KnownProcedure* p = named(e->parts[0]);
  if (p && clause_for(p->lambda, e->parts.size() - 1) >= 0) p->calls.push_back(e);
  else walk(e->parts[0]);
  for (size_t i = 1; i < e->parts.size(); ++i) walk(e->parts[i]);
}

void KnownProcedures::walk(Expr* e) {
  ++position_;
  std::vector<const Variable*> bound;
  auto bind_all = [&](const std::vector<Binding>& bindings) {
    for (const Binding& b : bindings) bind(b.variable), bound.push_back(b.variable);
  };
  switch (e->tag) {
    case Tag::Ref: case Tag::GlobalRef:
      if (KnownProcedure* p = named(e)) p->escapes = true;
      break;
    case Tag::Lambda:
      if (auto p = by_lambda_.find(e); p != by_lambda_.end()) p->second->at = position_;
      for (Clause& c : e->clauses) {
        for (Variable* v : c.required) bind(v), bound.push_back(v);
        if (c.rest) bind(c.rest), bound.push_back(c.rest);
        walk(c.body);
      }
      break;
    case Tag::Let: case Tag::Letrec:
      for (Binding& b : e->bindings)
        if (b.value->tag == Tag::Lambda && !b.variable->assigned) declare(b.variable, b.value);
      if (e->tag == Tag::Letrec) bind_all(e->bindings);
      for (Binding& b : e->bindings) walk(b.value);
      if (e->tag == Tag::Let) bind_all(e->bindings);
      walk(e->body);
      break;
    case Tag::Call: call(e); break;
    case Tag::Prim:
      if (e->primitive == PrimitiveId::k_P_apply && e->parts.size() == 2)
        if (KnownProcedure* p = named(e->parts[0])) {
          p->applications.push_back(e);
          walk(e->parts[1]);
          break;
        }
      [[fallthrough]];
    default: for_each_child(e, [this](Expr* c) { walk(c); });
  }
  for (const Variable* v : bound) scopes_[v].second = position_ + 1;
}

}  // namespace loko::core
