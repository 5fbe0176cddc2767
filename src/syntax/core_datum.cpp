// SPDX-License-Identifier: MIT
//
// See core_datum.h. Variables get the number of their first appearance when their names would clash.
#include "syntax/core_datum.h"

#include <unordered_map>

#include "syntax/stx.h"

namespace loko::syntax {
namespace {

struct Writer {
  std::unordered_map<const core::Variable*, Value> names;
  std::unordered_map<std::string, int> count;

  Value name(const core::Variable* v) {
    auto found = names.find(v);
    if (found != names.end()) return found->second;
    int n = count[v->name]++;
    Value s = symbol(n == 0 ? v->name.str() : v->name + "." + std::to_string(n));
    names[v] = s;
    return s;
  }
  Value all(const std::vector<core::Expr*>& parts) {
    std::vector<Value> items;
    for (const core::Expr* p : parts) items.push_back(write(p));
    return list_from(items);
  }
  Value formals(const core::Clause& c) {
    std::vector<Value> items;
    for (const core::Variable* v : c.required) items.push_back(name(v));
    return list_from(items, c.rest ? name(c.rest) : Null);
  }
  Value write(const core::Expr* e) {
    using core::Tag;
    switch (e->tag) {
      case Tag::Quote: {
        Value d = *e->datum;
        if (is_pair(d) || is_symbol(d) || d == Null || is_vector(d) || is_syntax(d)) return list_of({symbol("quote"), strip_any(d)});
        return is_void(d) ? list_of({symbol("void")}) : d;
      }
      case Tag::Ref: return name(e->variable);
      case Tag::Set: return list_of({symbol("set!"), name(e->variable), write(e->body)});
      case Tag::GlobalRef: return symbol(e->global->name);
      case Tag::GlobalDefine: return list_of({symbol("define"), symbol(e->global->name), write(e->body)});
      case Tag::GlobalSet: return list_of({symbol("set!"), symbol(e->global->name), write(e->body)});
      case Tag::If: return make_pair(symbol("if"), all(e->parts));
      case Tag::Begin: return make_pair(symbol("begin"), all(e->parts));
      case Tag::Lambda: {
        if (e->clauses.size() == 1) {
          Value f = formals(e->clauses[0]);
          return list_of({symbol("lambda"), f, write(e->clauses[0].body)});
        }
        std::vector<Value> items{symbol("case-lambda")};
        for (const core::Clause& c : e->clauses) {
          Value f = formals(c);
          items.push_back(list_of({f, write(c.body)}));
        }
        return list_from(items);
      }
      case Tag::Let:
      case Tag::Letrec:
      case Tag::LetrecStar: {
        std::vector<Value> bindings;
        for (const core::Binding& b : e->bindings) {
          Value n = name(b.variable);
          bindings.push_back(list_of({n, write(b.value)}));
        }
        const char* head = e->tag == Tag::Let ? "let" : e->tag == Tag::Letrec ? "letrec" : "letrec*";
        return list_of({symbol(head), list_from(bindings), write(e->body)});
      }
      case Tag::Call: return all(e->parts);
      case Tag::Prim: return make_pair(symbol(primitive_info(e->primitive).name), all(e->parts));
      case Tag::PrimRef: return symbol(primitive_info(e->primitive).name);
    }
    return False;
  }
};

}  // namespace

Value core_to_datum(const core::Expr* e) { return Writer().write(e); }

}  // namespace loko::syntax
