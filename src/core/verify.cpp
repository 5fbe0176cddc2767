// SPDX-License-Identifier: MIT
//
// Checks the invariants of core: each variable is bound once and used in its scope, flags cover all uses,
// letrec binds unassigned lambdas, primitives get counts that they take, no node occurs twice.
#include <unordered_map>
#include <unordered_set>

#include "core/build.h"
#include "core/passes.h"

namespace loko::core {
namespace {

struct Verifier {
  std::unordered_set<const Variable*> bound, scope;
  std::unordered_set<const Expr*> seen;
  std::unordered_map<const Variable*, const Expr*> exits;
  std::string problem;

  void wrong(const std::string& message) {
    if (problem.empty()) problem = message;
  }
  void bind(const Variable* v) {
    if (!bound.insert(v).second) wrong("variable " + v->name + " is bound twice");
    scope.insert(v);
  }
  void use(const Variable* v, bool flag) {
    if (!scope.count(v)) wrong("variable " + v->name + " is used out of its scope");
    if (!flag) wrong("variable " + v->name + " has a wrong flag");
  }
  void exit_call(Expr* e) {
    const Variable* k = e->parts[0]->variable;
    use(k, k->referenced);
    if (!exits.count(k) || clause_for(exits[k], e->parts.size() - 1) < 0) return wrong("exit " + k->name + " takes another number of operands");
    for (size_t i = 1; i < e->parts.size(); ++i) walk(e->parts[i]);
  }
  void children(Expr* e) {
    for_each_child(e, [&](Expr* c) {
      if (!c) return wrong("missing child");
      walk(c);
    });
  }

  void walk(Expr* e) {
    if (!problem.empty()) return;
    if (!seen.insert(e).second) return wrong("a node occurs twice");
    switch (e->tag) {
      case Tag::Ref:
        if (e->variable->exit) return wrong("exit " + e->variable->name + " is used otherwise than called");
        use(e->variable, e->variable->referenced);
        return;
      case Tag::Set: use(e->variable, e->variable->assigned); break;
      case Tag::If:
        if (e->parts.size() != 3) return wrong("if without three parts");
        break;
      case Tag::Begin: case Tag::Call:
        if (e->parts.empty()) return wrong("empty begin or call");
        if (e->tag == Tag::Call && e->parts[0]->tag == Tag::Ref && e->parts[0]->variable->exit) return exit_call(e);
        break;
      case Tag::Prim: {
        const PrimitiveInfo& info = primitive_info(e->primitive);
        if (e->parts.size() < info.min_args || (info.max_args != kManyArgs && e->parts.size() > info.max_args))
          return wrong(std::string("wrong number of operands of ") + info.name);
        break;
      }
      case Tag::Lambda:
        for (Clause& c : e->clauses) {
          for (Variable* v : c.required) bind(v);
          if (c.rest) bind(c.rest);
          if (!c.body) return wrong("clause without body");
          walk(c.body);
          for (Variable* v : c.required) scope.erase(v);
          if (c.rest) scope.erase(c.rest);
        }
        return;
      case Tag::Let: case Tag::Letrec: case Tag::LetrecStar: {
        bool recursive = e->tag != Tag::Let;
        if (e->receives && (recursive || e->bindings.empty())) return wrong("receive must bind variables");
        for (Binding& b : e->bindings) {
          if (!b.variable->exit) continue;
          if (recursive || e->bindings.size() != 1 || b.value->tag != Tag::Lambda || b.variable->assigned)
            return wrong("exit " + b.variable->name + " must be bound alone, by let, to a lambda");
          exits[b.variable] = b.value;
        }
        if (recursive)
          for (Binding& b : e->bindings) bind(b.variable);
        for (Binding& b : e->bindings) {
          if (e->tag == Tag::Letrec && (b.value->tag != Tag::Lambda || b.variable->assigned))
            return wrong("letrec must bind unassigned variables to lambdas: " + b.variable->name);
          walk(b.value);
        }
        if (!recursive)
          for (Binding& b : e->bindings) bind(b.variable);
        walk(e->body);
        for (Binding& b : e->bindings) scope.erase(b.variable);
        return;
      }
      default: break;
    }
    children(e);
  }
};

}  // namespace

std::string verify(const Unit& unit) {
  Verifier v;
  v.walk(unit.body);
  return v.problem;
}

}  // namespace loko::core
