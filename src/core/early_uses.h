// SPDX-License-Identifier: MIT
//
// Which procedures may be used before their definition has been evaluated (R6RS 11.4.6 wants that to be noticed): those
// that an earlier definition or expression refers to outside of lambda expressions, or that a procedure does that is
// called there, and so on. What is passed to a procedure counts as called by it; what a primitive puts into an object does not.
#pragma once

#include <functional>
#include <unordered_map>
#include <unordered_set>

#include "core/build.h"

namespace loko::core {

/// Walks what is evaluated at once; every procedure is entered only once, so that all walks together are linear.
struct EarlyUses {
  std::unordered_map<const void*, const Expr*> lambdas;  // of variables and globals
  std::unordered_set<const Expr*> entered;
  std::function<void(const Variable*)> variable_used;
  std::function<void(Global*)> global_used;

  void walk(const Expr* e) {
    if (e->tag == Tag::Lambda) return;
    if (e->tag == Tag::Ref && variable_used) variable_used(e->variable);
    if (e->tag == Tag::GlobalRef && global_used) global_used(e->global);
    for (const Binding& b : e->bindings)
      if (b.value->tag == Tag::Lambda) lambdas.emplace(b.variable, b.value);
    for_each_child(const_cast<Expr*>(e), [&](Expr* c) { walk(c); });
    if (e->tag != Tag::Call) return;
    for (const Expr* f : e->parts) enter(f);
  }

 private:
  /// Walks the bodies of the procedures that the value of f may be, if they are known.
  void enter(const Expr* f) {
    if (f->tag == Tag::If) {
      enter(f->parts[1]);
      return enter(f->parts[2]);
    }
    if (f->tag == Tag::Begin) return enter(f->parts.back());
    if (f->tag == Tag::Let || f->tag == Tag::Letrec || f->tag == Tag::LetrecStar) return enter(f->body);
    if (f->tag != Tag::Lambda) {
      auto known = f->tag == Tag::Ref ? lambdas.find(f->variable) : f->tag == Tag::GlobalRef ? lambdas.find(f->global) : lambdas.end();
      if (known == lambdas.end()) return;
      f = known->second;
    }
    if (!entered.insert(f).second) return;
    for (const Clause& k : f->clauses) walk(k.body);
  }
};

}  // namespace loko::core
