// SPDX-License-Identifier: MIT
#include "core/plain_lists.h"

#include <algorithm>

#include "core/build.h"

namespace loko::core {
namespace {

struct Looks {
  std::vector<const Variable*> views;  // the variable and those that are bound to tails of it
  bool only = true;

  bool is_view(const Expr* e) const {
    while (is_prim(e, PrimitiveId::k_cdr)) e = e->parts[0];
    return e->tag == Tag::Ref && std::find(views.begin(), views.end(), e->variable) != views.end();
  }

  /// The operand of e that may be a view, or null.
  static const Expr* looked_at(const Expr* e) {
    if (e->parts.empty()) return nullptr;
    if (e->tag == Tag::Call) {
      const Expr* f = e->parts[0];
      bool apply = e->parts.size() > 2 && f->tag == Tag::GlobalRef && f->global->name == "apply" && f->global->library == "(loko base control)";
      return apply ? e->parts.back() : nullptr;
    }
    if (e->tag != Tag::Prim) return nullptr;
    switch (e->primitive) {
      case PrimitiveId::k_null_p: case PrimitiveId::k_pair_p: case PrimitiveId::k_car: case PrimitiveId::k_length:
      case PrimitiveId::k_list_p:
        return e->parts.size() == 1 ? e->parts[0] : nullptr;
      case PrimitiveId::k_P_apply: return spread(e->parts.back());
      default: return nullptr;
    }
  }

  /// The end of (cons a (cons b … end)).
  static const Expr* spread(const Expr* list) {
    while (is_prim(list, PrimitiveId::k_cons)) list = list->parts[1];
    return list;
  }

  void walk(const Expr* e) {
    if (!only) return;
    if (e->tag == Tag::Ref) {
      only = !is_view(e);
      return;
    }
    const Expr* seen = looked_at(e);
    if (seen && is_view(seen)) return walk_others(e, seen);
    if (e->tag == Tag::Let) {
      for (const Binding& b : e->bindings)
        if (!b.variable->assigned && is_view(b.value)) views.push_back(b.variable);
        else walk(b.value);
      return walk(e->body);
    }
    for_each_child(const_cast<Expr*>(e), [this](Expr* c) { walk(c); });
  }

  void walk_others(const Expr* e, const Expr* seen) {
    if (e == seen) return;
    if (e->tag == Tag::Prim || e->tag == Tag::Call)
      for (const Expr* p : e->parts)
        if (p != seen) (p == e->parts.back() && is_prim(p, PrimitiveId::k_cons)) ? walk_others(p, seen) : walk(p);
  }
};

}  // namespace

bool is_only_looked_at(const Expr* e, const Variable* v) {
  Looks looks{{v}};
  looks.walk(e);
  return looks.only;
}

}  // namespace loko::core
