// SPDX-License-Identifier: MIT
#include "core/effects.h"

#include <algorithm>

#include "core/build.h"

namespace loko::core {

bool is_pure(const Expr* e) {
  switch (e->tag) {
    case Tag::Quote: case Tag::Ref: case Tag::Lambda: case Tag::PrimRef: return true;
    case Tag::GlobalRef: return e->global->initialized;
    case Tag::Prim:
      if (primitive_info(e->primitive).effects & ~(kEffectAllocates | kEffectReads)) return false;
      break;
    case Tag::If: case Tag::Begin: break;
    case Tag::Let: case Tag::Letrec:
      for (const Binding& b : e->bindings)
        if (!is_pure(b.value)) return false;
      return is_pure(e->body);
    default: return false;
  }
  return std::all_of(e->parts.begin(), e->parts.end(), [](const Expr* p) { return is_pure(p); });
}

/// Early uses are checked before (early_globals), so this one comes after the definition.
bool is_known_procedure(const Global* g) {
  return g->immutable && g->defined_here && g->definition && g->definition->tag == Tag::Lambda;
}

bool is_copyable(const Expr* e) {
  switch (e->tag) {
    case Tag::Quote: case Tag::PrimRef: return true;
    case Tag::Ref: return !e->variable->assigned;
    case Tag::GlobalRef: return e->global->immutable && (e->global->initialized || is_known_procedure(e->global));
    default: return false;
  }
}

bool gives_boolean(const Expr* e) {
  return (e->tag == Tag::Prim && (primitive_info(e->primitive).gives & ~u32{kTypeBoolean}) == 0) ||
         (e->tag == Tag::Quote && (*e->datum == True || *e->datum == False));
}

bool is_no_return(const Global* g) { return g->core && *g->core == True; }

bool never_returns(const Expr* e, const Global* self) {
  auto any = [self](const std::vector<Expr*>& parts) {
    return std::any_of(parts.begin(), parts.end(), [self](const Expr* p) { return never_returns(p, self); });
  };
  switch (e->tag) {
    case Tag::Prim: return primitive_info(e->primitive).gives == 0 || any(e->parts);
    case Tag::If: return never_returns(e->parts[0], self) || (never_returns(e->parts[1], self) && never_returns(e->parts[2], self));
    case Tag::Begin: return any(e->parts);
    case Tag::Let:
      for (const Binding& b : e->bindings)
        if (never_returns(b.value, self)) return true;
      return never_returns(e->body, self);
    case Tag::Call:
      if (e->parts[0]->tag == Tag::GlobalRef && (e->parts[0]->global == self || is_no_return(e->parts[0]->global))) return true;
      return any(e->parts);
    default: return false;
  }
}

bool gives_one_value(const Expr* e) {
  switch (e->tag) {
    case Tag::Quote: case Tag::Ref: case Tag::GlobalRef: case Tag::Lambda: case Tag::PrimRef: case Tag::Set:
    case Tag::GlobalDefine: case Tag::GlobalSet:
      return true;
    case Tag::Prim: return primitive_info(e->primitive).lowering != Lowering::Stub && e->primitive != PrimitiveId::k_values;
    case Tag::If: return gives_one_value(e->parts[1]) && gives_one_value(e->parts[2]);
    case Tag::Begin: return gives_one_value(e->parts.back());
    case Tag::Let: case Tag::Letrec: return gives_one_value(e->body);
    default: return false;
  }
}

}  // namespace loko::core
