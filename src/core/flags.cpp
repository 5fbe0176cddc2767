// SPDX-License-Identifier: MIT
//
// Flags of variables and definitions of globals, recomputed from scratch.
#include "core/build.h"
#include "core/passes.h"

namespace loko::core {
namespace {

void reset(Expr* e) {
  for (Clause& c : e->clauses) {
    for (Variable* v : c.required) v->assigned = v->referenced = false;
    if (c.rest) c.rest->assigned = c.rest->referenced = false;
  }
  for (Binding& b : e->bindings) b.variable->assigned = b.variable->referenced = false;
  for_each_child(e, [](Expr* c) { reset(c); });
}

void collect(Expr* e) {
  switch (e->tag) {
    case Tag::Ref: e->variable->referenced = true; break;
    case Tag::Set: e->variable->assigned = true; break;
    case Tag::GlobalDefine:
      if (e->global->definition || !e->global->immutable) e->global->immutable = e->global->immutable && !e->global->info;
      e->global->definition = e->global->info ? nullptr : e->body;
      e->global->info = e;
      break;
    default: break;
  }
  for_each_child(e, [](Expr* c) { collect(c); });
}

}  // namespace

void recompute_flags(Unit& unit) {
  for (Global* g : unit.globals) {
    g->info = nullptr;
    if (g->defined_here) g->definition = nullptr;
  }
  reset(unit.body);
  collect(unit.body);
  for (Global* g : unit.globals) g->info = nullptr;
}

}  // namespace loko::core
