// SPDX-License-Identifier: MIT
//
// Makers of core nodes and variables.
#include "core/language.h"

namespace loko::core {

Variable* Unit::new_variable(std::string name) {
  Variable* v = arena->make<Variable>();
  v->name = std::move(name);
  v->id = next_variable++;
  return v;
}

Expr* Unit::make(Tag tag, Span span) {
  Expr* e = arena->make<Expr>();
  e->tag = tag;
  e->span = span;
  return e;
}

}  // namespace loko::core
