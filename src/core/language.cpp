// SPDX-License-Identifier: MIT
//
// Makers of core nodes and variables.
#include "core/language.h"

namespace loko::core {

Variable* Unit::new_variable(SharedText name) {
  Variable* v = trees().make<Variable>();
  v->name = name;
  v->id = next_variable++;
  return v;
}

Expr* Unit::make(Tag tag, Span span) {
  Expr* e = trees().make<Expr>();
  e->tag = tag;
  e->span = span;
  return e;
}

}  // namespace loko::core
