// SPDX-License-Identifier: MIT
//
// Copies of expressions in which every bound variable is fresh.
#pragma once

#include <unordered_map>

#include "core/language.h"

namespace loko::core {

using VariableMap = std::unordered_map<Variable*, Variable*>;

/// Copies e; `map` says what variables become and is extended by those that e binds. `bound(old, fresh)` is called for
/// each of these, `used(expr)` for each copied node. The unit must be free of letrec*.
template <class Bound, class Used>
Expr* copy_tree(Unit& unit, const Expr* e, VariableMap& map, const Bound& bound, const Used& used) {
  auto fresh = [&](Variable* v) {
    Variable* n = unit.new_variable(v->name);
    n->assigned = v->assigned;
    n->exit = v->exit;
    map[v] = n;
    bound(v, n);
    return n;
  };
  auto copy = [&](const Expr* child) { return copy_tree(unit, child, map, bound, used); };
  Expr* n = unit.make(e->tag, e->span);
  n->datum = e->datum;
  n->global = e->global;
  n->primitive = e->primitive;
  n->name = e->name;
  n->receives = e->receives;
  n->doc = e->doc;
  if (e->tag == Tag::Let)  // values are outside the scope
    for (const Binding& b : e->bindings) n->bindings.push_back({b.variable, copy(b.value)});
  for (const Binding& b : e->bindings) {
    Variable* v = fresh(b.variable);
    if (e->tag == Tag::Let) n->bindings[static_cast<size_t>(&b - e->bindings.data())].variable = v;
  }
  if (e->tag == Tag::Letrec)
    for (const Binding& b : e->bindings) n->bindings.push_back({map[b.variable], copy(b.value)});
  for (const Clause& c : e->clauses) {
    Clause k;
    for (Variable* v : c.required) k.required.push_back(fresh(v));
    if (c.rest) k.rest = fresh(c.rest);
    k.body = copy(c.body);
    n->clauses.push_back(std::move(k));
  }
  if (e->variable) {
    auto it = map.find(e->variable);
    n->variable = it == map.end() ? e->variable : it->second;
  }
  for (const Expr* p : e->parts) n->parts.push_back(copy(p));
  if (e->body) n->body = copy(e->body);
  used(n);
  return n;
}

}  // namespace loko::core
