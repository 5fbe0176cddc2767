// SPDX-License-Identifier: MIT
//
// Short makers for core expressions, questions about them, and a walk over the children of a node.
#pragma once

#include "core/language.h"

namespace loko::core {

inline Expr* make_quote(Unit& u, Value v, Span span = {}) {
  Expr* e = u.make(Tag::Quote, span);
  e->datum = u.handles->make(v);
  return e;
}
inline Expr* make_ref(Unit& u, Variable* v, Span span = {}) {
  Expr* e = u.make(Tag::Ref, span);
  e->variable = v;
  return e;
}
inline Expr* make_prim(Unit& u, PrimitiveId id, std::vector<Expr*> operands, Span span = {}) {
  Expr* e = u.make(Tag::Prim, span);
  e->primitive = id;
  e->parts = std::move(operands);
  return e;
}
inline Expr* make_call(Unit& u, std::vector<Expr*> parts, Span span = {}) {
  Expr* e = u.make(Tag::Call, span);
  e->parts = std::move(parts);
  return e;
}
inline Expr* make_if(Unit& u, Expr* test, Expr* yes, Expr* no, Span span = {}) {
  Expr* e = u.make(Tag::If, span);
  e->parts = {test, yes, no};
  return e;
}
/// `first` for effect, then `second`; splices a Begin.
inline Expr* make_begin(Unit& u, Expr* first, Expr* second) {
  Expr* e = u.make(Tag::Begin, first->span);
  if (first->tag == Tag::Begin) e->parts = first->parts; else e->parts.push_back(first);
  if (second->tag == Tag::Begin) e->parts.insert(e->parts.end(), second->parts.begin(), second->parts.end());
  else e->parts.push_back(second);
  return e;
}

/// `effects` in order, then `last`; splices Begins.
inline Expr* make_sequence(Unit& u, const std::vector<Expr*>& effects, Expr* last) {
  if (effects.empty()) return last;
  Expr* e = u.make(Tag::Begin, effects[0]->span);
  auto splice = [e](Expr* p) {
    if (p->tag == Tag::Begin) e->parts.insert(e->parts.end(), p->parts.begin(), p->parts.end());
    else e->parts.push_back(p);
  };
  for (Expr* p : effects) splice(p);
  splice(last);
  return e;
}

/// Looks up a primitive that must exist.
inline PrimitiveId primitive(std::string_view name) {
  PrimitiveId id{};
  bool found = find_primitive(name, &id);
  if (!found) __builtin_trap();
  return id;
}
/// Is the variable of a let or letrec a name of the procedure: bound to a lambda expression for good, not to the values that one gives?
inline bool names_procedure(const Expr* let, const Binding& b) {
  return b.value->tag == Tag::Lambda && !b.variable->assigned && !let->receives;
}
inline bool is_prim(const Expr* e, PrimitiveId id) { return e->tag == Tag::Prim && e->primitive == id; }
inline bool is_quote(const Expr* e, Value v) { return e->tag == Tag::Quote && *e->datum == v; }
inline bool is_lambda(const Expr* e) { return e->tag == Tag::Lambda; }

/// The clause that takes n arguments, or -1.
inline int clause_for(const Expr* lambda, size_t n) {
  for (size_t i = 0; i < lambda->clauses.size(); ++i) {
    const Clause& c = lambda->clauses[i];
    if (c.rest ? n >= c.required.size() : n == c.required.size()) return static_cast<int>(i);
  }
  return -1;
}

/// Calls f(Expr*&) on every direct child, in order of evaluation; bodies of lambdas included.
template <class F>
void for_each_child(Expr* e, F f) {
  for (Clause& c : e->clauses)
    if (c.body) f(c.body);  // stored cores have clauses without
  for (Binding& b : e->bindings) f(b.value);
  for (Expr*& p : e->parts) f(p);
  if (e->body) f(e->body);
}

/// How many nodes e has.
inline int node_count(const Expr* e) {
  int n = 1;
  for_each_child(const_cast<Expr*>(e), [&](Expr* c) { n += node_count(c); });
  return n;
}

}  // namespace loko::core
