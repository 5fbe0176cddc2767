// SPDX-License-Identifier: MIT
//
// ((lambda (x …) e) a …) is let. The operator comes first in evaluation order, so what surrounds a lambda in
// operator position may be moved out.
#include "core/build.h"
#include "core/passes.h"

namespace loko::core {
namespace {

struct Pass {
  Unit& unit;

  void walk(Expr*& e) {
    for_each_child(e, [&](Expr*& c) { walk(c); });
    if (e->tag == Tag::Call) e = call(e);
  }

  Expr* call(Expr* e) {
    Expr* f = e->parts[0];
    if (f->tag == Tag::Let || f->tag == Tag::Letrec || f->tag == Tag::LetrecStar) {
      e->parts[0] = f->body;
      f->body = call(e);
      return f;
    }
    if (f->tag == Tag::Begin) {
      e->parts[0] = f->parts.back();
      f->parts.back() = call(e);
      return f;
    }
    if (f->tag != Tag::Lambda) return e;
    size_t n = e->parts.size() - 1;
    int k = clause_for(f, n);
    if (k < 0) return e;  // raises at run time
    Clause& c = f->clauses[static_cast<size_t>(k)];
    Expr* let = unit.make(Tag::Let, e->span);
    for (size_t i = 0; i < c.required.size(); ++i) let->bindings.push_back({c.required[i], e->parts[i + 1]});
    if (c.rest) {
      std::vector<Expr*> rest(e->parts.begin() + 1 + static_cast<std::ptrdiff_t>(c.required.size()), e->parts.end());
      Expr* list = rest.empty() ? make_quote(unit, Null, e->span) : make_prim(unit, primitive("list"), std::move(rest), e->span);
      let->bindings.push_back({c.rest, list});
    }
    let->body = c.body;
    return let->bindings.empty() ? let->body : let;
  }
};

}  // namespace

void apply_directly(Unit& unit) { Pass{unit}.walk(unit.body); }

}  // namespace loko::core
